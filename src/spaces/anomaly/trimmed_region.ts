/** Where most of some rows are, whatever the others are like. */
import type { Chance } from "../learning/chance.ts";
import { listed, meansOf, type Rows } from "../learning/rows.ts";
import { ledoitWolf } from "../learning/shrinkage.ts";
import { rowsAt } from "./history.ts";
import { type Region, RegionDistance } from "./region_distance.ts";

/** The share of the rows that count: those that are nearest. */
const CORE = 0.6;
/** It is sought in so many steps among so many rows at most. */
const STEPS = 5;
const SOUGHT_AMONG = 2_000;
/** A column's unit is this share at least of what it is among all rows. */
const LEAST_UNIT = 0.1;
/** A variance of its own for what says nothing, or the same as another column. */
const LEAST_VARIANCE = 1e-9;

/**
 * The middle and the covariance of the three fifths of some rows that lie closest together, so that anomalies among them
 * do not spoil it: the concentration steps of Rousseeuw and Van Driessen ("A fast algorithm for the minimum covariance
 * determinant estimator", Technometrics 41, 1999), with columns in units of their spread there, and a covariance that is
 * shrunk ({@linkcode ledoitWolf}), so that there may be more columns than rows.
 *
 * @param rows in units from the middle, without gaps
 */
export function trimmedRegion(rows: Rows, chance: Chance): Region {
  const { width, count } = rows;
  const isVaried = Float64Array.from({ length: width }, (_, column) => {
    for (let at = column; at < rows.values.length; at += width) {
      if (rows.values[at] !== rows.values[column]) return 1;
    }
    return 0;
  });
  const all = [...Array(count).keys()];
  const some = count > SOUGHT_AMONG
    ? rowsAt(rows, chance.shuffled(all).slice(0, SOUGHT_AMONG))
    : rows;
  let region = regionOf(some, isVaried);
  for (let step = 0; step < STEPS; step++) region = regionOf(core(some, region), isVaried);
  return some === rows ? region : regionOf(core(rows, region), isVaried);
}

function core(rows: Rows, region: Region): Rows {
  const distances = new RegionDistance(region).of(rows);
  const nearest = Int32Array.from(distances.keys())
    .sort((a, b) => distances[a]! - distances[b]! || a - b);
  return rowsAt(rows, nearest.subarray(0, Math.ceil(CORE * rows.count)));
}

function regionOf(rows: Rows, isVaried: Float64Array): Region {
  const { values, width, count } = rows;
  const middles = meansOf(rows);
  const spread = new Float64Array(width);
  for (let at = 0; at < values.length; at++) {
    spread[at % width]! += (values[at]! - middles[at % width]!) ** 2;
  }
  const units = spread.map((sum, at) =>
    Math.max(Math.sqrt(sum / count), LEAST_UNIT * isVaried[at]!) || 1
  );
  const residuals = listed(rows, () => middles).map((row) =>
    row.map((value, at) => value / units[at]!)
  );
  const covariance = Float64Array.from(ledoitWolf(residuals).rows.flat());
  for (let at = 0; at < covariance.length; at += width + 1) covariance[at]! += LEAST_VARIANCE;
  return { scale: { middles, units }, covariance };
}
