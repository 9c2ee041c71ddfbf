/** What comes of a NetBox, and what does not. */
import type { CommandData, CommandType } from "../../domain/command.ts";
import type { NetBoxRow } from "../../projections/netbox/client.ts";
import type { ReadKind } from "./content.ts";

/** An object of NetBox. */
export interface NetBoxPlace {
  kind: ReadKind;
  id: number;
  /** What NetBox shows for it. */
  name: string;
}

/** A command, and the object that it comes from. */
export type NetBoxCommand = {
  [T in CommandType]: { command: T; data: CommandData[T]; at: NetBoxPlace };
}[CommandType];

/** An object that is left out, or a part of it. */
export interface NetBoxLeftOut {
  at: NetBoxPlace;
  /** The same words for the same reason. */
  why: string;
}

/** What a NetBox comes down to. */
export interface ImportedNetBox {
  /** In the order in which they are to be submitted. */
  commands: NetBoxCommand[];
  /** What cannot be told from something else. */
  refused: NetBoxLeftOut[];
  /** What is nothing for an inventory, and what is in the log already because it was written from there. */
  passedOver: NetBoxLeftOut[];
}

/** Where a row is. */
export function placeOf(kind: ReadKind, row: NetBoxRow): NetBoxPlace {
  return { kind, id: row.id, name: String(row["display"] ?? row.id) };
}

/** Why something of ours is passed over. */
export const OWN = "it was written there from this log";
