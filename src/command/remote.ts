/** Commands to another machine, whose handler is a NATS service there. */
import { Buffer } from "node:buffer";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Command } from "../domain/command.ts";
import { Refusal } from "../domain/refusal.ts";
import { type Answer, refusedAnswer } from "./answer.ts";
import { letIn } from "./door.ts";
import type { CommandPort } from "./port.ts";
import { POSITION_SUBJECT, SUBMIT_SUBJECT, UNSEEN_SUBJECT } from "./service.ts";
import { ServiceClient } from "./service_client.ts";
import type { WholeScan } from "./unseen.ts";

/** How many commands go into one request, and how many bytes: its answer must fit into a message as well. */
const MOST_COMMANDS = 250;
const MOST_BYTES = 400_000;
/** What the answer to a removal takes, in bytes, with room to spare. */
const REMOVAL_BYTES = 500;

/**
 * Sends commands to the service `cim-commands`. A request that got no answer is sent again: a command that was done
 * already is known by its message id.
 */
export class RemoteCommands implements CommandPort {
  readonly #service: ServiceClient;

  /** @param connection is not closed by this */
  constructor(connection: NatsConnection) {
    this.#service = new ServiceClient(connection);
  }

  /** Goes through the door here already: what is no command is not sent, and no secret leaves this machine. */
  async submit(commands: readonly Command[], signal?: AbortSignal): Promise<Answer[]> {
    const checked = commands.map(lookAt);
    const sent = checked.flatMap((one) => "command" in one ? [one.command] : []);
    const answers = (await this.#send(sent, signal)).values();
    return checked.map((one) => {
      if (!("command" in one)) return one.answer;
      const answer = answers.next().value!;
      return { ...answer, findings: [...one.redacted, ...answer.findings] };
    });
  }

  async #send(commands: readonly Command[], signal?: AbortSignal): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (const slice of slices(commands, this.#mostBytes)) {
      const request = `{"commands":[${slice.join()}]}`;
      const [bytes, most] = [Buffer.byteLength(request), this.#service.maxPayload];
      if (bytes > most && slice.length === 1) {
        answers.push(tooLarge(commands[answers.length]!, bytes, most));
      } else answers.push(...await this.#ask(SUBMIT_SUBJECT, request, signal));
    }
    return answers;
  }

  async position(signal?: AbortSignal): Promise<number> {
    const answer = this.#service.ask<{ sequence: number }>(POSITION_SUBJECT, "", signal);
    return (await answer).sequence;
  }

  async removeUnseen(scan: WholeScan, signal?: AbortSignal): Promise<Answer[]> {
    const answers: Answer[] = [];
    const whole = { ...scan, seen: [...new Set(scan.seen)] };
    for (const part of parts(whole, this.#mostBytes)) {
      for (let more = true; more;) {
        const most = Math.min(
          Math.ceil(this.#mostBytes / REMOVAL_BYTES),
          (scan.most ?? Infinity) - answers.length,
        );
        if (most === 0) return answers;
        const removals = await this.#ask(UNSEEN_SUBJECT, JSON.stringify({ ...part, most }), signal);
        answers.push(...removals);
        // What was refused is there the next time as well.
        more = removals.length === most && removals.some(({ outcome }) => outcome === "accepted");
      }
    }
    return answers;
  }

  /** What a request may have, so that its answer fits into a message. */
  get #mostBytes(): number {
    return Math.min(MOST_BYTES, this.#service.maxPayload / 2);
  }

  async #ask(subject: string, request: string, signal?: AbortSignal): Promise<Answer[]> {
    return (await this.#service.ask<{ answers: Answer[] }>(subject, request, signal)).answers;
  }
}

/** Commands as JSON, in slices that fit into a request; one that is larger than that goes alone. */
function* slices(commands: readonly Command[], mostBytes: number): Generator<string[]> {
  let slice: string[] = [];
  let left = mostBytes;
  for (const command of commands) {
    const json = JSON.stringify(command);
    const bytes = Buffer.byteLength(json);
    if (slice.length === MOST_COMMANDS || (slice.length > 0 && bytes > left)) {
      yield slice;
      slice = [];
      left = mostBytes;
    }
    slice.push(json);
    left -= bytes;
  }
  if (slice.length > 0) yield slice;
}

/** A scan in parts that fit into a request: by the first digit of the ids, or by more of them where it must be. */
function* parts(scan: WholeScan, mostBytes: number): Generator<WholeScan> {
  const { seen, prefix = "" } = scan;
  if (seen.length < 2 || Buffer.byteLength(JSON.stringify(scan)) <= mostBytes) {
    yield scan;
    return;
  }
  for (const digit of "0123456789abcdef") {
    const start = prefix + digit;
    const part = { ...scan, prefix: start, seen: seen.filter((id) => id.startsWith(start)) };
    yield* parts(part, mostBytes);
  }
}

function lookAt(command: Command): ReturnType<typeof letIn> | { answer: Answer } {
  try {
    return letIn(command);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { answer: refusedAnswer(command?.message_id, error) };
  }
}

/** What the handler would answer, had the command come to it. */
function tooLarge({ message_id, command }: Command, bytes: number, most: number): Answer {
  const message = `${command} takes ${bytes} bytes; at most ${most} are possible: say it in ` +
    `several commands`;
  return refusedAnswer(message_id, new Refusal("too_large", "", message));
}
