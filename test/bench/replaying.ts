/** How fast the archive of a million events becomes tables to ask, against the least that could be done. */
import { join } from "node:path";
import process from "node:process";
import { DuckDBDataChunk, DuckDBInstance, listValue } from "@duckdb/node-api";
import { BIGINT, DOUBLE, VARCHAR } from "@duckdb/node-api";
import type { InfrastructureEvent } from "../../src/domain/event.ts";
import { Archive } from "../../src/log/archive.ts";
import { TYPED } from "../../src/projections/sql/typed.ts";
import type { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import { TypedCache } from "../../src/replay/typed_cache.ts";
import { SAMPLE_DEFAULTS } from "../../src/sample/options.ts";
import { writeSample } from "../../src/sample/write_sample.ts";
import { type Measure, median } from "./measure.ts";

const EVENTS = 1_000_000;
const SEED = 7;
const ROUNDS = 5;
const ROLL_UPS = ["measurements_1min", "measurements_1h", "measurements_1d"];

/** Replay from typed copies: against the leanest SQL, against a fold in TypeScript, and by the processor's clock. */
export async function replaying(): Promise<Measure[]> {
  const folder = await Deno.makeTempDir({ prefix: "cim-bench-" });
  try {
    await writeSample(join(folder, "sample"), {
      ...SAMPLE_DEFAULTS,
      seed: SEED,
      events: EVENTS,
    });
    const archive = await Archive.open(join(folder, "sample"));
    const cold = await timed(() => replay(archive));
    await cold.result.close();
    const typed = await (await TypedCache.open(archive)).typed(archive.segments);
    const ours: Timed<Model>[] = [];
    const leanest: Timed[] = [];
    const asked: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const one = await timed(() => replay(archive));
      ours.push(one);
      asked.push((await timed(() => rollUps(one.result))).cpu);
      await one.result.close();
      leanest.push(await timed(() => leanestSql(typed.map(({ folder }) => folder))));
    }
    const script = await timed(() => foldInTypeScript(archive));
    const seconds = median(ours.map(({ seconds }) => seconds));
    const lean = median(leanest.map(({ seconds }) => seconds));
    const cpu = median(ours.map(({ cpu }, at) => cpu + asked[at]!));
    return [
      {
        name: `replay of ${EVENTS} events from typed copies (made once in ${
          cold.seconds.toFixed(0)
        } s)`,
        baseline: "the leanest SQL over the same Parquet files (test/bench/leanest.sql)",
        ours: `${seconds.toFixed(2)} s`,
        theirs: `${lean.toFixed(2)} s`,
        ratio: median(ours.map(({ seconds }, at) => seconds / leanest[at]!.seconds)),
        atMost: 2,
      },
      {
        name: "the same",
        baseline: "a fold in TypeScript: JSON.parse, a map of states, columns into DuckDB",
        ours: `${seconds.toFixed(2)} s`,
        theirs: `${script.seconds.toFixed(2)} s`,
        ratio: script.seconds / seconds,
        atLeast: 2,
      },
      {
        name: "events a second of processor time, each roll-up computed and read in full",
        baseline: "200,000",
        ours: `${Math.round(EVENTS / cpu)}`,
        theirs: "200000",
        ratio: EVENTS / cpu / 200_000,
        atLeast: 1,
      },
      await hundredThousand(archive),
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** How long the first hundred thousand events take. */
async function hundredThousand(archive: Archive): Promise<Measure> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { seconds, result } = await timed(() => replay(archive, { sequence: 100_000 }));
    times.push(seconds);
    await result.close();
  }
  const seconds = median(times);
  return {
    name: "replay of 100000 events from the archive",
    baseline: "1 s",
    ours: `${seconds.toFixed(2)} s`,
    theirs: "1 s",
    ratio: seconds,
    atMost: 1,
  };
}

async function rollUps(model: Model): Promise<void> {
  for (const name of ROLL_UPS) await model.summary(name);
  await model.summary("resources_history");
}

async function leanestSql(folders: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (const name of TYPED) {
    await connection.run(`SET VARIABLE ${name} = $files`, {
      files: listValue(folders.map((folder) => `${folder}/${name}.parquet`)),
    });
  }
  await connection.run(await Deno.readTextFile(new URL("leanest.sql", import.meta.url)));
  connection.closeSync();
  instance.closeSync();
}

/** What the tables would be made of in TypeScript: nothing is checked, and only the points go to the database. */
async function foldInTypeScript(archive: Archive): Promise<number> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(
    "CREATE TABLE points (sequence BIGINT, compute VARCHAR, name VARCHAR, value DOUBLE)",
  );
  const appender = await connection.createAppender("points");
  const states = new Map<string, unknown>();
  const decoder = new TextDecoder();
  let columns: [bigint[], string[], string[], number[]] = [[], [], [], []];
  const flush = () => {
    const chunk = DuckDBDataChunk.create([BIGINT, VARCHAR, VARCHAR, DOUBLE]);
    chunk.setColumns(columns);
    appender.appendDataChunk(chunk);
    columns = [[], [], [], []];
  };
  for await (const records of archive.blocks()) {
    for (const { sequence, payload } of records) {
      const event: InfrastructureEvent = JSON.parse(decoder.decode(payload));
      if (event.event_type !== "MeasurementsRecorded") {
        states.set(event.aggregate_id, event.data);
        continue;
      }
      for (const { name, value } of event.data.points) {
        columns[0].push(BigInt(sequence));
        columns[1].push(event.aggregate_id);
        columns[2].push(name);
        columns[3].push(value);
        if (columns[0].length === 2048) flush();
      }
    }
  }
  flush();
  appender.closeSync();
  connection.closeSync();
  instance.closeSync();
  return states.size;
}

interface Timed<T = unknown> {
  result: T;
  seconds: number;
  /** Of the processor, in all threads. */
  cpu: number;
}

async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const [began, before] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, seconds: (performance.now() - began) / 1_000, cpu: (user + system) / 1e6 };
}
