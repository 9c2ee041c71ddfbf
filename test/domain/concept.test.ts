/** What the door takes as a concept, beside what the schema says: what a space could make nothing of is refused. */
import { describe, expect, test } from "vitest";
import type { DefineConcept } from "../../src/domain/concept.ts";
import { SPACES } from "../../src/spaces/catalogue/spaces.ts";
import { Classifier } from "../../src/spaces/classifier.ts";
import type { Concept } from "../../src/spaces/concept.ts";
import { given } from "./given.ts";

const concept: DefineConcept = {
  space: "compute",
  name: "busy",
  prototypes: [{ "performance.cpu": 0.9, "performance.memory": 0.5 }],
};
const whitened = (...rows: number[][]): DefineConcept => ({
  ...concept,
  metric: "whitened",
  covariance: { dimensions: ["performance.cpu", "performance.memory"], rows },
});
const weighted = (weight: number): DefineConcept => ({
  ...concept,
  weights: { "performance.cpu": weight },
});
const classifier = (data: DefineConcept) => () => new Classifier(SPACES[0]!, [data as Concept]);

describe("What the door refuses a space would refuse, and what it takes a space takes", () => {
  test.each([
    ["a weight beyond what can be multiplied", weighted(1e300), "weights/performance.cpu"],
    ["a weight that is next to nothing", weighted(1e-300), "weights/performance.cpu"],
    [
      "dimensions that vary only together, but for rounding",
      whitened([1, 1], [1, 1 + 1e-15]),
      "covariance/rows/1",
    ],
    ["a variance that is next to nothing", whitened([1e-300, 0], [0, 1]), "covariance/rows/0"],
  ])("%s is refused", (_, data, field) => {
    given().when("DefineConcept", data).thenRefused("invalid", field);
    expect(classifier(data)).toThrow(/no weight|varies only together|variance/);
  });

  test.each([
    ["no weight at all", weighted(0)],
    ["the least weight", weighted(1e-15)],
    ["the greatest weight", weighted(1e15)],
    ["what hardly varies", whitened([1e-24, 0], [0, 1])],
    ["what varies together, but not only", whitened([1, 0.999999], [0.999999, 1])],
  ])("%s is taken", (_, data) => {
    given().when("DefineConcept", data).then({ event_type: "ConceptDefined", data });
    expect(classifier(data)).not.toThrow();
  });
});

test("no name of a concept begins or ends with a space, where nobody could see it", () => {
  for (const name of [" busy", "busy ", "busy\n", " "]) {
    given().when("DefineConcept", { ...concept, name }).thenRefused("invalid", "name");
    given(["RegisterCompute", { hostname: "a", resource_type: "unknown", interfaces: [] }])
      .when("LabelResource", { compute: "a", space: "compute", concept: name })
      .thenRefused("invalid", "concept");
  }
});
