/** A log in which every text that may be anything is code in some language, or longer than any line. */
import type { Said } from "../replay/history.ts";
import { archived } from "./logs.ts";

/** What a text sets where it is taken for code. */
export const CANARY = "pwned";

/** Texts that are code in HTML, SVG, Markdown, LaTeX, SQL or for plotly.js, turn the writing around, or never end. */
export const TEXTS = [
  `<script>window.${CANARY}=1</script>`,
  `</script></style></title></textarea></svg><script>window.${CANARY}=2</script>`,
  `<img src=x onerror=window.${CANARY}=3>`,
  `"><svg onload=window.${CANARY}=4><animate onbegin=window.${CANARY}=5 attributeName=x dur=1s>`,
  `' autofocus onfocus='window.${CANARY}=6' x='`,
  `<iframe srcdoc="&lt;script&gt;parent.${CANARY}=7&lt;/script&gt;">`,
  `[x](javascript:window.${CANARY}=8) <a href="javascript:window.${CANARY}=9">x</a>`,
  "![x](https://example.org/x.png) <https://example.org> https://example.org",
  `$\\href{javascript:window.${CANARY}=10}{x}$ $$\\htmlData{x=y}{z}$$`,
  "a | b\n\n# heading\n\n```\n</details> `` ~~~ -->",
  `'; DROP TABLE events; -- \${process.exit(1)} %{x} {{y}} {%z%}`,
  "\u202etxt.exe\u2066 \u200b\u0000\u001b[31m \u2028é 😀",
  `<b>${"W".repeat(1_000)}</b>`,
] as const;

/** Half hours that are measured: so many that enough is known of what is usual, and of what can be forecast. */
const STEPS = 260;
const STEP_MS = 1_800_000;
const END = Date.parse("2026-11-01T00:00:00Z");
/** As long as a host name may be, and a text that is no name. */
const LONG_NAME = ["web", "x".repeat(63), "y".repeat(63), "z".repeat(63)].join(".");
/** The host that falls out of its ways. */
export const ODD = "odd-one-out";
const LONG_TEXT = `<img src=x onerror=window.${CANARY}=11>${"long ".repeat(2_000)}`;

/** Writes an archive of such a log: five machines that are measured for days, judged, labelled, changed and joined. */
export function hostileArchive(folder: string): Promise<string> {
  let next = 0;
  const text = () => TEXTS[next++ % TEXTS.length]!;
  const hosts = [LONG_NAME, "filling", ODD, "cache", "lamp"];
  const said: Said[] = hosts.flatMap((hostname, at): Said[] => [
    ["RegisterCompute", {
      hostname,
      resource_type: at === 4 ? "iot_device" : at === 3 ? "container" : "virtual_machine",
      manufacturer: text(),
      model: text(),
      architecture: text(),
      cpu_model: text(),
      cpu_cores: 2,
      memory_bytes: 8e9,
      operating_system: { name: text(), version: text(), kernel: text() },
      owner: text(),
      tags: Object.fromEntries(TEXTS.map((key) => [key, text()])),
      location: { site: text(), rack: TEXTS[at % 2]!, position: at + 1 },
      evidence: { machine_id: `m${at}` },
      interfaces: [{ name: TEXTS[at]!, kind: "ethernet", addresses: [`10.0.0.${at + 7}/24`] }],
      routes: [{ destination: "0.0.0.0/0", gateway: "10.0.0.1", interface: TEXTS[at]! }],
    }],
    ...TEXTS.flatMap((name): Said[] => [
      ["ConfigureSoftware", {
        compute: hostname,
        name: name.trim(),
        kind: "process",
        listening: [{ transport: "tcp", address: "0.0.0.0", port: 80 }],
        configuration: { [name]: LONG_TEXT },
      }],
      ["ConfigureSoftware", {
        compute: hostname,
        name: name.trim(),
        kind: "package",
        version: text(),
      }],
    ]),
  ]);
  const joined = hosts.slice(1).map((from, at): Said => ["EstablishConnection", {
    kind: "flow",
    from: { compute: from, interface: TEXTS[at + 1]! },
    to: { address: "10.0.0.7", port: 5432 },
    transport: "tcp",
    process: text(),
  }]);
  const judged = TEXTS.map((name, at): Said => ["SetPolicy", {
    name: name.trim(),
    description: LONG_TEXT,
    severity: at % 2 === 0 ? "critical" : "warning",
    selector: "true",
    rule: `size(resource.interfaces) > ${at % 2}`,
    for: "1s",
  }]);
  const concepts = TEXTS.slice(0, 4).map((name, at): Said => ["DefineConcept", {
    space: "performance",
    name,
    prototypes: [{ "performance.cpu": 0.2 * at + 0.1 }],
  }]);
  const labels = hosts.map((compute, at): Said => ["LabelResource", {
    compute,
    space: "performance",
    concept: TEXTS[at % 4]!,
    note: LONG_TEXT,
  }]);
  const measured = Array.from(
    { length: STEPS },
    (_, step) => hosts.map((compute, at) => measurements(compute, step, at)),
  ).flat();
  const changed: Said[] = [
    ["ConfigureSoftware", { compute: "filling", name: TEXTS[0], kind: "package", version: "2" }],
    ["ChangeComputeStatus", { compute: "filling", status: "maintenance", reason: LONG_TEXT }],
    ["DecommissionCompute", { compute: "lamp", reason: text() }],
  ];
  const networks: Said[] = [
    ["DefineNetwork", { name: TEXTS[2], cidr: "10.0.0.0/24", gateway: "10.0.0.1" }],
  ];
  return archived(
    folder,
    ...networks,
    ...said,
    ...joined,
    ...judged,
    ...concepts,
    ...labels,
    ...measured,
    ...changed,
  );
}

/** What is measured of a machine: it is busy by day; the disk of one fills, and one falls out of its ways. */
function measurements(compute: string, step: number, at: number): Said {
  const strange = at === 2 && step > STEPS - 12 ? 0.4 : 0;
  const cpu = 0.3 + 0.2 * Math.sin(step * Math.PI / 24) + 0.01 * ((step * 7 + at) % 5) + strange;
  const disk = at === 1 ? 0.2 + 0.003 * step : 0.4;
  return ["RecordMeasurements", {
    compute,
    observed_at: new Date(END - (STEPS - step) * STEP_MS).toISOString(),
    window_seconds: 60,
    points: [
      {
        name: "system.cpu.utilization",
        unit: "1",
        attributes: { "cpu.mode": "idle" },
        value: 1 - cpu,
      },
      {
        name: "system.memory.utilization",
        unit: "1",
        attributes: { "system.memory.state": "used" },
        value: 0.5 + cpu / 10,
      },
      {
        name: "system.filesystem.utilization",
        unit: "1",
        attributes: {
          "system.filesystem.mountpoint": TEXTS[at]!,
          "system.filesystem.state": "used",
        },
        value: disk,
      },
      { name: "x.hostile", unit: "1", attributes: { [TEXTS[at]!]: TEXTS[at + 5]! }, value: cpu },
    ],
  }];
}
