/** How fast a link is, as files say it. */
import { valueOf } from "./topology_file.ts";

const FACTORS: Record<string, number> = { "": 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/**
 * The speed of an edge in bits per second: the Topology Zoo's `LinkSpeedRaw`, or `bandwidth` or `speed`, plain or as
 * `10G`, `2.5 Gbit/s`, `100Mbps`.
 *
 * @returns undefined where none is said, and null where it cannot be read
 */
export function linkSpeed(attributes: ReadonlyMap<string, string>): number | null | undefined {
  const said = valueOf(attributes, "linkspeedraw", "speed_bps", "bandwidth", "speed");
  if (said === undefined) return undefined;
  const [, number = "", factor = ""] =
    /^(\d{1,20}(?:\.\d{0,20})?(?:e[+-]?\d{1,2})?)\s*([kmgt]?)(?:b(?:it)?s?(?:\/s|ps)?)?$/i
      .exec(said) ?? [];
  const speed = Math.round(Number(number || NaN) * FACTORS[factor.toLowerCase()]!);
  return Number.isSafeInteger(speed) && speed > 0 ? speed : null;
}
