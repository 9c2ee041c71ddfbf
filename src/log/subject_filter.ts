/** Which events are under which subjects, where only their bytes are left. */
import type { LogRecord } from "../domain/event.ts";
import { EVENTS, type EventType, subjectOf } from "../domain/event_types.ts";

const decoder = new TextDecoder();

/**
 * Whether a record is under one of these subjects. The archive has payloads and no subjects, but an event's type tells
 * its own; what is no event is under none.
 */
export function isUnder(subjects: readonly string[], { payload }: LogRecord): boolean {
  const subject = subjectIn(payload);
  return subject !== undefined && subjects.some((pattern) => matches(pattern, subject));
}

function subjectIn(payload: Uint8Array): string | undefined {
  try {
    const type: unknown = JSON.parse(decoder.decode(payload))?.event_type;
    return typeof type === "string" && Object.hasOwn(EVENTS, type)
      ? subjectOf(type as EventType)
      : undefined;
  } catch {
    return undefined;
  }
}

/** As NATS compares them: `*` is any one word, a last `>` one or more. */
function matches(pattern: string, subject: string): boolean {
  const [wanted, words] = [pattern.split("."), subject.split(".")];
  const isOpen = wanted.at(-1) === ">";
  if (isOpen ? words.length < wanted.length : words.length !== wanted.length) return false;
  return wanted.every((word, at) =>
    word === "*" || word === words[at] || (isOpen && at === wanted.length - 1)
  );
}
