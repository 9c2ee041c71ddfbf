/** How what policies say of resources changed in the course of history: a fold over its steps. */
import { setImmediate } from "node:timers/promises";
import type { Model } from "../replay/model.ts";
import { Facts } from "./facts.ts";
import { type Order, pointsRead, pointSteps } from "./point_steps.ts";
import type { PolicyVersion } from "./policies.ts";
import { readsNow, rhythm, TICK_MICROS } from "./rhythm.ts";
import { type Range, ranges, stateSteps, type Step } from "./steps.ts";
import { concerns, type Ruling, verdictOf } from "./verdict.ts";

/** A verdict, and since when it is the same. */
export interface Judgement extends Ruling {
  policy: PolicyVersion;
  resource: string;
  hostname: string;
  /** Since when the verdict is this one: microseconds since 1970 in the order asked for, and the event. */
  since: number;
  sinceSequence: number;
  /** The sequences of the events that it rests on. */
  evidence(): number[];
}

/** How to go through history. */
export interface CourseOptions {
  order: Order;
  /**
   * The moment after the last step, in microseconds since 1970: what reads `now` is judged once more. What was observed
   * later is left out.
   */
  end: number;
  /**
   * Told of each verdict that differs from the one before; undefined where there is none any more: the resource or the
   * policy is gone.
   */
  onTurn?: (judgement: Judgement, before: Judgement | undefined, gone: boolean, at: number) => void;
  signal?: AbortSignal | undefined;
}

/** After so many steps, or ticks, others have their turn: whoever wants to end it is heard. */
const STEPS_AT_ONCE = 500;

/**
 * Goes through history, some resources at a time.
 *
 * @returns what holds at its end: a judgement for each policy and resource that there is then
 */
export async function course(
  model: Model,
  versions: readonly PolicyVersion[],
  options: CourseOptions,
): Promise<Judgement[]> {
  const reads = new Set(
    versions.flatMap(({ compiled }) => "error" in compiled ? [] : [...compiled.reads]),
  );
  const found: Judgement[][] = [];
  if (versions.length === 0) return [];
  for (const range of await ranges(model)) {
    options.signal?.throwIfAborted();
    const pass = new Pass(
      new Facts([...reads].some((one) => one === "*" || /^means/.test(one))),
      options,
    );
    for await (const together of groups(model, range, versions, reads, options.order, pass)) {
      if (options.order === "observed_at" && together[0]!.at > options.end) break;
      await pass.apply(together);
    }
    found.push(await pass.end());
  }
  return found.flat();
}

/** Steps in order; those of one event, or one moment and event, together. */
async function* groups(
  model: Model,
  range: Range,
  versions: readonly PolicyVersion[],
  reads: ReadonlySet<string>,
  order: Order,
  pass: Pass,
): AsyncGenerator<Step[]> {
  const before = order === "sequence"
    ? (a: Step, b: Step) => a.sequence - b.sequence || a.at - b.at
    : (a: Step, b: Step) => a.at - b.at || a.sequence - b.sequence;
  const states = [...await stateSteps(model, range, reads), ...pass.policySteps(versions)];
  states.sort(before);
  const points = pointSteps(model, range, order, pointsRead(reads));
  let point = (await points.next()).value as Step | undefined;
  let next = 0;
  let group: Step[] = [];
  while (next < states.length || point) {
    const state = states[next];
    let step: Step;
    if (state && (!point || before(state, point) <= 0)) {
      step = state;
      next++;
    } else {
      step = point!;
      point = (await points.next()).value as Step | undefined;
    }
    const [first] = group;
    if (first && (first.sequence !== step.sequence || first.at !== step.at)) {
      yield group;
      group = [];
    }
    group.push(step);
  }
  if (group.length > 0) yield group;
}

/** One pass over the history of some resources. */
class Pass {
  readonly #policies = new Map<string, PolicyVersion>();
  /** By policy, and then by resource. */
  readonly #judged = new Map<string, Map<string, Judgement>>();
  /** When something happened to a resource last, and to any. */
  readonly #touched = new Map<string, number>();
  #newest = 0;
  #tick: number | undefined;
  #steps = 0;
  #sequence = 0;

  constructor(private readonly facts: Facts, private readonly options: CourseOptions) {}

