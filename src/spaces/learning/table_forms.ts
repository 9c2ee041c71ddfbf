/** What is remembered of classes. */
import type { Exemplars } from "./exemplars.ts";

/** How many of the nearest have a say in whether something is remembered. */
const VOTERS = 7;

/** Makes of all exemplars those that are remembered. */
export type TableForm = (all: Exemplars) => Exemplars;

/** What can be remembered, each by what it is, for people. */
export const FORMS: ReadonlyMap<string, TableForm> = new Map<string, TableForm>([
  ["every row", (all) => all],
  ["rows that their neighbours agree with", (all) => all.edited(VOTERS)],
  ["one prototype a class", (all) => all.middles()],
]);
