/** Names that say their value is a secret: `db_password`, `clientSecret`, `X-Api-Key`. */

// Between the words of snake, kebab, dotted and camel case: db_password, api-key, smtp.pass, clientSecret, APIKey.
const BETWEEN = /(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+/;

// An English compound is what its last word says: a password_policy is a policy. These last words only say which one.
const WHICH = new Set(
  ("hash hashed value b64 base64 plain plaintext raw encrypted old new current previous primary " +
    "secondary prod dev test staging").split(" "),
);

// What such a first word asks is answered by yes, no or a number: require_password, max_token.
const ASKS = new Set(
  "has is use uses no allow enable enabled disable disabled require requires required need needs max min num number count total"
    .split(" "),
);

// How the name ends, its words written together, so that `APIkey`, `apikey` and `api_key` are one.
const ENDS = new RegExp(
  `(?:${
    [
      "pass(?:words?|wds?|phrases?|codes?)",
      "pwd",
      "(?<!lib)secrets?",
      "secretid",
      "(?<!jsonweb)token",
      "(?:access|api|auth|bearer|bot|deploy|refresh|service|session|user)tokens",
      "(?:access|account|api|auth|client|encryption|license|master|private|secret|service|session|shared|signing|ssh|storage)keys?",
      "credentials?",
      "creds",
      "conn(?:ection)?str(?:ing)?s?",
      "jwt",
      "psk",
      "passw(?:o|oe)rt(?:er)?",
      "kennwort",
      "snmp(?:v[123])?(?:ro|rw|read|write|trap)?communit(?:y|ies)",
      "communitystring",
      "masterauth",
      "(?:admin|bind|database|db|ftp|key|ldap|login|mail|mongo|my|mysql|pg|postgres|redis|require|root|smtp|sql|store|user)pass",
    ].join("|")
  })$`,
);

// Said of a field these name a secret; in running text they are ordinary words.
const OF_A_FIELD = new Set(["auth", "authorization", "cookie", "cookies", "pass", "pw"]);

// What a field of those names holds where it holds no secret: whether, not what.
const WHETHER = /^(?:true|false|yes|no|on|off|enabled|disabled|none|null)$/i;

/**
 * Whether a name says that what it names is a secret. `token_expiry_seconds`, `max_tokens` and `author` do not.
 *
 * @param name only its end is read, so that a long one costs no more
 */
export function namesSecret(name: string): boolean {
  return ENDS.test(head(name).join(""));
}

/**
 * Whether the field `name` with this value holds a secret: as {@linkcode namesSecret}, and `auth`, `cookie` or `pass`
 * too, unless the value is a mere yes or no.
 */
export function fieldHoldsSecret(name: string, value: unknown): boolean {
  const words = head(name);
  if (ENDS.test(words.join(""))) return true;
  return OF_A_FIELD.has(words.at(-1) ?? "") && !(typeof value === "string" && WHETHER.test(value));
}

/** What is in every name that is known here, and in few others: a first look. */
export const NAME_PART = /pass|pwd|secret|token|key|cred|auth|cookie|str|jwt|psk|wort|mmun|pw/i;

/** The words of a name up to the one that says what it is; none for a question, or for what is surely no secret. */
function head(name: string): string[] {
  if (!NAME_PART.test(name)) return [];
  const words = name.slice(-200).split(BETWEEN).filter((word) => word !== "")
    .map((word) => word.toLowerCase());
  if (words.length > 1 && ASKS.has(words[0]!)) return [];
  while (words.length > 1 && (WHICH.has(words.at(-1)!) || /^\d+$/.test(words.at(-1)!))) words.pop();
  if (words.length > 0) words.push(words.pop()!.replace(/\d+$/, ""));
  return words;
}
