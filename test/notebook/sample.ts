/** An executed notebook with everything that a report can show, and with strings that want to be more than text. */
import { crc32, deflateSync } from "node:zlib";
import type { Cell, Notebook, Output, ReportProvenance } from "../../src/notebook/export/mod.ts";

/** Strings that come as a host's name, a path or a measurement, and must stay that. */
export const HOSTILE = [
  `<img src=x onerror=alert(1)>`,
  `</script><script>alert(1)</script>`,
  `<a href="javascript:alert(1)">here</a>`,
  `$(reboot)`,
  `a\u2028b\u2029c`,
  `\u202egnp.exe`,
  `"onmouseover="alert(1)`,
  `-->`,
];

/** A Markdown cell. */
export const markdown = (source: string): Cell => ({ cell_type: "markdown", source });

/** A code cell. */
export const code = (source: string, ...outputs: Output[]): Cell => {
  return { cell_type: "code", source, outputs };
};

/** An output of these forms. */
export const display = (data: Record<string, unknown>): Output => {
  return { output_type: "display_data", data };
};

/** The output of a Plotly figure. */
export const figure = (data: unknown, layout: unknown, others: Record<string, unknown> = {}) => {
  return display({ "application/vnd.plotly.v1+json": { data, layout }, ...others });
};

/** A notebook of these cells. */
export const notebook = (...cells: Cell[]): Notebook => {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { language_info: { name: "typescript" } },
    cells,
  };
};

/** A PNG of a smooth grey ramp. */
export function ramp(width: number, height: number): string {
  const chunk = (name: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const row = [0, ...Array.from({ length: width }, (_, x) => Math.round(255 * x / width))];
  const pixels = deflateSync(Uint8Array.from(Array.from({ length: height }, () => row).flat()));
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk("IHDR", head),
    chunk("IDAT", pixels),
    chunk("IEND", new Uint8Array()),
  ]).toString("base64");
}

/** The foot of the sample. */
export const PROVENANCE: ReportProvenance = {
  notebook: "02-load",
  sha256: "5c1f6f0b2f7e6a3a9d0c4c8a7f1e2d3b4c5d6e7f8091a2b3c4d5e6f708192a3b",
  parameters: { archive: "", as_of: "2026-11-01T00:00:00Z" },
  logs_read: [{
    stream: "INFRASTRUCTURE_EVENTS",
    incarnation: "1",
    first_sequence: 1,
    last_sequence: 42_000,
    events: 42_000,
    log_hash: "113588950494d7ea2d2ba4958de5f431",
    as_of: "2026-11-01T00:00:00Z",
  }],
  seconds: 2.5,
  command: "deno task cim notebook run 02-load --as-of 2026-11-01T00:00:00Z",
  made_at: "2026-11-23T18:17:39Z",
  versions: { cim: "0.1.0", deno: "2.9.6", "plotly.js": "4.1.1" },
};

const hours = Array.from({ length: 48 }, (_, at) => {
  return new Date(Date.UTC(2026, 10, 1, at)).toISOString();
});
const load = (phase: number, mean: number) => {
  return hours.map((_, at) =>
    +(mean + 22 * Math.sin(at / 4 + phase) + 3 * Math.sin(at * 2.3)).toFixed(2)
  );
};

const BARS = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 90" role="img" width="400">
<defs><linearGradient id="fade"><stop offset="0" stop-color="#0072b2"/><stop offset="1" stop-color="#56b4e9"/></linearGradient></defs>
<rect x="90" y="8" width="290" height="20" fill="url(#fade)"/><text x="0" y="23" fill="currentColor" font-size="14">disk</text>
<rect x="90" y="38" width="150" height="20" fill="url(#fade)"/><text x="0" y="53" fill="currentColor" font-size="14">memory</text></svg>`;

const row = (name: string, kind: string, memory: string) => {
  return `<tr><td>${name}</td><td>${kind}</td><td style="text-align:right">${memory}</td></tr>`;
};

/** The sample. */
export const SAMPLE: Notebook = notebook(
  markdown(`# Which machines are overloaded?

