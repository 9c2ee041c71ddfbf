/** What programs print to a terminal, with ANSI colours, as HTML. */
import Anser from "anser";
import { escapeHtml } from "../../table/escape.ts";

/** Everything that moves the cursor, sets titles or makes links: ESC ] … BEL or ST, and ESC [ … letter but "m". */
// deno-lint-ignore no-control-regex -- control characters are the subject here
const NOT_COLOUR = /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?]*[A-Za-ln-z]|\x1b[()][A-Z0-9]/g;

/** What is left of control characters after that, other than tab, line feed and the escape of a colour. */
// deno-lint-ignore no-control-regex -- as above
const CONTROL = /[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]/g;

/** The text without colours, as a terminal would show it. */
export function terminalText(text: string): string {
  // deno-lint-ignore no-control-regex -- as above
  return shownText(text).replace(/\x1b\[[0-9;]*m/g, "").replaceAll("\x1b", "");
}

function shownText(text: string): string {
  return overwrite(text.replace(NOT_COLOUR, "")).replace(CONTROL, "");
}

/** The text escaped, the sixteen colours of a terminal as classes (`ansi-red`), bold and the like too. */
export function terminalHtml(text: string): string {
  return Anser.ansiToJson(shownText(text), { use_classes: true, remove_empty: true })
    .map(({ content, fg, bg, decorations }) => {
      // An escape that is no colour and none of the above would show as a box: it goes.
      const inner = escapeHtml(content.replaceAll("\x1b", ""));
      const classes = [
        ...colour(fg, "fg"),
        ...colour(bg, "bg"),
        ...decorations.filter((one) => /^[a-z]+$/.test(one)).map((one) => `ansi-${one}`),
      ];
      return classes.length === 0 ? inner : `<span class="${classes.join(" ")}">${inner}</span>`;
    }).join("");
}

/** The class of one of the sixteen named colours; of the 256 and the 16 million none, their text stays plain. */
function colour(name: string | null, which: "fg" | "bg"): string[] {
  const named = /^ansi-(?:bright-)?(black|red|green|yellow|blue|magenta|cyan|white)$/.exec(
    name ?? "",
  );
  return named ? [`ansi-${which}-${named[1]}`] : [];
}

/** What a terminal would show of a progress line: after a carriage return, a line begins anew. */
function overwrite(text: string): string {
  return text.replaceAll("\r\n", "\n").split("\n")
    .map((line) => line.replace(/\r+$/, "").replace(/^.*\r/s, "")).join("\n");
}
