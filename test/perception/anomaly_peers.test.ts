import { expect, test } from "vitest";
import { withoutCommon } from "../../src/perception/anomaly_peers.ts";

const of = (kind: string, ...departures: number[]) => ({
  kind,
  departures: Float64Array.from(departures),
});
const told = (all: readonly { departures: Float64Array }[]) =>
  all.map(({ departures: [first] }) => Math.round(100 * first!) / 100);

test("What all of a kind have in common is taken away, and what one has alone stays", () => {
  const all = [0.3, 0.3, 0.31, 0.29, 0.9].map((one) => of("server", one));
  withoutCommon(all);
  expect(told(all)).toEqual([0, 0, 0.01, -0.01, 0.6]);
});

test("Few of a kind have in common what all have, and few of all have nothing in common", () => {
  const all = [...Array(6)].map(() => of("server", 0.4));
  const [router] = all.splice(0, 1, of("router", 0.5));
  withoutCommon(all);
  expect(told(all)).toEqual([0.1, 0, 0, 0, 0, 0]);
  const few = [of("server", 0.4), router!];
  withoutCommon(few);
  expect(told(few)).toEqual([0.4, 0.4]);
});

test("What is not known has no part in it, and stays unknown", () => {
  const all = [...[0.2, 0.2, 0.2, 0.2, 0.2].map((one) => of("server", one)), of("server", NaN)];
  withoutCommon(all);
  expect(told(all)).toEqual([0, 0, 0, 0, 0, NaN]);
});
