/** Text as NetBox takes it: its limits, its white space, its slugs. */
import { createHash } from "node:crypto";

/** How long a name may be, in characters: of devices, virtual machines, interfaces and VLANs, and of all else. */
export const MOST = { own: 64, other: 100, description: 200 } as const;

/** One line without anything that NetBox refuses, or would trim away: control characters, halves of characters, white space at the ends. */
export function line(value: string): string {
  return value.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
}

/** A line with something in it. */
export function said(value: string | undefined): string | undefined {
  return line(value ?? "") || undefined;
}

/** A line that is cut where it is too long, and then ends in "…". */
export function cut(value: string, most: number): string {
  const text = line(value);
  if (isWithin(text, most)) return text;
  return `${[...text.slice(0, 2 * most)].slice(0, most - 1).join("").trimEnd()}…`;
}

/** As {@linkcode cut}, for names: what is cut ends in a hash as well, so that two that begin alike stay two. */
export function cutName(value: string, most: number): string {
  const text = line(value);
  return isWithin(text, most) ? text : `${cut(text, most - 9)} ${hashOf(text)}`;
}

/** Whether a text is that short, in characters as NetBox counts them. */
export function isWithin(text: string, most: number): boolean {
  return text.length <= most || (text.length <= 2 * most && [...text].length <= most);
}

/** What a slug says nothing of, though it tells names apart: `C` and `C++`, letters of other scripts. */
const LOST = /[^\x20-\x7e®©]|[+#*%@!?<>=~^|$]/;

/**
 * The slug of a name: what has the same slug is the same thing to NetBox, and to us (`Dell Inc.` and `DELL INC`). Where a
 * slug would lose what tells names apart, it ends in a hash of the name. It depends on the name alone, so that a name that
 * comes later changes no other one's slug.
 */
export function slugOf(name: string): string {
  const plain = line(name).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const slug = plain.replace(/[^a-z0-9_]+/g, "-").replace(/^-+|-+$/g, "");
  if (slug !== "" && slug.length <= MOST.other && !LOST.test(plain)) return slug;
  return `${slug.slice(0, MOST.other - 10)}-${hashOf(plain)}`.replace(/^-/, "");
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
