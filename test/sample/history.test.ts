/** The history of a sample is one that the domain would have let happen. */
import { describe, expect, test } from "vitest";
import { redact } from "../../src/command/redaction.ts";
import { decodeEvent, type RecordedEvent } from "../../src/domain/event.ts";
import { EVENTS } from "../../src/domain/event_types.ts";
import { Inventory } from "../../src/domain/inventory.ts";
import { ResourceType } from "../../src/domain/compute_schema.ts";
import { History } from "../../src/sample/history.ts";
import { SAMPLE_DEFAULTS, type SampleOptions } from "../../src/sample/options.ts";
import { SPACES } from "../../src/spaces/catalogue/spaces.ts";
import { dimensionsOf } from "../../src/spaces/space.ts";

const made = (options: Partial<SampleOptions>) => {
  const history = new History({ ...SAMPLE_DEFAULTS, days: undefined, ...options });
  const events = [...history.records()].map(decodeEvent);
  return { events, truth: history.truth() };
};
const values = (events: readonly RecordedEvent[], id: string, name: string, attribute?: string) =>
  events.flatMap(({ event_type, aggregate_id, data }) =>
    event_type !== "MeasurementsRecorded" || aggregate_id !== id ? [] : data.points
      .filter((point) => point.name === name)
      .filter(({ attributes }) =>
        attribute === undefined || Object.values(attributes ?? {}).includes(attribute)
      )
      .map(({ value }) => value)
  );

// 60 resources for 30 days, an event of each an hour.
const { events, truth } = made({ resources: 60, events: 45_000, seed: 7 });

test("Every event follows from those before it: ids, sequences, times, versions", () => {
  const inventory = new Inventory();
  let [id, recorded] = ["", ""];
  for (const [index, event] of events.entries()) {
    expect(event.sequence).toBe(index + 1);
    expect(event.event_id > id).toBe(true);
    expect(event.recorded_at >= recorded && event.recorded_at >= event.occurred_at).toBe(true);
    [id, recorded] = [event.event_id, event.recorded_at];
    if (event.aggregate_version !== inventory.version(event.aggregate_id) + 1) {
      expect.unreachable(`version of ${event.sequence}`);
    }
    expect(inventory.isDecommissioned(event.aggregate_id)).toBe(false);
    if (event.event_type === "MeasurementsRecorded") {
      expect(inventory.get("compute", event.aggregate_id)).toBeDefined();
      expect(event.data.compute).toBe(event.aggregate_id);
    }
    inventory.apply(event, event.sequence);
  }
});

test("Each resource is measured in its rhythm, whatever else happens", () => {
  const last = new Map<string, number>();
  const interval = 1_000 * truth.interval_seconds;
  for (const event of events) {
    if (event.event_type !== "MeasurementsRecorded") continue;
    const at = Date.parse(event.data.observed_at);
    const before = last.get(event.aggregate_id);
    if (before !== undefined) expect(at - before).toBeGreaterThan(0.9 * interval);
    last.set(event.aggregate_id, at);
  }
});

test("Nothing in it looks like a secret", () => {
  for (const { data } of events.filter(({ event_type }) => event_type !== "MeasurementsRecorded")) {
    expect(redact(structuredClone(data), JSON.stringify(data))).toEqual([]);
  }
});

test("Every event type and every kind of resource is in it", () => {
  expect(new Set(events.map(({ event_type }) => event_type))).toEqual(new Set(Object.keys(EVENTS)));
  const types = events.flatMap((event) =>
    event.event_type === "ComputeRegistered" ? [event.data.resource_type] : []
  );
  expect(new Set(types)).toEqual(new Set(ResourceType.enum.filter((one) => one !== "unknown")));
});

test("What was said together has one correlation, and each event names its command", () => {
  const registered = events.find(({ event_type }) => event_type === "ComputeRegistered")!;
  expect(registered.correlation_id).toBe(registered.causation_id);
  const guest = events.find((one) =>
    one.event_type === "ComputeRegistered" && one.data.resource_type === "virtual_machine"
  )!;
  const together = events.filter(({ correlation_id }) => correlation_id === guest.correlation_id);
  expect(together.length).toBeGreaterThan(3);
  expect(new Set(together.map(({ causation_id }) => causation_id)).size).toBe(together.length);
});

