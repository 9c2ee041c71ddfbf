/** The quick look at a text: may there be a secret in it? It takes about 1 µs for 600 bytes without one. */

// Three expressions and not one: V8 skips ahead where alternatives are few, and all of them together took four times as
// long (with `jwt` among the first, those alone did). They look for the rarest letters of the names in secret_name.ts (toKEN, passWD,
// seCRET) and for the signs that every form in secret_format.ts has which is no long run of letters.
const NAMES = /ke[ny]|kie|wd|word|cret|cred|pass|psk/i;
const MORE_NAMES = /auth|jwt|nstr|n[_. -]str|nwort|mmun|pw/i;
// A URL, a hash's `$`, the marks of a key block, an option, "Bearer " and "Basic ", `sig=`; and an escape that
// JSON.stringify never writes for these: `\u0070assword`, `:\/\/`.
const SIGNS = /\$|\/(?<=:\/)| (?:-|(?<=(?:er|ic) ))|\\[u/]|=(?<=(?:sig|ture)=)|----/i;

/** How many letters, digits, `_` and `-` in a row may be a token: as many as the shortest of them has. */
const RUN = 20;
const LETTER = 1;
const HEXADECIMAL = 2;

const KINDS = new Uint8Array(128).map((_, code) => {
  const letter = String.fromCharCode(code);
  return /[0-9a-f-]/.test(letter) ? LETTER | HEXADECIMAL : /\w/.test(letter) ? LETTER : 0;
});

/** Whether a text, or what a JSON text says, may hold a secret: a no is certain, a yes is to be looked into. */
export function suspicious(text: string): boolean {
  return NAMES.test(text) || MORE_NAMES.test(text) || SIGNS.test(text) || hasLongRun(text);
}

/**
 * Whether there is a run that could be a token: long, and not only hexadecimal digits and hyphens, as UUIDs and hashes
 * are. Only each 20th character is looked at until one is in a run; none is looked at more than twice.
 */
function hasLongRun(text: string): boolean {
  let floor = 0;
  for (let at = RUN - 1; at < text.length;) {
    if (!kind(text, at)) {
      at += RUN;
      continue;
    }
    let all = LETTER | HEXADECIMAL;
    let start = at;
    for (; start >= floor; start--) {
      const one = kind(text, start);
      if (!one) break;
      all &= one;
    }
    let end = at + 1;
    for (; end < text.length; end++) {
      const one = kind(text, end);
      if (!one) break;
      all &= one;
    }
    if (end - start > RUN && all === LETTER) return true;
    floor = end;
    at = end + RUN;
  }
  return false;
}

function kind(text: string, at: number): number {
  return KINDS[text.charCodeAt(at)] ?? 0;
}
