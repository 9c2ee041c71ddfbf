/** Laws of the fence: nothing is applied twice, left out, or half. */
import fc from "fast-check";
import { type Projection, ProjectionMoved } from "../projection.ts";
import { anyTurns, History } from "./history.ts";
import { requireSame } from "./same.ts";
import type { ProjectionLaw, ProjectionSubject } from "./subject.ts";
import { cutsOf, type LawMaker, type Trial } from "./trial.ts";

/** Nobody has so many. */
const MOST_OPERATIONS = 1_000;

/** Law 2 of the design. */
export function lawsOfFencing<P extends Projection>(
  law: LawMaker<P>,
  subject: ProjectionSubject<P>,
): ProjectionLaw[] {
  const laws = [
    law(
      "a step that begins before the checkpoint, or behind it, is refused and changes nothing",
      fc.tuple(anyTurns, fc.nat(1_000), fc.nat(1_000), fc.nat(1_000)),
      async (trial, [turns, one, other, third]) => {
        const history = await History.of(turns);
        const [at, after] = [one % (history.end + 1), other % (history.end + 1)];
        const [, through] = cutsOf(history, [after, after + third]);
        const projection = await trial.open();
        await projection.projectBatch(history.step(0, at));
        const before = await trial.see(projection);
        if (after !== at) {
          const step = history.step(after, Math.max(after, through!));
          await requireMoved(`the step behind ${after} at ${at}`, projection.projectBatch(step));
        }
        const event = history.events.find(({ event: { sequence } }) => sequence !== at + 1);
        if (event) {
          const what = `event ${event.event.sequence} alone at ${at}`;
          await requireMoved(what, projection.project(event));
        }
        requireSame("after what was refused", await trial.see(projection), before);
        for (const step of history.steps([], at)) await projection.projectBatch(step);
        const whole = await trial.afterAll(history);
        requireSame("gone on with", await trial.see(projection), whole);
      },
    ),
    law(
      "of two projectors on one read model each event is applied by one",
      fc.tuple(
        anyTurns,
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))),
      ),
      async (trial, [turns, sizes]) => {
        const history = await History.of(turns);
        const place = trial.place();
        const first = await trial.open(place);
        const second = subject.canBeShared ? await trial.open(place) : first;
        const workers = [{ projection: first, at: 0 }, { projection: second, at: 0 }];
        const work = async (worker: { projection: P; at: number }, size: number) => {
          const through = Math.min(worker.at + size, history.end);
          if (worker.at === through) return;
          try {
            await worker.projection.projectBatch(history.step(worker.at, through));
            worker.at = through;
          } catch (error) {
            if (!(error instanceof ProjectionMoved)) throw error;
            worker.at = (await worker.projection.checkpoint()).last_sequence;
          }
        };
        for (const pair of [...sizes, [history.end, 1], [history.end, 1]]) {
          const both = workers.map((worker, at) => () => work(worker, pair[at]!));
          if (subject.canBeShared) await Promise.all(both.map((one) => one()));
          else for (const one of both) await one();
        }
        const whole = await trial.afterAll(history);
        requireSame("by two projectors", await trial.see(first), whole);
      },
    ),
  ];
  if (!subject.breakOffAt) return laws;
  return [
    ...laws,
    law(
      "a step that breaks off leaves nothing, wherever it does",
      fc.tuple(anyTurns, fc.nat(1_000)),
      async (trial, [turns, cut]) => {
        const history = await History.of(turns);
        const [at] = cutsOf(history, [cut]);
        const place = trial.place();
        const began = await trial.open(place);
        await began.projectBatch(history.step(0, at!));
        const before = await trial.see(began);
        await trial.close(began);
        const whole = await trial.afterAll(history);
        for (let operation = 1;; operation++) {
          if (operation > MOST_OPERATIONS) throw new Error("breakOffAt never let a step end");
          const broken = await breakOff(trial, place, history, at!, operation);
          const again = await trial.open(place);
          const seen = await trial.see(again);
          await trial.close(again);
          // What breaks off behind the end of its transaction is applied.
          const isApplied = !broken || seen.checkpoint.last_sequence !== at;
          const what = `broken off at operation ${operation}`;
          requireSame(what, seen, isApplied ? whole : before);
          if (isApplied) return;
        }
      },
    ),
  ];
}

/** @returns whether the step broke off */
async function breakOff<P extends Projection>(
  trial: Trial<P>,
  place: string,
  history: History,
  at: number,
  operation: number,
): Promise<boolean> {
  const projection = await trial.open(place);
  trial.subject.breakOffAt!(projection, operation);
  const broken = await projection.projectBatch(history.step(at, history.end))
    .then(() => false, () => true);
  await trial.close(projection).catch(() => {}); // it has broken off
  return broken;
}

async function requireMoved(what: string, applied: Promise<void>): Promise<void> {
  const outcome = await applied.then(() => "applied", (error: unknown) => error);
  if (outcome instanceof ProjectionMoved) return;
  throw new Error(`${what} was not refused with ProjectionMoved: ${outcome}`, { cause: outcome });
}
