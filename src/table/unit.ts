/** The units of columns, by the names that columns have in this house: `memory_bytes`, `speed_bps`, `cpu_percent`. */
import type { Column } from "./table.ts";

/** The last word of a column's name, and the unit that it says. */
const UNITS: Readonly<Record<string, string>> = {
  bytes: "B",
  kilobytes: "kB",
  kb: "kB",
  megabytes: "MB",
  mb: "MB",
  gigabytes: "GB",
  gb: "GB",
  terabytes: "TB",
  tb: "TB",
  bps: "bit/s",
  microseconds: "µs",
  milliseconds: "ms",
  ms: "ms",
  seconds: "s",
  minutes: "min",
  hours: "h",
  days: "d",
  percent: "%",
  hz: "Hz",
  mhz: "MHz",
  ghz: "GHz",
  celsius: "°C",
  watts: "W",
  joules: "J",
  rpm: "rpm",
};

/** And the last three words: `gbit_per_s`. */
const RATES: Readonly<Record<string, string>> = {
  bit: "bit/s",
  bits: "bit/s",
  kbit: "kbit/s",
  mbit: "Mbit/s",
  gbit: "Gbit/s",
  byte: "B/s",
  bytes: "B/s",
};

/** Units whose large amounts are written with a prefix: 25 GB and not 25,000,000,000 B. */
const PREFIXED = new Set(["B", "B/s", "bit/s", "Hz", "W", "J"]);

/** Numbers that name something, and are written as they are: there is no port 8,080. */
const NAMES = /(?:^|_)(?:port|pid|ppid|uid|gid|vlan|asn|id|year|sequence|version|code|mtu)$/;

/** The unit of a column's values: the one that it says, or that of its name; undefined where neither says one. */
export function unitOf({ name, type, numeric, unit }: Column): string | undefined {
  if (unit !== undefined) return unit;
  if (/^TIMESTAMP/.test(type)) return "UTC";
  if (!numeric) return undefined;
  const words = name.toLowerCase().split("_");
  if (/^s(?:ec|econd)?$/.test(words.at(-1)!) && words.at(-2) === "per") {
    const what = words.at(-3);
    return what === undefined || !Object.hasOwn(RATES, what) ? "/s" : RATES[what];
  }
  return Object.hasOwn(UNITS, words.at(-1)!) ? UNITS[words.at(-1)!] : undefined;
}

/** Whether amounts of the unit are written with a prefix. */
export function isPrefixed(unit: string | undefined): unit is string {
  return unit !== undefined && PREFIXED.has(unit);
}

/** Whether the numbers of a column name something, such as a port, and count nothing. */
export function isName({ name }: Column): boolean {
  return NAMES.test(name.toLowerCase());
}
