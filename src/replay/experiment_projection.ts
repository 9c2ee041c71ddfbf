/** How the read model of an experiment sees what was folded, where the spec wants it otherwise than it is. */
import type { DuckDBConnection } from "@duckdb/node-api";
import Type from "typebox";

/** The parameters of a projection; what is not said is as in any other model. */
export const Projection = Type.Object({
  position_window: Type.Optional(Type.String({
    pattern: "^[1-9]\\d{0,5}[smhd]$",
    description:
      "How far back measurements count for a position in a conceptual space: 90s, 15m, 1h, 7d",
  })),
}, { additionalProperties: false, minProperties: 1 });
/** {@linkcode Projection} as a type. */
export type Projection = Type.Static<typeof Projection>;

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Has the views of a model go by these parameters from now on. */
export async function setProjection(
  connection: DuckDBConnection,
  { position_window: window }: Projection,
): Promise<void> {
  if (window === undefined) return;
  const seconds = Number(window.slice(0, -1)) * SECONDS[window.at(-1) as keyof typeof SECONDS];
  await connection.run("UPDATE fold.settings SET position_window = to_seconds($seconds)", {
    seconds,
  });
}
