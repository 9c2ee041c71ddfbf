// Extends an archive in a process of its own, which may be killed: prints the last sequence after each extension.
import { Archive } from "../../src/log/archive.ts";
import { madeLog } from "./archive_history.ts";

const [folder = "", step = "", until = ""] = Deno.args;
const archive = await Archive.open(folder, { records: 2_000, small: 3 });
// Asked for when the archive is locked, so that the log is never behind it.
const lastSequence = () =>
  Promise.resolve(Math.min(archive.lastSequence + Number(step), Number(until)));
const log = { ...madeLog(Number(until)), lastSequence };
Deno.stdout.writeSync(new TextEncoder().encode("begun\n"));
while (archive.lastSequence < Number(until)) {
  await archive.extend(log);
  Deno.stdout.writeSync(new TextEncoder().encode(`${archive.lastSequence}\n`));
}
