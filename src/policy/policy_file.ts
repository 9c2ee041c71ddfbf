/** Policies in a file, to try them before they are set. */
import { checkCommand } from "../domain/command.ts";
import { quote, Refusal } from "../domain/refusal.ts";
import type { PolicyText } from "./policies.ts";

/** A text in which there are no policies, or policies that cannot be told from one another. */
export class PoliciesInvalid extends Error {
  override readonly name = "PoliciesInvalid";
  /** Stable, for programs. */
  readonly code = "policies_invalid";
}

/**
 * Reads policies as SetPolicy has them: the data of one, or a list of them, in JSON.
 *
 * @throws {PoliciesInvalid} which says what is wrong, where, and what may be there
 */
export function policiesOf(json: string): PolicyText[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    const why = (error as Error).message;
    throw new PoliciesInvalid(
      `That is no JSON: ${why}; give the data of one SetPolicy, or a list of them`,
      { cause: error },
    );
  }
  const policies = Array.isArray(value) ? value : [value];
  for (const [at, policy] of policies.entries()) {
    const place = Array.isArray(value) ? `at /${at}` : "";
    const which = [place, ...(isNamed(policy) ? [quote(policy.name)] : [])].filter(Boolean).join(
      " ",
    );
    const refuse = (reason: string, cause?: unknown): never => {
      throw new PoliciesInvalid(`The policy${which && ` ${which}`} is none: ${reason}`, { cause });
    };
    if (isObject(policy) && "command" in policy) {
      refuse('that is a command: give only its data, {"name": …, "severity": …}');
    }
    try {
      checkCommand("SetPolicy", policy);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(
        error.field === "for" && isObject(policy)
          ? `for is a whole number of s, m, h or d, like "15m", not ${quote(policy.for)}`
          : error.message,
        error,
      );
    }
  }
  return policies;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isNamed(value: unknown): value is { name: string } {
  return isObject(value) && typeof value.name === "string";
}
