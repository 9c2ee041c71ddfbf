/** What resources truly are: `resources` of a sample's `ground_truth.json`. */
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { PerceptionError } from "./error.ts";

const GroundTruth = Type.Object({
  resources: Type.Array(Type.Object({
    id: Type.String(),
    resource_type: Type.String(),
    workload: Type.Optional(Type.String()),
  })),
});

let validator: Validator<Record<string, never>, typeof GroundTruth> | undefined;

/**
 * Reads what resources truly are in a space, by their ids: what they do in `performance`, and what they are in the other
 * spaces of resources.
 *
 * @throws {PerceptionError} `no_truth` when it is something else, or says nothing of this space
 * @example
 * ```ts
 * import { truthIn } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const truth = truthIn("compute", await Deno.readTextFile("data/samples/fleet/ground_truth.json"));
 * strictEqual([...truth.values()].filter((kind) => kind === "switch").length, 3);
 * ```
 */
export function truthIn(space: string, text: string): Map<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PerceptionError("no_truth", `The truth is not JSON: ${(error as Error).message}`);
  }
  validator ??= Compile(GroundTruth);
  if (!validator.Check(value)) {
    const [first] = validator.Errors(value);
    throw new PerceptionError(
      "no_truth",
      `The truth is not as that of a sample: ${first?.instancePath || "it"} ${first?.message}`,
    );
  }
  const said = value.resources.flatMap(({ id, resource_type, workload }): [string, string][] => {
    if (space !== "performance") return [[id, resource_type]];
    return workload === undefined ? [] : [[id, workload]];
  });
  if (said.length === 0) {
    throw new PerceptionError("no_truth", `The truth says nothing of the space ${space}`);
  }
  return new Map(said);
}
