/** What an experiment does to the events, with everything looked up that it names. */
import type { RecordedEvent } from "../domain/event.ts";
import { changed } from "./experiment_change.ts";
import { type AddedCommand, addedCommands, type Door } from "./experiment_addition.ts";
import {
  type LookUp,
  type Place,
  placeOf,
  type Selected,
  selected,
} from "./experiment_selection.ts";
import type { ExperimentSpec } from "./experiment_spec.ts";

/** How many events a transformation was about. */
export interface Effect {
  dropped?: number;
  /** Left out because what they are about, or belong to, has been dropped from its beginning. */
  dropped_with?: number;
  changed?: number;
  added?: number;
  /** Commands that said what was known already. */
  unchanged?: number;
}

/** A transformation that is about the log's own events, one at a time. */
export interface EventStep {
  selects: Selected;
  /** Not there where they are dropped. */
  change?: (event: RecordedEvent) => RecordedEvent;
  effect: Effect;
}

/** Commands that are put somewhere in the log. */
export interface AddStep {
  /** Behind which sequence or moment; at the end without it. */
  place: Place | undefined;
  commands: AddedCommand[];
  effect: Effect;
}

/** All of it. */
export interface Plan {
  filter: Selected | undefined;
  /** In the order of the spec. */
  steps: EventStep[];
  additions: AddStep[];
  /** What came of each transformation, in the order of the spec: counted while the log is read. */
  effects: Effect[];
  seed: number;
  /** That commands come in by. */
  door: Door;
}

/** Whether an experiment leaves the events as they are. */
export function leavesEvents({ filter, transformations = [], range }: ExperimentSpec): boolean {
  return !filter && transformations.length === 0 && (range?.from_sequence ?? 1) === 1;
}

/**
 * Looks up what a spec names.
 *
 * @param lookUp not needed where it names nothing by SQL or by name
 * @param door that commands come in by
 * @throws {ExperimentError} for what is not there, and for what selects nothing
 */
export async function planOf(
  { filter, transformations = [], seed = 0 }: ExperimentSpec,
  lookUp: LookUp | undefined,
  door: Door,
): Promise<Plan> {
  const plan: Plan = {
    filter: filter && await selected(filter, "/filter", lookUp),
    steps: [],
    additions: [],
    effects: [],
    seed,
    door,
  };
  for (const [at, one] of transformations.entries()) {
    const position = `/transformations/${at}`;
    const effect: Effect = {};
    plan.effects.push(effect);
    if ("add" in one) {
      plan.additions.push({
        place: one.at === undefined ? undefined : placeOf(one.at),
        commands: await addedCommands(one, position, lookUp),
        effect: Object.assign(effect, { added: 0, unchanged: 0 }),
      });
    } else if ("drop" in one) {
      const selects = await selected(one.drop, `${position}/drop`, lookUp);
      Object.assign(effect, { dropped: 0, dropped_with: 0 });
      plan.steps.push({ selects, effect });
    } else {
      const selects = await selected(one.change, `${position}/change`, lookUp);
      Object.assign(effect, { changed: 0 });
      plan.steps.push({ selects, effect, change: (event) => changed(event, one, position) });
    }
  }
  return plan;
}
