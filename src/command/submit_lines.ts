/** A stream of lines, each a command, to whoever takes commands. */
import type { Command } from "../domain/command.ts";
import type { MessageFactory } from "../domain/message.ts";
import { Refusal } from "../domain/refusal.ts";
import { type Answer, refusedAnswer } from "./answer.ts";
import { commandOfLine, type JsonLine, messageIdOf, parseLine } from "./command_line.ts";
import { type Line, LineStream, TOO_LONG } from "./lines.ts";
import type { CommandPort } from "./port.ts";

/** What became of the command on a line, counted from 1. The message id is null where a line says none and is no command. */
export interface LineAnswer {
  line: number;
  answer: Omit<Answer, "message_id"> & { message_id: string | null };
}

/** What is needed besides the lines. */
export interface SubmitLinesOptions {
  port: CommandPort;
  messages: MessageFactory;
  /** Who says so, where a line does not say it. */
  actor: string;
  signal?: AbortSignal;
}

/** How many chunks of lines may be on their way: while they are written, the next are read. */
const CHUNKS_UNDER_WAY = 32;

/**
 * Submits commands in their order, as they come; empty lines are passed over, and a line that is refused does not hold
 * up the others.
 *
 * @returns the answers, in the order of the lines, as soon as they are there
 * @throws {LogUnavailable} when the log is out of reach; what was answered by then stays
 */
export async function* submitLines(
  bytes: ReadableStream<Uint8Array>,
  { port, messages, actor, signal }: SubmitLinesOptions,
): AsyncGenerator<LineAnswer> {
  let count = 0;
  const answers = new TransformStream<Line[], Promise<LineAnswer[]>>(
    {
      transform(lines, controller) {
        const first = count + 1;
        count += lines.length;
        const work = submitChunk(lines, first);
        work.catch(() => {}); // it is waited for in its turn
        controller.enqueue(work);
      },
    },
    { highWaterMark: 1 },
    { highWaterMark: CHUNKS_UNDER_WAY },
  );
  const submitChunk = async (lines: readonly Line[], first: number): Promise<LineAnswer[]> => {
    const found: (LineAnswer | { line: number; command: Command })[] = [];
    for (const [at, line] of lines.entries()) {
      if (line !== TOO_LONG && isBlank(line)) continue;
      found.push({ line: first + at, ...read(line, messages, actor) });
    }
    const commands = found.flatMap((one) => "command" in one ? [one.command] : []);
    const answered = commands.length > 0 ? await port.submit(commands, signal) : [];
    return found.map((one) =>
      "command" in one ? { line: one.line, answer: answered.shift()! } : one
    );
  };
  const options = signal ? { signal } : {};
  const stream = bytes.pipeThrough(new LineStream(), options).pipeThrough(answers, options);
  for await (const chunk of stream) yield* await chunk;
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 32 || byte === 9 || byte === 13);
}

function read(
  line: Line,
  messages: MessageFactory,
  actor: string,
): { command: Command } | Pick<LineAnswer, "answer"> {
  let json: JsonLine | undefined;
  try {
    if (line === TOO_LONG) {
      throw new Refusal("too_large", "", "the line is too long to be a command");
    }
    json = parseLine(line);
    return { command: commandOfLine(json, messages, actor) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { answer: refusedAnswer(json ? messageIdOf(json) : null, error) };
  }
}
