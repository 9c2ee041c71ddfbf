/** Files of rows and mappings: what comes of them. */
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { closeDatabase, openDatabase } from "../../src/projections/sql/database.ts";
import { imported } from "./tables.ts";

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

test("A text is as it stands in the file, whatever its column is taken for", async () => {
  const mapping = `
commands:
  - command: RegisterCompute
    data:
      hostname: name
      resource_type: unknown
      owner: Order
      evidence: { serial: Serial no }
      memory_bytes: ram * 1e9
      tags: "*"
`;
  const csv = "name,Serial no,ram,version,bought,hostname,site,order\n" +
    "a,12345678901234567890,1.50,1.10,2026-11-01,x,7,1e3\nb,12345678901234567891,2,1.27,2026-11-02,y,8,2\n";
  const { commands } = await imported("t.csv", csv, mapping);
  expect(commands.map(({ data }) => [data["evidence"], data["memory_bytes"], data["tags"]]))
    .toEqual([
      [
        { serial: "12345678901234567890" },
        1.5e9,
        { version: "1.10", bought: "2026-11-01", hostname: "x", site: "7" },
      ],
      [
        { serial: "12345678901234567891" },
        2e9,
        { version: "1.27", bought: "2026-11-02", hostname: "y", site: "8" },
      ],
    ]);
  const some = await imported(
    "t.jsonl",
    '{"name":"a","more":{"x":[1]}}\n{"name":"b","more":"word"}\n{"name":7,"more":null}\n',
    `commands: [{ command: RegisterCompute, data: { hostname: name, resource_type: unknown, tags: "*" } }]`,
  );
  expect(some.commands.map(({ data }) => [data["hostname"], data["tags"]])).toEqual([
    ["a", { more: '{"x":[1]}' }],
    ["b", { more: "word" }],
    ["7", undefined],
  ]);
});

test("A file may have hundreds of columns", async () => {
  const names = Array.from({ length: 500 }, (_, at) => `c${at}`);
  const since = performance.now();
  const { commands } = await imported(
    "wide.csv",
    `name,${names.join(",")}\na,${names.map((_, at) => at).join(",")}\n`,
    `commands: [{ command: RegisterCompute, data: { hostname: name, resource_type: unknown, tags: "*" } }]`,
  );
  expect(Object.keys(commands[0]!.data["tags"] as object)).toEqual(names);
  expect(performance.now() - since).toBeLessThan(20_000); // in one question it took minutes
}, 60_000);

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

test("Whether a row is meant, and when it was so, is not guessed where it cannot be computed", async () => {
  const { commands, refused } = await imported(
    "t.csv",
    "name,age,at\na,5,2026-11-01\nb,old,2026-11-01\nc,6,11/01/2026\nd,7,\ne,1,11/01/2026\n",
    `commands:
  - command: RegisterCompute
    where: age::INTEGER > 3
    occurred_at: at
    data: { hostname: name, resource_type: unknown }`,
  );
  expect(commands.map(({ data, occurredAt }) => [data["hostname"], occurredAt])).toEqual([
    ["a", "2026-11-01T00:00:00Z"],
    ["d", undefined],
  ]);
  expect(refused).toEqual([
    expect.stringMatching(/^3: commands\/0\/where: .*'old'/),
    expect.stringMatching(/^4: commands\/0\/occurred_at: .*11\/01\/2026/),
  ]);
});
