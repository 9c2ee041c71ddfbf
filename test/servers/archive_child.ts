// Archives the log of a real server in a process of its own, and has the stream forget it all; may be killed.
import { Archive } from "../../src/log/archive.ts";
import { retain, streamPurge } from "../../src/log/archive_retention.ts";
import { openJetStream } from "../../src/log/jetstream.ts";

const [url = "", folder = ""] = Deno.args;
const log = await openJetStream({ url, token: Deno.env.get("WRITER_TOKEN") ?? "" });
const archive = await Archive.open(folder, { records: 500, small: 3 });
Deno.stdout.writeSync(new TextEncoder().encode("begun\n"));
for (;;) {
  await archive.extend(log);
  await retain(log, archive, streamPurge(log), { days: 0, now: new Date() });
}
