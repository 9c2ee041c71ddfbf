/** How many statements a text has, as the database reads it. */
import type { DuckDBConnection } from "@duckdb/node-api";

/**
 * How many statements there are in a text; undefined where it is none that can be read. A PIVOT counts as two.
 *
 * @param connection in which nothing is run
 */
export async function statementsIn(
  connection: DuckDBConnection,
  text: string,
): Promise<number | undefined> {
  try {
    // Of nothing at all it cannot tell the number.
    return (await connection.extractStatements(`SELECT 1;\n${text}`)).count - 1;
  } catch {
    return undefined;
  }
}

/**
 * A text without the first semicolon behind which there is no other statement, and without what is there instead:
 * semicolons, comments. So it can be put in parentheses, if a line end is behind it.
 */
export async function withoutEnd(connection: DuckDBConnection, text: string): Promise<string> {
  for (let at = text.indexOf(";"); at >= 0; at = text.indexOf(";", at + 1)) {
    // What is before one that stands in a text or a comment is torn there, and no statement.
    const before = text.slice(0, at);
    const isEnd = await statementsIn(connection, text.slice(at)) === 0;
    if (isEnd && await statementsIn(connection, before)) return before;
  }
  return text;
}
