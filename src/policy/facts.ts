/** What is known of each resource at a moment, as a rule sees it: `VARIABLES` in `rule/types.ts` says what there is. */
import { networkOf } from "../domain/values.ts";
import { celMoment } from "../rule/cel_value.ts";
import type { RuleVariables } from "../rule/rule.ts";
import { METRICS, PARTS } from "../rule/types.ts";
import { Measured, type MeasuredPoint } from "./series.ts";

/** A version of a thing: the values of its fields, and the event that brought it. */
export interface Version {
  /** The sequence of the event. */
  sequence: number;
  /** As CEL has them, by the fields of its record. */
  fields: Map<string, unknown>;
}

/** A network, and whose it is if it is of one host only. */
export interface NetworkVersion extends Version {
  scope: string | null;
}

interface Known {
  state: Version | undefined;
  readonly software: Map<string, Version>;
  readonly connections: Map<string, Version>;
  readonly measured: Measured;
}

/** The facts of some resources, changed step by step. */
export class Facts {
  readonly #known = new Map<string, Known>();
  readonly #networks = new Map<string, NetworkVersion>();

  /** @param withMeans whether a rule reads means */
  constructor(private readonly withMeans = false) {}

  /** The ids of the resources that there are. */
  get resources(): string[] {
    return [...this.#known].filter(([, { state }]) => state).map(([id]) => id);
  }

  /** Whether there is such a resource at this moment. */
  has(id: string): boolean {
    return this.#known.get(id)?.state !== undefined;
  }

  /** A field of a resource that is a text. */
  text(id: string, field: string): string | undefined {
    return this.#known.get(id)?.state?.fields.get(field) as string | undefined;
  }

  /** A resource's newest version; undefined when it is gone. */
  setResource(id: string, version: Version | undefined): void {
    this.#of(id).state = version;
  }

  /** A piece of software, or a connection, of a resource; undefined when it is gone. */
  setPart(
    part: "software" | "connections",
    resource: string,
    id: string,
    version: Version | undefined,
  ): void {
    const parts = this.#of(resource)[part];
    if (version) parts.set(id, version);
    else parts.delete(id);
  }

  /** A network; undefined when it is gone. */
  setNetwork(id: string, version: NetworkVersion | undefined): void {
    if (version) this.#networks.set(id, version);
    else this.#networks.delete(id);
  }

  /** A measured point. */
  measure(resource: string, point: MeasuredPoint): void {
    this.#of(resource).measured.add(point);
  }

  /**
   * The variables of a rule about a resource that there is.
   *
   * @param now the moment, in microseconds since 1970
   * @param reads what the rule reads: nothing else is put together
   */
  variables(id: string, now: number, reads: ReadonlySet<string>): RuleVariables {
    const { state, software, connections, measured } = this.#known.get(id)!;
    const { all, names } = wanted(reads);
    const parts: Record<string, unknown> = {};
    if (names.has("software")) parts.software = fieldsOf(software.values());
    if (names.has("connections")) parts.connections = fieldsOf(connections.values());
    if (names.has("networks")) parts.networks = fieldsOf(this.#networksOf(id, state!.fields));
    if (names.has("measurements")) parts.measurements = measured.values();
    if (names.has("means")) parts.means = measured.means();
    if (names.has("rates")) parts.rates = measured.rates();
    if (names.has("measured_at") && measured.newest) {
      parts.measured_at = celMoment(measured.newest.observed);
    }
    const resource = new Map<string, unknown>(all ? state!.fields : []);
    for (const name of names) {
      const value = parts[name] ?? state!.fields.get(name);
      if (value !== undefined) resource.set(name, value);
    }
    return { resource, ...parts, ...(all || names.has("now") ? { now: celMoment(now) } : {}) };
  }

  /** The sequences of the events that the answer of a rule rests on, at most some of them, the newest. */
  evidence(id: string, reads: ReadonlySet<string>, most = 10): number[] {
    const { state, software, connections, measured } = this.#known.get(id)!;
    const { all, names } = wanted(reads);
    const parts = [
      ...names.has("software") ? sequencesOf(software.values()) : [],
      ...names.has("connections") ? sequencesOf(connections.values()) : [],
      ...names.has("networks") ? sequencesOf(this.#networksOf(id, state!.fields)) : [],
      ...all || names.has("measured_at") ? measured.sequences([]) : [],
    ];
    for (const read of reads) {
      const [part, ...key] = read.split(" ");
      if (METRICS.has(part!)) {
        parts.push(...measured.sequences(key.length > 0 ? [key.join(" ")] : []));
      }
    }
    const sequences = new Set([state!.sequence]);
    for (const sequence of parts.sort((a, b) => b - a)) {
      if (sequences.size < most) sequences.add(sequence);
    }
    return [...sequences].sort((a, b) => a - b);
  }

  #networksOf(id: string, fields: Map<string, unknown>): NetworkVersion[] {
    const cidrs = new Set<string>();
    for (const link of fields.get("interfaces") as Map<string, unknown>[]) {
      for (const address of link.get("addresses") as string[]) cidrs.add(networkOf(address));
    }
    return [...this.#networks.values()].filter(({ scope, fields }) =>
      (scope === null || scope === id) && cidrs.has(fields.get("cidr") as string)
    );
  }

  #of(id: string): Known {
    let known = this.#known.get(id);
    if (!known) {
      known = {
        state: undefined,
        software: new Map(),
        connections: new Map(),
        measured: new Measured(this.withMeans),
      };
      this.#known.set(id, known);
    }
    return known;
  }
}

function fieldsOf(versions: Iterable<Version>): unknown[] {
  return Array.from(versions, ({ fields }) => fields);
}

function sequencesOf(versions: Iterable<Version>): number[] {
  return Array.from(versions, ({ sequence }) => sequence);
}

const known = new WeakMap<ReadonlySet<string>, { all: boolean; names: ReadonlySet<string> }>();

/** The fields that a rule reads, of whatever key; all parts where it reads the whole resource. */
function wanted(reads: ReadonlySet<string>): { all: boolean; names: ReadonlySet<string> } {
  let found = known.get(reads);
  if (!found) {
    const all = reads.has("*");
    const names = new Set([...reads].map((read) => read.split(" ")[0]!));
    names.delete("*");
    found = { all, names: all ? new Set([...names, ...Object.keys(PARTS)]) : names };
    known.set(reads, found);
  }
  return found;
}
