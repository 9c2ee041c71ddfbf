/** `deno task bench`: the hot paths, measured against a baseline in the same run. Fails where a limit is passed. */
import { large } from "./large.ts";
import { isWithin, type Measure } from "./measure.ts";
import { metrics } from "./metrics.ts";
import { neo4j } from "./neo4j.ts";
import { netbox } from "./netbox.ts";
import { notebooks } from "./notebooks.ts";
import { projecting } from "./projecting.ts";
import { replaying } from "./replaying.ts";
import { spaces } from "./spaces.ts";
import { anomalies } from "./spaces_anomaly.ts";
import { remembering, starting } from "./starting.ts";
import { topology } from "./topology.ts";
import { watching } from "./watch_size.ts";
import { writing } from "./writing.ts";

const BENCHMARKS: Record<string, () => Promise<Measure[]>> = {
  writing,
  starting,
  remembering,
  watching,
  replaying,
  projecting,
  neo4j,
  netbox,
  metrics,
  topology,
  spaces,
  anomalies,
  notebooks,
  large,
};

const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(BENCHMARKS);
let failed = 0;
for (const name of wanted) {
  const benchmark = BENCHMARKS[name];
  if (!benchmark) {
    console.error(`There is no benchmark ${name}; there are ${Object.keys(BENCHMARKS).join(", ")}`);
    Deno.exit(2);
  }
  for (const measure of await benchmark()) {
    const within = isWithin(measure);
    if (!within) failed++;
    const { baseline, ours, theirs, ratio, atLeast, atMost } = measure;
    const limit = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
    console.log(`${within ? "ok    " : "FAILED"} ${measure.name}: ${ours}`);
    console.log(`       against ${baseline}: ${theirs}, ratio ${ratio.toFixed(2)} (${limit})`);
  }
}
console.log(`${failed} over their limits`);
Deno.exit(failed === 0 ? 0 : 1);