Two of the fleet's machines spend more than a third of their time above 80 % of their CPUs, and both are
*virtual machines* on the same hypervisor. See [the load](#Load-of-the-last-two-days) and [plotly.js](https://plotly.com/javascript/).`),
  code(
    `import { openWorkspace } from "@cim/infrastructure";\n\n// as of a moment: the same answer each time\nconst workspace = await openWorkspace();\nconst model = await workspace.replay({ asOf: "2026-11-01T00:00:00Z" });`,
    {
      output_type: "stream",
      name: "stdout",
      text: "replayed \u001b[32m42000\u001b[0m events in 0.8 s\n",
    },
    { output_type: "stream", name: "stdout", text: ["one line more ", HOSTILE[0]! + "\n"] },
    { output_type: "stream", name: "stderr", text: "2 events were parked\n" },
  ),
  markdown(`## What is there

| resource | count | share of memory |
| :-- | --: | --: |
| compute | 12 | 100 % |
| software | 8 440 | – |

- virtual machines and containers, **not** bare metal
- each measured every minute

### As a table ${HOSTILE[0]}

`),
  code(
    "await model.sql`SELECT name, kind, memory FROM compute ORDER BY memory DESC`",
    display({
      "text/html": `<table><thead><tr>${
        [
          "name",
          "kind",
          "memory",
          "operating system",
          "first seen",
          "last seen",
          "network",
          "identity",
        ]
          .map((one) => `<th>${one}</th>`).join("")
      }</tr></thead><tbody>${row("web-01", "virtual machine", "25.3 GB")}${
        row("&lt;img src=x onerror=alert(1)&gt;", "container", "2.0 GB")
      }<tr><td>db-01</td><td>physical</td><td>512.0 GB</td><td>Debian GNU/Linux 12 (bookworm)</td><td>2026-10-01 08:00</td><td>2026-10-31 23:59</td><td>192.0.2.0/24</td><td>b5f472c9-e827-5f73-a1f6-6b7bc31aee7c</td></tr></tbody></table><script>alert(1)</script>`,
      "text/plain": "3 rows",
    }),
  ),
  markdown(
    "## Load of the last two days\n\nThe load is smoothed, with $\\alpha = 0.2$:\n\n$$\ns_t = \\alpha\\,x_t + (1 - \\alpha)\\,s_{t-1}, \\qquad \\hat\\sigma^2 = \\frac{1}{n-1}\\sum_{i=1}^{n}(x_i - \\bar x)^2\n$$\n",
  ),
  code(
    "plot(load)",
    figure(
      [
        { type: "scatter", mode: "lines", name: "web-01", x: hours, y: load(0, 62) },
        { type: "scatter", mode: "lines", name: HOSTILE[0], x: hours, y: load(1.4, 48) },
        { type: "scatter", mode: "lines", name: HOSTILE[2], x: hours, y: load(2.9, 30) },
      ],
      {
        title: { text: `CPU of three machines ${HOSTILE[1]}` },
        xaxis: { title: { text: `time ${HOSTILE[2]}` } },
        yaxis: { title: { text: "CPU, %" }, rangemode: "tozero" },
      },
    ),
  ),
  markdown("### By kind"),
  code(
    "plot(kinds)",
    figure(
      [{
        type: "heatmap",
        z: [[1, 20, 30], [20, 1, 60], [30, 60, 1]],
        x: ["web", "db", "<none>"],
        y: ["web", "db", "mail"],
      }],
      { title: { text: "Flows between roles" }, height: 360, width: 2000, paper_bgcolor: "white" },
      { "image/svg+xml": BARS },
    ),
    figure(
      [{
        type: "scattergl",
        mode: "markers",
        name: "machines",
        x: load(0, 50),
        y: load(1, 40),
        marker: { size: 7 },
      }],
      { title: { text: "Memory and CPU" } },
    ),
  ),
  markdown("## Other pictures"),
  code("bars()", display({ "image/svg+xml": BARS }), display({ "image/png": ramp(320, 60) })),
  markdown("## What failed"),
  code('model.one("nobody")', {
    output_type: "error",
    ename: "NotFound",
    evalue: `no machine is called "nobody" ${HOSTILE[0]}`,
    traceback: [
      '\u001b[31mNotFound\u001b[39m: no machine is called "nobody"',
      "    at <anonymous>:1:7",
      HOSTILE[1]!,
    ],
  }),
);
