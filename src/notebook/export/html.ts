/** Text that becomes part of HTML. Nothing goes onto a page that did not come through here, or through the sanitizer. */
import { escapeHtml } from "../../table/escape.ts";

/** A value as the content of a `<script type="application/json">`, which no string in it can leave. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

/** A visible word about something that is not shown. Nothing is left out in silence. */
export function note(text: string): string {
  return `<p class="note">${escapeHtml(text)}</p>`;
}

/** Entities that people write, and any by number, as what they stand for; others stay as written. */
export function decodeEntities(text: string): string {
  const known: Record<string, string> = {
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    nbsp: "\u00a0",
    colon: ":",
  };
  return text.replace(
    /&(?:#(\d{1,6})|#x([\da-f]{1,5})|(amp|lt|gt|quot|nbsp|colon));/gi,
    (_, decimal?: string, hexadecimal?: string, name?: string) => {
      if (name) return known[name.toLowerCase()]!;
      return String.fromCodePoint(decimal ? Number(decimal) : parseInt(hexadecimal!, 16));
    },
  );
}
