/** Runs an experiment in a process of its own, and prints what came of it. */
import { Archive } from "../../src/log/archive.ts";
import { runExperiment } from "../../src/experiments.ts";

const [archive, spec, threads] = Deno.args;
const run = await runExperiment(spec!, await Archive.open(archive!), { threads: Number(threads) });
console.log(JSON.stringify({
  run_id: run.manifest.run_id,
  hashes: Object.values(run.manifest.tables).map(({ hash }) => hash),
  shown: Object.values(run.tables).map(({ values }) => values.slice(0, 3)),
}));
