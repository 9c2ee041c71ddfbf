/** Numbers as people read them; what is rounded away stays in the value. */

/**
 * A number with its thousands apart: a whole one with all its digits, any other with four significant ones, or with a
 * tenth where it has more before the point: `12,345,678`, `0.3333`, `1,234.6`, `1.5e-7`.
 */
export function numberText(value: number | bigint): string {
  if (typeof value === "bigint") return value.toLocaleString("en-US");
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return (value + 0).toLocaleString("en-US"); // + 0: no -0
  if (!Number.isFinite(value)) return String(value);
  if (size >= 1e15 || size < 1e-4) return value.toExponential(3).replace(/\.?0+e\+?/, "e");
  return value.toLocaleString(
    "en-US",
    size < 1000 ? { maximumSignificantDigits: 4 } : { maximumFractionDigits: 1 },
  );
}

/** An amount of a unit that takes prefixes of the SI: `25.28 GB`, `10 Gbit/s`, `640 B`. */
export function amountText(value: number, unit: string): string {
  const prefixes = ["", "k", "M", "G", "T", "P", "E"];
  let step = 0;
  while (Math.abs(value) >= 999.95 && step < prefixes.length - 1) {
    value /= 1000;
    step++;
  }
  return `${numberText(value)} ${prefixes[step]}${unit}`;
}
