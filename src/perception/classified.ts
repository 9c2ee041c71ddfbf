/** What things are perceived to be, beside what they are declared to be. */
import type { Classification } from "../spaces/classification.ts";
import { type Confusion, confusionOf } from "../spaces/confusion.ts";
import { Table } from "../table/table.ts";
import { quantity } from "./quantity.ts";
import { namesOf, type Thing } from "./thing.ts";

/** A thing, and what it is perceived to be. */
export interface Classified extends Classification {
  readonly thing: Thing;
  /** What it is said to be, if that is one of the concepts: its label, or else what it was declared as. */
  readonly declared: string | null;
  /**
   * Whether it is perceived, clearly, as something else than it is declared to be: as a member, with at least
   * {@linkcode ENOUGH} known of what matters to that concept. Who hardly knows a thing contradicts nobody.
   */
  readonly isMisperceived: boolean;
}

/** So much of what matters is known of a thing that its kind can be doubted: a quarter. */
export const ENOUGH = 0.25;

/** How many deciding dimensions are told in a line. */
const TOLD = 3;

/** The dimensions that decided, in a line: `cpu 0.91 (0.9, not 0.05)`. */
export function becauseOf({ deciding, runnerUp }: Classification): string {
  return deciding.slice(0, TOLD).filter(({ speaks }) => speaks > 0 || runnerUp === null)
    .map(({ dimension, unit, value, winner, runnerUp: other }) => {
      const told = [winner, other === null ? null : other]
        .map((one) => one === null ? null : quantity(one, unit));
      const beside = [told[0] ?? "anything", ...(told[1] ? [`not ${told[1]}`] : [])].join(", ");
      return `${dimension.split(".").at(-1)} ${quantity(value, unit)} (${beside})`;
    }).join("; ");
}

/** All things of a space, classified. As the last expression of a notebook's cell it is a table. */
export class Classifications {
  /** @param rows in the order of the things' names */
  constructor(readonly rows: readonly Classified[]) {}

  /** Those that are perceived as something else than they are declared to be. */
  get findings(): Classified[] {
    return this.rows.filter(({ isMisperceived }) => isMisperceived);
  }

  /** How many are clear members, on a border, and of no known concept. */
  get counts(): Record<Classification["status"], number> {
    const counts = { member: 0, borderline: 0, unknown: 0 };
    for (const { status } of this.rows) counts[status]++;
    return counts;
  }

  /** What was declared against what is perceived, of the things that are declared to be of a concept. */
  get confusion(): Confusion {
    return confusionOf(
      this.rows.flatMap(({ declared, status, concept }) =>
        declared === null ? [] : [{ declared, perceived: status === "unknown" ? null : concept }]
      ),
    );
  }

  /** What people call each row's thing, as {@linkcode Perception.thing} takes it. */
  get names(): string[] {
    return namesOf(this.rows.map(({ thing }) => thing));
  }

  /** The rows as a table. */
  table(): Table {
    const names = this.names;
    const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
    const number = (name: string) => ({ name, type: "DOUBLE", numeric: true });
    return new Table(
      [
        text("name"),
        text("declared"),
        text("concept"),
        text("status"),
        number("membership"),
        number("margin"),
        number("degree"),
        number("known"),
        text("runner_up"),
        text("because"),
      ],
      this.rows.map((row, at) => [
        names[at],
        row.declared,
        row.concept,
        row.status,
        ...[row.membership, row.margin, row.degree, row.known].map(threeDigits),
        row.runnerUp,
        becauseOf(row),
      ]),
    );
  }

  /** The table as text. */
  toString(): string {
    return this.table().toString();
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return shown(this.table());
  }
}

/** How a notebook shows a table. */
export function shown(table: Table): Record<string, string> {
  return (table as unknown as Record<symbol, () => Record<string, string>>)[
    Symbol.for("Jupyter.display")
  ]!();
}

/** A share for people. */
export function threeDigits(share: number): number {
  return Math.round(share * 1000) / 1000;
}
