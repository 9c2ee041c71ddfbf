/** A container as data of RegisterCompute. */
import { byCodeUnit, interfaceAddress, macAddress } from "../domain/values.ts";
import { accepted } from "./accepted.ts";
import { type Guest, GUEST_STATE } from "./guest.ts";
import { countOfList } from "./hardware.ts";
import { validHostname } from "./host_names.ts";
import { amountAt, at, textAt } from "./json.ts";
import { known } from "./known.ts";
import { asName } from "./names.ts";

type Interface = Guest["interfaces"][number];

/** How engines number containers. */
export function isContainerId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** A container of which only the number is known. Its name is the host name that engines give by default. */
export function numberedContainer(manager: string, id: string): Guest {
  return {
    hostname: id.slice(0, 12),
    resource_type: "container",
    evidence: { container_id: id },
    virtualization: { container: manager },
    interfaces: [],
  };
}

/**
 * A container from what its engine answers to `GET /containers/{id}/json`. It is called what people call it, for the
 * host name it has inside is mostly its number. Its command, arguments, environment and labels are left where they are:
 * secrets are there.
 */
export function containerGuest(manager: string, id: string, answer: unknown): Guest {
  const numbered = numberedContainer(manager, id);
  const name = textAt(answer, "Name")?.replace(/^\//, "");
  const tags = known({
    "container.name": asName(name),
    "container.image.name": asName(textAt(answer, "Config", "Image")),
    [GUEST_STATE]: asName(textAt(answer, "State", "Status")),
  });
  return {
    ...numbered,
    hostname: validHostname(name ?? "") ?? numbered.hostname,
    ...known({
      cpu_cores: cpuLimit(at(answer, "HostConfig")),
      memory_bytes: amountAt(answer, "HostConfig", "Memory"),
    }),
    interfaces: interfaces(at(answer, "NetworkSettings", "Networks")),
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
  };
}

/** How many processors it may use, a part of one counted whole. */
function cpuLimit(limits: unknown): number | undefined {
  const quota = amountAt(limits, "CpuQuota");
  const share = quota === undefined ? NaN : quota / (amountAt(limits, "CpuPeriod") ?? 100_000);
  const pinned = countOfList(textAt(limits, "CpusetCpus") ?? "x");
  const least = Math.min(
    ...[(amountAt(limits, "NanoCpus") ?? NaN) / 1e9, share, pinned].filter((each) => each > 0),
  );
  return least <= 1_000_000 ? Math.ceil(least) : undefined;
}

/**
 * One for each network that it has an address in. The engine does not say what they are called inside: the only one is
 * `eth0`, of several each has its network's name.
 */
function interfaces(networks: unknown): Interface[] {
  if (typeof networks !== "object" || networks === null) return [];
  const found = new Map(
    Object.entries(networks).flatMap(([network, end]): [string, Interface][] => {
      const name = asName(network);
      const addresses = [["IPAddress", "IPPrefixLen"], ["GlobalIPv6Address", "GlobalIPv6PrefixLen"]]
        .flatMap(([address = "", prefix = ""]) =>
          accepted(() =>
            interfaceAddress(`${textAt(end, address)}/${amountAt(end, prefix)}`, "addresses")
          ) ?? []
        );
      const mac_address = accepted(() =>
        macAddress(textAt(end, "MacAddress") ?? "", "mac_address")
      );
      // A container that uses its host's network has none of its own.
      return name === undefined || (mac_address === undefined && addresses.length === 0)
        ? []
        : [[name, { name, ...known({ mac_address }), addresses: addresses.sort(byCodeUnit) }]];
    }),
  );
  const [first, ...others] = [...found.values()].sort((a, b) => byCodeUnit(a.name, b.name));
  return others.length > 0 ? [first!, ...others] : first ? [{ ...first, name: "eth0" }] : [];
}
