import type { Command } from "../../src/domain/command.ts";
import type { MessageFactory } from "../../src/domain/message.ts";

/** The id of the command with this number: the same each time that it is sent. */
export function idOf(number: number): string {
  return `0199aaaa-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
}

/** A command that leads to one event, and is told from others by its number. */
export function numbered(messages: MessageFactory, number: number): Command {
  return messages.command("SetPolicy", {
    name: `p${number % 1000}`,
    description: String(number),
    severity: "info",
    selector: "true",
    rule: "true",
  }, { actor: "test", source: "declared", messageId: idOf(number) });
}
