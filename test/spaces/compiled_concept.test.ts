import { expect, test } from "vitest";
import { Classifier } from "../../src/spaces/classifier.ts";
import { type Concept, SENSITIVITY } from "../../src/spaces/concept.ts";
import { pointOf, type Values } from "../../src/spaces/space.ts";
import { host } from "./host_space.ts";

const point = (values: Values) => pointOf(host, values);

test("Where some concepts are weighted and others whitened, the most similar is nearest", () => {
  const rows = [[0.0004, 0], [0, 0.0004]];
  const covariance = { dimensions: ["load.cpu", "load.memory"], rows };
  const at = (name: string, cpu: number, sensitivity: number, more: Partial<Concept> = {}) => ({
    name,
    prototypes: [{ "load.cpu": cpu, "load.memory": 0.5 }],
    sensitivity,
    ...more,
  });
  const web = at("web", 0.2, 0.05, { metric: "whitened", covariance });
  const big = at("big", 0.9, SENSITIVITY);
  const classifier = new Classifier(host, [web, big]);
  // Three standard deviations from one, and more than half of the range from the other.
  const { concept, membership, distance, status, all } = classifier.classify(
    point({ "load.cpu": 0.26, "load.memory": 0.5 }),
  );
  expect({ concept, status }).toEqual({ concept: "web", status: "member" });
  expect(membership).toBeCloseTo(Math.exp(-0.05 * 3), 12);
  expect(distance).toBeCloseTo(0.05 * 3, 12);
  expect(all[1]!.membership).toBeCloseTo(Math.exp(-SENSITIVITY * 0.64), 12);
  expect(new Classifier(host, [big]).classify(point({ "load.cpu": 0.4, "load.memory": 0.5 })))
    .toMatchObject({ distance: 0.5, membership: Math.exp(-SENSITIVITY * 0.5) });
});
