/** Files of rows and mappings: what comes of them, and what is said of what does not. */
import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { closeDatabase, openDatabase } from "../../src/projections/sql/database.ts";
import { errorOf, imported } from "./tables.ts";

const HOSTS = `
missing: [n/a]
commands:
  - command: RegisterCompute
    data:
      hostname: name
      resource_type: physical_server
      evidence: { serial: serial }
      memory_bytes: ram_gb * 1e9
      location: { site: site, rack: rack, position: unit }
      interfaces: [{ name: port, addresses: "string_split(ips, ' ')" }]
      tags: "*"
`;

test("An asset list is resources: types as their fields want them, empty cells say nothing", async () => {
  const { commands, refused } = await imported(
    "hosts.csv",
    "\ufeffname;serial;ram_gb;site;rack;unit;port;ips;note\r\n" +
      'web-01;00123;64;north;r1;10;eth0;10.0.0.1/24 10.0.0.2/24;"two\r\nlines"\r\n' +
      "\r\n;;;;;;;;\r\n" +
      "web-02; 00124 ;n/a;;;;;;\r\n" +
      "short;1\r\n" +
      "long;1;1;north;r1;10;eth0;;;more\r\n",
    HOSTS,
  );
  expect(commands.map(({ at, data }) => [at, data])).toEqual([
    [{ line: 2 }, {
      hostname: "web-01",
      resource_type: "physical_server",
      evidence: { serial: "00123" },
      memory_bytes: 64e9,
      location: { site: "north", rack: "r1", position: 10 },
      interfaces: [{ name: "eth0", addresses: ["10.0.0.1/24", "10.0.0.2/24"] }],
      tags: { note: "two\r\nlines" },
    }],
    [{ line: 6 }, {
      hostname: "web-02",
      resource_type: "physical_server",
      evidence: { serial: "00124" },
      interfaces: [],
    }],
  ]);
  expect(refused).toEqual([
    "7: it has 2 fields, and the first line names 9: is it cut off?",
    "8: it has 10 fields, and the first line names 9: a field with a ; in it belongs in quotes",
  ]);
});

test("Rows of one resource are one command, and a contradiction is told with both lines", async () => {
  const { commands, refused } = await imported(
    "ports.csv",
    "host,site,port,ip\na,x,eth0,10.0.0.1/24\nb,x,eth0,10.0.0.9/24\nA,x,eth0,10.0.0.2/24\na,,eth1,\na,y,eth2,\n",
    `commands:
  - command: RegisterCompute
    data: { hostname: lower(host), resource_type: "'switch'", location: { site: site }, interfaces: [{ name: port, addresses: [ip] }] }`,
  );
  expect(commands.map(({ data }) => [data["hostname"], data["interfaces"]])).toEqual([
    ["a", [
      { name: "eth0", addresses: ["10.0.0.1/24", "10.0.0.2/24"] },
      { name: "eth1", addresses: [] },
    ]],
    ["b", [{ name: "eth0", addresses: ["10.0.0.9/24"] }]],
  ]);
  expect(refused).toEqual([
    '6: location/site is "y", and was "x" in line 2, for the same hostname: say one thing',
  ]);
});

const LONG = `
commands:
  - command: RecordMeasurements
    data:
      compute: host
      observed_at: time
      points: [{ name: metric, unit: "1", value: value }]
`;

test("Measurements in long form are one command for each resource and moment, by time", async () => {
  const text = "host,time,metric,value\n" +
    "a,2026-11-01T11:00:00+01:00,system.cpu.utilization,0.5\n" +
    "b,2026-11-01T10:00:00Z,system.cpu.utilization,0.25\n" +
    "a,2026-11-01T09:30:00.5Z,system.cpu.utilization,0.75\n" +
    "a,2026-11-01T10:00:00Z,system.memory.utilization,0.125\n" +
    "b,2026-11-01T10:05:00Z,system.cpu.utilization,\n" +
    "b,2026-11-01T10:05:00Z,system.cpu.utilization,NaN\n";
  const one = await imported("load.csv", text, LONG);
  // The text NaN makes texts of a column of numbers: they are read as numbers where a field wants one.
  expect(one.refused).toEqual([]);
  expect(one.commands.map(({ data }) => data)).toEqual([
    {
      compute: "a",
      observed_at: "2026-11-01T09:30:00.5Z",
      points: [{ name: "system.cpu.utilization", unit: "1", value: 0.75 }],
    },
    {
      compute: "a",
      observed_at: "2026-11-01T10:00:00Z",
      points: [
        { name: "system.cpu.utilization", unit: "1", value: 0.5 },
        { name: "system.memory.utilization", unit: "1", value: 0.125 },
      ],
    },
    {
      compute: "b",
      observed_at: "2026-11-01T10:00:00Z",
      points: [{ name: "system.cpu.utilization", unit: "1", value: 0.25 }],
    },
  ]);
  const packed = await imported("load.csv.gz", gzipSync(text), LONG);
  expect(packed).toEqual(one);
  const lines = text.trim().split("\n").slice(1).map((line) => {
    const [host, time, metric, value] = line.split(",");
    return JSON.stringify({ host, time, metric, value: Number(value) || null });
  });
  const ofCommands = ({ commands }: typeof one) => commands.map(({ data, at }) => ({ data, at }));
  const json = await imported(
    "load.jsonl",
    `${lines.slice(0, 1)}\n\nno\n${lines.slice(1).join("\n")}`,
    LONG,
  );
  expect(json.refused).toEqual(["3: it is no object of JSON"]);
  expect(json.commands.map(({ data }) => data)).toEqual(one.commands.map(({ data }) => data));
  const list = await imported("load.json", `[${lines.join(",\n")}, 7]`, LONG);
  expect(list.refused).toEqual(["row 7: it is no object of JSON"]);
  expect(ofCommands(list).map(({ at }) => at)).toEqual([{ row: 3 }, { row: 1 }, { row: 2 }]);
  const parquet = await imported("load.parquet", await parquetOf(text), LONG);
  expect(ofCommands(parquet)).toEqual(ofCommands(list));
});

