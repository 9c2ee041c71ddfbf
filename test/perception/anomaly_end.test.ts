import { expect, test } from "vitest";
import { replay } from "../../src/replay/replay.ts";
import type { Said } from "../replay/history.ts";
import { busy, minute, saidAt } from "./said_at.ts";
import { machine } from "./seen.ts";

const at = (text: number | null) => text === null ? null : new Date(text).toISOString();
const gone = (compute: string): Said => ["DecommissionCompute", { compute }];

async function told(...said: (readonly [number, Said])[]) {
  const always = [...Array(300).keys()].map((one) => [one, busy("other", one, 0.5)] as const);
  await using model = await replay(
    await saidAt([0, machine("web")], [0, machine("other")], ...always, ...said),
  );
  const { rows } = await (await model.space("compute")).anomalies();
  return rows.flatMap(({ parts, to }) =>
    parts.flatMap(({ name, anomalies }) => anomalies.map((one) => [name, one.sign, at(one.to), to]))
  );
}

test("What is silent, and then decommissioned, is silent until it is gone", async () => {
  const heard = [...Array(20).keys()].map((one) => [one, busy("web", one, 0.5)] as const);
  expect(await told(...heard)).toEqual([["web", "silent", null, null]]);
  expect(await told(...heard, [120.5, gone("web")])).toEqual([
    ["web", "silent", minute(120.5), minute(120.5)],
  ]);
});

test("A cable is no longer lost when what was at either end is gone", async () => {
  const ends = {
    from: { compute: "web", interface: "eth0" },
    to: { compute: "other", interface: "eth0" },
    kind: "cable" as const,
  };
  const cut: (readonly [number, Said])[] = [[0, ["EstablishConnection", ends]], [10, [
    "SeverConnection",
    ends,
  ]]];
  expect((await told(...cut)).map(([name, , to]) => [name, to]).sort())
    .toEqual([["other", null], ["web", null]]);
  expect((await told(...cut, [120.5, gone("web")])).sort()).toEqual([
    ["other", "unlinked", minute(120.5), minute(120.5)],
    ["web", "unlinked", minute(120.5), minute(120.5)],
  ]);
});
