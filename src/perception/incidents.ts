/** Incidents of a model, and what they were told from. */
import { Table } from "../table/table.ts";
import { counted, whole } from "../table/text.ts";
import { shown } from "./classified.ts";
import { sharesText } from "./anomaly.ts";
import type { FoundIncident } from "./incident.ts";
import type { JudgedPoints } from "./judged_points.ts";

/** What was looked at. */
export interface Coverage {
  /** The share of discoveries that may be false, in each half hour. */
  readonly fdr: number;
  /** The dimensions of measurements that were judged. */
  readonly dimensions: readonly string[];
  /** How many resources have ever been somewhere. */
  readonly resources: number;
  /** How many half hours of a resource were judged. */
  readonly points: number;
  /** How many half hours of each resource are taken for what is normal of it, before any is judged. */
  readonly needed: number;
  /** The resources that do not have so many yet, and how many they have. */
  readonly short: readonly {
    readonly id: string;
    readonly name: string;
    readonly points: number;
  }[];
  /** On how many normal values p-values were calibrated at most: with n of them none is less than 1/(n + 1). */
  readonly calibratedOn: number;
  /** How many of the points were of resources whose measurements are no longer what their first two days were. */
  readonly drifted: number;
}

/** The incidents of a model, the newest first. As the last expression of a notebook's cell they are a table. */
export class Incidents {
  /** @param points the half hours that were judged, in the order of time */
  constructor(
    readonly rows: readonly FoundIncident[],
    readonly coverage: Coverage,
    readonly points: JudgedPoints,
  ) {}

  /** A row for each incident. */
  table(): Table {
    const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
    return new Table(
      [
        text("from"),
        text("to"),
        text("peak"),
        { name: "p", type: "DOUBLE", numeric: true },
        text("resources"),
        text("signs"),
        text("dimensions"),
        text("concept"),
      ],
      this.rows.map(({ from, to, peak, p, parts, dimensions, concept }) => [
        from,
        to,
        peak,
        p === null ? null : Number(p.toPrecision(2)),
        parts.map(({ name }) => name).join(", "),
        [...new Set(parts.flatMap(({ anomalies }) => anomalies.map(({ sign }) => sign)))].join(
          ", ",
        ),
        sharesText(dimensions),
        concept,
      ]),
    );
  }

  /** What was looked at, in a line; and what is missing, where nothing could be judged. */
  get summary(): string {
    const { resources, points, needed, short, calibratedOn, fdr, drifted } = this.coverage;
    const [most] = short.toSorted((a, b) => b.points - a.points);
    return [
      `${counted(this.rows.length, "incident")} of ${counted(resources, "resource")} in ${
        counted(points, "point")
      } (half hours), at most ${fdr} of a half hour's discoveries false`,
      calibratedOn === 0
        ? "nothing to calibrate on yet: 1,000 normal points of a dimension are needed, of all resources together"
        : `p-values are calibrated on up to ${whole(calibratedOn)} normal points`,
      ...(drifted === 0 ? [] : [
        `${
          Math.round(100 * drifted / points)
        } % of the points are of resources that are no longer as in their first two days`,
      ]),
      ...(most === undefined ? [] : [
        `${
          counted(short.length, "resource")
        } with too little history (${most.name} has ${most.points} of ${needed} points` +
        `${short.length > 1 ? ", the most of them" : ""})`,
      ]),
    ].join("; ");
  }

  /** The table as text. */
  toString(): string {
    return this.table().toString();
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return shown(this.table());
  }
}
