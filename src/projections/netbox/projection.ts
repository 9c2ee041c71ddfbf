/** The NetBox projection: what the log knows in a NetBox, beside what people have there, kept in step with the log. */
import type { NatsConnection } from "@nats-io/nats-core";
import type { EventLog } from "../../log/log.ts";
import { NOTHING_APPLIED, stepOf } from "../checkpoint.ts";
import { type KeptPosition, NatsPosition, positionAfter } from "../nats_position.ts";
import {
  type Checkpoint,
  type Health,
  type LogIdentity,
  type ParkedEvent,
  type ProjectedEvent,
  type Projection,
  ProjectionMoved,
  ProjectionUnavailable,
  type Step,
} from "../projection.ts";
import { oneLine } from "../projector_error.ts";
import { type Applied, applyPlan } from "./apply.ts";
import { NetBoxClient } from "./client.ts";
import { definition } from "./definition.ts";
import { trouble } from "./error.ts";
import { FoldedLog } from "./fold.ts";
import { removeMarks } from "./marks.ts";
import { type DesiredState, isSameState } from "./objects.ts";
import { readState } from "./observed.ts";
import type { Plan, PlanOptions } from "./plan.ts";
import { planChanges } from "./plan_changes.ts";
import type { NetBoxSettings } from "./settings.ts";

/** Which NetBox, and what may be done there. */
export interface NetBoxProjectionOptions extends NetBoxSettings, PlanOptions {
  /** No more requests a second than these; as many as come unless it says otherwise. */
  requestsPerSecond?: number;
  /** Told each plan that was made, and what came of it. */
  onApplied?: (plan: Plan, applied: Applied) => void;
  /** Told how far it is: `reading` of kinds of objects, `writing` of changes. */
  onProgress?: (what: "reading" | "writing", done: number, of: number) => void;
  /** Ends what is going on. */
  signal?: AbortSignal;
  /** How long a killed projector's lease lasts, in milliseconds; 10,000 unless it says otherwise. */
  leaseMs?: number;
}

/** What came of a reset. */
export interface NetBoxReset {
  plan: Plan;
  applied: Applied;
  /** What of the tag and the custom fields could not be taken away, and why. */
  marks: readonly string[];
}

/** The state of nothing: all that is ours is to go. */
const NOTHING: DesiredState = { through: 0, objects: [], findings: [] };

/**
 * Brings a NetBox to what the log has. What it makes has the tag `cim` and the custom fields `cim_id`, `cim_sequence` and
 * `cim_written`; what a person has entered, changed or made is never overwritten or removed. `desired/desired_state.ts` says
 * what is what there.
 *
 * Nothing about NetBox is kept elsewhere: what we wrote last is in NetBox, and each time that the log has something new for
 * it, it is read, compared and changed where it differs. Only the position in the log, and the lease on the NetBox, are in
 * the log's NATS server. While it is behind the end that the log had when it was opened it only folds, so that no state of
 * long ago is written; the position is kept when the newest is.
 */
export class NetBoxProjection implements Projection {
  readonly name = "netbox";
  /** Asks the NetBox; counts the requests. */
  readonly client: NetBoxClient;
  /** What came last of bringing NetBox in step; undefined before. */
  last: { plan: Plan; applied: Applied } | undefined;
  readonly #position: NatsPosition;
  #identity: LogIdentity | undefined;
  /** What is folded; ahead of what is kept while it is behind. */
  #now: KeptPosition | undefined;
  #folded: FoldedLog | undefined;
  /** The desired state that NetBox was last compared with. */
  #compared: DesiredState | undefined;
  /** Where the log ended when it was opened. */
  #target = 0;

  /**
   * @param log all of it, such as an {@linkcode ArchivedLog}: it is folded again at each start
   * @param connection where the position is kept: the log's own
   */
  constructor(
    private readonly log: Pick<EventLog, "read" | "lastSequence">,
    connection: NatsConnection,
    private readonly options: NetBoxProjectionOptions,
  ) {
    const { signal, requestsPerSecond, leaseMs } = options;
    this.client = new NetBoxClient(options, {
      ...(signal ? { signal } : {}),
      ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    });
    const lease = leaseMs === undefined ? {} : { leaseMs };
    this.#position = new NatsPosition(connection, this.name, `netbox ${options.url}`, lease);
  }

  /**
   * As the port says. Where the log is applied to its end, NetBox is compared with it as well: what somebody has deleted is
   * made again, and what was refused is tried again.
   */
  async initialize({ name, incarnation }: LogIdentity): Promise<void> {
    this.#identity = { name, incarnation };
    await this.#reach(() => Promise.resolve());
  }

  async #begin(): Promise<void> {
    const log = this.#identity;
    if (!log) throw new ProjectionUnavailable(this.name, "it is not open");
    this.#compared = undefined;
    const kept = await this.#position.open();
    await this.client.version();
    const isOurs = kept?.log.name === log.name && kept.log.incarnation === log.incarnation;
    const now: KeptPosition = {
      log,
      definition: await definition(),
      checkpoint: isOurs ? kept.checkpoint : { ...NOTHING_APPLIED },
      parked: isOurs ? kept.parked : [],
    };
    if (kept && !isOurs && this.options.remove) await this.#empty();
    this.#target = await this.log.lastSequence();
    const folded = this.#folded = await this.#foldTo(now);
    const { last_sequence } = now.checkpoint;
    if (last_sequence > 0 && last_sequence >= this.#target) await this.#bringInStep(folded);
    this.#now = now;
  }

