/** The ids of aggregates: names as UUIDs. */
import { createHash } from "node:crypto";

/** The name space of this project's aggregate ids. */
const NAMESPACE = Uint8Array.fromHex("6f1a4a5e52a85b0e9b7e1d3f6c0f7d11");

/**
 * An aggregate's id from what makes it the one it is: the same on every machine (UUID v5, RFC 9562, section 5.5). Every
 * command needs one or two; the `uuid` package, whose SHA-1 is JavaScript under Deno, takes five times as long.
 *
 * @example
 * ```ts
 * import { aggregateIdOf } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * strictEqual(aggregateIdOf("policy", "patched"), aggregateIdOf("policy", "patched"));
 * ```
 */
export function aggregateIdOf(type: string, ...parts: (string | number | undefined)[]): string {
  const name = JSON.stringify([type, ...parts.map((part) => part ?? null)]);
  const hex = createHash("sha1").update(NAMESPACE).update(name).digest("hex");
  const variant = (parseInt(hex[16]!, 16) & 0b0011 | 0b1000).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-` +
    `${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
