/** Policies in a file, to try them before they are set. */
import { Compile, type Validator } from "typebox/compile";
import { SetPolicy } from "../domain/policy.ts";
import type { PolicyText } from "./policies.ts";

/** A text in which there are no policies, or policies that cannot be told from one another. */
export class PoliciesInvalid extends Error {
  override readonly name = "PoliciesInvalid";
  /** Stable, for programs. */
  readonly code = "policies_invalid";
}

let validator: Validator | undefined;

/**
 * Reads policies as SetPolicy has them: the data of one, or a list of them, in JSON.
 *
 * @throws {PoliciesInvalid} which says what is wrong, and where
 */
export function policiesOf(json: string): PolicyText[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new PoliciesInvalid(`That is no JSON: ${(error as Error).message}`, { cause: error });
  }
  const policies = Array.isArray(value) ? value : [value];
  validator ??= Compile(SetPolicy);
  for (const [at, policy] of policies.entries()) {
    if (validator.Check(policy)) continue;
    const [first] = validator.Errors(policy);
    const where = `${Array.isArray(value) ? `/${at}` : ""}${first?.instancePath ?? ""}`;
    throw new PoliciesInvalid(
      `That is no policy as SetPolicy has it: ${where || "it"} ${first?.message}`,
    );
  }
  return policies;
}
