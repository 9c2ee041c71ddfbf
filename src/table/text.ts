/** Values as people read them on a terminal. */

/**
 * Text from outside, safe to print: control characters, which could move the cursor or colour the screen, and marks
 * that turn the direction of writing are shown as their code.
 */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Bidi_Control}]/gu,
    (mark) => `\\u{${mark.codePointAt(0)!.toString(16)}}`,
  );
}

/** So many characters of a text at most, and a sign where there were more; no character is cut in two. */
export function beginning(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** An amount of bytes in decimal units: `25.3 GB`. */
export function bytes(amount: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let step = 0;
  while (amount >= 999.95 && step < units.length - 1) {
    amount /= 1000;
    step++;
  }
  return `${step === 0 ? amount : amount.toFixed(1)} ${units[step]}`;
}

/** A whole number with its thousands apart: `1,234,567`. */
export function whole(amount: number): string {
  return amount.toLocaleString("en-US");
}

/** A number of things: `1 event`, `2 events`. */
export function counted(amount: number, one: string, many = `${one}s`): string {
  return `${whole(amount)} ${amount === 1 ? one : many}`;
}

/** How far something is with its events: a bar of twenty steps, the share and the numbers. */
export function bar(done: number, total: number): string {
  const share = total === 0 ? 100 : Math.floor(100 * done / total);
  const filled = "█".repeat(Math.floor(share / 5)).padEnd(20, "░");
  return `${filled} ${share} %, ${whole(done)} of ${counted(total, "event")}`;
}

/** Rows of cells in columns two spaces apart; the last column is as wide as it comes. */
export function columns(rows: readonly (readonly string[])[], indent = ""): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.slice(0, -1).entries()) {
      widths[at] = Math.max(widths[at] ?? 0, cell.length);
    }
  }
  return rows.map((row) =>
    indent + row.map((cell, at) => at < row.length - 1 ? cell.padEnd(widths[at]!) : cell).join("  ")
  );
}
