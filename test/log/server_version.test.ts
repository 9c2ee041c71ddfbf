import { expect, test } from "vitest";
import { requireVersion, ServerTooOld } from "../../src/log/server_version.ts";

test.each(["2.12.14", "2.12.30", "2.14.4", "2.14.10-RC.1", "2.15.0", "2.15.1", "3.0.0", "v2.16.0"])(
  "a server of version %s is written to",
  (version) => requireVersion(version, "127.0.0.1:4222"),
);

test.each(["2.10.0", "2.12.13", "2.13.0", "2.13.99", "2.14.3", "1.4.1", "", "new\nline", "2.x"])(
  "a server of version %j is refused, and told what to install",
  (version) => {
    const refused = () => requireVersion(version, "127.0.0.1:4222");
    expect(refused).toThrow(ServerTooOld);
    expect(refused).toThrow(/at 127.0.0.1:4222 is version \S+, .*install nats-server 2\.14\.4/);
  },
);
