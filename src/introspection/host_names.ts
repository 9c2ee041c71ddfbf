/** Names that others chose as host names. */
import { hostname } from "../domain/values.ts";
import { accepted } from "./accepted.ts";

/** A text as a host name (RFC 1123): other characters become `-`. Undefined when nothing valid is left. */
export function validHostname(raw: string): string | undefined {
  // No host name is longer than 253, and a text of a megabyte need not be looked at to its end.
  const valid = raw.slice(0, 1024).toLowerCase().split(".")
    .map((label) => label.replace(/[^a-z0-9-]/gu, "-").slice(0, 63).replace(/^-+|-+$/g, ""))
    .filter((label) => label !== "").join(".").slice(0, 253).replace(/[.-]+$/, "");
  return accepted(() => hostname(valid, "hostname"));
}
