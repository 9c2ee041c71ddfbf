/** What kind of resource a node is, where its file says so. */
import type { RegisterCompute } from "../domain/compute_schema.ts";
import { valueOf } from "./topology_file.ts";

type ResourceType = RegisterCompute["resource_type"];

/** Words for what we have a word of our own for. */
const WORDS: Record<string, ResourceType> = {
  physical_server: "physical_server",
  server: "physical_server",
  virtual_machine: "virtual_machine",
  vm: "virtual_machine",
  container: "container",
  switch: "switch",
  router: "router",
  firewall: "firewall",
  load_balancer: "load_balancer",
  loadbalancer: "load_balancer",
  storage: "storage",
  iot_device: "iot_device",
};

/**
 * The kinds of containerlab by what they do, old names too (https://containerlab.dev/manual/kinds/): the first that fits
 * counts. What is started as a router or switch is one, though it is a container.
 */
const KINDS: readonly [ResourceType, RegExp][] = [
  ["container", /^(?:linux|ext-container|k8s-kind|ixia-c-one|keysight_.*|spirent_.*)$/],
  ["virtual_machine", /^(?:generic_vm|(?:vr-)?(?:free|open)bsd|vr-linux)$/],
  ["firewall", /vsrx|csrx|panos|vr-pan|asav|ftdv|fortigate|checkpoint/],
  ["load_balancer", /bigip/],
  [
    "switch",
    /bridge$|[cv]eos|cumulus|^cvx$|sonic|ftosv|n9kv|nxos|cat9kv|aoscx|vjunosswitch|vqfx/,
  ],
  [
    "router",
    /^vr-|srl|sros|srsim|crpd|vmx|junos|xrd|xrv|csr1000v|_iol$|^iol$|c8000|_ros$|vrp|ocnos|saos|6wind|arcos|vpp|rare|vyos|openwrt|osvbng|frr/,
  ],
];

/**
 * What a node is. The attributes `resource_type`, `device_type`, `role`, `type` and `kind` say it by a word of ours, and
 * `kind` by one of containerlab's.
 *
 * @returns undefined where nothing does: most drawings of networks show places, and not what stands there
 */
export function resourceTypeOf(attributes: ReadonlyMap<string, string>): ResourceType | undefined {
  for (const name of ["resource_type", "device_type", "role", "type", "kind"]) {
    const word = valueOf(attributes, name)?.toLowerCase().replaceAll(/[\s-]+/g, "_");
    if (word !== undefined && Object.hasOwn(WORDS, word)) return WORDS[word];
  }
  const kind = valueOf(attributes, "kind")?.toLowerCase();
  return kind === undefined ? undefined : KINDS.find(([, kinds]) => kinds.test(kind))?.[0];
}
