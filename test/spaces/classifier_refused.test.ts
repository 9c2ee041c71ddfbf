import { describe, expect, test } from "vitest";
import { Classifier } from "../../src/spaces/classifier.ts";
import type { Concept } from "../../src/spaces/concept.ts";
import { SpaceInvalid } from "../../src/spaces/error.ts";
import { host } from "./host_space.ts";

describe("A concept that makes no sense is refused, with where it is:", () => {
  const good: Concept = { name: "web", prototypes: [{ "load.cpu": 0 }] };
  test.each<[string, Concept[], string]>([
    ["two of one name", [good, good], "concepts/web: it is there twice"],
    ["no prototype", [{ ...good, prototypes: [] }], "concepts/web/prototypes: there is none"],
    [
      "a dimension that the space does not have",
      [{ ...good, prototypes: [{ "load.disk": 1 }] }],
      "concepts/web/prototypes/0/load.disk: the space host has no such dimension: it has load.cpu",
    ],
    [
      "a value that is none",
      [{ ...good, prototypes: [{ "load.cpu": NaN }] }],
      "concepts/web/prototypes/0/load.cpu: NaN is no value",
    ],
    [
      "a prototype that knows nothing",
      [{ ...good, prototypes: [{ "load.cpu": 0 }, { "load.cpu": null }] }],
      "concepts/web/prototypes/1: it knows no dimension",
    ],
    ["a weight below 0", [{ ...good, weights: { load: -1 } }], "concepts/web/weights/load: -1"],
    ["a sensitivity of 0", [{ ...good, sensitivity: 0 }], "concepts/web/sensitivity: 0"],
    ["a threshold of 0", [{ ...good, threshold: 0 }], "concepts/web/threshold: 0 is none"],
    ["a threshold above 1", [{ ...good, threshold: 1.5 }], "concepts/web/threshold: 1.5 is none"],
    [
      "whitened, without a covariance",
      [{ ...good, metric: "whitened" }],
      "concepts/web/covariance: it is missing",
    ],
    [
      "a covariance without an inverse",
      [{ ...good, metric: "whitened", covariance: { dimensions: ["load.cpu"], rows: [[0]] } }],
      "concepts/web/covariance/load.cpu: its variance is 0",
    ],
  ])("%s", (_, concepts, why) => {
    expect(() => new Classifier(host, concepts)).toThrow(SpaceInvalid);
    expect(() => new Classifier(host, concepts)).toThrow(why);
  });

  test("so are a context of what is not there, and a point of another space", () => {
    const context = { name: "backup", about: "", weights: { disk: 2 } };
    expect(() => new Classifier(host, [good], { context })).toThrow("contexts/backup/weights/disk");
    expect(() => new Classifier(host, [good]).classify(Float64Array.of(0))).toThrow(
      "point: it has 1 coordinates",
    );
    expect(() => new Classifier(host, []).classify(Float64Array.of(0))).toThrow(SpaceInvalid);
  });
});
