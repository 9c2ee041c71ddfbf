/** What the replay of ten million events needs: a child's memory and time, all of it measured by the system. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SAMPLE_DEFAULTS } from "../../src/sample/options.ts";
import { writeSample } from "../../src/sample/write_sample.ts";
import type { Measure } from "./measure.ts";

const EVENTS = 10_000_000;
const LIMIT_BYTES = 2 * 2 ** 30;

/** Ten million events into a file: once with their typed copies, which are made, and once from them. */
export async function large(): Promise<Measure[]> {
  const folder = await Deno.makeTempDir({ prefix: "cim-bench-" });
  try {
    await writeSample(join(folder, "sample"), { ...SAMPLE_DEFAULTS, events: EVENTS });
    const measures: Measure[] = [];
    for (const what of ["typed copies made on the way", "from typed copies"]) {
      const { peak_bytes, seconds } = await replayed(folder);
      measures.push({
        name: `memory for a replay of ${EVENTS} events into a file, ${what}, ${
          seconds.toFixed(0)
        } s`,
        baseline: "2 GiB",
        ours: `${(peak_bytes / 2 ** 30).toFixed(2)} GiB`,
        theirs: "2 GiB",
        ratio: peak_bytes / LIMIT_BYTES,
        atMost: 1,
      });
    }
    return measures;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function replayed(folder: string): Promise<{ peak_bytes: number; seconds: number }> {
  const began = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      fileURLToPath(new URL("replay_child.ts", import.meta.url)),
      join(folder, "sample"),
      join(folder, "model.duckdb"),
    ],
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  const { peak_bytes, events } = JSON.parse(new TextDecoder().decode(stdout));
  if (events !== EVENTS) throw new Error(`${events} of ${EVENTS} events are in the model`);
  return { peak_bytes, seconds: (performance.now() - began) / 1_000 };
}
