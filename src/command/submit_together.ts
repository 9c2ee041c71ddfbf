/** Commands that somebody says together. */
import type { Command, CommandData, CommandType } from "../domain/command.ts";
import type { MessageFactory } from "../domain/message.ts";
import type { Answer } from "./answer.ts";
import type { CommandPort } from "./port.ts";

/** A command as people say it: what is to be done, and the data of that. */
export type SaidCommand = { [T in CommandType]: { command: T; data: CommandData[T] } }[CommandType];

/**
 * Submits commands as what somebody wants (`declared`), in their order and with one correlation. One that is refused
 * does not hold up the others.
 *
 * @param actor who says so
 * @returns an answer for each
 * @throws {LogUnavailable} when the log is out of reach
 */
export async function submitTogether(
  port: CommandPort,
  messages: MessageFactory,
  said: readonly SaidCommand[],
  { actor, signal }: { actor: string; signal?: AbortSignal | undefined },
): Promise<Answer[]> {
  const commands: Command[] = [];
  for (const { command, data } of said) {
    const correlationId = commands[0]?.correlation_id;
    commands.push(messages.command(command, data as never, {
      actor,
      source: "declared",
      ...(correlationId === undefined ? {} : { correlationId }),
    }));
  }
  return await port.submit(commands, signal);
}
