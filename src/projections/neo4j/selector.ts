/** Which resources a policy is about, as far as the graph knows: selectors that read a resource and its software. */
import type { EventData } from "../../domain/event_types.ts";
import { celValue } from "../../rule/cel_value.ts";
import { PolicyRuleInvalid } from "../../rule/error.ts";
import { compileRule, type Rule } from "../../rule/rule.ts";
import { PARTS, RESOURCE, type RuleType } from "../../rule/types.ts";

const RESOURCE_TYPE: RuleType = { kind: "record", name: "resource", fields: RESOURCE };
const SOFTWARE_TYPE = PARTS.software!;
/** So many selectors stay compiled. */
const MOST_COMPILED = 1_000;

const compiled = new Map<string, Rule | string>();

/** Why a selector cannot be judged by what the graph knows; undefined where it can. */
export function notJudged(selector: string): string | undefined {
  const found = compile(selector);
  return typeof found === "string" ? found : undefined;
}

/** The selector, or why it cannot be judged. */
function compile(selector: string): Rule | string {
  let found = compiled.get(selector);
  if (found === undefined) {
    if (compiled.size >= MOST_COMPILED) compiled.clear();
    compiled.set(selector, found = compileAnew(selector));
  }
  return found;
}

function compileAnew(selector: string): Rule | string {
  try {
    const rule = compileRule(selector);
    const others = [...rule.reads].map((read) => read.split(" ")[0]!)
      .filter((name) => name !== "software" && !Object.hasOwn(RESOURCE, name))
      .map((name) => name === "*" ? "the whole resource" : name);
    if (others.length === 0) return rule;
    return `it reads ${[...new Set(others)].sort().join(", ")}: cim compliance judges it`;
  } catch (error) {
    if (!(error instanceof PolicyRuleInvalid)) throw error;
    return error.message; // of an older version, perhaps
  }
}

/** Whether a selector reads which software there is. */
export function readsSoftware(selector: string): boolean {
  const found = compile(selector);
  return typeof found !== "string" && found.reads.has("software");
}

/** A resource as the graph has it. */
export interface GraphResource {
  id: string;
  /** The JSON of all that is known of it. */
  state: string;
  first_seen_at: string;
  changed_at: string;
  /** The properties of the nodes of its software. */
  software: readonly Record<string, unknown>[];
}

/** A resource as rules see it: the same as `policy/facts.ts` makes of the tables. */
export class Candidate {
  readonly id: string;
  readonly #variables: Record<string, unknown>;

  /** @param resource as the graph has it */
  constructor({ id, state, first_seen_at, changed_at, software }: GraphResource) {
    this.id = id;
    const { host, ...facts }: EventData["ComputeRegistered"] = JSON.parse(state);
    const resource = celValue(RESOURCE_TYPE, {
      ...facts,
      id,
      host_id: host,
      addresses: facts.interfaces.flatMap(({ addresses }) =>
        addresses.map((address) => address.slice(0, address.indexOf("/")))
      ),
      first_seen_at: micros(first_seen_at),
      changed_at: micros(changed_at),
    }) as Map<string, unknown>;
    const parts = celValue(
      SOFTWARE_TYPE,
      software.map((node) => ({
        ...node,
        listening: (node.listening as string[] | undefined)?.map((text) => {
          const [transport, address, port] = text.split(" ");
          return { transport, address, port: Number(port) };
        }),
        configuration: node.configuration && JSON.parse(node.configuration as string),
        first_seen_at: micros(node.first_seen_at as string),
      })),
    );
    resource.set("software", parts);
    this.#variables = { resource, software: parts };
  }

  /** Whether a selector picks it; where that ends in an error, it does not. */
  isPickedBy(selector: string): boolean {
    const rule = compile(selector);
    return typeof rule !== "string" && rule.evaluate(this.#variables).holds === true;
  }
}

/** Microseconds since 1970 of a moment as the graph has it. */
function micros(moment: string): number {
  return Date.parse(`${moment.slice(0, 23)}Z`) * 1_000 + Number(moment.slice(23, 26));
}
