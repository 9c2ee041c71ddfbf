/** In which fields two values differ. */
import { isDeepStrictEqual } from "node:util";
import type { AskedDifference } from "./experiment_comparison.ts";

/** The first fields, from the top, in which two values differ, each as a JSON pointer. */
export function fieldDifferences(before: unknown, after: unknown, field = ""): AskedDifference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isObject(before) || !isObject(after)) {
    return [{
      field,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    }];
  }
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    fieldDifferences(before[key], after[key], `${field}/${key}`)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