  #foldTo({ checkpoint, parked }: KeptPosition): Promise<FoldedLog> {
    return FoldedLog.of(this.log, checkpoint.last_sequence, parked, this.options.signal);
  }

  project(event: ProjectedEvent): Promise<void> {
    return this.projectBatch(stepOf(event));
  }

  async projectBatch(step: Step): Promise<void> {
    await this.#reach(async () => {
      const next = positionAfter(this.name, this.#now!, step);
      if (step.unpark.length > 0) this.#folded = await this.#foldTo(next);
      else this.#folded!.take(step);
      try {
        // A state of long ago is not written: what is behind goes on to where the log ended.
        if (step.through >= this.#target) {
          await this.#bringInStep(this.#folded!);
          await this.#position.keep(next);
        }
      } catch (error) {
        this.#now = undefined; // the fold is ahead of what is applied
        throw notOfEvents(error);
      }
      this.#now = next;
    });
  }

  /** Compares NetBox with what is folded, unless it was compared with the same already, and changes what differs. */
  async #bringInStep({ desired }: FoldedLog): Promise<void> {
    if (isSameState(desired, this.#compared)) return;
    const { onApplied } = this.options;
    const { plan, applied } = await this.#carryOut(desired, this.options);
    this.last = { plan, applied };
    this.#compared = desired;
    onApplied?.(plan, applied);
  }

  async #carryOut(
    desired: DesiredState,
    options: PlanOptions,
  ): Promise<{ plan: Plan; applied: Applied }> {
    const { onProgress } = this.options;
    const plan = await this.#planned(desired, options);
    const applied = await applyPlan(this.client, plan, {
      before: () => this.#position.requireLease(),
      progress: (done, of) => onProgress?.("writing", done, of),
    });
    return { plan, applied };
  }

  async #planned(desired: DesiredState, options: PlanOptions): Promise<Plan> {
    const { onProgress } = this.options;
    const observed = await readState(this.client, desired.objects, {
      remove: options.remove ?? false,
      progress: (done, of) => onProgress?.("reading", done, of),
    });
    return planChanges(desired, observed, options);
  }

  /**
   * What would be done now, for the log as it is. Writes nothing, neither to NetBox nor to NATS, and needs no
   * {@linkcode initialize}: it can be asked beside a projector that runs.
   *
   * @throws {ProjectionUnavailable} when NetBox cannot be read
   */
  async plan(): Promise<Plan> {
    try {
      const through = await this.log.lastSequence();
      const { signal } = this.options;
      const { folded: { desired }, parked } = await FoldedLog.anew(this.log, through, signal);
      const plan = await this.#planned(desired, this.options);
      const findings = [...parked].map(([key, reason]) => ({
        kind: "device" as const,
        key,
        title: key,
        reason,
      }));
      return { ...plan, findings: [...plan.findings, ...findings] };
    } catch (error) {
      throw trouble(error, this.name);
    }
  }

  checkpoint(): Promise<Checkpoint> {
    return this.#reach(() => Promise.resolve({ ...this.#now!.checkpoint }));
  }

  parked(): Promise<ParkedEvent[]> {
    return this.#reach(() => Promise.resolve([...this.#now!.parked]));
  }

  async healthCheck(): Promise<Health> {
    try {
      if (this.#now) this.#position.requireLease();
      const { status } = await this.client.ask("GET", "status");
      if (status >= 400) return { healthy: false, because: `NetBox answers ${status}` };
      return { healthy: true, because: "NetBox answers" };
    } catch (error) {
      return { healthy: false, because: oneLine(error) };
    }
  }

  async reset(): Promise<void> {
    await this.#reach(async () => {
      await this.#empty();
      const { log, definition } = this.#now!;
      this.#now = { log, definition, checkpoint: { ...NOTHING_APPLIED }, parked: [] };
      this.#folded = await this.#foldTo(this.#now);
      this.#compared = undefined;
      await this.#position.keep(this.#now);
    });
  }

  /**
   * Removes exactly what was made, releases what was adopted, and takes the marks away when nothing of ours is left; keeps no
   * position any more. What hangs on something of ours and is a person's stays, and holds that. Needs no
   * {@linkcode initialize}; {@linkcode close} it afterwards.
   *
   * @throws {ProjectionUnavailable} when somebody else works on it, or NetBox cannot be reached
   */
  async removeOwn(): Promise<NetBoxReset> {
    try {
      await this.#position.open();
      await this.client.version();
      const reset = await this.#empty();
      this.#now = undefined;
      await this.#position.forget();
      return reset;
    } catch (error) {
      throw trouble(error, this.name);
    }
  }

  async #empty(): Promise<NetBoxReset> {
    const { plan, applied } = await this.#carryOut(NOTHING, { remove: true });
    const isLeft = plan.blocked.length > 0 || applied.refused.length > 0;
    const marks = isLeft ? [] : await removeMarks(this.client, () => this.#position.requireLease());
    return { plan, applied, marks };
  }

  async close(): Promise<void> {
    this.#now = undefined;
    this.#identity = undefined;
    this.#folded = undefined;
    this.#compared = undefined;
    await this.#position.close();
  }

  /** Does something with what is folded, which is folded anew where that is not sure any more. */
  async #reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (!this.#now || this.#position.isLost) await this.#begin();
      return await work();
    } catch (error) {
      throw trouble(error, this.name);
    }
  }
}

/** What goes wrong behind the fold is about all that there is to be: to try events one by one would find none to blame. */
function notOfEvents(error: unknown): unknown {
  const known = trouble(error, "netbox");
  if (
    known !== error || error instanceof ProjectionUnavailable || error instanceof ProjectionMoved
  ) return known;
  return new ProjectionUnavailable("netbox", oneLine(error), { cause: error });
}
