/** Whether a model says what the log says: it is replayed to the same sequence and compared, row by row. */
import { Archive } from "../log/archive.ts";
import type { EventLog } from "../log/log.ts";
import type { LogIdentity } from "../projections/projection.ts";
import { ModelDamaged } from "./model_error.ts";
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
}

/** Where a model and the log do not agree. */
export interface ModelDisagreement {
  /** The first event that shows it; undefined where it is not about one. */
  sequence?: number;
  /** What it is, for people. */
  what: string;
}

/**
 * Replays the log, event by event, to where a model is, and compares each row of each table.
 *
 * @param source a log, with its archive or without; or an archive alone
 * @param path of the model; it is only read
 * @throws as `replay` does
 */
export async function verifyModel(
  source: EventLog | Archive,
  path: string,
  options: Pick<ReplayOptions, "onProgress" | "signal"> = {},
): Promise<ModelAgreement> {
  let last_sequence = 0;
  let identity: LogIdentity;
  const disagreeing = (what: string, sequence?: number): ModelAgreement => ({
    path,
    last_sequence,
    rows: 0,
    disagreement: { ...(sequence === undefined ? {} : { sequence }), what },
  });
  await using file = await pinned(path);
  try {
    await using model = await Model.open(file.path);
    last_sequence = model.checkpoint.last_sequence;
    identity = model.identity;
  } catch (error) {
    if (!(error instanceof ModelDamaged)) throw error;
    return disagreeing(error.message.replaceAll(file.path, path));
  }
  const { log } = source instanceof Archive ? source : { log: source };
  if (log && log.incarnation !== identity.incarnation) {
    return disagreeing(
      `it is of the log ${identity.name} (${identity.incarnation}), which is another one`,
    );
  }
  const end = await lastOf(source, {}, options.signal);
  if (last_sequence > end) {
    return disagreeing(`it is at ${last_sequence}, and the log ends at ${end}`);
  }
  await using clean = await replay(source, { ...options, sequence: last_sequence, afresh: true });
  const { unreadable, rows, differences } = await clean.compareWith(file.path);
  const [first] = differences.toSorted((a, b) => a.first_sequence - b.first_sequence);
  if (unreadable !== undefined) {
    return disagreeing(`it cannot be read: ${unreadable.replaceAll(file.path, path)}`);
  }
  if (!first) return { path, last_sequence, rows };
  const { table, added, removed, first_sequence } = first;
  const what = [
    ...(added > 0 ? [`lacks ${counted(added, "row")}`] : []),
    ...(removed > 0 ? [`has ${counted(removed, "other row")}`] : []),
  ].join(" and ");
  return { ...disagreeing(`${table} ${what}`, first_sequence), rows };
}
