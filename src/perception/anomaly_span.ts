/** Anomalies of measurements: discoveries of one resource that lasts. */
import { type Anomaly, sharesOf, sharesText } from "./anomaly.ts";
import { type JudgedRow, LASTING } from "./anomaly_discovery.ts";

/** So many rows without a discovery do not end it: three hours in which it is measured. */
const BRIDGED = 6;

/** Some discoveries, one soon after the other. */
interface Span {
  rows: JudgedRow[];
  /** The place of the last one among all rows of the resource. */
  last: number;
}

/**
 * The anomalies of one resource: four discoveries or more, each at most six rows after the one before. While
 * nothing is heard of it there are no rows: what was there before a silence and is there after it is one.
 *
 * @param rows all that were judged of it, in the order of time
 * @param names of the dimensions
 */
export function spansOf(
  name: string,
  rows: readonly JudgedRow[],
  names: readonly string[],
): Anomaly[] {
  const spans: Span[] = [];
  for (const [place, row] of rows.entries()) {
    if (!row.isDiscovery) continue;
    const open = spans.at(-1);
    if (open && place - open.last <= BRIDGED) {
      open.rows.push(row);
      open.last = place;
    } else spans.push({ rows: [row], last: place });
  }
  return spans.filter(({ rows: found }) => found.length >= LASTING).map(({ rows: found, last }) => {
    const first = found[0]!;
    const peak = found.reduce((most, row) => row.p < most.p ? row : most);
    const shares = sharesOf(names, peak.bits);
    return {
      id: first.id,
      name,
      sign: "departs",
      from: first.at,
      to: rows.length - 1 - last < BRIDGED ? null : found.at(-1)!.at,
      found: found[LASTING - 1]!.at,
      peak: peak.at,
      p: peak.p,
      calibratedOn: peak.calibratedOn,
      hasDrifted: peak.hasDrifted,
      shares,
      concept: peak.kind,
      sequences: [first.sequence, peak.sequence],
      text: sharesText(shares),
    };
  });
}
