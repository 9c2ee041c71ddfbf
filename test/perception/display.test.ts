import { expect, test } from "vitest";
import { replay } from "../../src/replay/replay.ts";
import { history } from "../replay/history.ts";
import { label, seen, sized } from "./seen.ts";

test("What a space answers is printed as its table", async () => {
  const names = ["a", "b", "c", "d"];
  await using model = await replay(
    await history(
      ...names.map((name, at) => sized(name, 2 ** at, 4 ** at)),
      ...names.map((name, at) => label(name, at < 2 ? "small" : "large")),
    ),
  );
  const space = await model.space("capacity");
  const answers = [
    space.classifications(),
    space.similar("a"),
    space.cell("a"),
    space.learn(),
    space.candidates(),
    space.evaluate(),
    await space.predict("a"),
    await space.backtest(),
    await space.anomalies(),
    await space.points(),
  ];
  for (const answer of answers) {
    expect(`${answer}`).toBe(answer.table().toString());
    expect(`${answer}`).toMatch(/^\S.*\n-/);
  }
});

test("In a table two things of one name are told apart by their kinds", async () => {
  const space = await seen("software", [
    ["RegisterCompute", { hostname: "web", resource_type: "virtual_machine", interfaces: [] }],
    ["ConfigureSoftware", { compute: "web", name: "nginx", kind: "package", version: "1" }],
    ["ConfigureSoftware", { compute: "web", name: "nginx", kind: "service", version: "1" }],
    ["ConfigureSoftware", { compute: "web", name: "bash", kind: "package", version: "1" }],
  ]);
  const { names } = space.classifications();
  expect(names.toSorted()).toEqual([
    "bash on web",
    "nginx on web (package)",
    "nginx on web (service)",
  ]);
  expect(space.classifications().table().column("name")).toEqual(names);
  expect(names.map((name) => space.thing(name))).toEqual(space.things);
});
