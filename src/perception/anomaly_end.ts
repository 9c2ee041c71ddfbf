/** What was anomalous of a resource is over when the resource is gone. */
import type { Anomaly } from "./anomaly.ts";
import type { Asked } from "./thing.ts";

/** Anomalies, of which none lasts longer than the resource that it is of. */
export async function endedWithResources(
  model: Asked,
  anomalies: readonly Anomaly[],
): Promise<Anomaly[]> {
  const { values } = await model.query(
    `SELECT compute_id::VARCHAR, epoch_ms(max(valid_to)) FROM resources_history
     GROUP BY compute_id HAVING count(*) = count(valid_to)`,
  );
  const gone = new Map(values.map(([id, at]) => [String(id), Number(at)]));
  return anomalies.map((one) => {
    const end = gone.get(one.id) ?? Infinity;
    // One that was found out by what was measured before, but came in later, is over at once.
    return (one.to ?? Infinity) > end ? { ...one, to: Math.max(end, one.found) } : one;
  });
}
