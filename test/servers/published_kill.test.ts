/** Whenever whoever keeps a published model is killed (SIGKILL), it is whole, and the next one goes on. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { Model } from "../../src/replay/model.ts";
import { type ModelName, publishedPath, workingPath } from "../../src/replay/model_paths.ts";
import { publishedModel } from "../../src/replay/published.ts";
import { verifyModel } from "../../src/replay/verify.ts";
import { publishedLog } from "./published_log.ts";

const ROUNDS = 9;
const program = fileURLToPath(new URL("published_child.ts", import.meta.url));

/** What the tables of a model say of how far it is, where each event is something new of a resource. */
const LAST: Record<ModelName, string> = {
  sql: "SELECT count(*) FROM events",
  spaces: "SELECT max(sequence) FROM compute_positions_history",
};

/** Opens the published model again and again, as long as that is wanted: it is always whole, and never older. */
class Reader {
  position = 0;
  opened = 0;
  #isWanted = true;
  readonly #done: Promise<void>;

  constructor(private readonly path: string, private readonly last: string) {
    this.#done = this.#read();
  }

  async #read(): Promise<void> {
    for (; this.#isWanted; await new Promise((resolve) => setTimeout(resolve, 5))) {
      if (this.position === 0 && !await isThere(this.path)) continue;
      await using model = await Model.open(this.path);
      const { last_sequence, events } = model.checkpoint;
      expect(last_sequence).toBeGreaterThanOrEqual(this.position);
      expect((await model.query(this.last)).values).toEqual([[events]]);
      this.position = last_sequence;
      this.opened++;
    }
  }

  async end(): Promise<void> {
    this.#isWanted = false;
    await this.#done;
  }
}

const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);

test.each<ModelName>(["sql", "spaces"])(
  "%s, killed while it begins, in the middle of a step, or while it publishes: nothing is lost, nor ever older",
  async (name) => {
    const folder = await Deno.makeTempDir({ prefix: "cim-published-" });
    const models = join(folder, "models");
    const left = () => {
      try {
        return [...Deno.readDirSync(models)].map(({ name }) => name);
      } catch {
        return []; // it has not begun
      }
    };
    const reader = new Reader(publishedPath(folder, name), LAST[name]);
    let begin = 100;
    const met = { building: 0, part: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      // A beginning again and again, and in between one that goes on where the one before was.
      const moment = (["building", "part", undefined] as const)[round % 3];
      const rebuild = moment === "building" ? ["rebuild"] : [];
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--quiet",
          "--no-check",
          "-A",
          program,
          name,
          folder,
          String(begin),
          ...rebuild,
        ],
        stdout: "piped",
      }).spawn();
      await child.stdout.getReader().read();
      const ended = performance.now() + 5_000;
      const isTime = () =>
        moment === undefined || left().some((name) => name.endsWith(`.${moment}`));
      while (performance.now() < ended && !isTime()) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      const most = { building: 200, part: 10, random: 2_000 }[moment ?? "random"];
      await new Promise((resolve) => setTimeout(resolve, Math.random() * most));
      child.kill("SIGKILL");
      await child.status;
      for (const name of ["building", "part"] as const) {
        met[name] += Number(left().some((one) => one.endsWith(`.${name}`)));
      }
      // The next log is the same one, and at least as long as what was applied.
      begin = Math.max(begin, reader.position) + 500;
    }
    await reader.end();
    expect(met.building + met.part).toBeGreaterThan(1);
    expect(reader.opened).toBeGreaterThan(10);
    const log = await publishedLog(begin + 1_000);
    const aside: string[] = [];
    const onAside = (reason: string) => aside.push(reason);
    const state = await runToEnd(log, publishedModel(log, folder, { model: name, onAside }));
    expect(state).toMatchObject({ position: begin + 1_000, parked: 0 });
    expect(aside).toEqual([]);
    for (const path of [workingPath(folder, name), publishedPath(folder, name)]) {
      expect(await verifyModel(log, path)).toEqual({
        path,
        last_sequence: begin + 1_000,
        rows: expect.any(Number),
      });
    }
    expect(left().sort()).toEqual([
      `${name}.duckdb`,
      `${name}.working.duckdb`,
      `${name}.working.duckdb.lock`,
    ]);
    await Deno.remove(folder, { recursive: true });
  },
);