  /** Policies come and go as everything else does. */
  policySteps(versions: readonly PolicyVersion[]): Step[] {
    const step = (version: PolicyVersion, at: number, sequence: number, set: () => void): Step => ({
      at,
      sequence,
      resource: undefined,
      part: `policy ${version.id}`,
      apply: set,
    });
    const begins = new Set(versions.map(({ id, sequence }) => `${id} ${sequence}`));
    return versions.flatMap((version) => {
      const { id, since, sequence, until, ended } = version;
      const begin = step(version, since, sequence, () => this.#policies.set(id, version));
      if (ended === null || begins.has(`${id} ${ended}`)) return [begin];
      return [begin, step(version, until!, ended, () => this.#policies.delete(id))];
    });
  }

  /** Takes steps that belong together, and judges what they may have changed. */
  async apply(steps: readonly Step[]): Promise<void> {
    const { at, sequence } = steps[0]!;
    await this.#ticks(at);
    await this.#pause();
    this.#sequence = sequence;
    const touched = new Map<string, Set<string>>();
    for (const step of steps) {
      step.apply(this.facts);
      if (step.part.startsWith("policy ")) this.#judgeAll(step.part.slice(7), at);
      else if (step.resource === undefined) {
        for (const id of this.facts.resources) parts(touched, id).add(step.part);
      } else parts(touched, step.resource).add(step.part);
    }
    for (const [resource, changed] of touched) {
      this.#touched.set(resource, at);
      this.#newest = at;
      if (!this.facts.has(resource)) {
        this.#gone(resource, at);
        continue;
      }
      for (const policy of this.#policies.values()) {
        if (concerns(policy, changed)) this.#judge(policy, resource, at);
      }
    }
  }

  /** What holds at the end. */
  async end(): Promise<Judgement[]> {
    await this.#ticks(this.options.end);
    for (const policy of this.#policies.values()) {
      if (readsNow(policy)) this.#judgeAll(policy.id, this.options.end);
    }
    return [...this.#judged.values()].flatMap((one) => [...one.values()]);
  }

  /** Time passes also where nothing happens. */
  async #ticks(until: number): Promise<void> {
    if (this.#tick === undefined) {
      // From the first resource on: a policy that is in no log begins before it, and a clock may be decades slow.
      if (this.facts.resources.length === 0) return;
      this.#tick = Math.ceil(until / TICK_MICROS) * TICK_MICROS;
    }
    const clocked = [...this.#policies.values()].filter(readsNow);
    if (clocked.length === 0) {
      this.#tick = Math.max(this.#tick, Math.ceil(until / TICK_MICROS) * TICK_MICROS);
    }
    while (this.#tick < until) {
      await this.#pause();
      const tick: number = this.#tick;
      for (const resource of this.facts.resources) {
        if (tick % rhythm(tick - this.#touched.get(resource)!) > 0) continue;
        for (const policy of clocked) this.#judge(policy, resource, tick);
      }
      const every = rhythm(tick - this.#newest);
      this.#tick = (Math.floor(tick / every) + 1) * every;
    }
  }

  async #pause(): Promise<void> {
    if (++this.#steps % STEPS_AT_ONCE > 0) return;
    await setImmediate();
    this.options.signal?.throwIfAborted();
  }

  #judgeAll(id: string, at: number): void {
    const policy = this.#policies.get(id);
    if (policy) { for (const resource of this.facts.resources) this.#judge(policy, resource, at); }
    else {
      for (const judgement of this.#judged.get(id)?.values() ?? []) {
        this.options.onTurn?.(judgement, judgement, true, at);
      }
      this.#judged.delete(id);
    }
  }

  #gone(resource: string, at: number): void {
    for (const judged of this.#judged.values()) {
      const judgement = judged.get(resource);
      if (judgement) this.options.onTurn?.(judgement, judgement, true, at);
      judged.delete(resource);
    }
  }

  #judge(policy: PolicyVersion, resource: string, at: number): void {
    let judged = this.#judged.get(policy.id);
    if (!judged) this.#judged.set(policy.id, judged = new Map());
    const before = judged.get(resource);
    const { facts } = this;
    const found = verdictOf(policy, facts, resource, at);
    const isSame = before?.verdict === found.verdict;
    const judgement: Judgement = {
      policy,
      resource,
      hostname: facts.text(resource, "hostname") ?? "",
      ...found,
      since: isSame ? before.since : at,
      sinceSequence: isSame ? before.sinceSequence : this.#sequence,
      evidence: () => [
        ...(policy.sequence > 0 ? [policy.sequence] : []),
        ...facts.evidence(resource, "error" in policy.compiled ? new Set() : policy.compiled.reads),
      ],
    };
    judged.set(resource, judgement);
    if (this.options.onTurn && judgement.verdict === "fail") {
      // What ends it is no evidence of it: the facts are others then.
      const evidence = judgement.evidence();
      judgement.evidence = () => evidence;
    }
    if (!isSame) this.options.onTurn?.(judgement, before, false, at);
  }
}

function parts(touched: Map<string, Set<string>>, id: string): Set<string> {
  let found = touched.get(id);
  if (!found) touched.set(id, found = new Set());
  return found;
}
