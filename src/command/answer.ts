/** What became of a command. */
import type { Finding } from "../domain/finding.ts";
import type { Refusal, RefusalCode } from "../domain/refusal.ts";
import { redactText } from "./redaction.ts";

/** What became of a command. */
export interface Answer {
  /** The command's. */
  message_id: string;
  /** `accepted`: events were written. `unchanged`: all of it was so already. `refused`: see code, field and message. */
  outcome: "accepted" | "unchanged" | "refused";
  /** What the command was about; absent when it was refused. */
  aggregate_id?: string;
  /** The events that were written; for a command that is sent again, the first of those of the first time. */
  events: { event_id: string; event_type: string; sequence: number }[];
  /** What is odd; at most 20. */
  findings: Finding[];
  code?: RefusalCode;
  field?: string;
  message?: string;
}

/** The answer to a command that was refused. Its message has the refused value in it, and no secret. */
export function refusedAnswer<Id extends string | null>(
  messageId: Id,
  { code, field, message }: Refusal,
): Omit<Answer, "message_id"> & { message_id: Id } {
  return {
    message_id: messageId,
    outcome: "refused",
    events: [],
    findings: [],
    code,
    field: redactText(field),
    message: redactText(message),
  };
}
