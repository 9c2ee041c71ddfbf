/** Commands from elsewhere, to whoever takes commands. */
import type { Answer } from "../command/answer.ts";
import type { CommandPort } from "../command/port.ts";
import type { Command } from "../domain/command.ts";
import type { MessageFactory } from "../domain/message.ts";
import type { ImportedCommand } from "./topology_commands.ts";

/** A command without what makes it one of somebody. */
type Said = Pick<ImportedCommand, "command" | "data">;

/** How many are on their way at once; after each lot it can be said how far it is. */
const LOT = 500;

/** A command that was answered. */
export interface ImportAnswer<T extends Said = ImportedCommand> {
  said: T;
  answer: Answer;
}

/**
 * Submits commands as what somebody wants (`declared`), in their order and with one correlation. One that is refused does
 * not hold up the others.
 *
 * @throws {LogUnavailable} when the log is out of reach; what was answered by then stays
 */
export async function* submitImported<T extends Said = ImportedCommand>(
  port: CommandPort,
  messages: MessageFactory,
  commands: readonly T[],
  { actor, signal }: { actor: string; signal?: AbortSignal },
): AsyncGenerator<ImportAnswer<T>> {
  let correlationId: string | undefined;
  for (let at = 0; at < commands.length; at += LOT) {
    const lot = commands.slice(at, at + LOT);
    const sent: Command[] = [];
    for (const { command, data } of lot) {
      const one = messages.command(command, data as never, {
        actor,
        source: "declared",
        ...correlationId === undefined ? {} : { correlationId },
      });
      correlationId = one.correlation_id;
      sent.push(one);
    }
    const answers = await port.submit(sent, signal);
    for (const [index, answer] of answers.entries()) yield { said: lot[index]!, answer };
  }
}
