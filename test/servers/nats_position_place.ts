/** Positions of projections on a real NATS server, of one test file alone. */
import { afterAll, afterEach, beforeAll, expect, vi } from "vitest";
import { type JetStreamLog, openJetStream } from "../../src/log/jetstream.ts";
import { NOTHING_APPLIED } from "../../src/projections/checkpoint.ts";
import { type KeptPosition, NatsPosition } from "../../src/projections/nats_position.ts";
import { type NatsProcess, startServer } from "./nats_process.ts";

/** How long a lease lasts here, in milliseconds. */
export const LEASE_MS = 600;
const PERMISSIONS = {
  publish: [
    "$JS.API.STREAM.INFO.*",
    "$JS.API.STREAM.CREATE.KV_CIM_PROJECTIONS",
    "$JS.API.STREAM.UPDATE.KV_CIM_PROJECTIONS",
    "$JS.API.STREAM.MSG.GET.KV_CIM_PROJECTIONS",
    "$KV.CIM_PROJECTIONS.>",
  ],
  subscribe: ["_INBOX.>"],
};

/** The server that all of this is on. */
export let server: NatsProcess;
/** The log there. */
export let log: JetStreamLog;
const positions: NatsPosition[] = [];
let keys = 0;

beforeAll(async () => {
  server = await startServer({
    lines: `authorization { users: [
      { user: all, password: all }
      { user: some, password: some, permissions: ${JSON.stringify(PERMISSIONS)} }
      { user: none, password: none, permissions: { publish: ["$JS.API.STREAM.*.INFRASTRUCTURE_EVENTS"] } }
    ] }\nno_auth_user: all`,
  });
  log = await openJetStream({ url: server.url, patience: Infinity });
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const position of positions.splice(0)) await position.close();
});
afterAll(async () => {
  await log?.close();
  await server?.stop();
});

/** A key that was not used. */
export const aKey = (): string => `test ${++keys}`;
/** A position that nobody has opened; it is closed after the test. */
export function at(key: string, leaseMs = LEASE_MS, { connection } = log): NatsPosition {
  const position = new NatsPosition(connection, "netbox", key, { leaseMs });
  positions.push(position);
  return position;
}
/** A position as it is kept. */
export const kept = (sequence: number, parked = 0): KeptPosition => ({
  log: { name: "log", incarnation: "2026" },
  definition: "1",
  checkpoint: { ...NOTHING_APPLIED, first_sequence: 1, last_sequence: sequence },
  parked: Array.from({ length: parked }, (_, index) => ({
    sequence: index,
    event_type: "ComputeRegistered",
    aggregate_id: `00000000-0000-0000-0000-${String(index).padStart(12, "0")}`,
    reason: 'it is 50 % wrong, "äöü"',
  })),
});
/** What is thrown where it is out of reach. */
export const unavailable = (why: string): unknown =>
  expect.objectContaining({
    code: "projection_unavailable",
    message: expect.stringContaining(why),
  });
