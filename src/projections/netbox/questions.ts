/** Many values in few addresses. */
import { searchOf } from "./client.ts";

/** How many values go into one request at most, and how many characters: proxies take addresses of 8 kB. */
const MOST_VALUES = 100;
const MOST_CHARACTERS = 5_000;

/** Values of a filter, in lists that each fit into one request. */
export function inQuestions<T extends string | number>(
  filter: string,
  values: readonly T[],
): T[][] {
  const questions: T[][] = [];
  let room = 0;
  for (const value of values) {
    const length = searchOf({ [filter]: value }).length;
    const last = questions.at(-1);
    if (!last || last.length === MOST_VALUES || room < length) {
      questions.push([value]);
      room = MOST_CHARACTERS - length;
    } else {
      last.push(value);
      room -= length;
    }
  }
  return questions;
}