test("Counters grow, and begin at nothing when a machine was started anew", () => {
  const restarted = events.filter((one) =>
    one.event_type === "ComputeStatusChanged" && one.data.status === "maintenance"
  );
  expect(restarted.length).toBeGreaterThan(0);
  const ids = new Set(events.map(({ aggregate_id }) => aggregate_id));
  let resets = 0;
  for (const id of ids) {
    for (const name of ["system.network.io", "system.disk.io", "system.uptime"]) {
      const all = values(events, id, name, name === "system.network.io" ? "receive" : undefined);
      if (name !== "system.uptime") continue;
      for (const [index, value] of all.entries()) {
        if (index > 0 && value < all[index - 1]!) resets++;
      }
    }
  }
  expect(resets).toBeGreaterThan(0);
  expect(resets).toBeLessThanOrEqual(restarted.length);
});

test("There is more to do by day than by night, and on working days than at the weekend", () => {
  const idle = new Map<string, number[]>();
  for (const event of events) {
    if (event.event_type !== "MeasurementsRecorded" || !event.actor.includes("app")) continue;
    const at = new Date(event.data.observed_at);
    const hour = at.getUTCHours();
    const when = at.getUTCDay() % 6 === 0 ? "weekend" : hour > 8 && hour < 15 ? "day" : "night";
    const point = event.data.points.find(({ name }) => name === "system.cpu.utilization");
    if (!point || (when === "night" && hour > 3)) continue;
    idle.set(when, [...idle.get(when) ?? [], point.value]);
  }
  const mean = (of: string) => idle.get(of)!.reduce((sum, one) => sum + one) / idle.get(of)!.length;
  expect(mean("day")).toBeLessThan(mean("weekend"));
  expect(mean("weekend")).toBeLessThan(mean("night"));
});

describe("What was done on purpose can be seen in the events that the ground truth names", () => {
  const of = (kind: string) => truth.incidents.find((one) => one.kind === kind)!;
  const during = (
    { first_sequence, last_sequence }: { first_sequence: number; last_sequence: number },
  ) => events.slice(first_sequence - 1, last_sequence);

  test("each kind is there, with its resources, times and events", () => {
    expect(new Set(truth.incidents.map(({ kind }) => kind)).size).toBe(6);
    for (const incident of truth.incidents) {
      expect(incident.resources.length).toBeGreaterThan(0);
      expect(incident.event_ids.length).toBeGreaterThan(0);
      expect(incident.last_sequence).toBeGreaterThan(incident.first_sequence);
      const ids = new Set(events.map(({ event_id }) => event_id));
      for (const id of incident.event_ids) expect(ids.has(id)).toBe(true);
      const concerned = incident.resources.map(({ id }) => id);
      for (const event of events.filter(({ event_id }) => incident.event_ids.includes(event_id))) {
        const { data } = event;
        const about = event.event_type.startsWith("Connection") && "from" in data
          ? data.from.compute
          : event.aggregate_id;
        const other = "to" in data && "compute" in data.to ? data.to.compute : about;
        expect(concerned.some((id) => id === about || id === other)).toBe(true);
      }
    }
  });

  test("a slow leak fills the memory", () => {
    const leak = of("slow_leak");
    const used = values(during(leak), leak.resources[0]!.id, "system.memory.utilization");
    expect(used.at(-1)! - used[0]!).toBeGreaterThan(0.15);
    const after = values(
      events.slice(leak.last_sequence),
      leak.resources[0]!.id,
      "system.memory.utilization",
    );
    expect(after[0]).toBeLessThan(used.at(-1)! - 0.1);
  });

  test("a noisy neighbour leaves the others of its host less", () => {
    const noisy = of("noisy_neighbour");
    const week = 7 * 86_400_000;
    const idle = (id: string, weeks: number) => {
      const [from, to] = [noisy.from, noisy.to!].map((at) => Date.parse(at) + weeks * week) as [
        number,
        number,
      ];
      const then = events.filter(({ occurred_at }) =>
        Date.parse(occurred_at) >= from && Date.parse(occurred_at) <= to
      );
      const all = values(then, id, "system.cpu.utilization");
      return all.reduce((sum, one) => sum + one, 0) / all.length;
    };
    for (const { id } of noisy.resources) expect(idle(id, 0)).toBeLessThan(idle(id, 1) - 0.1);
    expect(noisy.resources.filter(({ part }) => part === "cause")).toHaveLength(1);
  });

  test("a failing disk makes errors, and is slow", () => {
    const failing = of("failing_disk");
    const { id } = failing.resources[0]!;
    const before = values(events.slice(0, failing.first_sequence), id, "hw.errors");
    const counted = values(during(failing), id, "hw.errors");
    expect(Math.max(0, ...before)).toBe(0);
    expect(Math.max(...counted)).toBeGreaterThan(100);
  });

  test("lost redundancy is a cable that is severed, and established again", () => {
    const lost = of("lost_redundancy");
    const types = events.filter(({ event_id }) => lost.event_ids.includes(event_id))
      .map(({ event_type }) => event_type);
    expect(types).toContain("ConnectionSevered");
    expect(types.at(-1)).toBe("ConnectionEstablished");
  });

  test("a clone has the evidence of another, and is of another kind than it behaves", () => {
    const clone = of("misclassified_clone");
    const registered = events.find(({ event_id }) => event_id === clone.event_ids[0]);
    expect(registered).toMatchObject({
      event_type: "ComputeRegistered",
      aggregate_id: clone.resources[0]!.id,
      data: { resource_type: "physical_server", findings: [{ code: "shared_evidence" }] },
    });
  });

  test("of a silent host there is nothing, and then it is back", () => {
    const silent = of("silent_host");
    const { id } = silent.resources[0]!;
    const all = during(silent).filter(({ aggregate_id }) => aggregate_id === id);
    const measured = all.filter(({ event_type }) => event_type === "MeasurementsRecorded");
    const gap = Date.parse(measured[0]!.occurred_at) - Date.parse(silent.from);
    expect(gap).toBeGreaterThan(5 * 3_600_000);
  });
});