async function parquetOf(csv: string): Promise<Uint8Array> {
  const folder = await Deno.makeTempDir();
  const database = await openDatabase(":memory:");
  try {
    await Deno.writeTextFile(`${folder}/t.csv`, csv);
    await database.connection.run(
      `COPY (FROM read_csv('${folder}/t.csv')) TO '${folder}/t.parquet'`,
    );
    return await Deno.readFile(`${folder}/t.parquet`);
  } finally {
    closeDatabase(database);
    await Deno.remove(folder, { recursive: true });
  }
}

test("Networks, cables, software, labels and concepts come of tables as well", async () => {
  const of = async (csv: string, command: string, data: string) => {
    const mapping = `commands: [{ command: ${command}, data: ${data} }]`;
    const { commands, refused } = await imported("t.csv", csv, mapping);
    expect(refused).toEqual([]);
    return commands.map(({ data }) => data);
  };
  expect(
    await of("n,c,v\nlan,10.0.0.0/24,7\n", "DefineNetwork", "{ name: n, cidr: c, vlan_id: v }"),
  )
    .toEqual([{ name: "lan", cidr: "10.0.0.0/24", vlan_id: 7 }]);
  expect(
    await of(
      "a,ai,b,bi\nx,e0,y,e1\nx,e2,y,e3\n",
      "EstablishConnection",
      "{ kind: cable, from: { compute: a, interface: ai }, to: { compute: b, interface: bi } }",
    ),
  ).toEqual([
    {
      kind: "cable",
      from: { compute: "x", interface: "e0" },
      to: { compute: "y", interface: "e1" },
    },
    {
      kind: "cable",
      from: { compute: "x", interface: "e2" },
      to: { compute: "y", interface: "e3" },
    },
  ]);
  expect(
    await of(
      "h,p,port\na,nginx,80\na,nginx,443\na,cron,\n",
      "ConfigureSoftware",
      `{ compute: h, name: p, kind: process, listening: [{ transport: tcp, address: "'::'", port: port }] }`,
    ),
  ).toEqual([
    {
      compute: "a",
      name: "nginx",
      kind: "process",
      listening: [80, 443].map((port) => ({ transport: "tcp", address: "::", port })),
    },
    { compute: "a", name: "cron", kind: "process", listening: [] },
  ]);
  expect(
    await of(
      "c,cpu,mem\nbusy,0.9,0.5\nbusy,0.8,0.9\n",
      "DefineConcept",
      `{ space: "'compute'", name: c,
      prototypes: [{ performance.cpu: cpu, performance.memory: mem }] }`,
    ),
  ).toEqual([{
    space: "compute",
    name: "busy",
    prototypes: [
      { "performance.cpu": 0.9, "performance.memory": 0.5 },
      { "performance.cpu": 0.8, "performance.memory": 0.9 },
    ],
  }]);
});

test("A row of which an expression cannot be computed is refused with its line and field, and no other", async () => {
  const { commands, refused } = await imported(
    "t.csv",
    "name,cores,ram,age\na,8,64,1\nb,many,64,1\nc,4,lots,1\nd,2,inf,1\ne,1,1,old\n",
    `columns: { age: BIGINT }
commands:
  - command: RegisterCompute
    where: name <> 'z'
    data: { hostname: name, resource_type: unknown, cpu_cores: cores, memory_bytes: ram::DOUBLE * 1e9 }`,
  );
  expect(commands.map(({ data }) => data["hostname"])).toEqual(["a"]);
  expect(refused).toEqual([
    "6: age is no BIGINT: old",
    expect.stringMatching(/^3: commands\/0\/data\/cpu_cores: .*'many'/),
    expect.stringMatching(/^4: commands\/0\/data\/memory_bytes: .*'lots'/),
    expect.stringMatching(/^5: commands\/0\/data\/memory_bytes: .*inf/),
  ]);
});

const ONE = (data: string, more = "") =>
  `commands: [{ command: RegisterCompute, data: { hostname: name, resource_type: unknown, ${data} } ${more} }]`;

