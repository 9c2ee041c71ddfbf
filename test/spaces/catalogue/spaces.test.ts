/** The spaces that come with the project. */
import { describe, expect, test } from "vitest";
import { replay } from "../../../src/replay/replay.ts";
import { SPACES } from "../../../src/spaces/catalogue/spaces.ts";
import { dimensionsOf, requireSpace } from "../../../src/spaces/space.ts";
import { history } from "../../replay/history.ts";

describe("The spaces that come with the project", () => {
  test("make sense, and are told apart by their names", () => {
    for (const space of SPACES) requireSpace(space);
    expect(SPACES.map(({ name }) => name)).toEqual([
      "compute",
      "performance",
      "capacity",
      "reliability",
      "software",
      "network",
      "connection",
      "policy",
    ]);
  });

  test("have dimensions that are named after their domains, and say what they are and come from", () => {
    for (const space of SPACES) {
      for (const domain of space.domains) {
        for (const { name, about, source } of domain.dimensions) {
          expect(name).toMatch(new RegExp(`^${domain.name}\\.[a-z][a-z_]*$`));
          expect(about, name).toMatch(/\S/);
          expect(source, name).toMatch(/\S/);
        }
      }
    }
  });

  test("have a dimension for each column of the positions in the read model, and no other", async () => {
    await using model = await replay(await history());
    for (const kind of ["compute", "software", "network", "connection", "policy"]) {
      const { names } = await columns(`${kind}_positions`);
      const { dimensions } = of(kind);
      expect(names.filter((name) => dimensions.includes(name)), kind).toEqual(dimensions);
      const others = names.filter((name) => !dimensions.includes(name));
      expect(others.filter((name) => of(kind).domains.some((domain) => name.startsWith(domain))))
        .toEqual([`${kind}_id`].filter((id) => of(kind).domains.some((one) => id.startsWith(one))));
    }
    expect((await columns("compute_positions_history")).names)
      .toEqual((await columns("compute_positions")).names);

    async function columns(view: string) {
      const found = await model.query(`DESCRIBE ${view}`);
      return { names: found.rows.map(({ column_name }) => String(column_name)) };
    }
  });
});

/** The columns of a space's dimensions, and what those of each domain begin with. */
function of(name: string): { dimensions: string[]; domains: string[] } {
  const space = SPACES.find((one) => one.name === name)!;
  return {
    dimensions: dimensionsOf(space).map((dimension) => dimension.name.replace(".", "_")),
    domains: space.domains.map((domain) => `${domain.name}_`),
  };
}
