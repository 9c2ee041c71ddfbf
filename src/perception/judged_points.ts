/** The half hours that anomalies were told from: where resources were, where they were expected, and how odd that is. */
import { type Dimension, valueAt } from "../spaces/dimension.ts";
import { Table } from "../table/table.ts";
import type { JudgedRow } from "./anomaly_discovery.ts";

/** What is usual lies so many standard deviations around what is expected. */
const USUAL = 2;

/** What was judged of all resources, half hour for half hour. */
export class JudgedPoints {
  /**
   * @param rows in the order of time
   * @param dimensions those that were judged, in the order in which rows have them
   */
  constructor(readonly rows: readonly JudgedRow[], readonly dimensions: readonly Dimension[]) {}

  /**
   * A dimension of a resource through time, in its unit: what it was, what was usual by its past and its peers (expected,
   * and two standard deviations to both sides), the p-value, and whether the half hour was a discovery.
   *
   * @param id of the resource
   * @throws {RangeError} for a dimension that is not judged
   */
  course(id: string, dimension: string): Table {
    const at = this.dimensions.findIndex(({ name }) => name === dimension);
    const judged = this.dimensions[at];
    if (!judged) {
      const names = this.dimensions.map(({ name }) => name).join(", ");
      throw new RangeError(
        `Cannot follow ${JSON.stringify(dimension)}: what is judged is ${names}`,
      );
    }
    const number = (name: string) => ({ name, type: "DOUBLE", numeric: true });
    const told = (coordinate: number) =>
      Number.isNaN(coordinate) ? null : valueAt(judged, coordinate);
    return new Table(
      [
        { name: "observed_at", type: "TIMESTAMP", numeric: false },
        ...["value", "expected", "low", "high", "p"].map(number),
        { name: "discovery", type: "BOOLEAN", numeric: false },
      ],
      this.rows.filter((row) => row.id === id).map((row) => {
        const [expected, usual] = [row.expected[at]!, USUAL * row.spread[at]!];
        const p = row.pValues[at]!;
        return [
          new Date(row.at).toISOString(),
          told(row.measured[at]!),
          told(expected),
          told(expected - usual),
          told(expected + usual),
          Number.isNaN(p) ? null : p,
          row.isDiscovery,
        ];
      }),
    );
  }
}
