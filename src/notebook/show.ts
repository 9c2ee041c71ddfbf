/** Showing values in a notebook. */
import { Table } from "../table/table.ts";

/** Values by MIME type, as Jupyter shows them: it takes the richest that it can. */
export type MimeBundle = Record<string, unknown>;

const DISPLAY = Symbol.for("Jupyter.display");

/** The part of Deno's notebook interface that is used here; absent outside a notebook. */
interface Jupyter {
  display(bundle: MimeBundle, options: { raw: true }): Promise<void>;
}

/** Something that cannot be shown. Its message says what it is, and what to do instead. */
export class NotShowable extends TypeError {
  override name = "NotShowable";
  /** Stable: what a program may branch on. */
  readonly code = "not_showable";
}

/**
 * Shows a table, a chart, a model, or any other value, below the cell that calls it; several one below the other. A
 * promise is waited for first; a list of objects and a Map are shown as tables. The last expression of a cell is shown
 * anyway; this is for what comes before. Outside a notebook it prints text.
 *
 * @throws {NotShowable} for what has nothing to be seen: undefined, a function, an iterator that has not run
 * @example
 * ```ts
 * import { show } from "@cim/infrastructure";
 * await show([{ host: "web-01", load: 0.5 }], "a text");
 * ```
 */
export async function show(...values: unknown[]): Promise<void> {
  const jupyter = notebook();
  for (const value of values) {
    const bundle = await bundleOf(await value);
    if (jupyter) await jupyter.display(bundle, { raw: true });
    else console.log(bundle["text/plain"]);
  }
}

function notebook(): Jupyter | undefined {
  try {
    return (Deno as unknown as { jupyter: Jupyter }).jupyter;
  } catch {
    return undefined; // outside a notebook even asking for it is an error
  }
}

async function bundleOf(value: unknown): Promise<MimeBundle> {
  const shown = asTable(value) ?? value;
  const display = typeof shown === "object" && shown !== null
    ? (shown as Record<symbol, unknown>)[DISPLAY]
    : undefined;
  if (typeof display === "function") return await display.call(shown);
  refuse(shown);
  return { "text/plain": typeof shown === "string" ? shown : Deno.inspect(shown) };
}

/** A list of objects, and a Map, as a table; undefined for anything else. */
function asTable(value: unknown): Table | undefined {
  if (value instanceof Map) {
    return Table.from([...value].map(([key, one]) => ({ key, value: one })));
  }
  return Array.isArray(value) && value.length > 0 && value.every(isRow)
    ? Table.from(value)
    : undefined;
}

/** Whether it is an object of named values, and nothing with a form of its own. */
function isRow(value: unknown): value is object {
  return typeof value === "object" && value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value)) && !(DISPLAY in value);
}

function refuse(value: unknown): void {
  const [what, instead] = value === undefined
    ? ["undefined", "there is no value: return one, or leave the call out"]
    : typeof value === "function"
    ? [`the function ${value.name || "without a name"}`, "call it, and show what it returns"]
    : typeof value === "symbol"
    ? [String(value), "show its description"]
    : typeof value === "object" && value !== null && Symbol.asyncIterator in value
    ? ["an asynchronous iterator", "collect it first: show(await Array.fromAsync(it))"]
    : typeof value === "object" && value !== null && "next" in value && Symbol.iterator in value
    ? ["an iterator", "collect it first: show([...it])"]
    : [];
  if (what !== undefined) throw new NotShowable(`Cannot show ${what}: ${instead}`);
}
