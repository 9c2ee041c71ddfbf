/** How fast a NetBox is filled from a log, against the same objects sent by plain lists, and with how many requests. */
import type { NatsConnection } from "@nats-io/nats-core";
import { Archive } from "../../src/log/archive.ts";
import { openJetStream } from "../../src/log/jetstream.ts";
import type { EventLog } from "../../src/log/log.ts";
import { FoldedLog } from "../../src/projections/netbox/fold.ts";
import { KIND_NAMES } from "../../src/projections/netbox/kinds.ts";
import { makeMarks } from "../../src/projections/netbox/marks.ts";
import type { DesiredState } from "../../src/projections/netbox/objects.ts";
import { NetBoxProjection } from "../../src/projections/netbox/projection.ts";
import { netBoxSettings } from "../../src/projections/netbox/settings.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { SAMPLE_DEFAULTS } from "../../src/sample/options.ts";
import { writeSample } from "../../src/sample/write_sample.ts";
import { archivedLog } from "../projections/sample_log.ts";
import { startNats } from "../servers/nats.ts";
import type { NetBoxPlace } from "../servers/netbox_place.ts";
import { startTestNetBox } from "../servers/netbox_server.ts";
import type { Measure } from "./measure.ts";
import { writeRaw } from "./netbox_raw.ts";

const ROUNDS = 2;
/** Of which come some 140 devices, 260 virtual machines and 880 interfaces. */
const FLEET = { resources: 400, seed: 1, start: SAMPLE_DEFAULTS.start, events: 16_000 };
/** A tag and three custom fields. */
const MARKS = 4;

/** A fleet in an empty NetBox. */
export async function netbox(): Promise<Measure[]> {
  const [server, nats] = [await startTestNetBox(), await startNats()];
  const positions = await openJetStream(nats);
  const folder = await Deno.makeTempDir({ prefix: "cim-bench-netbox-" });
  try {
    await writeSample(`${folder}/fleet`, FLEET);
    const log = archivedLog(await Archive.open(`${folder}/fleet`));
    const { desired } = await FoldedLog.of(log, await log.lastSequence(), []);
    // What has ended is never made.
    const state = { ...desired, objects: desired.objects.filter(({ ending }) => !ending) };
    const rounds: { ours: number; raw: number }[] = [];
    let written = 0;
    let again = 0;
    const fillRaw = async () => {
      const place = await server.place();
      await makeMarks(projectionOf(log, positions.connection, place).client);
      const seconds = await writeRaw(place, state);
      await place.drop();
      return seconds;
    };
    const fill = async () => {
      const place = await server.place();
      const first = await run(log, positions.connection, place);
      written = first.writes;
      const second = await run(log, positions.connection, place);
      if (second.writes > 0) throw new Error(`${second.writes} writes for nothing`);
      again = second.reads;
      await place.drop();
      return first.seconds;
    };
    // Whoever is second finds NetBox warm: each is that once.
    for (let round = 0; round < ROUNDS; round++) {
      const before = round % 2 === 0 ? await fillRaw() : undefined;
      const ours = await fill();
      rounds.push({ ours, raw: before ?? await fillRaw() });
    }
    const seconds = (which: "ours" | "raw") =>
      rounds.reduce((sum, round) => sum + round[which], 0) / ROUNDS;
    const rate = (which: "ours" | "raw") =>
      `${(state.objects.length / seconds(which)).toFixed(1)} objects/s (${
        rounds.map((round) => `${round[which].toFixed(0)} s`).join(", ")
      })`;
    const most = fewestWrites(state, 50);
    return [
      {
        name: `a NetBox filled with the ${state.objects.length} objects of a fleet`,
        baseline: "plain lists of the same, two at a time",
        ours: rate("ours"),
        theirs: rate("raw"),
        ratio: seconds("raw") / seconds("ours"),
        atLeast: 0.9,
      },
      {
        name: "requests to compare a NetBox with the log again",
        baseline: "two for each kind of object",
        ours: `${again} requests, none a write`,
        theirs: "40",
        ratio: again / 40,
        atMost: 1,
      },
      {
        name: "requests that write the fleet and the marks of what is ours",
        baseline: "one for 50 objects of a kind, to make or to change them",
        ours: `${written}`,
        theirs: `${most}`,
        ratio: written / most,
        atMost: 1,
      },
    ];
  } finally {
    await positions.close();
    await nats.stop();
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** How many requests write a state, with so many objects of a kind in one: those that make it, and those that set what comes later. */
function fewestWrites({ objects }: DesiredState, list: number): number {
  const lists = KIND_NAMES.map((kind) => {
    const some = objects.filter((one) => one.kind === kind);
    return Math.ceil(some.length / list) +
      Math.ceil(some.filter(({ later }) => later).length / list);
  });
  return MARKS + lists.reduce((sum, some) => sum + some, 0);
}

function projectionOf(log: EventLog, connection: NatsConnection, place: NetBoxPlace) {
  return new NetBoxProjection(log, connection, netBoxSettings(place));
}

async function run(log: EventLog, connection: NatsConnection, place: NetBoxPlace) {
  const projection = projectionOf(log, connection, place);
  const began = performance.now();
  await runToEnd(log, projection);
  const seconds = (performance.now() - began) / 1_000;
  const { refused } = projection.last!.applied;
  if (refused.length > 0) throw new Error(`${refused.length} refused: ${refused[0]!.reason}`);
  const { GET: reads, ...writes } = projection.client.requests;
  return { seconds, reads, writes: Object.values(writes).reduce((sum, some) => sum + some, 0) };
}
