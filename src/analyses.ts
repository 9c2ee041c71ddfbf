/** The analyses that an experiment can name: one more is one more entry here. */
import Type from "typebox";
import { alerts } from "./policy/alerts.ts";
import { becauseText, compliance } from "./policy/compliance.ts";
import { type Analyses, analysis } from "./replay/experiment_analysis.ts";
import { Moment } from "./replay/experiment_shape.ts";
import { SPACES } from "./spaces/catalogue/spaces.ts";
import { Table } from "./table/table.ts";

/** Every analysis, by the name that a spec has for it. */
export const ANALYSES: Analyses = {
  compliance: analysis({
    description:
      "Which resources keep to which policies, since when and why: a row for each of both; none where there is no policy.",
    parameters: Type.Object({
      policy: Type.Optional(
        Type.String({ description: "The name of one policy; all without it." }),
      ),
    }),
    key: ["policy", "hostname", "resource"],
    run: async (model, parameters, { signal }) => {
      const { rows } = await compliance(model, { ...parameters, signal });
      return texts(
        ["policy", "hostname", "resource", "severity", "verdict", "because", "since"],
        rows.map((row) => ({ ...row, because: row.error ?? becauseText(row.because) })),
      );
    },
  }),
  classification: analysis({
    description: "What the things of a conceptual space are by its concepts: a row for each.",
    parameters: Type.Object({
      space: Type.Enum(SPACES.map(({ name }) => name) as [string, ...string[]]),
      context: Type.Optional(Type.String({ description: "A context of the space, by its name." })),
    }),
    key: ["name", "id"],
    run: async (model, { space: name, context }) => {
      const space = await model.space(name, context === undefined ? {} : { context });
      const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
      const number = (name: string) => ({ name, type: "DOUBLE", numeric: true });
      return new Table(
        [
          ...["name", "id", "declared", "concept", "status", "runner_up"].map(text),
          ...["membership", "degree", "margin", "known"].map(number),
        ],
        space.classifications().rows.map(({ thing, declared, concept, status, ...one }) => [
          ...[thing.name, thing.id, declared, concept, status, one.runnerUp],
          ...[one.membership, one.degree, one.margin, one.known],
        ]),
      );
    },
  }),
  alerts: analysis({
    description:
      "The alerts that policies with `for` raised, or would have raised: those that were firing at some time from `from` " +
      "to `to`, or are pending then; none where there is no such policy.",
    parameters: Type.Object({ from: Type.Optional(Moment), to: Type.Optional(Moment) }),
    key: ["policy", "hostname", "resource", "since"],
    run: async (model, parameters, { signal }) => {
      const found = await alerts(model, { ...parameters, signal });
      const times = ["since", "state", "fired_at", "resolved_at"];
      return texts(
        ["policy", "hostname", "resource", "severity", ...times, "because"],
        found.map((one) => ({ ...one, because: becauseText(one.because) })),
      );
    },
  }),
};

/** A table of texts, with these fields of each row. */
function texts(columns: readonly string[], rows: readonly object[]): Table {
  return new Table(
    columns.map((name) => ({ name, type: "VARCHAR", numeric: false })),
    rows.map((row) => columns.map((name) => (row as Record<string, unknown>)[name] ?? null)),
  );
}
