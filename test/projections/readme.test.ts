/** The projection that the README shows is the one that is tested. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectionLaws } from "../../src/projections/laws/mod.ts";
import { CountsProjection } from "./counts_projection.ts";

const readme = Deno.readTextFileSync(new URL("../../README.md", import.meta.url));

test("the README shows the whole projection as it is tested", async () => {
  const shown = readme.match(/```ts\n(\/\*\* How many events[\s\S]*?)```/)?.[1];
  const tested = await Deno.readTextFile(new URL("counts_projection.ts", import.meta.url));
  expect(shown).toBe(tested.replace('"../../src/mod.ts"', '"@cim/infrastructure"'));
});

describe("The laws as the README has them checked", () => {
  let folder: string;
  beforeAll(() => void (folder = Deno.makeTempDirSync({ prefix: "cim-counts-" })));
  afterAll(() => Deno.removeSync(folder, { recursive: true }));

  const subject = {
    open: async (place: string) => await new CountsProjection(`${folder}/${place}`),
    dump: async (projection: CountsProjection) => await projection.counts,
    dispose: (place: string) => Deno.remove(`${folder}/${place}`),
  };
  for (const { name, check } of projectionLaws(subject)) test(name, check);
});