test.each([
  ["[1, 2", "m.yaml:1:6: it is no YAML"],
  ["7", "it is 7, and no mapping such as"],
  ["{}", "m.yaml at commands: it is missing"],
  ["commands: []", "m.yaml at commands: it must not have fewer than 1 items"],
  ["commands: [{ command: RegisterCompute }]", "m.yaml at commands/0/data: it is missing"],
  [
    "commands: [{ command: Register, data: {} }]",
    "m.yaml at commands/0/command: it must be equal to one of",
  ],
  [
    "commands: [{ command: DefineNetwork, data: {}, of: x }]",
    "there is no such field: there are command, where",
  ],
  [
    "commands: [{ command: DefineNetwork, data: { name: name } }]",
    "m.yaml at commands/0/data/cidr: it is missing, and DefineNetwork needs it",
  ],
  [ONE("memory: 1"), "commands/0/data/memory: RegisterCompute has no such field: it has hostname"],
  [ONE("owner: [name]"), "commands/0/data/owner: a list, where owner is a string"],
  [
    ONE("location: { city: name }"),
    "commands/0/data/location/city: RegisterCompute has no such field: location has site",
  ],
  [
    ONE("owner: nobody"),
    `commands/0/data/owner: Referenced column "nobody" not found in FROM clause!`,
  ],
  [ONE("owner: null"), "commands/0/data/owner: it says nothing"],
  [ONE('owner: "name) FROM file; DROP TABLE read; SELECT (1"'), "commands/0/data/owner: "],
  [ONE('owner: "name +"'), "commands/0/data/owner: syntax error"],
  [ONE('cpu_cores: "name * 2"'), "commands/0/data/cpu_cores: No function matches"],
  [ONE("owner: name", ', where: "nam IS NULL"'), "commands/0/where: Referenced column"],
  [
    `columns: { nam: BIGINT }\n${ONE("owner: name")}`,
    "m.yaml at columns/nam: the file has no such column: it has name",
  ],
  [ONE(`owner: "(SELECT content FROM read_text('/etc/passwd'))"`), "commands/0/data/owner: "],
  [ONE(`owner: "(SELECT 1 FROM 'https://example.org/x.csv')"`), "commands/0/data/owner: "],
])("The mapping %s is refused", async (mapping, message) => {
  const error = await errorOf(imported("t.csv", "name\na\n", mapping));
  expect(error.message).toContain(message);
  expect(error.code).toBe("mapping_invalid");
});

test.each<[string, string | Uint8Array, string, string]>([
  ["a.csv", new Uint8Array([110, 10, 97, 10, 0xfc, 10]), "not_utf8", "a.csv:3:1: it is not UTF-8"],
  ["a.csv", new Uint8Array([0xff, 0xfe, 110, 0, 10, 0]), "not_utf8", "it is UTF-16: convert it"],
  ["a.csv", "", "no_rows", "there is nothing in it"],
  ["a.jsonl", "7\n", "no_rows", "there is no object of JSON in it"],
  ["a.json", '[{"a": 1}, {"a":', "syntax", "it cannot be read as json"],
  ["a.parquet", "PAR1", "syntax", "it cannot be read as parquet"],
  ["a.csv.gz", gzipSync("name\n".repeat(9999)).subarray(0, 40), "syntax", "it is not whole"],
  ["a.xls", "x", "unknown_format", "its name does not say what it is"],
])("%s is not what it is said to be: %j", async (name, content, code, message) => {
  const error = await errorOf(imported(name, content, ONE("owner: name")));
  expect(error.message).toContain(message);
  expect(error.code).toBe(code);
});

test("Whatever is in a cell or a name, it is a text in a command, and nothing else", async () => {
  const name = fc.string({ unit: "binary", minLength: 1, maxLength: 12 })
    .filter((text) => text.trim() !== "" && !text.includes("\ufeff"));
  const cell = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom(
      "'); DROP TABLE read; --",
      '"',
      "${x}",
      "=1+1",
      "\\",
      "NULL",
      "{}",
      "'",
      "\u2028",
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      name,
      fc.array(cell, { minLength: 1, maxLength: 6 }),
      async (column, cells) => {
        const field = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const csv = `${field(column)},id\n` +
          cells.map((text, at) => `${field(text)},${at}`).join("\n") + "\n";
        const mapping =
          `commands: [{ command: LabelResource, data: { compute: id, space: "'s'", concept: "'c'", note: ${
            JSON.stringify(`"${column.trim().replaceAll('"', '""')}"`)
          } } }]`;
        if (["id", "_line"].includes(column.trim().toLowerCase())) return;
        const { commands, refused } = await imported("x[1]*'\".csv", csv, mapping);
        expect(refused).toEqual([]);
        const notes = new Map(commands.map(({ data }) => [Number(data["compute"]), data["note"]]));
        const spaces = /^ +| +$/g; // DuckDB's trim
        expect(cells.map((_, at) => notes.get(at) ?? "")).toEqual(
          cells.map((text) => text.replaceAll(spaces, "")),
        );
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);
