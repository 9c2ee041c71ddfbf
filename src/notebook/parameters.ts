/** The parameters of a notebook: what its cell tagged `parameters` says, and other values for a run. */
import type { Cell, Notebook } from "./export/nbformat.ts";
import { wholeText } from "./export/nbformat.ts";

/** A value that a notebook can be given. */
export type ParameterValue = string | number | boolean;

/** A parameter of a notebook. */
export interface Parameter {
  name: string;
  /** What it is unless somebody says otherwise. */
  value: ParameterValue;
  /** What the notebook says of it. */
  comment: string;
}

/** The tag of the cell with the defaults. */
const DEFAULTS = "parameters";
/** The tag of the cell with what was given instead; papermill's, as the other one. */
const INJECTED = "injected-parameters";

const LINE = new RegExp(
  String.raw`^\s*const\s+([A-Za-z_$][\w$]*)\s*=\s*` +
    String
      .raw`("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false)\s*;?\s*(?://\s*(.*?))?\s*$`,
);

/** A parameter that a notebook does not have, or a value that is not of its kind. */
export class ParameterRefused extends Error {
  override readonly name = "ParameterRefused";
  /** Stable: what a program may branch on. */
  readonly code = "parameter_refused";
}

/** The parameters of a notebook with their defaults, in their order: each `const name = literal; // comment` of that cell. */
export function parametersOf(notebook: Notebook): Parameter[] {
  return declaredIn(notebook.cells.find((cell) => isTagged(cell, DEFAULTS)));
}

/** What the parameters of a notebook are when it runs: as injected, and else its defaults. */
export function valuesOf(notebook: Notebook): Record<string, ParameterValue> {
  const injected = notebook.cells.find((cell) => isTagged(cell, INJECTED));
  const all = [...parametersOf(notebook), ...declaredIn(injected)];
  return Object.fromEntries(all.map(({ name, value }) => [name, value]));
}

/**
 * A parameter as somebody has typed it: text where the notebook has text, a number or `true` and `false` in JSON where
 * it has these.
 *
 * @throws {ParameterRefused} when the notebook has no such parameter, or it is of another kind
 */
export function parameterValue(notebook: Notebook, name: string, text: string): ParameterValue {
  const { value } = known(notebook, name);
  if (typeof value === "string") return text;
  const read = jsonOf(text);
  return checked(notebook, name, read === undefined ? text : read);
}

/**
 * The notebook with other values for its parameters, in a cell of their own behind the defaults. One that it has from
 * a run before goes.
 *
 * @throws {ParameterRefused} when it has no such parameter, or a value is of another kind than the default
 */
export function withParameters(
  notebook: Notebook,
  values: Readonly<Record<string, ParameterValue>>,
): Notebook {
  const cells = notebook.cells.filter((cell) => !isTagged(cell, INJECTED));
  const lines = Object.entries(values).map(([name, value]) =>
    `const ${name} = ${JSON.stringify(checked(notebook, name, value))};`
  );
  if (lines.length === 0) return { ...notebook, cells };
  const at = cells.findIndex((cell) => isTagged(cell, DEFAULTS)) + 1;
  const injected: Cell = {
    cell_type: "code",
    ...((notebook.nbformat_minor ?? 0) >= 5 ? { id: INJECTED } : {}),
    metadata: { tags: [INJECTED] },
    source: ["// What this run was given", ...lines].join("\n"),
    outputs: [],
    execution_count: null,
  };
  return { ...notebook, cells: [...cells.slice(0, at), injected, ...cells.slice(at)] };
}

function isTagged(cell: Cell, tag: string): boolean {
  const tags = cell.metadata?.tags;
  return cell.cell_type === "code" && Array.isArray(tags) && tags.includes(tag);
}

function declaredIn(cell: Cell | undefined): Parameter[] {
  return wholeText(cell?.source ?? "").split("\n").flatMap((line) => {
    const [, name, literal, comment = ""] = LINE.exec(line) ?? [];
    const value = jsonOf(literal ?? "");
    return name === undefined || value === undefined ? [] : [{ name, value, comment }];
  });
}

/** JSON's text, numbers and truth; of anything else undefined. */
function jsonOf(text: string): ParameterValue | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isFinite = typeof value === "number" && Number.isFinite(value);
    return isFinite || typeof value === "string" || typeof value === "boolean" ? value : undefined;
  } catch {
    return undefined;
  }
}

function known(notebook: Notebook, name: string): Parameter {
  const all = parametersOf(notebook);
  const found = all.find((one) => one.name === name);
  if (found) return found;
  const has = all.map((one) => `${one.name} (${typeof one.value})`).join(", ");
  throw new ParameterRefused(
    `This notebook has no parameter ${JSON.stringify(name)}: ` +
      (has === "" ? 'it has none, which a cell tagged "parameters" would name' : `it has ${has}`),
  );
}

function checked(notebook: Notebook, name: string, value: ParameterValue): ParameterValue {
  const { value: usual } = known(notebook, name);
  const isOfItsKind = typeof value === typeof usual &&
    (typeof value !== "number" || Number.isFinite(value));
  if (isOfItsKind) return value;
  throw new ParameterRefused(
    `The parameter ${name} is a ${typeof usual}, such as ${JSON.stringify(usual)}: ` +
      `${JSON.stringify(value)} is none`,
  );
}
