/** The laws on a read model that two processes may have open at once, as one on a server is. */
import { describe, expect, test } from "vitest";
import { projectionLaws, type ProjectionSubject } from "../../src/projections/laws/mod.ts";
import { Poisoned } from "../../src/projections/laws/poisoned.ts";
import { NOTHING_APPLIED } from "../../src/projections/checkpoint.ts";
import { type LogIdentity, ProjectionMoved, type Step } from "../../src/projections/projection.ts";
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
    canBeShared: true,
  };
}

describe("The laws of projections, kept by a list that is shared", () => {
  for (const { name, check } of projectionLaws(subject(ServedList))) test(name, check);
});

test("the laws find out who looks at the checkpoint first and writes afterwards", async () => {
  const law = projectionLaws(subject(Hasty), { runs: 10, seed: 1 })
    .find(({ name }) => name.startsWith("of two projectors"))!;
  const found: unknown = await law.check().then(() => undefined, (error: unknown) => error);
  expect(String(found)).toContain("seed: 1,");
});
