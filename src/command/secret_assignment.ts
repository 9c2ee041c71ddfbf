/** Secrets that are known by what stands before them: `password=…`, `--token …`, `{"secret": "…"}`, `mysql -p…`. */
import { REDACTED } from "./secret_format.ts";
import { NAME_PART, namesSecret } from "./secret_name.ts";

// A name is everything from one edge to the next, so that each is read once however long it is.
const NAME = /(?<![\w.-])[\w.-]+/g;

// The signature of a signed URL opens what the key would: Azure's `sig=`, Amazon's and Google's.
const SIGNATURE = /^(?:sig|x-(?:amz|goog)-signature)$/i;

// What stands between a name and its value. `==` and `=~` compare, `::` is a path, `://` a scheme.
const ASSIGNS = /[ \t]*(?:=>|:=|=(?![=~]))[ \t]*|:(?![:/=])[ \t]*/y;
const ASSIGNS_QUOTED = /\\*["'`]\]?[ \t]*(?:=>|:=|=(?![=~])|:(?![:/=]))\s*/y;
const NEXT_ARGUMENT = /[ \t]+(?!-)|\\*["']\s*,\s*(?=\\*["'])/y;
const SPACE = /[ \t]+/y;
const TAG_END = />/y;

// A value without quotes ends at a space, and at a delimiter that is followed by an end or by the next name.
const NEXT = String.raw`(?![\s,;&(){}[\]|<>"'${"`"}\\]|$|[\w.-]{1,64}\\?["']?[=:])`;
const PLAIN = new RegExp(
  String.raw`(?:\[redacted\]|[^\s,;&)}\]|<>"'${"`"}\\]+|[,;&)}\]|]{1,8}${NEXT}|["'${"`"}]${NEXT}` +
    String.raw`|<(?![/!A-Za-z])|\\(?!["'${"`"}]|[nrt](?:\s|$|[\w.-]{1,64}["']?[=:])))+`,
  "y",
);
// One word, and then nothing on its line.
const ALONE = /[^\s"'`=:]+=*(?=["'`\r\n]|$)/y;
const LINE = /[^\r\n"'`]+/y;
const ELEMENT = /[^<]+/y;
const YAML_BLOCK = /[|>][+-]?\d?[ \t]*\n(?:[ \t]+[^\n]*(?:\n|$)|\n)+/y;
const OPENER = /\\*["'`]/y;
const COOKIES = /(?=[^\s=;"']{1,128}=)[^\r\n"'`]+/y;
const SCHEME = /(?:(?:basic|bearer|digest|token|negotiate|ntlm|apikey|aws4-hmac-sha256)[ \t]+)?/iy;

// Names that are followed by their secret after a mere space.
const SPACED = new Set(["requirepass", "masterauth", "aws_secret_access_key", "aws_session_token"]);

// `registry/app-secret:1.27` and `libsecret-1-0:amd64` are an image and a package, not a password.
const TAG = /^(?:v?\d+(?:\.\d+)+[\w.+~-]*|latest|stable|main|edge|amd64|arm64|armhf|i386|all)$/;

/** Redacts the secrets in a text that are known by the name or the program before them. */
export function redactAssignments(whole: string): string {
  const text = redactOptions(whole);
  let result = "";
  let done = 0;
  NAME.lastIndex = 0;
  for (let match = NAME.exec(text); match; match = NAME.exec(text)) {
    const name = match[0].slice(-200);
    if (!NAME_PART.test(name) && !SIGNATURE.test(name)) continue;
    const span = valueAfter(text, match.index, NAME.lastIndex, name);
    if (!span) continue;
    const [from, to] = span;
    NAME.lastIndex = to;
    if (from === to || text.slice(from, to) === REDACTED) continue;
    result += text.slice(done, from) + REDACTED;
    done = to;
  }
  return result + text.slice(done);
}

/** From where to where the value of the name at `start` reaches, if it is a secret. */
function valueAfter(
  text: string,
  start: number,
  end: number,
  name: string,
): [number, number] | undefined {
  const quoted = past(ASSIGNS_QUOTED, text, end);
  const assigned = quoted ?? past(ASSIGNS, text, end);
  if (assigned !== undefined && /^(?:set-)?cookie$/i.test(name)) {
    return span(COOKIES, text, assigned);
  }
  if (assigned !== undefined && /^(?:proxy-)?authorization$/i.test(name)) {
    const opened = past(OPENER, text, assigned) ?? assigned;
    const from = past(SCHEME, text, opened) ?? opened;
    // Without a scheme it may be prose, or say only whether: `authorization: enabled`.
    return from > opened
      ? span(LINE, text, from)
      : /^(?:en|dis)abled/i.test(text.slice(from, from + 8))
      ? undefined
      : span(ALONE, text, from);
  }
  if (SIGNATURE.test(name)) {
    return assigned !== undefined && text[assigned - 1] === "=" &&
        /^[\w%+/=-]{20}/.test(text.slice(assigned, assigned + 20))
      ? span(PLAIN, text, assigned)
      : undefined;
  }
  if (!namesSecret(spoken(text, start, name)) && name !== "_auth") return undefined;
  if (assigned !== undefined) {
    // The user of a URL: https://x-access-token:[redacted]@github.com
    if (text.startsWith(`${REDACTED}@`, assigned)) return undefined;
    const colon = quoted === undefined && text[end] === ":";
    if (colon && /s$/i.test(name)) return undefined; // "Passwords: at least twelve characters"
    if (colon && /[\w.-]\/$/.test(text.slice(Math.max(0, start - 2), start))) return undefined;
    const value = valueAt(text, assigned, /passphrase$/i.test(name) ? LINE : PLAIN);
    const tag = colon && assigned === end + 1 && value && TAG.test(text.slice(...value));
    return tag ? undefined : value;
  }
  if (text[start - 1] === "<") {
    const inside = past(TAG_END, text, end);
    if (inside !== undefined) return span(ELEMENT, text, inside);
  }
  const argument = name.startsWith("-")
    ? past(NEXT_ARGUMENT, text, end)
    : SPACED.has(name.toLowerCase()) ||
        /\blogin\s+\S{1,100}\s+$/.test(text.slice(Math.max(0, start - 110), start))
    ? past(SPACE, text, end)
    : undefined;
  return argument === undefined ? undefined : valueAt(text, argument, PLAIN);
}

/** The name with the word before it, where that says what key it is: "API key: …", "Connection string=…". */
function spoken(text: string, start: number, name: string): string {
  return /^(?:keys?|string)$/i.test(name)
    ? /(?:[A-Za-z]{1,20} )?$/.exec(text.slice(Math.max(0, start - 21), start))![0] + name
    : name;
}

function valueAt(text: string, from: number, plain: RegExp): [number, number] | undefined {
  // "token= password=…": the first has no value, and the next name is not it.
  if (/[ \t:]/.test(text[from - 1]!)) {
    const name = /^[\w.-]{1,200}(?=[ \t]{0,8}=|:)/.exec(text.slice(from, from + 210));
    if (name && namesSecret(name[0])) return undefined;
  }
  if (text.startsWith(REDACTED, from)) return span(plain, text, from);
  const block = span(YAML_BLOCK, text, from);
  if (block) return text[block[1] - 1] === "\n" ? [from, block[1] - 1] : block;
  const inside = past(OPENER, text, from);
  if (inside !== undefined) return [inside, closing(text, from, inside)];
  if (text[from] === "{" || text[from] === "[") return [from + 1, bracketed(text, from)];
  return span(plain, text, from);
}

/** Where the quotation that was opened ends. In JSON within JSON its quotes have backslashes, and its inner ones more. */
function closing(text: string, opener: number, inside: number): number {
  const quote = text[inside - 1]!;
  const backslashes = inside - 1 - opener;
  for (let at = text.indexOf(quote, inside); at >= 0; at = text.indexOf(quote, at + 1)) {
    let before = at;
    while (before > inside && text[before - 1] === "\\") before--;
    if ((at - before) % (2 * (backslashes + 1)) === backslashes) return at - backslashes;
  }
  return text.length;
}

/** Where the bracket at `from` is closed, or the text ends. */
function bracketed(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "{" || text[at] === "[") depth++;
    else if ((text[at] === "}" || text[at] === "]") && --depth === 0) return at;
  }
  return text.length;
}

// Programs whose option for the password is short. openssl is first, whose -passin others would
// take for their -p.
const OPTIONS: readonly (readonly [program: RegExp, option: RegExp])[] = [
  [/(?<![\w.-])openssl /, / -pass(?:in|out)?( ["']?pass:)([^\s"']+)/g],
  [/(?<![\w.-])(?:mysql|mariadb)[\w-]* /, / -p(?!\d{1,5}:\d)()("[^"]*"|'[^']*'|[^\s"']+)/g],
  [/(?<![\w.-])sshpass /, / -p ?()("[^"]*"|'[^']*'|[^\s"']+)/g],
  [/(?<![\w.-])redis-cli /, / -a ()("[^"]*"|'[^']*'|[^\s"']+)/g],
  [
    /(?<![\w.-])(?:docker|podman|helm|oc) (?:[\w-]+ )?login /,
    / -p[ =]()("[^"]*"|'[^']*'|[^\s"']+)/g,
  ],
  [/(?<![\w.-])ldap[a-z]+ /, / -w ?()("[^"]*"|'[^']*'|[^\s"']+)/g],
  [
    /(?<![\w.-])(?:curl|wget) /,
    / -(?:u|U|-user|-proxy-user)[ =]?(["']?[^\s:"']{1,128}:)([^\s"']+)/g,
  ],
];

function redactOptions(text: string): string {
  for (const [program, option] of OPTIONS) {
    const match = program.exec(text);
    if (!match) continue;
    const after = match.index + match[0].length - 1;
    text = text.slice(0, after) +
      text.slice(after).replace(
        option,
        (whole, _, secret: string) => whole.slice(0, -secret.length) + REDACTED,
      );
  }
  return text;
}

function past(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function span(pattern: RegExp, text: string, from: number): [number, number] | undefined {
  const to = past(pattern, text, from);
  return to === undefined ? undefined : [from, to];
}
