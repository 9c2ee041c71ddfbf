/** Head-room and trends of capacity, computed from measured values one by one and slowly, to compare the views' with. */
import type { Model } from "../../src/replay/model.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What a view is to say of one measure of one site or rack. */
export interface Computed {
  total: number;
  known: number;
  used: number;
  trend: Trend | undefined;
}

/** A line through whole days, in the unit of the measure; moments in milliseconds. */
export interface Trend {
  days: number;
  used_share: number;
  slope: number;
  slope_low: number;
  slope_high: number;
  hour_share: number;
  runs_out: [from: number | null, at: number | null, to: number | null];
}

interface Part {
  total: number;
  /** Shares in use, by when they were measured. */
  shares: Map<number, number[]>;
}

const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0);
const mean = (numbers: number[]) => sum(numbers) / numbers.length;

/** What the sample's views are to say, by `scope name measure`; its storage is told by shares of filesystems. */
export async function computedCapacity(model: Model): Promise<Map<string, Computed>> {
  const { rows: resources } = await model.query(
    `SELECT compute_id::VARCHAR AS id, site, rack, resource_type, cpu_cores, memory_bytes, storage_bytes
     FROM resources WHERE host_compute_id IS NULL AND site IS NOT NULL`,
  );
  const { rows: points } = await model.query(
    `SELECT compute_id::VARCHAR AS id, name, epoch_ms(observed_at)::DOUBLE AS moment, value FROM measurements
     WHERE attributes['cpu.mode'] = 'idle' OR attributes['system.memory.state'] = 'used'
       OR attributes['system.filesystem.state'] = 'used'`,
  );
  const places = new Map<string, Part[]>();
  for (const { id, site, rack, resource_type, ...sizes } of resources) {
    const own = points.filter((point) => point.id === id);
    const works = resource_type === "physical_server";
    for (
      const [measure, metric, total, counts] of [
        ["cores", "system.cpu.utilization", sizes.cpu_cores, works],
        ["memory", "system.memory.utilization", sizes.memory_bytes, works],
        [
          "storage",
          "system.filesystem.utilization",
          sizes.storage_bytes,
          works || resource_type === "storage",
        ],
      ] as const
    ) {
      if (!counts || !total) continue;
      const shares = new Map<number, number[]>();
      for (const { name, moment, value } of own) {
        if (name !== metric) continue;
        const share = measure === "cores" ? 1 - Number(value) : Number(value);
        shares.set(Number(moment), [...shares.get(Number(moment)) ?? [], share]);
      }
      const names = [`site ${site}`, ...rack === null ? [] : [`rack ${site} ${rack}`]];
      for (const name of names) {
        const key = `${name} ${measure}`;
        places.set(key, [...places.get(key) ?? [], { total: Number(total), shares }]);
      }
    }
  }
  const [[end]] = (await model.query(
    "SELECT floor(epoch(max(observed_at)) / 3600) FROM measurements",
  )).values as [[number]];
  return new Map([...places].map(([key, parts]) => [key, computed(parts, end)]));
}

function computed(parts: Part[], end: number): Computed {
  const total = sum(parts.map(({ total }) => total));
  const known = parts.filter(({ shares }) => shares.size > 0);
  const used = sum(known.map(({ total, shares }) => {
    const last = Math.max(...shares.keys());
    const hour = [...shares].filter(([moment]) => moment > last - HOUR);
    return total * mean(hour.flatMap(([, shares]) => shares));
  }));
  return {
    total,
    known: sum(known.map(({ total }) => total)),
    used,
    trend: trendOf(parts, total, end),
  };
}

/** @param end the last hour in which anything was measured at all */
function trendOf(parts: Part[], total: number, end: number): Trend | undefined {
  const hours = new Map<number, { used: number; of: number }>();
  for (const { total, shares } of parts) {
    const byHour = Map.groupBy(shares, ([moment]) => Math.floor(moment / HOUR));
    for (const [measured, own] of byHour) {
      const share = mean(own.flatMap(([, shares]) => shares));
      for (let hour = measured; hour < measured + 6 && hour <= end; hour++) {
        if (hour > measured && byHour.has(hour)) break;
        const { used, of } = hours.get(hour) ?? { used: 0, of: 0 };
        hours.set(hour, { used: used + total * share, of: of + total });
      }
    }
  }
  const course = [...hours].map(([hour, { used, of }]) => ({ hour, share: used / of }));
  const byDay = Map.groupBy(course, ({ hour }) => Math.floor(hour / 24));
  const [first, last] = [Math.min(...byDay.keys()), Math.max(...byDay.keys())];
  const days = [...byDay].filter(([day]) => day > first && day < last).sort(([a], [b]) => a - b)
    .map(([day, hours]) => ({ day, hours, y: mean(hours.map(({ share }) => share)) }));
  if (days.length < 5) return undefined;
  const n = days.length;
  const last_day = days.at(-1)!.day;
  const [x, y] = [days.map(({ day }) => day - last_day), days.map(({ y }) => y)];
  const [mx, my] = [mean(x), mean(y)];
  const spread = sum(x.map((one) => (one - mx) ** 2));
  const slope = sum(x.map((one, at) => (one - mx) * (y[at]! - my))) / spread;
  const off = y.map((one, at) => one - my - slope * (x[at]! - mx));
  const error = Math.sqrt(sum(off.map((one) => one ** 2)) / (n - 2));
  const t = T90[n - 2]!;
  const edge = (side: number) => (x: number) =>
    my + slope * (x - mx) + side * t * error * Math.sqrt(1 / n + (x - mx) ** 2 / spread);
  const reached = (line: (x: number) => number) => {
    const at = crossing(line);
    return at === null ? null : (last_day + 0.5 + at) * DAY;
  };
  const rest = days.flatMap(({ hours, y }) =>
    hours.map(({ hour, share }) => ({
      hour: hour % 24,
      off: share - y - slope * (hour % 24 - 11.5) / 24,
    }))
  );
  const groups = [...Map.groupBy(rest, ({ hour }) => hour).values()].map((all) =>
    all.map(({ off }) => off)
  );
  const within = sum(groups.flatMap((all) => all.map((one) => (one - mean(all)) ** 2)));
  const all = sum(rest.map(({ off }) => off ** 2));
  return {
    days: n,
    used_share: y.at(-1)!,
    slope: total * slope,
    slope_low: total * (slope - t * error / Math.sqrt(spread)),
    slope_high: total * (slope + t * error / Math.sqrt(spread)),
    hour_share: Math.max(
      0,
      1 - within / (rest.length - groups.length) / (all / (rest.length - 1)),
    ),
    runs_out: [reached(edge(1)), reached(edge(0)), reached(edge(-1))],
  };
}

/** The first day on which a line is at 1, by halving; null where that is not within a year. */
function crossing(line: (x: number) => number): number | null {
  if (line(0) >= 1) return 0;
  let [low, high] = [0, 0];
  while (line(high) < 1) {
    [low, high] = [high, high + 1];
    if (low > 365) return null;
  }
  for (let turn = 0; turn < 60; turn++) {
    const middle = (low + high) / 2;
    if (line(middle) < 1) low = middle;
    else high = middle;
  }
  return high > 365 ? null : high;
}

/** Student's t above which a tenth lies, by the degrees of freedom, from tables. */
const T90: Readonly<Record<number, number>> = {
  3: 1.637744,
  4: 1.533206,
  5: 1.475884,
  6: 1.439756,
  7: 1.414924,
  8: 1.396815,
  9: 1.383029,
  10: 1.372184,
  11: 1.363430,
};
