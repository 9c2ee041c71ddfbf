/** What is to be done in NetBox: a plan, which is data, and is carried out as it stands. */
import type { Kind } from "./kinds.ts";
import type { Fields, Hanging, NetBoxFinding, Value, Written } from "./objects.ts";

/** What a change does. */
export type Action =
  /** PATCH: gives up what another one is to have (a primary address, a place in a rack, a name). */
  | "clear"
  /** DELETE, before anything is made: a cable whose ends are others now. */
  | "uncable"
  /** POST, with our marks. */
  | "create"
  /** PATCH of one that was there before us: it gets our marks, and what it has not. */
  | "adopt"
  /** PATCH. */
  | "update"
  /** PATCH of its `cim_sequence` alone: the log has changed it, and in NetBox nothing is to be seen of that. */
  | "mark"
  /** PATCH, when everything is there: fields that point to what was made after it. */
  | "link"
  /** PATCH of one that was there before us: our marks are taken off, and what we filled in. */
  | "release"
  /** DELETE. */
  | "remove";

/** One change to one object. */
export interface Change {
  action: Action;
  kind: Kind;
  /** Its `cim_id` afterwards (for a release or removal: until then). */
  key: string;
  title: string;
  /** Absent where it is made in this plan: by then it is known by its key. */
  id?: number;
  /** Its `cim_sequence` afterwards; absent where it has none. */
  sequence?: number;
  /** What is written, with ids, and with references to what is made in this plan; nothing for a removal. */
  fields: Fields;
  /** What NetBox has in these fields; nothing for one that is made. */
  before: Fields;
  /**
   * Its `cim_written` afterwards, with references as in the fields; one that cannot be written is left out of both. What is
   * empty is not kept: nothing that is there is then nobody's.
   */
  written: Written;
  /** The ids of the tags it has, for adoption and release: a list of tags is written whole. */
  tags: readonly number[];
}

/** A field that a person has changed, and the log would have otherwise: it stays as it is. */
export interface Conflict {
  kind: Kind;
  key: string;
  title: string;
  id: number;
  field: string;
  /** What NetBox has, what we wrote last (undefined if we never did), and what the log has. */
  observed: Value;
  written: Value | undefined;
  desired: Value;
}

/** An object about which nothing is done, and why. */
export interface Held {
  kind: Kind;
  key: string;
  title: string;
  id?: number;
  /** In one line. */
  reason: string;
}

/** An object of ours that cannot be removed, and what stands in the way. */
export interface Blocked extends Held {
  by: readonly Hanging[];
}

/** What is to be done, and what is not. */
export interface Plan {
  /** The sequence of the log that it is for. */
  through: number;
  /** In the order in which they are made: those of one action and kind in a row may go together. */
  changes: readonly Change[];
  /** What a person has changed. */
  conflicts: readonly Conflict[];
  /** What was there before us, and is not ours: it can be adopted. */
  existing: readonly Held[];
  /** What is ours and the log no longer has, and is kept. */
  gone: readonly Held[];
  /** What is to be removed, and cannot be. */
  blocked: readonly Blocked[];
  /** What depends on something that is not there. */
  waiting: readonly Held[];
  /** What NetBox cannot have. */
  findings: readonly NetBoxFinding[];
  /** How many objects are as they should be. */
  unchanged: number;
  /** What NetBox shows for the objects whose ids are among the values: by kind and id, as `site 3`. */
  displays: Readonly<Record<string, string>>;
}

/** What a plan may do beside making and changing what is ours. */
export interface PlanOptions {
  /** Whether what is there already is taken over. */
  adopt?: boolean;
  /** Whether what is ours, and the log no longer has, is removed. */
  remove?: boolean;
}
