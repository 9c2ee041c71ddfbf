/** A fleet that is discovered for the first time: what benchmarks write. */
import type { Command } from "../../src/domain/command.ts";
import type { MessageFactory } from "../../src/domain/message.ts";

/** A fleet's first discovery, host by host: what it is, its network, its packages, a program, its measurements. */
export function fleet(messages: MessageFactory, commands: number, prefix: string): Command[] {
  const all: Command[] = [];
  for (let host = 0; all.length < commands; host++) {
    const hostname = `${prefix}-${host}`;
    const observed = { actor: `discover@${hostname}`, source: "observed" } as const;
    all.push(messages.command("RegisterCompute", {
      hostname,
      resource_type: "virtual_machine",
      evidence: { machine_id: `${prefix}-${host}`.padStart(32, "0") },
      cpu_cores: 8,
      memory_bytes: 34_359_738_368,
      operating_system: { name: "Debian GNU/Linux", version: "12", kernel: "6.1.0-28-amd64" },
      interfaces: [{
        name: "eth0",
        kind: "ethernet",
        mtu: 1500,
        addresses: [`10.${host >> 8 & 255}.${host & 255}.7/24`],
      }],
    }, observed));
    const cidr = `10.${host >> 8 & 255}.${host & 255}.0/24`;
    all.push(messages.command("DefineNetwork", { name: cidr, cidr, vrf: prefix }, observed));
    for (let one = 0; one < 36; one++) {
      all.push(messages.command("ConfigureSoftware", {
        compute: hostname,
        name: `package-${one}`,
        version: `1.${one}.4-2+deb12u1`,
        kind: "package",
        source: "dpkg",
      }, observed));
    }
    all.push(messages.command("ConfigureSoftware", {
      compute: hostname,
      name: "nginx",
      kind: "process",
      listening: [{ transport: "tcp", address: "0.0.0.0", port: 443 }],
    }, observed));
    all.push(messages.command("RecordMeasurements", {
      compute: hostname,
      observed_at: new Date().toISOString(),
      points: [{ name: "system.cpu.utilization", unit: "1", value: 0.25 }],
    }, observed));
  }
  return all.slice(0, commands);
}
