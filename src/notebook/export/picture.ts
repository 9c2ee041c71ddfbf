/** Pictures made of pixels. */
import { type MimeBundle, wholeText } from "./nbformat.ts";

/** A bundle's picture as a data URI; undefined if it has none, or one that is no base64. */
export function pixels(data: MimeBundle): string | undefined {
  for (const type of ["image/png", "image/jpeg", "image/gif", "image/webp"]) {
    const base64 = wholeText(data[type] ?? "").replace(/\s+/g, "");
    if (/^[A-Za-z0-9+/]+=*$/.test(base64)) return `data:${type};base64,${base64}`;
  }
  return undefined;
}
