/** What measurements are about: machines and their containers, and what they are in the log. */
import { canonicalCompute } from "../../domain/compute_canonical.ts";
import type { RegisterCompute } from "../../domain/compute_schema.ts";
import { recognise } from "../../domain/identity.ts";
import type { InventoryView } from "../../domain/inventory.ts";
import { Refusal } from "../../domain/refusal.ts";
import { GUEST_STATE } from "../../introspection/guest.ts";
import type { Machine } from "./machines.ts";
import { INSTANCE_TAG, registeredContainer, registeredMachine } from "./registered.ts";

/** A machine or container. */
export interface Subject {
  hostname: string;
  /** Its aggregate id, or in a dry run its host name; undefined as long as nobody has registered it. */
  compute: string | undefined;
}

/** Something to register, and whose measurements wait for that. */
export interface Registration {
  subject: Subject;
  data: RegisterCompute;
}

/** All of them, by target. */
export class Subjects {
  readonly #machines = new Map<string, { subject: Subject; containers: Map<string, Subject> }>();
  readonly #ranks = new Map<string, number>();

  /**
   * What is to be registered of some machines, themselves: those are left as they are that are known, and not from here.
   *
   * @param inventory what is known
   */
  machines(machines: readonly Machine[], inventory: InventoryView): Registration[] {
    return machines.flatMap((machine) => {
      const data = registeredMachine(machine);
      const subject = { hostname: data.hostname, compute: knownOtherwise(inventory, data) };
      const entry = { subject, containers: new Map<string, Subject>() };
      for (const [rank, { key }] of machine.targets.entries()) {
        this.#machines.set(key, entry);
        this.#ranks.set(key, rank);
      }
      return subject.compute === undefined ? [{ subject, data }] : [];
    });
  }

  /** And of the containers on them, once the machines are registered. */
  containers(machines: readonly Machine[], inventory: InventoryView): Registration[] {
    return machines.flatMap(({ targets }) => {
      const entry = this.#machines.get(targets[0]!.key)!;
      const host = entry.subject.compute;
      if (host === undefined) return [];
      return targets.flatMap(({ containers }) => [...containers]).flatMap(([id, facts]) => {
        const data = registeredContainer(id, facts, { host, targets });
        const number = data?.evidence?.container_id;
        if (data === undefined || number === undefined || entry.containers.has(number)) return [];
        const subject = { hostname: data.hostname, compute: knownOtherwise(inventory, data) };
        entry.containers.set(number, subject);
        return subject.compute === undefined ? [{ subject, data }] : [];
      });
    });
  }

  /**
   * Whom a series is about.
   *
   * @param target its key
   * @param id the label `id` of a container's series
   */
  of(target: string, id: string | undefined): Subject | undefined {
    const entry = this.#machines.get(target);
    if (id === undefined) return entry?.subject;
    return entry?.containers.get(/([0-9a-f]{64})(?:\.scope)?$/.exec(id)?.[1] ?? "");
  }

  /** Which of several targets counts where they tell the same: the one of the least rank. */
  rank(target: string): number {
    return this.#ranks.get(target) ?? Number.MAX_SAFE_INTEGER;
  }

  /** How many there are. */
  get size(): number {
    const entries = new Set(this.#machines.values());
    return [...entries].reduce((sum, { containers }) => sum + 1 + containers.size, 0);
  }
}

/**
 * The id of what is known by somebody who knows it better than a Prometheus does: people, or a discovery, which may have
 * come after us and tells of routes or of what a container does.
 */
function knownOtherwise(inventory: InventoryView, data: RegisterCompute): string | undefined {
  try {
    const { id } = recognise(inventory, canonicalCompute(data));
    if (id === undefined) return undefined;
    const { tags, routes } = inventory.get("compute", id)!.state;
    const isOurs = tags?.[INSTANCE_TAG] !== undefined && tags[GUEST_STATE] === undefined &&
      routes === undefined;
    return isOurs ? undefined : id;
  } catch (error) {
    if (error instanceof Refusal) return undefined; // as its registration will be answered
    throw error;
  }
}
