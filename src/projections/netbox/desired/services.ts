/** Services: what listens on a resource, where others can reach it. */
import { type SoftwareState, UNKNOWN_PROGRAM } from "../../../domain/software.ts";
import { byCodeUnit } from "../../../domain/values.ts";
import { addressKey } from "./addresses.ts";
import { type Estate, isVirtual } from "./estate.ts";
import { isLocal } from "./networks.ts";
import type { DesiredObjects } from "./objects.ts";
import { cut, line, MOST } from "./text.ts";

interface Service {
  compute: string;
  name: string;
  transport: "tcp" | "udp";
  changed: number;
  ports: Set<number>;
  /** Undefined stands for all of them. */
  addresses: Set<string | undefined>;
}

/**
 * Adds the services: one for each name and transport of a resource, with all of its ports. What listens on loopback only is
 * none. One that is bound to addresses has these, if NetBox has all of them. What listens and was not seen is named by its port.
 */
export function addServices(estate: Estate, objects: DesiredObjects): void {
  const services = new Map<string, Service>();
  for (const { changed, state } of estate.software) {
    for (const at of state.listening ?? []) {
      if (at.port === 0 || (isLocal(at.address) && !isAny(at.address))) continue;
      take(services, state, at, changed);
    }
  }
  for (const [key, { compute, name, transport, changed, ports, addresses }] of services) {
    const of = estate.compute(compute);
    if (!of || !objects.has(compute)) continue;
    const bound = [...addresses].map((address) => address && addressKey(compute, address))
      .filter((ref) => ref !== undefined && objects.has(ref)) as string[];
    objects.addNamed(
      {
        kind: "service",
        key,
        sequence: changed,
        title: cut(`${of.state.hostname} ${name} (${transport})`, MOST.description),
        fields: {
          protocol: transport,
          ports: [...ports].sort((a, b) => a - b),
          parent_object_type: isVirtual(of.state) ? "virtualization.virtualmachine" : "dcim.device",
          parent_object_id: { ref: compute },
          ...(bound.length === addresses.size
            ? { ipaddresses: bound.sort(byCodeUnit).map((ref) => ({ ref })) }
            : {}),
        },
      },
      name,
      MOST.other,
    );
  }
}

function take(
  services: Map<string, Service>,
  { compute, name: given }: SoftwareState,
  { transport, address, port }: NonNullable<SoftwareState["listening"]>[number],
  changed: number,
): void {
  const name = given === UNKNOWN_PROGRAM ? `${transport}/${port}` : line(given);
  const key = `${compute}/service/${transport}/${name}`;
  const known = services.get(key) ??
    { compute, name, transport, changed, ports: new Set(), addresses: new Set() };
  services.set(key, known);
  known.changed = Math.max(known.changed, changed);
  known.ports.add(port);
  known.addresses.add(isAny(address) ? undefined : address);
}

function isAny(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}
