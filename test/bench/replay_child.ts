/** Replays an archive into a file, and says how much memory that took at most: VmHWM, which only Linux tells. */
import { Archive } from "../../src/log/archive.ts";
import { replay } from "../../src/replay/replay.ts";

const [archive, into] = Deno.args;
await using model = await replay(await Archive.open(archive!), { into: into! });
const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(await Deno.readTextFile("/proc/self/status"))!;
console.log(
  JSON.stringify({ peak_bytes: Number(kibibytes) * 1_024, events: model.checkpoint.events }),
);
