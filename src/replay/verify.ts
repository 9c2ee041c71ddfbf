/** Whether a model says what the log says: it is replayed to the same sequence and compared, row by row. */
import { Archive } from "../log/archive.ts";
import type { EventLog } from "../log/log.ts";
import type { LogIdentity } from "../projections/projection.ts";
import { positionsDefinition } from "../projections/spaces/tables.ts";
import { definition } from "../projections/sql/fold.ts";
import { otherDefinitions } from "./definitions.ts";
import { ModelDamaged, ModelInUse } from "./model_error.ts";
import { Model } from "./model.ts";
import { pinned } from "./pinned.ts";
import { replay, type ReplayOptions } from "./replay.ts";
import { lastOf } from "./until.ts";
import { counted } from "../table/text.ts";

/** What came of it. */
export interface ModelAgreement {
  /** The model's file. */
  path: string;
  /** Up to which sequence it is; 0 where it cannot be read. */
  last_sequence: number;
  /** How many of its rows were compared, over all tables. */
  rows: number;
  /** Not there where it says what the log says. */
  disagreement?: ModelDisagreement;
  /** Why it could not be looked at, though nothing is known to be wrong with it: it is to be verified again. */
  unverified?: string;
}

/** How the verification is followed and ended. */
export type VerifyOptions = Pick<ReplayOptions, "onProgress" | "signal">;

/** Where a model and the log do not agree. */
export interface ModelDisagreement {
  /** The first event that shows it; undefined where it is not about one. */
  sequence?: number;
  /** What it is, for people. */
  what: string;
}

/**
 * Replays the log, event by event, to where a model is, and compares each row of each table, and what each view and macro
 * is; the tables of a model of positions with the positions of the replay.
 *
 * @param source a log, with its archive or without; or an archive alone
 * @param path of the model; it is only read
 * @throws as `replay` does
 */
export async function verifyModel(
  source: EventLog | Archive,
  path: string,
  options: VerifyOptions = {},
): Promise<ModelAgreement> {
  await using file = await pinned(path);
  try {
    return await verifyFile(source, { path, file: file.path }, options);
  } catch (error) {
    if (!(error instanceof ModelInUse)) throw error;
    return {
      path,
      last_sequence: 0,
      rows: 0,
      unverified: error.message.replaceAll(file.path, path),
    };
  }
}

/** @param file under which name it is looked at */
async function verifyFile(
  source: EventLog | Archive,
  { path, file }: { path: string; file: string },
  options: VerifyOptions,
): Promise<ModelAgreement> {
  const { signal } = options;
  let last_sequence = 0;
  let identity: LogIdentity;
  let made: string;
  let others: string[] = [];
  const disagreeing = (what: string, sequence?: number): ModelAgreement => ({
    path,
    last_sequence,
    rows: 0,
    disagreement: { ...(sequence === undefined ? {} : { sequence }), what },
  });
  try {
    await using model = await Model.open(file, signal ? { signal } : {});
    last_sequence = model.checkpoint.last_sequence;
    identity = model.identity;
    [[made]] = (await model.sql`SELECT definition FROM fold.checkpoint`).values as [[string]];
    if (await isMadeHere(made)) others = await otherDefinitions(file, made);
  } catch (error) {
    if (!(error instanceof ModelDamaged)) throw error;
    return disagreeing(error.message.replaceAll(file, path));
  }
  const { log } = source instanceof Archive ? source : { log: source };
  if (log && log.incarnation !== identity.incarnation) {
    return disagreeing(
      `it is of the log ${identity.name} (${identity.incarnation}), which is another one`,
    );
  }
  const end = await lastOf(source, {}, signal);
  if (last_sequence > end) {
    return disagreeing(`it is at ${last_sequence}, and the log ends at ${end}`);
  }
  if (!await isMadeHere(made)) return disagreeing("another version of this program made it");
  if (others.length > 0) {
    // Before any row: what a view says that was altered tells nothing of the events.
    const more = others.length > 1 ? ` and ${others.length - 1} more` : "";
    return disagreeing(`${others[0]}${more}: it is not the view or macro that this program makes`);
  }
  await using clean = await replay(source, { ...options, sequence: last_sequence, afresh: true });
  const { unreadable, rows, differences } = await clean.compareWith(file);
  const [first] = differences.toSorted((a, b) => a.first_sequence - b.first_sequence);
  if (unreadable !== undefined) {
    return disagreeing(`it cannot be read: ${unreadable.replaceAll(file, path)}`);
  }
  if (!first) return { path, last_sequence, rows };
  const { table, added, removed, first_sequence } = first;
  const what = [
    ...(added > 0 ? [`lacks ${counted(added, "row")}`] : []),
    ...(removed > 0 ? [`has ${counted(removed, "other row")}`] : []),
  ].join(" and ");
  return { ...disagreeing(`${table} ${what}`, first_sequence), rows };
}

/** Whether this version of the program made a model, of whichever kind. */
async function isMadeHere(made: string): Promise<boolean> {
  return [await definition(), await positionsDefinition()].includes(made);
}
