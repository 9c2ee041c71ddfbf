/** Laws of the fence: nothing is applied twice, left out, or half. */
import fc from "fast-check";
import { type Projection, ProjectionMoved, ProjectionUnavailable } from "../projection.ts";
import { anyTurns, History, LOG } from "./history.ts";
import { requireSame } from "./same.ts";
import type { ProjectionLaw, ProjectionSubject } from "./subject.ts";
import { cutsOf, type LawMaker, type Trial } from "./trial.ts";

/** Nobody has so many. */
const MOST_OPERATIONS = 1_000;

/** What one of two projectors does next: a step of so many sequences, or no step. */
type Deed = number | "asks how it is";
const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 1, arbitrary: fc.constant("asks how it is" as const) },
);

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
      "of two projectors on one read model each event is applied by one, or the second is refused",
      fc.tuple(anyTurns, fc.array(fc.tuple(anyDeed, anyDeed))),
      async (trial, [turns, deeds]) => {
        const history = await History.of(turns);
        const place = trial.place();
        const first = new Worker(await trial.open(place), history);
        const second = await openSecond(trial, place, history);
        const workers = second ? [first, second] : [first];
        for (const pair of deeds) {
          await Promise.all(workers.map((worker, at) => worker.does(pair[at]!)));
        }
        for (const worker of workers) await worker.finish();
        requireOnce(workers.flatMap(({ applied }) => applied), history.end);
        const whole = await trial.afterAll(history);
        for (const { projection } of workers) {
          requireSame("by two projectors", await trial.see(projection), whole);
          await trial.close(projection);
        }
        const left = await trial.see(await trial.open(place));
        requireSame("what two projectors left", left, whole);
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

/** One of two projectors, and which parts of the log it was told that it has applied. */
class Worker<P extends Projection> {
  readonly applied: { after: number; through: number }[] = [];
  #at = 0;

  constructor(readonly projection: P, private readonly history: History) {}

  async does(deed: Deed): Promise<void> {
    if (deed === "asks how it is") await this.projection.healthCheck();
    else await this.#step(deed);
  }

  /** Goes to the end; where it is, it may be told by the first step, which is refused then. */
  async finish(): Promise<void> {
    await this.#step(this.history.end);
    await this.#step(this.history.end);
  }

  async #step(size: number): Promise<void> {
    const [after, through] = [this.#at, Math.min(this.#at + size, this.history.end)];
    if (after === through) return;
    try {
      await this.projection.projectBatch(this.history.step(after, through));
      this.applied.push({ after, through });
      this.#at = through;
    } catch (error) {
      if (!(error instanceof ProjectionMoved)) throw error;
      this.#at = (await this.projection.checkpoint()).last_sequence;
    }
  }
}

/** Opens a read model that is open; one that is refused has no part in it, and takes nothing away when it is closed. */
async function openSecond<P extends Projection>(
  trial: Trial<P>,
  place: string,
  history: History,
): Promise<Worker<P> | undefined> {
  const refused = await trial.openUninitialized(place);
  try {
    await refused.initialize(LOG);
    return new Worker(refused, history);
  } catch (error) {
    if (!(error instanceof ProjectionUnavailable)) throw error;
    await refused.healthCheck();
    await trial.close(refused);
  }
}

function requireOnce(parts: { after: number; through: number }[], end: number): void {
  let at = 0;
  for (const { after, through } of parts.sort((one, other) => one.after - other.after)) {
    if (after !== at) {
      throw new Error(`the events behind ${Math.min(after, at)} were not applied by just one`);
    }
    at = through;
  }
  requireSame("up to where they were applied", at, end);
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
