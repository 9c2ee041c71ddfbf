/** The rules of a policy are looked at before it is set: one that cannot be evaluated is refused, with the place. */
import type { Command } from "../domain/command.ts";
import { Refusal } from "../domain/refusal.ts";
import type { compileRule } from "../rule/rule.ts";
import { PolicyRuleInvalid } from "../rule/error.ts";

let compile: typeof compileRule | undefined;

/** Rules that were looked at and are sound: the same are said again and again. */
const sound = new Set<string>();
/** The most that are remembered. */
const MOST_SOUND = 1_000;

/** Whether rules have to be looked at and nothing is there yet to do it. */
export function needsRules(commands: readonly Command[]): boolean {
  return !compile && commands.some((one) => one?.command === "SetPolicy");
}

/** Loads what compiles rules, which takes a twentieth of a second that only those have to wait who set a policy. */
export async function loadRules(): Promise<void> {
  compile = (await import("../rule/rule.ts")).compileRule;
}

/**
 * Looks at the rules of a SetPolicy; an event is not asked again, so that old ones can be read for ever.
 *
 * @throws {Refusal} `invalid`, with the field, the line and column, and the reason
 */
export function checkRules(command: Command): void {
  if (command.command !== "SetPolicy" || !compile) return;
  const data = command.data as { selector: string; rule: string };
  for (const field of ["selector", "rule"] as const) {
    const rule = data[field];
    if (sound.has(rule)) continue;
    try {
      compile(rule);
      if (sound.size >= MOST_SOUND) sound.clear();
      sound.add(rule);
    } catch (error) {
      if (!(error instanceof PolicyRuleInvalid)) throw error;
      throw new Refusal("invalid", field, `${field}, ${error.message}`);
    }
  }
}
