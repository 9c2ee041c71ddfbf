/** Why a command was refused, for programs; the message is for people. Stable: tests hold each one. */
export type RefusalCode =
  | "invalid"
  | "invalid_json"
  | "unknown_command"
  | "unknown_compute"
  | "ambiguous_hostname"
  | "ambiguous_identity"
  | "decommissioned"
  | "illegal_transition"
  | "hostname_taken"
  | "mac_address_taken"
  | "position_taken"
  | "evidence_taken"
  | "interface_in_use"
  | "too_large";

/**
 * A command that was not done. Nothing was written.
 *
 * @example
 * ```ts
 * import { hostname, Refusal } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * try {
 *   hostname("web 01", "hostname");
 * } catch (error) {
 *   strictEqual(error instanceof Refusal && error.code, "invalid");
 * }
 * ```
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly field: string;

  /**
   * @param code what kind of refusal
   * @param field where in the command's data, as a path: `interfaces/0/mtu`; "" for the command as a whole
   * @param message what is wrong, the value refused, and what to do
   */
  constructor(readonly code: RefusalCode, field: string, message: string) {
    super(cut(message));
    this.field = cut(field);
  }
}

/** What a sender calls a field can be as long as a command; an answer is not. */
function cut(text: string): string {
  return text.length > 2_000 ? `${text.slice(0, 1_999).toWellFormed()}…` : text;
}

/** Shows a refused value in a message: as JSON, cut at 80 characters. */
export function quote(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    return "a value that has no form in JSON"; // nested more deeply than the stack is high
  }
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
