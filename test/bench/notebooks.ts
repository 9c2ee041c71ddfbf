/** What a longer log costs the notebooks that look at the newest measurements only. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Archive } from "../../src/log/archive.ts";
import { executeNotebook } from "../../src/notebook/execute.ts";
import { replay } from "../../src/replay/replay.ts";
import { SAMPLE_DEFAULTS } from "../../src/sample/options.ts";
import { writeSample } from "../../src/sample/write_sample.ts";
import { pythonEnvironment } from "../../src/setup/python.ts";
import type { Measure } from "./measure.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
/** They look at the newest measurements only, of the longer log and of the one of half its length. */
const BOUNDED = ["05-anomalies", "06-prediction"];
const EVENTS = 100_000;
const NEWEST = 50_000;

/** Each of them on a log, against itself on one of half its length: what is left out costs its replay, and no more. */
export async function notebooks(): Promise<Measure[]> {
  const measures: Measure[] = [];
  const folder = await Deno.makeTempDir({ prefix: "cim-bench-" });
  try {
    for (const events of [EVENTS, 2 * EVENTS]) {
      const into = join(folder, String(events));
      await writeSample(into, { ...SAMPLE_DEFAULTS, resources: 50, events });
      await (await replay(await Archive.open(into))).close(); // its typed copies are there from now on
    }
    for (const name of BOUNDED) {
      const lasts = (events: number) =>
        running(name, { archive: join(folder, String(events)), most_events: NEWEST });
      const [short, long] = [await lasts(EVENTS), await lasts(2 * EVENTS)];
      measures.push({
        name: `${name} on ${2 * EVENTS} events, of which it looks at the newest ${NEWEST}`,
        baseline: `the same on ${EVENTS} events`,
        ours: `${long.toFixed(1)} s`,
        theirs: `${short.toFixed(1)} s`,
        ratio: long / short,
        atMost: 1.6,
      });
    }
    return measures;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** How long the cells of a notebook take, in seconds, without the start of its kernel. */
async function running(
  name: string,
  parameters: Record<string, string | number>,
): Promise<number> {
  let began: number | undefined;
  await executeNotebook({
    python: await pythonEnvironment({ project: PROJECT }),
    project: PROJECT,
    notebook: join(PROJECT, "notebooks", `${name}.ipynb`),
    parameters,
    progress: () => began ??= performance.now(),
  });
  return (performance.now() - began!) / 1_000;
}
