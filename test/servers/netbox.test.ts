/** What has to do with a real NetBox, one for all of these. */
import { afterAll, beforeAll, describe } from "vitest";
import { faults } from "./netbox_faults.ts";
import { programs, startTestNetBox, type TestNetBox } from "./netbox_server.ts";
import { tethered } from "./netbox_tethered.ts";

describe.skipIf(!programs)("A real NetBox", { timeout: 300_000 }, () => {
  let netbox: TestNetBox;
  beforeAll(async () => {
    netbox = await startTestNetBox();
  }, 240_000);
  afterAll(() => netbox?.stop());

  describe("is a server of these tests alone:", () => tethered(() => netbox));
  describe("is written to, whatever goes wrong on the way:", () => faults(() => netbox));
});
