/** Laws of parking: one event that cannot be applied holds up its aggregate, and nothing else. */
import fc from "fast-check";
import { applyStep } from "../apply_step.ts";
import { Parking } from "../parking.ts";
import type { Projection, Step } from "../projection.ts";
import { unpark } from "../unpark.ts";
import { anyTurns, History } from "./history.ts";
import { Poisoned } from "./poisoned.ts";
import { requireSame } from "./same.ts";
import type { ProjectionLaw, ProjectionSubject } from "./subject.ts";
import { anyCuts, cutsOf, type LawMaker, type Seen, type Trial } from "./trial.ts";

const noWait = { sleep: () => Promise.resolve() };
const anyPicks = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 3 });

/** Law 6 of the design. */
export function lawsOfParking<P extends Projection>(
  law: LawMaker<P>,
  subject: ProjectionSubject<P>,
): ProjectionLaw[] {
  const laws = [
    law(
      "poison is parked with the later events of its aggregate, and the rest is as if they were not there",
      fc.tuple(anyTurns, anyCuts, anyPicks),
      async (trial, [turns, cuts, picks]) => {
        const history = await History.of(turns);
        const poison = pick(history, picks);
        const place = trial.place();
        const projection = await trial.open(place);
        await apply(new Poisoned(projection, poison), history.steps(cutsOf(history, cuts)));
        await requireParked(trial, await trial.see(projection), history, poison);
        const before = await trial.see(projection);
        await trial.close(projection);
        requireSame("opened again", await trial.see(await trial.open(place)), before);
      },
    ),
    law(
      "un-parked once it can be taken, wherever that is, everything is as in a clean replay",
      fc.tuple(anyTurns, anyCuts, anyPicks, fc.nat(8), fc.boolean()),
      async (trial, [turns, cuts, picks, curedAt, oneByOne]) => {
        const history = await History.of(turns);
        const projection = await trial.open();
        const poisoned = new Poisoned(projection, pick(history, picks));
        const steps = history.steps(cutsOf(history, cuts));
        await apply(poisoned, steps.slice(0, curedAt));
        poisoned.poison.clear();
        const aggregates = new Set((await projection.parked()).map((one) => one.aggregate_id));
        for (const aggregate of oneByOne ? aggregates : []) {
          const { left } = await unpark(history.log, projection, { aggregate });
          const still = left.filter(({ aggregate_id }) => aggregate_id === aggregate);
          requireSame("what is left of what was un-parked", still, []);
        }
        await unpark(history.log, projection);
        await apply(poisoned, steps.slice(curedAt));
        requireSame("un-parked", await trial.see(projection), await trial.afterAll(history));
        requireSame("its checkpoint", await projection.checkpoint(), history.checkpoint());
      },
    ),
    law(
      "what is un-parked and still cannot be taken stays parked",
      fc.tuple(anyTurns, anyCuts, anyPicks, fc.nat(1_000)),
      async (trial, [turns, cuts, picks, cured]) => {
        const history = await History.of(turns);
        const projection = await trial.open();
        const poisoned = new Poisoned(projection, pick(history, picks));
        await apply(poisoned, history.steps(cutsOf(history, cuts)));
        const poison = [...poisoned.poison];
        poisoned.poison.delete(poison[cured % poison.length]!);
        await unpark(history.log, poisoned);
        await requireParked(trial, await trial.see(projection), history, poisoned.poison);
      },
    ),
  ];
  const poison = subject.poison?.bind(subject);
  if (!poison) return laws;
  return [
    ...laws,
    law(
      "poison of the adapter's own is parked, and stays so when it is un-parked",
      fc.tuple(anyTurns, anyCuts, anyPicks),
      async (trial, [turns, cuts, picks]) => {
        const sound = await History.of(turns);
        const able = (sequence: number) => poison(sound.at(sequence)!.event) !== undefined;
        const picked = pick(sound, picks, able);
        const history = await sound.changed(picked, (event) => poison(event)!);
        for (const sequence of picked) {
          if (!history.at(sequence)) throw new Error("the poison is no event that a log can have");
        }
        const projection = await trial.open();
        await apply(projection, history.steps(cutsOf(history, cuts)));
        await requireParked(trial, await trial.see(projection), history, picked);
        const { applied } = await unpark(history.log, projection);
        requireSame("how many were un-parked", applied, 0);
        await requireParked(trial, await trial.see(projection), history, picked);
      },
    ),
  ];
}

/** Sequences of events of a log. */
function pick(
  history: History,
  picks: readonly number[],
  isAble: (sequence: number) => boolean = () => true,
): Set<number> {
  const able = history.events.map(({ event }) => event.sequence).filter(isAble);
  return new Set(able.length === 0 ? [] : picks.map((one) => able[one % able.length]!));
}

async function apply(projection: Projection, steps: readonly Step[]): Promise<void> {
  const parking = await Parking.of(projection);
  for (const step of steps) await applyStep(projection, step, parking, noWait);
}

/** Requires that the poison is parked, and what it holds up, and that the rest is as without them. */
async function requireParked<P extends Projection>(
  trial: Trial<P>,
  seen: Seen,
  history: History,
  poison: ReadonlySet<number>,
): Promise<void> {
  const held = new Set<string>();
  const expected: { sequence: number; event_type: string; aggregate_id: string }[] = [];
  for (const { event: { sequence, event_type, aggregate_id } } of history.events) {
    if (!poison.has(sequence) && !held.has(aggregate_id)) continue;
    held.add(aggregate_id);
    expected.push({ sequence, event_type, aggregate_id });
  }
  const parked = seen.parked.map(({ sequence, event_type, aggregate_id }) => (
    { sequence, event_type, aggregate_id }
  ));
  requireSame("what is parked", parked, expected);
  if (seen.parked.some(({ reason }) => reason === "")) throw new Error("parked without a reason");
  const sequences = new Set(expected.map(({ sequence }) => sequence));
  requireSame("the checkpoint", seen.checkpoint, history.checkpoint(sequences));
  const clean = await trial.afterAll(await history.changed(sequences));
  requireSame("what is not parked", seen.content, clean.content);
}
