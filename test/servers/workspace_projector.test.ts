/** What a workspace keeps in step, when it is closed. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readStatus } from "../../src/projections/status_file.ts";
import { openWorkspace } from "../../src/workspace.ts";

let folder: string;
beforeAll(async () => void (folder = await Deno.makeTempDir({ prefix: "cim-keeps-" })));
afterAll(() => Deno.remove(folder, { recursive: true }));

const network = (octet: number) => ({ name: `n${octet}`, cidr: `10.2.${octet}.0/24` }) as const;

test("closing a workspace stops what it keeps in step, with its status said to the end", async () => {
  const workspace = await openWorkspace({ folder });
  const handler = await workspace.handler();
  const declared = { actor: "test", source: "declared" } as const;
  await handler.submit(
    [1, 2].map((octet) => workspace.messages.command("DefineNetwork", network(octet), declared)),
  );
  const projector = await workspace.project();
  const spaces = await workspace.project({ model: "spaces" });
  await projector.whenCaughtUp();
  await spaces.whenCaughtUp();
  await workspace.close();
  await projector.ended; // and not because the log was closed before
  expect(await projector.state()).toMatchObject({ running: false, healthy: true, position: 2 });
  expect(await readStatus(join(folder, "models"))).toMatchObject([
    { projection: "spaces", position: 2, running: false, healthy: true, alive: false },
    { projection: "sql", position: 2, running: false, healthy: true, alive: false },
  ]);
});

test("the status of one that has come to its end at once is there when the workspace is closed", async () => {
  await Deno.remove(join(folder, "models"), { recursive: true });
  {
    await using workspace = await openWorkspace({ folder });
    const projector = await workspace.project({ through: 2 });
    await projector.ended;
  }
  expect(await readStatus(join(folder, "models"))).toMatchObject([
    { position: 2, events: 2, running: false, alive: false },
  ]);
});
