/**
 * Which series each kind of resource is measured by, under OpenTelemetry's names and units, as the introspection of a
 * real machine measures it. Each event brings one to four of them; after six events all have had their turn.
 * An event has 790 bytes on average, of which 565 are its envelope: an event of one point would still have 650.
 */
import type { Series } from "./measured.ts";
import type { Quantities } from "./quantities.ts";

/** What one event brings. */
export interface Round {
  series: readonly Series[];
  /** Whether there is a share of a time among it: then the event says of which. */
  isOverWindow: boolean;
}

/** What is measured of a resource in six events, one after the other. */
export type Rounds = readonly Round[];

function roundsOf(...all: Series[][]): Rounds {
  return all.map((series) => ({
    series,
    isOverWindow: series.some(({ head }) => head.includes('"system.cpu.utilization"')),
  }));
}

function series(
  name: string,
  unit: string,
  value: () => number,
  attributes?: Record<string, string>,
): Series {
  const head = JSON.stringify({ name, unit, ...(attributes ? { attributes } : {}) });
  return { head: `${head.slice(0, -1)},"value":`, value };
}

const four = (share: number) => Math.round(share * 10_000) / 10_000;
const two = (amount: number) => Math.round(amount * 100) / 100;

function load(of: Quantities): Series[] {
  return [
    series("system.cpu.utilization", "1", () => four(1 - of.cpu), { "cpu.mode": "idle" }),
    series("system.memory.utilization", "1", () => four(of.memory), {
      "system.memory.state": "used",
    }),
  ];
}

function network(of: Quantities, link: number, name: string): Series[] {
  const counts = { receive: of.received, transmit: of.transmitted };
  return (["receive", "transmit"] as const).map((direction) =>
    series("system.network.io", "By", () => counts[direction][link]!, {
      "network.interface.name": name,
      "network.io.direction": direction,
    })
  );
}

function errors(of: Quantities, link: number, name: string): Series {
  return series("system.network.errors", "{error}", () => of.errors[link]!, {
    "network.interface.name": name,
    "network.io.direction": "receive",
  });
}

function disk(of: Quantities, device: string): Series[] {
  const attributes = { "system.device": device, "disk.io.direction": "write" };
  return [
    series("system.disk.io", "By", () => of.written, attributes),
    series("system.disk.operation_time", "s", () => two(of.operation_time), attributes),
  ];
}

function operations(of: Quantities, device: string): Series {
  return series("system.disk.operations", "{operation}", () => of.operations, {
    "system.device": device,
    "disk.io.direction": "write",
  });
}

function uptime(of: Quantities): Series {
  return series("system.uptime", "s", () => two(of.uptime));
}

function filesystem(of: Quantities, mountpoint: string): Series {
  return series("system.filesystem.utilization", "1", () => four(of.filesystem), {
    "system.filesystem.mountpoint": mountpoint,
    "system.filesystem.state": "used",
  });
}

/** A physical server: two links, and a disk of its own, whose errors are counted. */
export function serverRounds(of: Quantities, links: readonly [string, string]): Rounds {
  const broken = series("hw.errors", "{error}", () => of.disk_errors, {
    "hw.id": "sda",
    "hw.type": "physical_disk",
  });
  return roundsOf(
    load(of),
    network(of, 0, links[0]),
    [...disk(of, "sda"), operations(of, "sda"), broken],
    load(of),
    network(of, 1, links[1]),
    [filesystem(of, "/"), errors(of, 0, links[0]), uptime(of)],
  );
}

/** A virtual machine. */
export function guestRounds(of: Quantities, link: string): Rounds {
  return roundsOf(
    load(of),
    network(of, 0, link),
    load(of),
    disk(of, "vda"),
    load(of),
    [filesystem(of, "/"), uptime(of)],
  );
}

/** A container, which has no disk of its own. */
export function containerRounds(of: Quantities): Rounds {
  return roundsOf(load(of), network(of, 0, "eth0"), load(of), network(of, 0, "eth0"), load(of), [
    uptime(of),
  ]);
}

/** A switch, router, firewall or load balancer. */
export function gearRounds(of: Quantities, links: readonly [string, string]): Rounds {
  const open = series("system.network.connection.count", "{connection}", () => of.connections, {
    "network.transport": "tcp",
    "network.connection.state": "established",
  });
  return roundsOf(
    load(of),
    network(of, 0, links[0]),
    network(of, 1, links[1]),
    load(of),
    [errors(of, 0, links[0]), errors(of, 1, links[1])],
    [open, uptime(of)],
  );
}

/** A storage system. */
export function storageRounds(of: Quantities, links: readonly [string, string]): Rounds {
  return roundsOf(
    load(of),
    [...disk(of, "array0"), operations(of, "array0")],
    [filesystem(of, "/export"), uptime(of)],
    network(of, 0, links[0]),
    disk(of, "array0"),
    network(of, 1, links[1]),
  );
}

/** A sensor, camera or meter. */
export function deviceRounds(of: Quantities): Rounds {
  const temperature = series("hw.temperature", "Cel", () => two(of.temperature), {
    "hw.id": "board",
  });
  return roundsOf(load(of), [temperature], network(of, 0, "eth0"), [temperature], load(of), [
    uptime(of),
  ]);
}
