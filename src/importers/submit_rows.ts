/** Commands of rows, to whoever takes commands: as they come, however many there are. */
import { createHash } from "node:crypto";
import type { Answer } from "../command/answer.ts";
import type { CommandPort } from "../command/port.ts";
import { aggregateIdOf } from "../domain/aggregate_id.ts";
import { checkCommand, type Command } from "../domain/command.ts";
import type { MessageFactory } from "../domain/message.ts";
import { Refusal } from "../domain/refusal.ts";
import type { FileMapping } from "./file_mapping.ts";
import type { RowRefused } from "./file_source.ts";
import type { ImportJournal } from "./import_journal.ts";
import type { RowCommand } from "./mapped_commands.ts";

/** How many commands are sent together, and how many such lots may be under way. */
const LOT = 500;
const LOTS_UNDER_WAY = 4;

/** What became of a row; `recorded`: its measurements are in the log since an earlier import. */
export type RowOutcome =
  | { said: RowCommand; answer: Answer }
  | { said: RowCommand; answer: "recorded" }
  | RowRefused;

/** What is needed besides the rows. */
export interface SubmitRowsOptions {
  port: CommandPort;
  messages: MessageFactory;
  journal: ImportJournal;
  /** What tells this file with this mapping from all others. */
  key: string;
  actor: string;
  signal?: AbortSignal;
}

/** What tells a file with a mapping from all others: the hash of both. */
export function importKey(fileHash: string, mapping: FileMapping): string {
  return createHash("sha256").update(fileHash).update(JSON.stringify(mapping)).digest("hex");
}

/**
 * Submits commands in their order and with one correlation; one that is refused does not hold up the others. The message
 * ids of measurements are made of the file and the row, so that what is sent again is not recorded again.
 *
 * @returns what became of each, in their order
 * @throws {LogUnavailable} when the log is out of reach; what was answered by then stays
 */
export async function* submitRows(
  rows: AsyncIterable<RowCommand | RowRefused>,
  options: SubmitRowsOptions,
): AsyncGenerator<RowOutcome> {
  const { journal, signal } = options;
  const underWay: Promise<RowOutcome[]>[] = [];
  const send = sender(options);
  let lot: (RowCommand | RowRefused)[] = [];
  const flush = () => {
    const work = send(lot);
    work.catch(() => {}); // it is waited for in its turn
    underWay.push(work);
    lot = [];
  };
  try {
    for await (const row of rows) {
      signal?.throwIfAborted();
      lot.push(row);
      if (lot.length < LOT) continue;
      flush();
      if (underWay.length >= LOTS_UNDER_WAY) yield* noted(await underWay.shift()!, journal);
    }
    if (lot.length > 0) flush();
    while (underWay.length > 0) yield* noted(await underWay.shift()!, journal);
  } finally {
    await journal.save();
  }
}

function sender({ port, messages, journal, key, actor, signal }: SubmitRowsOptions) {
  let correlationId: string | undefined;
  return async (lot: readonly (RowCommand | RowRefused)[]): Promise<RowOutcome[]> => {
    const sent: Command[] = [];
    const outcomes = lot.map((row) => {
      if (!("command" in row)) return row;
      const isMeasured = row.command === "RecordMeasurements";
      // What is refused as it stands was not recorded either, and is refused again.
      if (isMeasured && journal.isRecorded(computeOf(row)) && isSound(row)) {
        return { said: row, answer: "recorded" as const };
      }
      const one = messages.command(row.command, row.data as never, {
        actor,
        source: row.source,
        // Said again, a fact changes nothing, or back what was changed meanwhile; a measurement would be there twice.
        ...isMeasured ? { messageId: aggregateIdOf("import", key, row.id) } : {},
        ...correlationId === undefined ? {} : { correlationId },
      });
      correlationId = one.correlation_id;
      sent.push(row.occurredAt === undefined ? one : { ...one, occurred_at: row.occurredAt });
      return { said: row };
    });
    const answers = sent.length > 0 ? await port.submit(sent, signal) : [];
    let next = 0;
    return outcomes.map((one) => {
      if ("why" in one || "answer" in one) return one;
      const answer = answers[next++]!;
      const isAgain = answer.findings.some(({ code }) => code === "duplicate");
      return { ...one, answer: isAgain ? "recorded" as const : answer };
    });
  };
}

async function* noted(
  outcomes: readonly RowOutcome[],
  journal: ImportJournal,
): AsyncGenerator<RowOutcome> {
  for (const one of outcomes) {
    if ("said" in one && one.said.command === "RecordMeasurements") {
      const isUnknown = one.answer !== "recorded" && one.answer.code === "unknown_compute";
      await journal.note(computeOf(one.said), isUnknown);
    }
    yield one;
  }
}

function isSound({ command, data }: RowCommand): boolean {
  try {
    checkCommand(command, data);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return false;
  }
}

function computeOf({ data }: RowCommand): string {
  return String(data["compute"]);
}
