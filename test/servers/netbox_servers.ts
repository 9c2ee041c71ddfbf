/** The servers that a NetBox projection works with. */
import type { JetStreamLog } from "../../src/log/jetstream.ts";
import type { TestNetBox } from "./netbox_server.ts";

/** Of all tests of it. */
export interface Servers {
  netbox: TestNetBox;
  /** A log whose NATS server keeps the positions. */
  log: JetStreamLog;
}
