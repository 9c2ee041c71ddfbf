/** What an experiment asks of its model, one after the other, and what the model answers. */
import type { Analyses } from "./experiment_analysis.ts";
import { canonical, digestOf, type RawTable } from "./experiment_canonical.ts";
import { ExperimentError } from "./experiment_error.ts";
import type { TableEntry } from "./experiment_manifest.ts";
import type { ExperimentModel } from "./experiment_model.ts";
import type { ExperimentSpec, Parameters } from "./experiment_spec.ts";

/** The tables of a run, by their names: their rows, and what its manifest says of them. */
export interface Answers {
  raw: Record<string, RawTable>;
  entries: Record<string, TableEntry>;
}

/** What is asked with. */
export interface Asking {
  parameters: Parameters;
  seed: number;
  analyses: Analyses;
  /** The moment that the model shows; that of its last event without it. */
  moment: string | undefined;
  /** Told which table is asked for. */
  onQuestion: (table: string, at: number, total: number) => void;
  signal: AbortSignal;
}

/** Where in a spec the table of a run is asked for, as a JSON pointer. */
export function positionOf({ analyses = {} }: ExperimentSpec, table: string): string {
  return Object.hasOwn(analyses, table) ? `/analyses/${table}` : `/queries/${table}`;
}

/**
 * Asks the queries and then the analyses of a spec.
 *
 * @throws {ExperimentError} where one of them cannot be answered, or rows have the same key
 */
export async function answersOf(
  { queries = {}, analyses = {} }: ExperimentSpec,
  model: ExperimentModel,
  { parameters, seed, onQuestion, signal, ...asking }: Asking,
): Promise<Answers> {
  const answers: Answers = { raw: {}, entries: {} };
  const total = Object.keys(queries).length + Object.keys(analyses).length;
  const keep = (name: string, table: RawTable, key: readonly string[] | undefined) => {
    answers.raw[name] = table;
    const { columns, ordered } = table;
    answers.entries[name] = { columns, ordered, ...(key ? { key } : {}), ...digestOf(table) };
  };
  let done = 0;
  for (const [name, { sql, key }] of Object.entries(queries)) {
    onQuestion(name, ++done, total);
    const position = `/queries/${name}`;
    const table = await model.ask({ sql, position: `${position}/sql` }, parameters, seed, signal);
    checkKey(table, key, `${position}/key`);
    keep(name, table, key);
  }
  for (const [name, call] of Object.entries(analyses)) {
    onQuestion(name, ++done, total);
    const position = `/analyses/${name}`;
    const { key } = asking.analyses[call.analysis]!;
    const { moment } = asking;
    const known = asking.analyses;
    const table = await model.analyse(call, position, known, { moment, seed, signal });
    checkKey(table, key, position);
    keep(name, table, key);
  }
  return answers;
}

/** Rows are told from each other by their key, in a comparison. */
function checkKey({ columns, rows }: RawTable, key: readonly string[] = [], position: string) {
  const places = key.map((name, at) => {
    const place = columns.findIndex((column) => column.name === name);
    if (place >= 0) return place;
    const known = columns.map((column) => column.name).join(", ");
    const reason = `the query gives no column ${name}: it gives ${known}`;
    throw new ExperimentError("experiment_key", `${position}/${at}`, reason);
  });
  if (places.length === 0) return;
  const seen = new Set<string>();
  for (const row of rows) {
    const text = places.map((place) => canonical(row[place]!)).join();
    if (seen.has(text)) {
      const reason = `two rows have the key ${text}: name columns that tell them apart`;
      throw new ExperimentError("experiment_key", position, reason);
    }
    seen.add(text);
  }
}
