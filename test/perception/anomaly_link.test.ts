import { expect, test } from "vitest";
import { lostLinksOf } from "../../src/perception/anomaly_link.ts";
import { replay } from "../../src/replay/replay.ts";
import type { Said } from "../replay/history.ts";
import { minute, saidAt } from "./said_at.ts";
import { machine } from "./seen.ts";

const ends = (port: string) => ({
  from: { compute: "server", interface: "eth0" },
  to: { compute: "switch", interface: port },
  kind: "cable" as const,
});
const cable = (port: string): Said => ["EstablishConnection", ends(port)];
const cut = (port: string): Said => ["SeverConnection", ends(port)];

async function lost(...said: (readonly [number, Said])[]) {
  await using model = await replay(
    await saidAt([0, machine("server")], [0, machine("switch")], [0, cable("port1")], ...said, [
      200,
      machine("later"),
    ]),
  );
  return (await lostLinksOf(model)).map(({ name, from, to, text }) => [
    name,
    new Date(from).toISOString().slice(0, 16),
    to === null ? null : new Date(to).toISOString().slice(0, 16),
    text,
  ]).sort();
}

const of = (text: string) => text.slice(0, 16);

test("A cable that is cut is lost at both ends, until one of them has a cable again", async () => {
  expect(await lost([10, cut("port1")], [100, cable("port1")])).toEqual([
    ["server", of(minute(10)), of(minute(100)), "its cable at eth0 to switch is gone"],
    ["switch", of(minute(10)), of(minute(100)), "its cable at port1 to server is gone"],
  ]);
  expect((await lost([10, cut("port1")])).map(([name, , to]) => [name, to]))
    .toEqual([["server", null], ["switch", null]]);
});

test("A cable that is moved to another port within an hour is not lost, nor one of what is gone itself", async () => {
  expect(await lost([10, cut("port1")], [15, cable("port2")])).toEqual([]);
  expect(await lost([10, cut("port1")], [12, ["DecommissionCompute", { compute: "server" }]]))
    .toEqual([]);
});

test("A cable is lost only when an hour has passed", async () => {
  expect(await lost([150, cut("port1")])).toEqual([]);
});
