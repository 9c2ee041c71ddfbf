/** How good the telling of incidents is: compared with what is known to have happened. */
import { Table } from "../table/table.ts";
import { threeDigits } from "./classified.ts";
import type { FoundIncident } from "./incident.ts";

/** What is known to have happened, as a sample's `ground_truth.json` tells it. */
export interface Happened {
  readonly kind: string;
  /** RFC 3339; null while it was on. */
  readonly from: string;
  readonly to: string | null;
  readonly resources: readonly { readonly id: string }[];
}

/** How well what happened of a kind was told. */
export interface JudgedKind {
  readonly kind: string;
  /** How often it happened, and how often an incident was told of it. */
  readonly incidents: number;
  readonly found: number;
  readonly recall: number;
  /** How long after its beginning it was found, in seconds: of several the longest; null where none was. */
  readonly delaySeconds: number | null;
}

/** How well all of it was told. */
export interface JudgedIncidents {
  readonly kinds: readonly JudgedKind[];
  /** How many incidents were told, and how many of them are about something that happened. */
  readonly told: number;
  readonly right: number;
  /** Right ones among those that were told; null where none was. */
  readonly precision: number | null;
  /** What was found among what happened; null where nothing did. */
  readonly recall: number | null;
}

/**
 * Compares incidents with what happened. One is about the other where they overlap in time and a resource has a part in
 * both, be it as cause or victim. Several incidents can be right about one thing that happened.
 */
export function judgedIncidents(
  told: readonly FoundIncident[],
  happened: readonly Happened[],
): JudgedIncidents {
  const right = told.filter((one) => happened.some((other) => isAbout(one, other)));
  const kinds = [...new Set(happened.map(({ kind }) => kind))].sort().map((kind): JudgedKind => {
    const own = happened.filter((one) => one.kind === kind);
    const delays = own.flatMap((one) => {
      const moments = told.filter((other) => isAbout(other, one))
        .map(({ found }) => (Date.parse(found) - Date.parse(one.from)) / 1e3);
      return moments.length === 0 ? [] : [Math.max(0, Math.min(...moments))];
    });
    return {
      kind,
      incidents: own.length,
      found: delays.length,
      recall: delays.length / own.length,
      delaySeconds: delays.length === 0 ? null : Math.max(...delays),
    };
  });
  const found = kinds.reduce((sum, one) => sum + one.found, 0);
  return {
    kinds,
    told: told.length,
    right: right.length,
    precision: told.length === 0 ? null : right.length / told.length,
    recall: happened.length === 0 ? null : found / happened.length,
  };
}

function isAbout({ from, to, parts }: FoundIncident, happened: Happened): boolean {
  return Date.parse(from) <= endOf(happened.to) && Date.parse(happened.from) <= endOf(to) &&
    happened.resources.some(({ id }) => parts.some((part) => part.id === id));
}

function endOf(moment: string | null): number {
  return moment === null ? Infinity : Date.parse(moment);
}

/** A row for each kind. */
export function judgedIncidentsTable({ kinds }: JudgedIncidents): Table {
  const number = (name: string) => ({ name, type: "DOUBLE", numeric: true });
  return new Table(
    [
      { name: "kind", type: "VARCHAR", numeric: false },
      ...["incidents", "found", "recall", "delay_seconds"].map(number),
    ],
    kinds.map(({ kind, incidents, found, recall, delaySeconds }) => [
      kind,
      incidents,
      found,
      threeDigits(recall),
      delaySeconds === null ? null : Math.round(delaySeconds),
    ]),
  );
}
