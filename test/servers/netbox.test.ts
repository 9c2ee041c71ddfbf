/** What has to do with a real NetBox, one for all of these, and the log's position on a real NATS. */
import { afterAll, beforeAll, describe } from "vitest";
import { openJetStream } from "../../src/log/jetstream.ts";
import { startNats, type TestNats } from "./nats.ts";
import { cli } from "./netbox_cli.ts";
import { crash } from "./netbox_crash.ts";
import { faults } from "./netbox_faults.ts";
import { imports } from "./netbox_imports.ts";
import { laws } from "./netbox_laws.ts";
import { moves } from "./netbox_moves.ts";
import { reading } from "./netbox_reading.ts";
import { scenarios } from "./netbox_scenarios.ts";
import { programs, startTestNetBox } from "./netbox_server.ts";
import type { Servers } from "./netbox_servers.ts";
import { tethered } from "./netbox_tethered.ts";
import { troubles } from "./netbox_trouble.ts";
import { writing } from "./netbox_writing.ts";

// Each test has a NetBox of its own, which keeps one processor busy at most.
const options = { timeout: 600_000, concurrent: true };

describe.skipIf(!programs)("A real NetBox", options, () => {
  let nats: TestNats;
  let servers: Servers;
  beforeAll(async () => {
    const [netbox, started] = await Promise.all([startTestNetBox(), startNats()]);
    nats = started;
    servers = { netbox, log: await openJetStream({ ...nats, patience: Infinity }) };
  }, 900_000); // where there is no database to begin with, NetBox makes its tables
  afterAll(async () => {
    await servers?.log.close();
    await nats?.stop();
    await servers?.netbox.stop();
  });
  const netbox = () => servers.netbox;

  // The longest begin first.
  describe("follows the command line:", () => cli(netbox));
  describe("is left by a projector that dies:", () => crash(() => servers));
  describe("is a server of these tests alone:", () => tethered(netbox));
  describe("is read in bulk:", () => reading(netbox));
  describe("is written to in lists:", () => writing(netbox));
  describe("is written to, whatever goes wrong on the way:", () => faults(netbox));
  describe("follows the log:", () => scenarios(() => servers));
  describe("follows what moves:", () => moves(() => servers));
  describe("is imported:", () => imports(() => servers));
  describe("is full, or lets us do but little:", () => troubles(() => servers));
  describe("keeps the laws of projections:", () => laws(() => servers));
});
