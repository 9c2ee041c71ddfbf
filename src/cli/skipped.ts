/** What people are told of messages in the log that are no events. */
import type { CommandHandler } from "../command/handler.ts";
import { counted } from "../table/text.ts";
import type { Terminal } from "./terminal.ts";

/** Warns, once, of what a handler passed over. */
export function warnOfSkipped(terminal: Terminal, { skipped: { count, first } }: CommandHandler) {
  if (count === 0) return;
  const [one] = first;
  terminal.warn(
    `${counted(count, "message")} of the log ${
      count === 1 ? "is no event and was" : "are no events and were"
    } ` +
      `passed over${one ? `, sequence ${one.sequence} because ${one.reason}` : ""}`,
  );
}
