/** Notebooks that write to a log beside each other and beside what watches it; and a kernel that is killed while it writes. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Cim, Place } from "../servers/cim.ts";
import { servers } from "../servers/embedded_user.ts";
import { descendants, left } from "./fixture.ts";
import { type FrontEnd, frontEnds, type Ran, text } from "./kernel_front.ts";

vi.setConfig({ testTimeout: 120_000 });

const start = frontEnds();
let place: Place, watching: Cim[], fronts: FrontEnd[];

/** For what takes longest where others are at work as well. */
const PATIENCE = { timeout: 60_000 };
/** How often that has been seen. */
const seen = (what: string) => watching[0]!.lines.filter(({ kind }) => kind === what).length;

beforeAll(async () => {
  [place, ...fronts] = await Promise.all([Place.make(), start(), start()]);
  await place.run(["status"]); // sets up what is missing
  watching = [place.start(["discover", "--watch", "1s", "--json"])];
  await vi.waitUntil(() => seen("discovered") > 0, PATIENCE);
  watching.push(place.start(["project", "sql", "--watch", "--json"]));
}, 300_000);
afterAll(async () => {
  await Promise.all(fronts?.map((front) => front.kill()) ?? []);
  for (const one of watching ?? []) one.kill("SIGKILL");
  for (const one of place ? await servers(place.folder) : []) Deno.kill(one, "SIGKILL");
  await place?.[Symbol.asyncDispose]();
});

const open = () =>
  `import { openWorkspace } from "@cim/infrastructure";
  var workspace = await openWorkspace({ folder: ${
    JSON.stringify(join(place.folder, "data", "local"))
  } });
  var define = async (notebook, n) => {
    const data = { name: \`n\${notebook}-\${n}\`, cidr: \`10.\${notebook}.\${n}.0/24\` };
    await workspace.submit([{ command: "DefineNetwork", data }]);
    Deno.writeTextFileSync(${
    JSON.stringify(place.folder)
  } + "/told", data.name + "\\n", { append: true });
  };`;
const ok = (ran: Ran) => {
  expect(ran.replies.map((reply) => reply?.status), text(ran, "error").join())
    .toEqual(ran.replies.map(() => "ok"));
};
/** The names of networks that the log has said to have. */
const told = () => Deno.readTextFileSync(join(place.folder, "told")).trim().split("\n");
const answer = async (front: FrontEnd, code: string) => {
  const ran = await front.run([code], { seconds: 60 });
  ok(ran);
  return text(ran, "execute_result")[0];
};
const missing = (front: FrontEnd) =>
  answer(
    front,
    `const had = new Set((await (await workspace.replay()).sql\`SELECT name FROM networks\`).column("name"));
    ${JSON.stringify(told())}.filter((name) => !had.has(name)).join() || "none"`,
  );

test("Two notebooks write beside a watched machine and a model that is kept; nothing blocks, and nothing is lost", async () => {
  const codes = (at: number) => [
    open(),
    "(await workspace.discover()).compute_id.length",
    `for (let n = 0; n < 10; n++) await define(${at}, n);`,
  ];
  const ran = await Promise.all(
    fronts.map((front, at) => front.run(codes(at), { seconds: 90 })),
  );
  for (const one of ran) ok(one);
  expect(told().length).toBe(20);
  expect(await Promise.all(fronts.map(missing))).toEqual(['"none"', '"none"']);
  const before = seen("measured");
  await expect.poll(() => seen("measured"), PATIENCE).toBeGreaterThan(before);
  expect(seen("missed")).toBe(0);
});

test.each(["Deno", "the proxy"])(
  "When %s is killed while a cell writes, what was said to be written is, and the log goes on",
  async (which) => {
    const [front, other] = fronts as [FrontEnd, FrontEnd];
    const at = which === "Deno" ? 2 : 3;
    const had = told().length;
    const code = `for (let n = 0; n < 250; n++) await define(${at}, n);`;
    const writing = front.run([code], { seconds: which === "Deno" ? 60 : 5 });
    const before = [front.proxy, ...descendants(front.proxy)];
    const deno = before.find((one) =>
      Deno.readTextFileSync(`/proc/${one}/cmdline`).includes("\0jupyter\0")
    )!;
    await expect.poll(() => told().length, PATIENCE).toBeGreaterThan(had + 3);
    Deno.kill(which === "Deno" ? deno : front.proxy, "SIGKILL");
    const ran = await writing;
    expect(text(ran, "error")).toEqual(
      which === "Deno" ? [expect.stringMatching(/^Deno ended/)] : [], // Jupyter sees it by itself
    );
    expect(told().length).toBeLessThan(had + 250);
    expect(await missing(other)).toBe('"none"');
    front.proxy = await front.ask<number>("restart", { now: true });
    expect(await left(before, 3)).toEqual([]);
    ok(await front.run([open()], { seconds: 60 }));
    expect(await missing(front)).toBe('"none"');
  },
);

test("When all have ended, the model is that of the log, and no server is left", async () => {
  await Promise.all(fronts.map((front) => front.ask("shutdown")));
  watching[0]!.kill("SIGINT");
  expect((await watching[0]!.end()).code).toBe(130);
  await expect.poll(() => watching[1]!.lines.at(-1)?.lag_events, PATIENCE).toBe(0);
  watching[1]!.kill("SIGINT");
  expect((await watching[1]!.end()).code).toBe(130);
  const { code, err, out } = await place.run(["verify", "--json"]);
  expect(code, err + out).toBe(0);
  await expect.poll(() => servers(place.folder), PATIENCE).toEqual([]);
});
