/**
 * Secrets do not come in by the door: what looks like one is replaced in a command, whoever sent it.
 *
 * Not @secretlint/core: it is a linter of files. It answers in a Promise, took 200 µs for 600 bytes, and knows neither
 * `password=…` nor the names of fields.
 */
import { redactAssignments } from "./secret_assignment.ts";
import { REDACTED, redactForms } from "./secret_format.ts";
import { fieldHoldsSecret, namesSecret } from "./secret_name.ts";
import { suspicious } from "./suspicion.ts";

/**
 * Redacts, in place, every secret in the texts and keys of a value of JSON's kinds. The secret part of a text becomes
 * `[redacted]` and the rest of it stays; of a field whose name says that it is a secret, every text. Numbers, yes and no
 * stay: a type is never changed. Doing it again changes nothing.
 *
 * @param value what may be changed: a private copy
 * @param json its JSON text, or one that it is a part of: the quick look, which is all that most commands take
 * @returns the paths of the texts and keys that were changed: `configuration/db_password`; none of them tells a secret
 */
export function redact(value: object, json: string): string[] {
  return suspicious(json) ? redactAll(value) : [];
}

/**
 * Redacts the secrets of one text, whatever it is called: again until nothing more is found, for what stands around a
 * secret can read differently once it is gone.
 */
export function redactText(text: string): string {
  if (!suspicious(text)) return text;
  for (let before = text, passes = 0;; before = text) {
    text = redactAssignments(redactForms(before));
    if (text === before || ++passes === MAXIMAL_PASSES) return text;
  }
}

// Two are the rule and three are rare.
const MAXIMAL_PASSES = 8;

type Holder = Record<string, unknown> | unknown[];
type Step = { holder: Holder; path: string; secret: boolean };

// With a list of what is still to do, and not by calling itself: a sender may nest more deeply than the stack is high.
function redactAll(value: object): string[] {
  const changed: string[] = [];
  const steps: Step[] = [{ holder: value as Holder, path: "", secret: false }];
  for (const { holder, path, secret } of steps) {
    const renamed = Array.isArray(holder) ? undefined : redactKeys(holder);
    let before: unknown;
    for (const [key, one] of Object.entries(holder)) {
      const inner = path === "" ? key : `${path}/${key}`;
      const hidden = secret ||
        (Array.isArray(holder) ? isFlag(before) : fieldHoldsSecret(key, one));
      if (typeof one === "object" && one !== null) {
        steps.push({ holder: one as Holder, path: inner, secret: hidden });
      }
      const text = typeof one !== "string"
        ? one
        : hidden && one.trim() !== ""
        ? REDACTED
        : redactText(one);
      if (text !== one) (holder as Record<string, unknown>)[key] = text;
      if (text !== one || renamed?.has(key)) changed.push(inner);
      before = one;
    }
  }
  return changed;
}

/** Whether the argument after this one is a secret: `["--password", "…"]`. */
function isFlag(before: unknown): boolean {
  return typeof before === "string" && /^--?[A-Za-z][\w.-]*$/.test(before) && namesSecret(before);
}

/** Redacts the keys of a record, and says which are new. All stay in their places, and no two become one. */
function redactKeys(record: Record<string, unknown>): Set<string> | undefined {
  const entries = Object.entries(record);
  if (!entries.some(([key]) => redactText(key) !== key)) return undefined;
  const renamed = new Set<string>();
  const taken = new Set(entries.map(([key]) => key));
  // Counted on from one to the next: a sender may say a hundred thousand.
  const counts = new Map<string, number>();
  for (const [key] of entries) delete record[key];
  for (const [key, value] of entries) {
    const text = redactText(key);
    let free = text;
    let count = counts.get(text) ?? 2;
    for (; text !== key && taken.has(free); count++) free = `${text} ${count}`;
    counts.set(text, count);
    taken.add(free);
    if (text !== key) renamed.add(free);
    // Assigning to "__proto__" would change what the record is.
    Object.defineProperty(record, free, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return renamed;
}
