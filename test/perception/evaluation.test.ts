import { describe, expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import { confusionTable } from "../../src/perception/evaluation.ts";
import { truthIn } from "../../src/perception/truth.ts";
import { replay } from "../../src/replay/replay.ts";
import { label, machine, seen, size, sized } from "./seen.ts";

const FLEET = "data/samples/fleet";

test("In the fleet of the sample learned concepts tell resources as they truly are, better than by chance", async () => {
  await using model = await replay(await Archive.open(FLEET));
  const truth = truthIn("compute", await Deno.readTextFile(`${FLEET}/ground_truth.json`));
  const space = await model.space("compute");
  const { judged, against } = space.evaluate({ truth });
  expect(against).toBe("the truth");
  expect(judged.map(({ concepts }) => concepts))
    .toEqual(["known", "centroid", "geometric_median", "prototypes"]);
  for (const { concepts, confusion } of judged) {
    expect(confusion.total).toBe(58);
    expect(confusion.accuracy, concepts).toBeGreaterThan(0.5); // 23 of 58 are the most of one kind
  }
  expect(space.evaluate({ truth })).toEqual(space.evaluate({ truth }));
});

describe("Concepts are judged", () => {
  const said = [
    size("large", 64, 256),
    size("small", 2, 4),
    ...[2, 2, 3].flatMap((cpu, at) => [sized(`s${at}`, cpu, 4), label(`s${at}`, "small")]),
    sized("only", 64, 256),
    label("only", "large"),
    machine("unseen"),
    label("unseen", "small"),
  ];

  test("by labels: what nothing is known of is unknown, and that is not right", async () => {
    const { judged: [known], against } = (await seen("capacity", said)).evaluate();
    expect(against).toBe("labels");
    expect(known!.confusion).toMatchObject({
      classes: ["large", "small"],
      counts: [[1, 0, 0], [0, 3, 1]],
    });
    expect(confusionTable(known!.confusion).rows).toEqual([
      { declared: "large", large: 1, small: 0, "(unknown)": 0 },
      { declared: "small", large: 0, small: 3, "(unknown)": 1 },
    ]);
  });

  test("and nobody recognises the only one of a class that was not learned from it", async () => {
    const { judged } = (await seen("capacity", said)).evaluate();
    for (const { concepts, confusion: { classes, counts, scores } } of judged.slice(1)) {
      expect(counts[classes.indexOf("large")]![classes.indexOf("large")], concepts).toBe(0);
      expect(scores.find(({ class: own }) => own === "large"), concepts)
        .toMatchObject({ support: 1, recall: 0, f1: 0 });
    }
  });

  test("but not against nothing", async () => {
    const space = await seen("capacity", []);
    expect(() => space.evaluate()).toThrow(expect.objectContaining({ code: "nothing_labelled" }));
    expect(() => space.evaluate({ truth: new Map([["nobody", "large"]]) }))
      .toThrow(/the truth says nothing of its things/);
  });
});

describe("What resources truly are", () => {
  const text = JSON.stringify({ resources: [{ id: "1", resource_type: "switch" }] });

  test("is read from a sample's ground truth", () => {
    expect(truthIn("compute", text)).toEqual(new Map([["1", "switch"]]));
  });

  test.each([
    ["compute", "{", /^The truth is not JSON: /],
    ["compute", '{"resources": [{}]}', /^The truth is not as that of a sample: \/resources\/0 /],
    ["performance", text, /^The truth says nothing of the space performance$/],
  ])("is refused where it is something else: %s of %s", (space, text, why) => {
    expect(() => truthIn(space, text)).toThrow(expect.objectContaining({ code: "no_truth" }));
    expect(() => truthIn(space, text)).toThrow(why);
  });
});
