import { describe, expect, test } from "vitest";
import { DEFAULT_CONCEPTS } from "../../src/perception/default_concepts.ts";
import { SPACES } from "../../src/spaces/catalogue/spaces.ts";
import { Classifier } from "../../src/spaces/classifier.ts";
import { pointOf } from "../../src/spaces/space.ts";
import { seenInOldLog } from "./old_log.ts";
import { label, machine, seen, size, sized } from "./seen.ts";

test("Every space has concepts that come with the project, and each prototype is a member of its own", () => {
  for (const space of SPACES) {
    const concepts = DEFAULT_CONCEPTS[space.name]!;
    expect(concepts.length, space.name).toBeGreaterThan(1);
    const classifier = new Classifier(space, concepts);
    for (const { name, prototypes } of concepts) {
      for (const prototype of prototypes) {
        const { concept, membership, margin } = classifier.classify(pointOf(space, prototype));
        expect([concept, membership]).toEqual([name, 1]);
        expect(margin).toBeGreaterThan(0);
      }
    }
  }
});

describe("The concepts of a space", () => {
  test("are those that come with the project, until the log has one of this space", async () => {
    const elsewhere = [size("huge", 128, 1000), machine("a")];
    const { known } = await seen("performance", elsewhere);
    expect(known).toEqual({
      concepts: DEFAULT_CONCEPTS.performance,
      origin: "default",
      sequence: 0,
      faults: [],
    });
    const own = (await seen("capacity", elsewhere)).known;
    expect(own).toMatchObject({ origin: "log", sequence: 1, faults: [] });
    expect(own.concepts.map(({ name }) => name)).toEqual(["huge"]);
  });

  test("that make no sense in it are passed over, and it is said why", async () => {
    const { known } = await seenInOldLog("capacity", [
      size("huge", 128, 1000),
      ["DefineConcept", {
        space: "capacity",
        name: "busy",
        prototypes: [{ "performance.cpu": 1 }],
      }],
    ]);
    expect(known.concepts.map(({ name }) => name)).toEqual(["huge"]);
    expect(known.faults).toEqual([
      expect.stringMatching(
        /^concepts\/busy\/prototypes\/0\/performance.cpu: the space capacity has/,
      ),
    ]);
  });

  test("of a space that there is not are in the log, and nobody sees them", async () => {
    const said = [
      ["DefineConcept", { space: "foo", name: "x", prototypes: [{ "foo.bar": 1 }] }] as const,
      sized("a", 2, 4),
      label("a", "x", "foo"),
    ];
    const space = await seenInOldLog("capacity", said as never);
    expect(space.known.origin).toBe("default");
    expect(space.labels.size).toBe(0);
    await expect(seen("foo", [])).rejects.toThrow(/There is no space "foo": there are compute, /);
    await expect(seen("toString", [])).rejects.toThrow(/There is no space "toString"/);
  });
});

describe("Labels", () => {
  test("are those of the things of the space: of a resource nothing is labelled in software", async () => {
    const space = await seenInOldLog("software", [
      machine("web"),
      ["ConfigureSoftware", {
        compute: "web",
        name: "nginx",
        kind: "service",
        listening: [{ transport: "tcp", address: "0.0.0.0", port: 80 }],
      }],
      label("web", "serving", "software"),
    ]);
    expect(space.labels.size).toBe(0);
    // So they do not stand in the way of what is declared.
    expect(space.learn().definitions.map(({ name }) => name)).toEqual(["service"]);
  });

  test("of what is no more count no more", async () => {
    const space = await seen("capacity", [
      sized("gone", 2, 4),
      sized("left", 64, 256),
      label("gone", "small"),
      ["DecommissionCompute", { compute: "gone" }],
    ]);
    expect(space.labels.size).toBe(0);
    expect(space.learn().definitions.map(({ name }) => name)).toEqual(["virtual_machine"]);
  });
});

test("A context is one of the space, or one of one's own that makes sense", async () => {
  const space = await seen("compute", [sized("a", 2, 4)]);
  expect(space.in("risk").context?.weights).toEqual({ performance: 0.5, capacity: 0.25 });
  expect(() => space.in("foo")).toThrow(/compute has no context "foo": there are load, planning/);
  expect(() => space.in({ name: "mine", about: "", weights: { speed: 1 } })).toThrow(
    /no such domain/,
  );
  await expect(seen("network", [], { context: "risk" })).rejects.toThrow(
    /network has no context "risk": it has none/,
  );
});
