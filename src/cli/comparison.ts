/** What people are told when a model takes the place of another one. */
import type { Checkpoint } from "../projections/projection.ts";
import type { Comparison } from "../replay/compare.ts";
import { columns, whole } from "../table/text.ts";

/** The comparison in lines; none where nothing was replaced. */
export function describeComparison(
  comparison: Comparison | undefined,
  { last_sequence }: Pick<Checkpoint, "last_sequence">,
): string[] {
  if (comparison === undefined) return [];
  if (comparison.unreadable !== undefined) {
    return [`It takes the place of a model that cannot be read: ${comparison.unreadable}`];
  }
  const { last_sequence: before = 0, differences } = comparison;
  const head = before === last_sequence
    ? `It takes the place of a model of the same ${whole(before)} sequences`
    : `It takes the place of a model up to sequence ${whole(before)}`;
  if (differences.length === 0) return [`${head}, and says the same.`];
  return [
    `${head}; of its rows`,
    ...columns(
      differences.map(({ table, added, removed }) => [
        table,
        `${whole(added)} are new`,
        `${whole(removed)} are gone`,
      ]),
      "  ",
    ),
  ];
}
