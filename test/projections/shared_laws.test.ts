/** The laws on a read model that two processes may have open at once, as one on a server is. */
import { describe, expect, test } from "vitest";
import { projectionLaws, type ProjectionSubject } from "../../src/projections/laws/mod.ts";
import { Poisoned } from "../../src/projections/laws/poisoned.ts";
import { NOTHING_APPLIED } from "../../src/projections/checkpoint.ts";
import {
  type Health,
  type LogIdentity,
  type Projection,
  ProjectionMoved,
  type Step,
} from "../../src/projections/projection.ts";
import { ListProjection } from "./fake.ts";

/** A list on a server, which answers after a while. */
class ServedList extends ListProjection {
  constructor() {
    super("served", () => new Promise((resolve) => setTimeout(resolve)));
  }

  override async initialize(log: LogIdentity): Promise<void> {
    const isOther = this.log && this.log.incarnation !== log.incarnation;
    await super.initialize(log);
    if (isOther) await this.reset();
  }

  override reset(): Promise<void> {
    this.kept = { ...NOTHING_APPLIED };
    this.sequences.length = this.aside.length = 0;
    return Promise.resolve();
  }
}

/** One that looks where its checkpoint is, and writes only afterwards. */
class Hasty extends ServedList {
  override async projectBatch(step: Step): Promise<void> {
    if (step.after !== this.kept.last_sequence) {
      throw new ProjectionMoved(this.name, step.after, this.kept.last_sequence);
    }
    const { before } = this;
    await before(step);
    this.before = () => void (this.kept.last_sequence = step.after);
    try {
      await super.projectBatch(step);
    } finally {
      this.before = before;
    }
  }
}

/** What is opened is a connection; the list is kept by the server. */
class Connection extends Poisoned {
  constructor(readonly list: ServedList) {
    super(list, new Set());
  }
}

function subject(List: new () => ServedList): ProjectionSubject<Connection> {
  const server = new Map<string, ServedList>();
  return {
    open(place) {
      const list = server.get(place) ?? new List();
      server.set(place, list);
      return Promise.resolve(new Connection(list));
    },
    dump: ({ list }) => Promise.resolve(list.sequences.toSorted((a, b) => a - b)),
    dispose: (place) => Promise.resolve(void server.delete(place)),
  };
}

describe("The laws of projections, kept by a list that is shared", () => {
  for (const { name, check } of projectionLaws(subject(ServedList))) test(name, check);
});

/** One that compares with what it remembers and not with what is kept, and keeps that again when asked how it is. */
class Remembering extends ListProjection {
  constructor(private readonly store: Map<string, Kept>, private readonly place: string) {
    super("remembering");
  }

  override async initialize(log: LogIdentity): Promise<void> {
    await super.initialize(log);
    this.recall();
  }

  protected recall(): void {
    const found = this.store.get(this.place);
    if (found?.log.incarnation !== this.log!.incarnation) return;
    const { kept, aside, sequences } = structuredClone(found);
    Object.assign(this, { kept, aside });
    this.sequences.splice(0, this.sequences.length, ...sequences);
  }

  override async projectBatch(step: Step): Promise<void> {
    await super.projectBatch(step);
    this.#keep();
  }

  override healthCheck(): Promise<Health> {
    this.#keep();
    return super.healthCheck();
  }

  #keep(): void {
    const { log, kept, aside, sequences } = this;
    this.store.set(this.place, structuredClone({ log: log!, kept, aside, sequences }));
  }
}

/** One that compares with what is kept, but for that. */
class Overwriting extends Remembering {
  override async projectBatch(step: Step): Promise<void> {
    this.recall();
    await super.projectBatch(step);
  }
}

function remembering(
  List: new (store: Map<string, Kept>, place: string) => Remembering,
): ProjectionSubject<Remembering> {
  const store = new Map<string, Kept>();
  return {
    open: (place) => Promise.resolve(new List(store, place)),
    dump: ({ sequences }) => Promise.resolve(sequences.toSorted((a, b) => a - b)),
    dispose: (place) => Promise.resolve(void store.delete(place)),
  };
}

type Kept = Pick<ListProjection, "kept" | "aside" | "sequences"> & { log: LogIdentity };

/** What the law of two projectors finds. */
async function found<P extends Projection>(subject: ProjectionSubject<P>): Promise<string> {
  const law = projectionLaws(subject, { runs: 10, seed: 1 })
    .find(({ name }) => name.startsWith("of two projectors"))!;
  return await law.check().then(() => "nothing", (error) => `${error} ${error.cause}`);
}

describe("The laws find out", () => {
  test("who looks at the checkpoint first and writes afterwards", async () => {
    expect(await found(subject(Hasty))).toContain("seed: 1,");
  });

  test("who compares with what it remembers", async () => {
    expect(await found(remembering(Remembering))).toContain("were not applied by just one");
  });

  test("whose answer to how it is writes over what another has written", async () => {
    expect(await found(remembering(Overwriting))).toContain("seed: 1,");
  });
});
