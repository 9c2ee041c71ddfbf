/** Some of many names, in a sentence. */
import { distance } from "fastest-levenshtein";

/** How many names can be read at once. */
const MOST = 10;

/** Some names, those nearest to what was said first, and how many more there are. */
export function someOf(names: readonly string[], said?: string): string {
  const near = said === undefined
    ? names
    : names.map((name) => ({ name, of: unlikeness(name, said) }))
      .sort((a, b) => a.of.part - b.of.part || a.of.edits - b.of.edits)
      .map(({ name }) => name);
  const shown = near.slice(0, MOST).join(", ");
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown;
}

/** `part`: 0 where one begins like the other, 1 where one is in the other, else 2; `edits`: Levenshtein's distance. */
function unlikeness(name: string, said: string): { part: number; edits: number } {
  const [a, b] = [name.toLowerCase(), said.toLowerCase()];
  const part = a.startsWith(b) || b.startsWith(a) ? 0 : a.includes(b) || b.includes(a) ? 1 : 2;
  return { part, edits: distance(a, b) };
}
