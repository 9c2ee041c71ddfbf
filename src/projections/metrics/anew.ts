/** Whether the series that are there can be gone on with. */
import type { KeptPosition } from "../nats_position.ts";
import { oneLine } from "../projector_error.ts";
import { MetricsSettingsError } from "./settings.ts";
import type { Marked } from "./victoria_metrics.ts";

/**
 * Why the series have to be made anew; undefined where they go on.
 *
 * @param kept what is known of where they stand
 * @param ours the log and the version of the fold
 * @param marks of which logs the server says that they are
 * @throws {MetricsSettingsError} when they are another log's, and nothing is known of where they stand: then somebody else
 *   may be at work on them
 */
export function whyAnew(
  kept: KeptPosition | undefined,
  ours: Pick<KeptPosition, "log" | "definition">,
  marks: readonly Marked[],
): string | undefined {
  const { name, incarnation } = ours.log;
  const other = marks.find((mark) => mark.log !== name || mark.incarnation !== incarnation);
  if (!kept) {
    if (!other) return "where they stand is not known";
    throw new MetricsSettingsError(
      "METRICS_JOB",
      `is the job of series of another log there (${
        oneLine(other.incarnation)
      }): name another one, or ` +
        "delete them with --rebuild",
    );
  }
  if (kept.log.name !== name || kept.log.incarnation !== incarnation) {
    return `they are of the log ${kept.log.name} (${kept.log.incarnation}), and this is ${name} (${incarnation})`;
  }
  if (kept.definition !== ours.definition) return "another version of this program made them";
  if (kept.unfinished) return "making them was broken off";
  if (kept.checkpoint.last_sequence > 0 && marks.length === 0) return "the server has lost them";
  if (other) return `there are some of another log (${oneLine(other.incarnation)})`;
  return undefined;
}