describe("The ground truth tells what each resource is", () => {
  const last = new Map(
    events.flatMap(({ aggregate_id, data }) =>
      "resource_type" in data ? [[aggregate_id, data] as const] : []
    ),
  );

  test("also of those that are no more, and whatever the log says of a clone", () => {
    expect(truth.resources.map(({ id }) => id)).toEqual([...last.keys()]);
    const { resources: [clone], last_sequence } = truth.incidents.find(({ kind }) =>
      kind === "misclassified_clone"
    )!;
    expect(last_sequence).toBeLessThan(events.length); // it was corrected
    for (const { id, hostname, resource_type } of truth.resources) {
      expect(last.get(id)).toMatchObject({ hostname, resource_type });
    }
    const first = events.find(({ aggregate_id }) => aggregate_id === clone!.id)!;
    expect(first.data).toMatchObject({ resource_type: "physical_server" });
  });

  test("with the workload of those in a system: its concept is defined, and a quarter are labelled with it", () => {
    const labels = events.filter((event) => event.event_type === "ResourceLabelled");
    const concepts = events.filter((event) => event.event_type === "ConceptDefined");
    const workloads = new Map(truth.resources.map(({ id, workload }) => [id, workload]));
    const known = [...workloads.values()].filter((workload) => workload !== undefined);
    expect(new Set(known)).toEqual(new Set(concepts.map(({ data }) => data.name)));
    expect(labels.length / known.length).toBeGreaterThan(0.1);
    expect(labels.length / known.length).toBeLessThan(0.4);
    for (const { data: { compute, space, concept } } of labels) {
      expect([space, concept]).toEqual(["performance", workloads.get(compute)]);
    }
  });

  test("and the dimensions that an incident moves are those of the space compute", () => {
    const names = dimensionsOf(SPACES[0]!).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(truth.incidents.flatMap(({ moves }) => moves)));
  });
});

test("The same options give the same bytes, and another seed another fleet", () => {
  const bytes = (seed: number) => {
    const history = new History({ ...SAMPLE_DEFAULTS, resources: 12, days: 2, seed });
    return [...history.records()];
  };
  const [one, same, other] = [bytes(5), bytes(5), bytes(6)];
  expect(same).toEqual(one);
  expect(other.slice(0, 50)).not.toEqual(one.slice(0, 50));
});

test("A history of so many events has exactly as many", () => {
  for (const count of [1, 137, 2_000]) {
    const { events, truth } = made({ resources: 10, events: count });
    expect(events).toHaveLength(count);
    expect(truth.events).toBe(count);
    const ids = new Set(events.map(({ event_id }) => event_id));
    for (const { event_ids } of truth.incidents) {
      for (const id of event_ids) expect(ids.has(id)).toBe(true);
    }
  }
});

test.each([10, 11, 37, 1_000])("A fleet of %i resources has as many, of all kinds", (resources) => {
  const { events } = made({ resources, events: 10 * resources });
  const measured = events.findIndex(({ event_type }) => event_type === "MeasurementsRecorded");
  const types = events.slice(0, measured).flatMap((event) =>
    event.event_type === "ComputeRegistered" ? [event.data.resource_type] : []
  );
  expect(types.length).toBe(resources);
  expect(new Set(types).size).toBe(9);
});
