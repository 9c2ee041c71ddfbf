/** Text that others chose (process, interface and package names) as the domain's `Name`. */

/**
 * A text as a name: no control characters (names are shown in terminals, where an escape sequence acts), no white
 * space around it, at most 1,024 UTF-16 units (half a surrogate pair becomes U+FFFD). Markup is kept: it is data.
 *
 * @returns undefined when nothing is left
 */
export function asName(text: string | undefined): string | undefined {
  return text?.trim().slice(0, 1024).toWellFormed().replace(/\p{Cc}/gu, "\uFFFD").trimEnd() ||
    undefined;
}
