/** Laws of cutting: however the log comes, in one step or in many, the read model is the same. */
import fc from "fast-check";
import { runToEnd } from "../run_to_end.ts";
import { NOTHING_APPLIED } from "../checkpoint.ts";
import type { Projection } from "../projection.ts";
import { anyTurns, History, LOG } from "./history.ts";
import { requireSame } from "./same.ts";
import type { ProjectionLaw } from "./subject.ts";
import { anyCuts, cutsOf, type LawMaker } from "./trial.ts";

/** Laws 1 and 5 of the design, and how a read model begins. */
export function lawsOfCutting<P extends Projection>(law: LawMaker<P>): ProjectionLaw[] {
  return [
    law(
      "a step of nothing changes nothing, nor does asking how it is",
      fc.tuple(anyTurns, fc.nat(1_000)),
      async (trial, [turns, cut]) => {
        const history = await History.of(turns);
        const [at] = cutsOf(history, [cut]);
        const projection = await trial.open();
        requireSame("an empty read model", await projection.checkpoint(), NOTHING_APPLIED);
        await projection.projectBatch(history.step(0, at!));
        const before = await trial.see(projection);
        await projection.projectBatch(history.step(at!, at!));
        requireSame("its health", (await projection.healthCheck()).healthy, true);
        requireSame("after a step of nothing", await trial.see(projection), before);
      },
    ),
    law(
      "wherever the log is cut into steps, the read model is the same",
      fc.tuple(anyTurns, anyCuts),
      async (trial, [turns, cuts]) => {
        const history = await History.of(turns);
        const whole = await trial.afterAll(history);
        const cut = await trial.after(history.steps(cutsOf(history, cuts)));
        requireSame("cut into steps", cut, whole);
      },
    ),
    law("one event at a time is as all at once", anyTurns, async (trial, turns) => {
      const history = await History.of(turns);
      const projection = await trial.open();
      for (let sequence = 1; sequence <= history.end; sequence++) {
        const event = history.at(sequence);
        if (event) await projection.project(event);
        else await projection.projectBatch(history.step(sequence - 1, sequence));
      }
      const whole = await trial.afterAll(history);
      requireSame("one at a time", await trial.see(projection), whole);
    }),
    law(
      "closed and opened between any two steps it goes on as if nothing had been",
      fc.tuple(anyTurns, anyCuts),
      async (trial, [turns, cuts]) => {
        const history = await History.of(turns);
        const place = trial.place();
        let projection = await trial.open(place);
        for (const step of history.steps(cutsOf(history, cuts))) {
          await projection.projectBatch(step);
          const before = await trial.see(projection);
          await trial.close(projection);
          projection = await trial.open(place);
          requireSame("opened again", await trial.see(projection), before);
        }
        const whole = await trial.afterAll(history);
        requireSame("opened between steps", await trial.see(projection), whole);
      },
    ),
    law(
      "its checkpoint says how many events it applied, and their log_hash; what is no event is passed over and counted",
      fc.tuple(anyTurns, fc.integer({ min: 1, max: 50 })),
      async (trial, [turns, stepEvents]) => {
        const history = await History.of(turns);
        const place = trial.place();
        const running = await trial.openUninitialized(place);
        trial.forget(running);
        const state = await runToEnd(history.log, running, { stepEvents });
        const expected = history.checkpoint();
        requireSame(
          "the projector's count of what it passed over",
          state.skipped,
          expected.skipped,
        );
        const projection = await trial.open(place, history.log);
        requireSame("the checkpoint", await projection.checkpoint(), expected);
        const { content } = await trial.afterAll(history);
        requireSame("run by a projector", (await trial.see(projection)).content, content);
      },
    ),
    law(
      "emptied it is as new, and the log gives the same again",
      fc.tuple(anyTurns, anyTurns),
      async (trial, [turns, others]) => {
        const [history, other] = [await History.of(turns), await History.of(others)];
        const projection = await trial.open();
        const empty = await trial.see(projection);
        await projection.projectBatch(other.step(0, other.end));
        await projection.reset();
        requireSame("emptied", await trial.see(projection), empty);
        await projection.projectBatch(history.step(0, history.end));
        const whole = await trial.afterAll(history);
        requireSame("replayed", await trial.see(projection), whole);
      },
    ),
    law("of another log it begins anew", anyTurns, async (trial, turns) => {
      const history = await History.of(turns);
      const place = trial.place();
      const first = await trial.open(place);
      const empty = await trial.see(first);
      await first.projectBatch(history.step(0, history.end));
      await trial.close(first);
      const other = await trial.open(place, { ...LOG, incarnation: "another" });
      requireSame("opened for another log", await trial.see(other), empty);
    }),
  ];
}
