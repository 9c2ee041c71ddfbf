/** Which targets are on which machine. */
import { describe, expect, test } from "vitest";
import { machinesOf } from "../../../src/importers/prometheus/machines.ts";
import { type Facts, type Target, targetKey } from "../../../src/importers/prometheus/targets.ts";

function target(labels: Target["labels"], facts: Facts = {}, mac?: string): Target {
  const interfaces: Target["interfaces"] = new Map(
    mac === undefined ? [] : [["eth0", { mac_address: mac, addresses: [] }]],
  );
  return { key: targetKey(labels), labels, facts, interfaces, containers: new Map() };
}

const found = (...targets: Target[]) => {
  const { machines, leftOut, odd } = machinesOf(targets);
  return {
    machines: machines.map(({ hostname, targets }) => [
      hostname,
      ...targets.map(({ labels }) => labels.instance ?? ""),
    ]),
    leftOut: leftOut.map(({ why }) => why),
    odd,
  };
};
const UUID = "4c4c4544-0031-3010-8054-b9c04f4d3132";
const ID = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

describe("Targets are of one machine", () => {
  test("where they say the same name", () => {
    const one = target({ job: "node", instance: "10.0.0.1:9100" }, { name: "Web-1" });
    const other = target({ job: "otel", instance: "x" }, { name: "web-1" });
    expect(found(one, other).machines).toEqual([["web-1", "10.0.0.1:9100", "x"]]);
  });

  test("where one says none, but has the machine id of another, or its address", () => {
    const node = target({ instance: "web-1:9100" }, { name: "web-1" });
    const cadvisor = target({ instance: "WEB-1:8080" }, { machine_id: ID });
    const app = target({ instance: "10.9.9.9:80" }, { machine_id: ID });
    expect(found(node, cadvisor, app).machines).toEqual([
      ["web-1", "web-1:9100", "WEB-1:8080", "10.9.9.9:80"],
    ]);
  });

  test("where node_exporter is scraped twice, which is told", () => {
    const boot = { name: "web-1", boot_seconds: "1000" };
    const one = target({ job: "a", instance: "web-1:9100" }, { ...boot, kernel: "6.1" });
    const other = target({ job: "b", instance: "10.0.0.1:9100" }, {
      ...boot,
      boot_seconds: "1001",
    });
    const { machines, odd } = found(one, other);
    expect(machines).toEqual([["web-1", "web-1:9100", "10.0.0.1:9100"]]);
    expect(odd).toEqual([
      "web-1 is scraped 2 times: web-1:9100 (a) counts, and 10.0.0.1:9100 (b) where that is silent",
    ]);
  });

  test("where none says a name: it is called as it is reached", () => {
    const one = target({ instance: "https://db.example.org:9100/metrics" });
    const other = target({ instance: "db.example.org:8080" });
    const six = target({ instance: "[2001:db8::1]:9100" });
    expect(found(one, other, six).machines).toEqual([
      ["db.example.org", "https://db.example.org:9100/metrics", "db.example.org:8080"],
      ["2001-db8--1", "[2001:db8::1]:9100"],
    ]);
  });
});

describe("Targets are of two machines", () => {
  test.each([
    ["DMI UUID", [{ dmi_uuid: UUID }, { dmi_uuid: UUID.replace("4", "5") }], []],
    ["machine id", [{ machine_id: ID }, { machine_id: ID.replace("0", "1") }], []],
    ["start", [{ boot_seconds: "1000" }, { boot_seconds: "9000" }], []],
    ["MAC address", [{}, {}], ["00:1b:21:00:00:01", "00:1b:21:00:00:02"]],
  ])("that have one name, but not one %s", (_, facts, macs) => {
    const [one, other] = [0, 1].map((at) =>
      target({ instance: `10.0.0.${at}:9100` }, { name: "debian", ...facts[at] }, macs[at])
    );
    const { machines, odd } = found(one!, other!);
    expect(machines).toEqual([["debian", "10.0.0.0:9100"], ["10.0.0.1", "10.0.0.1:9100"]]);
    expect(odd).toEqual([
      "there is more than one debian: that of 10.0.0.1:9100 is called 10.0.0.1",
    ]);
  });

  test("where the weaker evidence differs, and the stronger is one", () => {
    const facts = { name: "web-1", dmi_uuid: UUID };
    const one = target({ instance: "a:9100" }, { ...facts, boot_seconds: "1000" });
    const other = target({ instance: "b:9100" }, { ...facts, boot_seconds: "9000" });
    expect(found(one, other).machines).toHaveLength(1);
  });

  test("in two clusters", () => {
    const names = ["eu", "us"].map((cluster) =>
      target({ cluster, instance: "127.0.0.1:9100" }, { name: "node-1" })
    );
    expect(found(...names).machines).toEqual([
      ["node-1", "127.0.0.1:9100"],
      ["node-1-2", "127.0.0.1:9100"],
    ]);
  });
});

test("Nothing is guessed of localhost: with two machines there, a third target is left out", () => {
  const names = ["a", "b"].map((name) =>
    target({ job: name, instance: "localhost:9100" }, { name })
  );
  const nameless = target({ job: "cadvisor", instance: "localhost:8080" });
  expect(found(...names, nameless).leftOut).toEqual(["it could be on a or b"]);
  expect(found(nameless).leftOut).toEqual(["nothing says on which machine it is"]);
  expect(found(names[0]!, nameless).machines).toEqual([["a", "localhost:9100", "localhost:8080"]]);
});

test("What makers left as it came is no evidence", () => {
  const [one, other] = ["a", "b"].map((name) =>
    target({ instance: `${name}:9100` }, { name, dmi_uuid: "03000200-0400-0500-0006-000700080009" })
  );
  expect(found(one!, other!).machines).toHaveLength(2);
});
