/** The analyses that an experiment can name: one more is one more entry here. */
import Type from "typebox";
import { alerts } from "./policy/alerts.ts";
import { becauseText, compliance } from "./policy/compliance.ts";
import { type Analyses, analysis } from "./replay/experiment_analysis.ts";
import { Moment } from "./replay/experiment_shape.ts";
import { Table } from "./table/table.ts";

/** Every analysis, by the name that a spec has for it. */
export const ANALYSES: Analyses = {
  compliance: analysis({
    description:
      "Which resources keep to which policies, since when and why: a row for each of both.",
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
  alerts: analysis({
    description: "The alerts that policies with `for` raised, or would have raised.",
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
