/** Showing values in a notebook. */

/** Values by MIME type, as Jupyter shows them: it takes the richest that it can. */
export type MimeBundle = Record<string, unknown>;

const DISPLAY = Symbol.for("Jupyter.display");

/** The part of Deno's notebook interface that is used here; absent outside a notebook. */
interface Jupyter {
  display(bundle: MimeBundle, options: { raw: true }): Promise<void>;
}

/**
 * Shows a table, a chart, a model, or any other value, below the cell that calls it; a promise is waited for first.
 * The last expression of a cell is shown anyway; this is for what comes before. Outside a notebook it prints text.
 *
 * @example
 * ```ts
 * import { show, Table } from "@cim/infrastructure";
 * await show(new Table([{ name: "hosts", type: "BIGINT", numeric: true }], [[42]]));
 * ```
 */
export async function show(value: unknown): Promise<void> {
  const bundle = await bundleOf(await value);
  const jupyter = notebook();
  if (jupyter) await jupyter.display(bundle, { raw: true });
  else console.log(bundle["text/plain"]);
}

function notebook(): Jupyter | undefined {
  try {
    return (Deno as unknown as { jupyter: Jupyter }).jupyter;
  } catch {
    return undefined; // outside a notebook even asking for it is an error
  }
}

async function bundleOf(value: unknown): Promise<MimeBundle> {
  const display = typeof value === "object" && value !== null
    ? (value as Record<symbol, unknown>)[DISPLAY]
    : undefined;
  return typeof display === "function"
    ? await display.call(value)
    : { "text/plain": typeof value === "string" ? value : Deno.inspect(value) };
}
