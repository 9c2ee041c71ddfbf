import { expect, test } from "vitest";
import { resourcesOf } from "../../src/perception/anomaly_course.ts";
import { silencesOf } from "../../src/perception/anomaly_silence.ts";
import { replay } from "../../src/replay/replay.ts";
import type { Said } from "../replay/history.ts";
import { busy, minute, saidAt } from "./said_at.ts";
import { machine } from "./seen.ts";

const at = (text: number | null) => text === null ? null : new Date(text).toISOString();

async function silences(...said: (readonly [number, Said])[]) {
  const always = [...Array(60).keys()].map((one) => [one, busy("other", one, 0.5)] as const);
  await using model = await replay(
    await saidAt([0, machine("web")], [0, machine("other")], ...always, ...said),
  );
  return (await silencesOf(model, await resourcesOf(model))).map((
    { name, from, to, found, sequences },
  ) => [
    name,
    at(from),
    at(to),
    at(found),
    sequences.length,
  ]);
}

const measured = (...minutes: number[]) =>
  minutes.map((one) => [one, busy("web", one, 0.5)] as const);
const twenty = [...Array(20).keys()];

test("A resource is silent from three times its usual distance on, until it is heard of again", async () => {
  expect(await silences(...measured(...twenty, ...twenty.map((one) => one + 40))))
    .toEqual([["web", minute(19), minute(40), minute(22), 2]]);
});

test("What is silent when the newest measurement of all was made is so without an end", async () => {
  expect(await silences(...measured(...twenty)))
    .toEqual([["web", minute(19), null, minute(22), 1]]);
});

test("A few measurements that fail to come are no silence, nor is it that of what was hardly heard of", async () => {
  expect(
    await silences(...measured(
      ...twenty,
      22,
      23,
      24,
      ...twenty.map((one) => one + 40),
      27,
      30,
      33,
      36,
      38,
    )),
  )
    .toEqual([]);
  expect(await silences(...measured(0, 1, 2, 3, 30))).toEqual([]);
});

test("Who is in maintenance, or decommissioned, may be silent", async () => {
  expect(
    await silences(...measured(...twenty, 40, ...twenty.map((one) => one + 40)), [
      20,
      ["ChangeComputeStatus", { compute: "web", status: "maintenance" }],
    ], [39, ["ChangeComputeStatus", { compute: "web", status: "active" }]]),
  ).toEqual([]);
  expect(
    await silences(...measured(...twenty), [20, ["DecommissionCompute", { compute: "web" }]]),
  ).toEqual([]);
});
