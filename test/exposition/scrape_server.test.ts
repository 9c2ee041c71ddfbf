/** The server that is scraped, and the token that it wants. */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PortTaken, ScrapeServer } from "../../src/exposition/scrape_server.ts";
import { metricsToken, MetricsTokenError } from "../../src/exposition/token.ts";

const TOKEN = "a-token-of-the-test";
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const status = async (answer: Promise<Response>) => {
  const response = await answer;
  await response.body?.cancel();
  return response.status;
};

describe("A scrape", () => {
  test("is answered only to who brings the token, and says nothing to others", async () => {
    await using server = new ScrapeServer(0, TOKEN, () => Promise.resolve("cim_up 1\n"));
    const answered = await fetch(server.url, bearer(TOKEN));
    expect(answered.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await answered.text()).toBe("cim_up 1\n");
    for (const wrong of [{}, bearer(""), bearer(`${TOKEN}x`), bearer(TOKEN.toUpperCase())]) {
      const refused = await fetch(server.url, wrong);
      expect(refused.status).toBe(401);
      expect(refused.headers.get("www-authenticate")).toMatch(/^Bearer /);
      expect(await refused.text()).not.toContain("cim_up");
    }
    expect(await status(fetch(new URL("/", server.url)))).toBe(401);
    expect(await status(fetch(new URL("/", server.url), bearer(TOKEN)))).toBe(404);
    expect(await status(fetch(server.url, { method: "POST", ...bearer(TOKEN) }))).toBe(405);
  });

  test("is one for all who ask at the same time, and a new one for the next", async () => {
    let scrapes = 0;
    const held: (() => void)[] = [];
    await using server = new ScrapeServer(0, TOKEN, async () => {
      scrapes++;
      await new Promise<void>((resolve) => held.push(resolve));
      return `cim_scrapes ${scrapes}\n`;
    });
    const text = async () => await (await fetch(server.url, bearer(TOKEN))).text();
    const all = Promise.all(Array.from({ length: 20 }, text));
    while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 200));
    held.shift()!();
    expect(new Set(await all)).toEqual(new Set(["cim_scrapes 1\n"]));
    const next = text();
    while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    held.shift()!();
    expect(await next).toBe("cim_scrapes 2\n");
  });

  test("that fails says why, and the next one is another", async () => {
    let scrapes = 0;
    await using server = new ScrapeServer(
      0,
      TOKEN,
      () =>
        ++scrapes === 1
          ? Promise.reject(new Error("the disk is gone"))
          : Promise.resolve("cim_up 1\n"),
    );
    const refused = await fetch(server.url, bearer(TOKEN));
    expect([refused.status, await refused.text()]).toEqual([503, "the disk is gone\n"]);
    expect(await status(fetch(server.url, { method: "HEAD", ...bearer(TOKEN) }))).toBe(200);
  });

  test("cannot be served at a port that is taken", async () => {
    await using server = new ScrapeServer(0, TOKEN, () => Promise.resolve(""));
    const port = Number(new URL(server.url).port);
    expect(() => new ScrapeServer(port, TOKEN, () => Promise.resolve(""))).toThrow(PortTaken);
    expect(() => new ScrapeServer(port, TOKEN, () => Promise.resolve(""))).toThrow(
      `port ${port} of 127.0.0.1 is taken, or not ours to take: choose another by --port`,
    );
  });
});

describe("The token", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await Deno.makeTempDir({ prefix: "cim-token-" });
  });
  afterEach(() => Deno.remove(folder, { recursive: true }));

  test("is made the first time, for its owner alone, and is the same from then on", async () => {
    const path = join(folder, "local", "metrics.token");
    const [first, second] = await Promise.all([metricsToken(path, ""), metricsToken(path, " ")]);
    expect(first).toEqual(second);
    expect(first).toEqual({ token: expect.stringMatching(/^[0-9a-f]{64}$/), path });
    expect(await metricsToken(path, "")).toEqual(first);
    if (Deno.build.os !== "windows") {
      expect((await Deno.stat(path)).mode! & 0o777).toBe(0o600);
    }
    expect([...Deno.readDirSync(join(folder, "local"))].map(({ name }) => name))
      .toEqual(["metrics.token"]);
  });

  test("is that of the environment, where that has one", async () => {
    const path = join(folder, "metrics.token");
    expect(await metricsToken(path, ` ${TOKEN}\n`)).toEqual({ token: TOKEN });
    await expect(Deno.stat(path)).rejects.toThrow(Deno.errors.NotFound);
  });

  test("is refused where it is none, and is never said", async () => {
    const path = join(folder, "metrics.token");
    await expect(metricsToken(path, "a token of blanks")).rejects.toThrow(/^CIM_METRICS_TOKEN has/);
    await expect(metricsToken(path, "short")).rejects.toThrow(/16 to 1024 characters/);
    await expect(metricsToken(path, "short")).rejects.not.toThrow(/short/);
    await Deno.writeTextFile(path, "", { mode: 0o600 });
    await expect(metricsToken(path, "")).rejects.toThrow(MetricsTokenError);
    await Deno.remove(path);
    await Deno.mkdir(path);
    await expect(metricsToken(path, "")).rejects.toMatchObject({ code: "metrics_token" });
  });

  test.runIf(Deno.build.os !== "windows")("is not used where others can read it", async () => {
    const path = join(folder, "metrics.token");
    await metricsToken(path, "");
    await Deno.chmod(path, 0o644);
    await expect(metricsToken(path, "")).rejects.toThrow(/can be read by others/);
  });
});
