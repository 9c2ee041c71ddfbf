/** How fast the graph follows: against the same rows sent by the bare driver, and for a fleet against the tables. */
import type { Driver } from "neo4j-driver";
import { decodeEvent, encodeEvent, type LogRecord } from "../../src/domain/event.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import type { EventLog } from "../../src/log/log.ts";
import { Folded } from "../../src/projections/neo4j/fold.ts";
import { GRAPH_STEP_EVENTS, type Neo4jProjection } from "../../src/projections/neo4j/projection.ts";
import { Rows } from "../../src/projections/neo4j/rows.ts";
import type { ProjectedEvent, Projection, Step } from "../../src/projections/projection.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { SqlProjection } from "../../src/projections/sql/projection.ts";
import { History } from "../../src/sample/history.ts";
import { SAMPLE_DEFAULTS } from "../../src/sample/options.ts";
import { startTestNeo4j, type TestNeo4j } from "../servers/neo4j_server.ts";
import { type Measure, median } from "./measure.ts";

const [HOSTS, PACKAGES] = [100, 100];
const ROUNDS = 5;
const EVENTS = 100_000;
const LOG = { name: "bench", incarnation: "one" };

/** Rows of software, and a fleet's history. */
export async function neo4j(): Promise<Measure[]> {
  const server = await startTestNeo4j();
  try {
    return [await rows(server), await rebuild(server)];
  } finally {
    await server.stop();
  }
}

/** Both write the same nodes and relationships, into graphs that are empty. The first round is for warming up. */
async function rows(server: TestNeo4j): Promise<Measure> {
  const events = software();
  const rounds: { ours: number; bare: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const projection = server.projection(`ours-${round}`);
    await projection.initialize(LOG);
    const ours = await rate(async () => {
      for (const step of stepsOf(events)) await projection.projectBatch(step);
    });
    const driver = await projection.connect();
    const bare = await rate(() => send(driver, events, `bare-${round}`));
    await checkSame(projection, driver, round);
    await projection.close();
    if (round > 0) rounds.push({ ours, bare });
  }
  const rowsPerSecond = (which: "ours" | "bare") =>
    `${Math.round(median(rounds.map((one) => one[which])))} rows/s`;
  return {
    name: `the graph's rows of ${HOSTS * PACKAGES} pieces of software, folded from events`,
    baseline: "the driver's bare UNWIND of the same rows, 1,000 at a time",
    ours: rowsPerSecond("ours"),
    theirs: rowsPerSecond("bare"),
    ratio: median(rounds.map(({ ours, bare }) => ours / bare)),
    atLeast: 0.8,
  };
}

/** Events of software on some hosts, of which nothing else is known. */
function software(): ProjectedEvent[] {
  let now = Date.parse("2026-11-01T00:00:00Z");
  const messages = new MessageFactory(() => new Date(now++));
  return Array.from({ length: HOSTS * PACKAGES }, (_, at) => {
    const compute = id(at % HOSTS);
    const data = {
      compute,
      name: `package-${at}`,
      kind: "package",
      version: `1.${at}`,
      source: "dpkg",
    };
    const command = messages.command("ConfigureSoftware", data as never, {
      actor: "bench",
      source: "observed",
    });
    const fact = { event_type: "SoftwareConfigured", aggregate_id: id(1_000_000 + at), data };
    const { payload } = encodeEvent(messages.event(fact as never, command, 1));
    const record: LogRecord = {
      sequence: at + 1,
      recorded_at: "2026-11-01T00:00:00.000000Z",
      payload,
    };
    return { record, event: decodeEvent(record) };
  });
}

function id(number: number): string {
  return `00000000-0000-5000-8000-${String(number).padStart(12, "0")}`;
}

function stepsOf(events: readonly ProjectedEvent[]): Step[] {
  const steps: Step[] = [];
  for (let after = 0; after < events.length; after += GRAPH_STEP_EVENTS) {
    const some = events.slice(after, after + GRAPH_STEP_EVENTS);
    steps.push({
      after,
      through: after + some.length,
      events: some,
      skipped: 0,
      park: [],
      unpark: [],
    });
  }
  return steps;
}

/** What anybody would write who has the rows and wants no node twice. */
async function send(driver: Driver, events: readonly ProjectedEvent[], graph: string) {
  const make = new Rows(graph);
  const all = new Folded({ events }).list("software").map((one) => make.software(one));
  const session = driver.session();
  for (let at = 0; at < all.length; at += 1_000) {
    await session.executeWrite((transaction) =>
      transaction.run(
        `UNWIND $rows AS row
         MERGE (c:Cim {graph: $graph, id: row.compute})
         MERGE (n:Cim {graph: $graph, id: row.id}) SET n = row.properties, n:Software
         MERGE (c)-[:RUNS]->(n)`,
        { graph, rows: all.slice(at, at + 1_000) },
      )
    );
  }
  await session.close();
}

async function checkSame(projection: Neo4jProjection, driver: Driver, round: number) {
  const count = async (graph: string) =>
    Number(
      (await driver.executeQuery(
        "MATCH (c:Cim {graph: $graph})-[:RUNS]->(n:Software) RETURN count(*) AS n",
        { graph },
      )).records[0]!.get("n"),
    );
  const [ours, bare] = [await count(projection.graph), await count(`bare-${round}`)];
  if (ours !== HOSTS * PACKAGES || bare !== ours) throw new Error(`${ours} and ${bare} rows`);
}

async function rate(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return HOSTS * PACKAGES / ((performance.now() - began) / 1_000);
}

/** A fleet's history from its first event on. */
async function rebuild(server: TestNeo4j): Promise<Measure> {
  const log = fleet();
  const seconds = async (projection: Projection) => {
    const began = performance.now();
    const { events, parked } = await runToEnd(log, projection, { stepEvents: GRAPH_STEP_EVENTS });
    if (events !== EVENTS || parked > 0) throw new Error(`${events} events, ${parked} parked`);
    return (performance.now() - began) / 1_000;
  };
  const rounds: { graph: number; tables: number }[] = [];
  for (let round = 0; round < 3; round++) {
    const graph = await seconds(server.projection(`fleet-${round}`));
    rounds.push({ graph, tables: await seconds(new SqlProjection()) });
  }
  const time = (which: "graph" | "tables") =>
    `${median(rounds.map((one) => one[which])).toFixed(1)} s`;
  return {
    name: `the graph of a fleet from its ${EVENTS} events`,
    baseline: "the SQL projection of the same",
    ours: time("graph"),
    theirs: time("tables"),
    ratio: median(rounds.map(({ graph, tables }) => graph / tables)),
    atMost: 2,
  };
}

function fleet(): EventLog {
  const records = [...new History({ ...SAMPLE_DEFAULTS, events: EVENTS }).records()];
  const read: EventLog["read"] = async function* ({ from = 1, to = EVENTS } = {}) {
    yield* records.slice(from - 1, to);
  };
  return {
    ...LOG,
    maxEventBytes: 0,
    append: () => Promise.reject(new Error("it is not written to")),
    read,
    subscribe: read,
    lastSequence: () => Promise.resolve(EVENTS),
    close: () => Promise.resolve(),
  };
}
