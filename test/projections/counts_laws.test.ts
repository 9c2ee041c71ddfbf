import { afterAll, describe, expect, test } from "vitest";
import { projectionLaws, type ProjectionSubject } from "../../src/projections/laws/mod.ts";
import type { ParkedEvent, ProjectedEvent, Step } from "../../src/projections/projection.ts";
import { CountsProjection } from "./counts_projection.ts";
import { countsSubject } from "./counts_subject.ts";

const folder = Deno.makeTempDirSync({ prefix: "cim-counts-" });
afterAll(() => Deno.removeSync(folder, { recursive: true }));

describe("The laws of projections, kept by the counts in a file", () => {
  const subject: ProjectionSubject<CountsProjection> = {
    ...countsSubject(folder),
    poison: (event) =>
      event.event_type === "SoftwareConfigured"
        ? { ...event, data: { ...event.data, compute: "web" } }
        : undefined,
    open: (place) => Promise.resolve(new Squeamish(`${folder}/${place}`)),
  };

  for (const { name, check } of projectionLaws(subject)) test(name, check);
});

/** One that looks at references, as a database does. */
class Squeamish extends CountsProjection {
  override projectBatch(step: Step): Promise<void> {
    for (const { event } of step.events) {
      if (event.event_type === "SoftwareConfigured" && event.data.compute === "web") {
        return Promise.reject(new TypeError("web is no UUID"));
      }
    }
    return super.projectBatch(step);
  }
}

describe("The laws find an adapter that is broken:", () => {
  const broken: Record<string, new (path: string) => CountsProjection> = {
    "it does not look where its checkpoint is": class extends CountsProjection {
      override async projectBatch(step: Step) {
        const { last_sequence: after } = await this.checkpoint();
        await super.projectBatch({ ...step, after });
      }
    },
    "it applies a step twice": class extends CountsProjection {
      override async projectBatch(step: Step) {
        await super.projectBatch({ ...step, events: [...step.events, ...step.events] });
      }
    },
    "it drops the last event of a batch": class extends CountsProjection {
      override async projectBatch(step: Step) {
        const events = step.events.length > 1 ? step.events.slice(0, -1) : step.events;
        await super.projectBatch({ ...step, events });
      }
    },
    "it does not keep what is parked": class extends CountsProjection {
      override async projectBatch(step: Step) {
        await super.projectBatch({ ...step, park: [] });
      }
    },
    "it forgets what is parked when it is closed": class extends CountsProjection {
      #isNew = true;
      override project(event: ProjectedEvent) {
        this.#isNew = false;
        return super.project(event);
      }
      override projectBatch(step: Step) {
        this.#isNew = false;
        return super.projectBatch(step);
      }
      override async parked(): Promise<ParkedEvent[]> {
        return this.#isNew ? [] : await super.parked();
      }
    },
    "it does not take off the list what is un-parked": class extends CountsProjection {
      override async projectBatch(step: Step) {
        await super.projectBatch({ ...step, unpark: [] });
      }
    },
    "it does not count what was passed over": class extends CountsProjection {
      override async projectBatch(step: Step) {
        await super.projectBatch({ ...step, skipped: 0 });
      }
    },
    "it writes a step in two": class extends CountsProjection {
      override async projectBatch(step: Step) {
        const middle = step.events[step.events.length >> 1]?.event.sequence ?? 0;
        const { last_sequence: after } = await this.checkpoint();
        if (after === step.after && middle > after + 1) {
          const events = step.events.filter(({ event }) => event.sequence < middle);
          const skipped = middle - 1 - after - events.length - step.park.length;
          await super.projectBatch({ ...step, through: middle - 1, events, skipped });
          const others = step.events.slice(events.length);
          step = {
            ...step,
            after: middle - 1,
            events: others,
            skipped: step.skipped - skipped,
            park: [],
          };
        }
        await super.projectBatch(step);
      }
    },
    "it takes what a sender's clock says to be old for known": class extends CountsProjection {
      override async projectBatch(step: Step) {
        const moment = ({ event }: ProjectedEvent) => Date.parse(event.occurred_at);
        const events = step.events.filter((event, at) =>
          at === 0 || moment(event) >= moment(step.events[at - 1]!)
        );
        await super.projectBatch({ ...step, events });
      }
    },
    "it is not emptied": class extends CountsProjection {
      override async reset() {}
    },
    "it takes the read model of another log for its own": class extends CountsProjection {
      override initialize() {
        return super.initialize({ name: "any", incarnation: "any" });
      }
    },
  };

  test.each(Object.entries(broken))("%s", async (_, Adapter) => {
    const laws = projectionLaws(countsSubject(folder, Adapter), { runs: 10, seed: 1 });
    let found: unknown;
    for (const { check } of laws) {
      found = await check().then(() => undefined, (error: unknown) => error);
      if (found) break;
    }
    expect(String(found)).toContain("seed: 1,");
  });
});
