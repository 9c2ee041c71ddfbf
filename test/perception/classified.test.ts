import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENOUGH } from "../../src/perception/classified.ts";
import type { Points } from "../projections/position_story.ts";
import type { Said } from "../replay/history.ts";
import { GB, label, machine, oddNumbers, seen, size, sized } from "./seen.ts";

const SIZES = [size("large", 64, 256), size("small", 2, 4)];

describe("A thing is of the nearest concept", () => {
  test("with the dimensions that decided, in the values that were declared", async () => {
    const space = await seen("capacity", [...SIZES, sized("a", 2, 4)]);
    const { concept, status, runnerUp, membership, margin, deciding } = space.classify("a");
    expect({ concept, status, runnerUp, membership, margin }).toEqual({
      concept: "small",
      status: "member",
      runnerUp: "large",
      membership: expect.closeTo(1, 12),
      margin: expect.closeTo(1, 12),
    });
    expect(deciding.map(({ dimension, value, winner, runnerUp }) => [
      dimension,
      value,
      winner,
      runnerUp,
    ])).toEqual([["capacity.cpu", 2, 2, 64], ["capacity.memory", 4 * GB, 4 * GB, 256 * GB]]);
    expect(deciding[0]!.value).toBe(2); // and not 2.0000000000000004
  });

  test("and a thing of which nothing that matters is known is unknown, with no distance", async () => {
    const space = await seen("capacity", [...SIZES, machine("a")]);
    const one = space.classify("a");
    expect(one).toMatchObject({ concept: null, status: "unknown", distance: null, known: 0 });
    expect(oddNumbers(one)).toEqual([]);
  });

  test("nor is anything known to who sees nothing, in a context of weights 0", async () => {
    const context = { name: "blind", about: "", weights: { capacity: 0 } };
    const space = await seen("capacity", [...SIZES, sized("a", 2, 4)], { context });
    expect(space.classify("a")).toMatchObject({ concept: null, status: "unknown" });
    expect(space.similar("a").rows).toEqual([]);
    expect(space.cell("a").cell).toBeNull();
  });
});

describe("What is perceived as something else than it is declared to be is a finding", () => {
  const kinds = [size("physical_server", 64, 256), size("virtual_machine", 2, 4)];

  test("for a member of another concept, and not for one of its own", async () => {
    const all = (await seen("capacity", [...kinds, sized("own", 2, 4), sized("other", 64, 256)]))
      .classifications();
    expect(all.findings.map(({ thing }) => thing.name)).toEqual(["other"]);
    expect(all.counts).toEqual({ member: 2, borderline: 0, unknown: 0 });
    expect(all.confusion.counts).toEqual([[0, 0, 0], [1, 1, 0]]);
  });

  test("and a label says more than what was declared", async () => {
    const said = [...kinds, sized("other", 64, 256), label("other", "physical_server")];
    expect((await seen("capacity", said)).classify("other")).toMatchObject({
      declared: "physical_server",
      isMisperceived: false,
    });
  });

  test("but a label that is no concept of the space declares nothing", async () => {
    const said = [...kinds, sized("other", 64, 256), label("other", "spaceship")];
    expect((await seen("capacity", said)).classify("other").declared).toBeNull();
  });

  test("and of what hardly anything is known nobody's word is doubted", async () => {
    // Of this one nothing is known but its processors, which a physical server is nearest to.
    const one = (await seen("compute", [machine("a", { cpu_cores: 64 })])).classify("a");
    expect(one).toMatchObject({ declared: "virtual_machine", status: "member" });
    expect(one.concept).not.toBe("virtual_machine");
    expect(one.known).toBeLessThan(ENOUGH);
    expect(one.isMisperceived).toBe(false);
  });
});

test("Whatever is measured, and however concepts are defined, no answer has a number that is none", async () => {
  const value = fc.oneof(
    fc.constantFrom(null, 0, -1, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE),
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  const concept = fc.record({
    prototype: fc.tuple(value, value),
    weight: fc.constantFrom(0, 1e-15, 1, 1e15),
    sensitivity: fc.constantFrom(Number.MIN_VALUE, 1, Number.MAX_VALUE),
    threshold: fc.constantFrom(Number.MIN_VALUE, 0.85, 1),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 5 }),
      fc.array(concept, { maxLength: 4 }),
      async (things, concepts) => {
        const said = [
          ...things.flatMap(([cpu, uptime], at) => [
            machine(`m${at}`),
            ...measured(`m${at}`, cpu, uptime),
          ]),
          ...concepts.flatMap(({ prototype: [cpu, uptime], weight, ...rest }, at): Said[] => {
            const prototype = {
              ...(cpu !== null && { "performance.cpu": cpu }),
              ...(uptime !== null && { "reliability.uptime": uptime }),
            };
            const weights = Object.fromEntries(
              Object.keys(prototype).map((name) => [name, weight]),
            );
            if (Object.keys(prototype).length === 0) return [];
            const definition = {
              space: "compute",
              name: `c${at}`,
              prototypes: [prototype],
              weights,
            };
            return [["DefineConcept", { ...definition, ...rest }]];
          }),
        ];
        const space = await seen("compute", said);
        expect(space.known.faults).toEqual([]);
        for (const { name } of space.things) {
          expect(oddNumbers(space.classify(name))).toEqual([]);
          expect(oddNumbers(space.similar(name).rows)).toEqual([]);
          expect(space.cell(name).cell?.concept ?? null).toBe(space.classify(name).concept);
        }
        expect(oddNumbers(space.classifications().confusion)).toEqual([]);
      },
    ),
    { numRuns: 30, endOnFailure: true }, // a smaller counterexample would take minutes
  );
});

function measured(compute: string, cpu: number | null, uptime: number | null): Said[] {
  const idle = { "cpu.mode": "idle" };
  const points: Points = [];
  if (cpu !== null) {
    points.push({ name: "system.cpu.utilization", unit: "1", attributes: idle, value: cpu });
  }
  if (uptime !== null) points.push({ name: "system.uptime", unit: "s", value: uptime });
  if (points.length === 0) return [];
  return [["RecordMeasurements", { compute, observed_at: "2026-10-31T23:00:00Z", points }]];
}
