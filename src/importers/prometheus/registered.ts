/** A machine, and its containers, as the data of RegisterCompute. */
import type { RegisterCompute } from "../../domain/compute_schema.ts";
import { interfaceAddress, macAddress } from "../../domain/values.ts";
import { accepted } from "../../introspection/accepted.ts";
import { containersOf } from "../../introspection/control_groups.ts";
import { unlessPlaceholder } from "../../introspection/evidence.ts";
import { validHostname } from "../../introspection/host_names.ts";
import { known } from "../../introspection/known.ts";
import { machineOfDmi } from "../../introspection/machine_layer.ts";
import { asName } from "../../introspection/names.ts";
import { evidenceOf, type Machine } from "./machines.ts";
import type { Facts, Target } from "./targets.ts";

/** The tag of what was registered from a Prometheus, by which it is known again. */
export const INSTANCE_TAG = "prometheus.instance";

type Interface = RegisterCompute["interfaces"][number];

/** What interfaces are called by Linux, systemd and container engines. */
const KINDS: readonly [RegExp, Interface["kind"]][] = [
  [/^lo\d*$/, "loopback"],
  [/^veth/, "veth"],
  [/^(docker|br-|br\d|virbr|cni|vmbr)/, "bridge"],
  [/^(bond|team)/, "bond"],
  [/\.\d+$|^vlan/, "vlan"],
  [/^(wg|tun|vxlan|geneve|gre|sit|ip6tnl|flannel|tailscale)/, "tunnel"],
  [/^(tap|vnet|dummy|macvlan|ifb|cali)/, "virtual"],
  [/^wl/, "wireless"],
  [/^e(th|n)/, "ethernet"],
];

/** A machine as its targets tell of it; of what several tell, the first counts. */
export function registeredMachine({ hostname, targets }: Machine): RegisterCompute {
  const facts: Facts = Object.assign({}, ...targets.map((one) => one.facts).reverse());
  const evidence = Object.assign({}, ...targets.map(evidenceOf).reverse());
  const dmi = [facts.manufacturer, facts.model, facts.board, facts.firmware].join("\n");
  const machine = machineOfDmi(dmi);
  const isVirtual = machine !== undefined && machine !== "physical";
  const seen = facts.manufacturer !== undefined;
  const os = asName(facts.os_name);
  return {
    hostname,
    resource_type: isVirtual ? "virtual_machine" : seen ? "physical_server" : "unknown",
    ...known({
      evidence: Object.keys(evidence).length > 0 ? evidence : undefined,
      manufacturer: unlessPlaceholder(facts.manufacturer),
      model: unlessPlaceholder(facts.model),
      architecture: asName(facts.architecture),
      cpu_model: asName(facts.cpu_model),
      cpu_cores: amount(facts.cpu_cores, 1),
      memory_bytes: amount(facts.memory_bytes, 1),
      operating_system: os === undefined ? undefined : {
        name: os,
        ...known({ version: asName(facts.os_version), kernel: asName(facts.kernel) }),
      },
      virtualization: isVirtual ? { machine } : undefined,
    }),
    interfaces: interfacesOf(targets),
    tags: { [INSTANCE_TAG]: instances(targets) },
  };
}

/** The container that a label `id` of cAdvisor is about; undefined for what is none. */
export function registeredContainer(
  id: string,
  facts: Facts,
  { host, targets }: { host: string; targets: readonly Target[] },
): RegisterCompute | undefined {
  const reference = containersOf(`0::${id}`).at(-1);
  const number = reference?.id ?? /([0-9a-f]{64})(?:\.scope)?$/.exec(id)?.[1];
  if (number === undefined) return undefined;
  const { name, image, pod, namespace } = facts;
  const tags = known({
    "container.name": asName(name),
    "container.image.name": asName(image),
    "k8s.pod.name": asName(pod),
    "k8s.namespace.name": asName(namespace),
  });
  const called = pod !== undefined && name !== undefined ? `${pod}-${name}` : name ?? "";
  return {
    hostname: validHostname(called) ?? number.slice(0, 12),
    resource_type: "container",
    evidence: { container_id: number },
    ...reference ? { virtualization: { container: reference.manager } } : {},
    interfaces: [],
    host,
    tags: { ...tags, [INSTANCE_TAG]: instances(targets) },
  };
}

function interfacesOf(targets: readonly Target[]): Interface[] {
  const found = new Map<string, Interface>();
  for (const [device, facts] of targets.flatMap(({ interfaces }) => [...interfaces])) {
    const name = asName(device);
    if (name === undefined || found.has(name)) continue;
    const kind = KINDS.find(([pattern]) => pattern.test(name))?.[1];
    const mac = facts.mac_address;
    const bytes = amount(facts.speed_bytes, 1);
    const mtu = amount(facts.mtu, 68);
    found.set(name, {
      name,
      ...known({
        kind,
        mac_address: mac === undefined || /^[0:]*$/.test(mac)
          ? undefined
          : accepted(() => macAddress(mac, "mac_address")),
        mtu: mtu !== undefined && mtu <= 65_536 ? mtu : undefined,
        speed_bps: bytes === undefined ? undefined : bytes * 8,
      }),
      addresses: facts.addresses.flatMap(([address, netmask]) =>
        accepted(() => interfaceAddress(`${address}/${netmask}`, "address")) ?? []
      ),
    });
  }
  return [...found.values()];
}

function instances(targets: readonly Target[]): string {
  const all = targets.map(({ labels }) => labels.instance ?? labels.host_name ?? "");
  return [...new Set(all)].filter((one) => one !== "").sort().join(" ").slice(0, 1024) || "pushed";
}

function amount(text: string | undefined, least: number): number | undefined {
  const value = Math.round(Number(text ?? NaN));
  return Number.isSafeInteger(value) && value >= least ? value : undefined;
}
