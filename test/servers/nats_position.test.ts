/** The checkpoint of a projection in the key-value bucket of a real NATS server. */
import { jetstreamManager } from "@nats-io/jetstream";
import { describe, expect, test } from "vitest";
import { openJetStream } from "../../src/log/jetstream.ts";
import { until } from "./embedded_user.ts";
import { startCluster } from "./nats_process.ts";
import { aKey, at, kept, LEASE_MS, log, server, unavailable } from "./nats_position_place.ts";

describe("A position in NATS", () => {
  test("is what was kept last, also by another process, and nothing once it was forgotten", async () => {
    const key = aKey();
    const first = at(key);
    expect(await first.open()).toBeUndefined();
    await first.keep(kept(7));
    await first.keep(kept(8, 2));
    expect(await first.open()).toEqual(kept(8, 2));
    await first.close();
    const second = at(key);
    expect(await second.open()).toEqual(kept(8, 2));
    await second.forget();
    expect(await second.open()).toBeUndefined();
    await second.keep(kept(1));
    expect(await second.open()).toEqual(kept(1));
  });

  test("has room for tens of thousands of parked events; what is too much is said", async () => {
    const position = at(aKey(), 20_000);
    await position.open();
    await position.keep(kept(50_000, 50_000));
    expect(await position.open()).toEqual(kept(50_000, 50_000));
    const incompressible = kept(1, 40_000);
    for (const one of incompressible.parked) one.reason = crypto.randomUUID();
    await expect(position.keep(incompressible)).rejects.toEqual(unavailable("more than the NATS"));
    expect(await position.open()).toEqual(kept(50_000, 50_000));
  });

  test("is in a bucket in files, of one value each, which the tools of NATS know as one", async () => {
    const position = at("netbox https://netbox.example");
    await position.open();
    await position.keep(kept(3));
    const manager = await jetstreamManager(log.connection);
    const { config } = await manager.streams.info("KV_CIM_PROJECTIONS");
    expect(config).toMatchObject({
      subjects: ["$KV.CIM_PROJECTIONS.>"],
      storage: "file",
      max_msgs_per_subject: 1,
      max_age: 0,
    });
    const name = "netbox=20https=3a=2f=2fnetbox=2eexample";
    const found = await manager.streams.getMessage("KV_CIM_PROJECTIONS", {
      last_by_subj: `$KV.CIM_PROJECTIONS.position.${name}`,
    });
    expect(found!.json()).toMatchObject(kept(3));
  });

  test("has a key of its own for every text, whatever is in it", async () => {
    const texts = [
      "a",
      "A",
      "a.b",
      "a b",
      "a=20b",
      "a\nb",
      "*",
      ">",
      "",
      "ä",
      "=c3=a4",
      "\u{1F600}",
      "$JS.API",
      "x".repeat(3_000),
      `${"x".repeat(3_000)}y`,
      "/".repeat(119),
    ];
    const all = texts.map((text) => at(text, 20_000));
    for (const [index, position] of all.entries()) {
      expect(await position.open()).toBeUndefined();
      await position.keep(kept(index + 1));
    }
    for (const [index, position] of all.entries()) {
      expect((await position.open())?.checkpoint.last_sequence).toBe(index + 1);
    }
  });

  test("that somebody has written by hand is as if there were none", async () => {
    const manager = await jetstreamManager(log.connection);
    const texts = ["", "{", "null", "[]", "{}", '{"log":3}', "\u001f\u008b"];
    for (const [index, text] of texts.entries()) {
      const [key, position] = [`hand${index}`, at(`hand${index}`)];
      await log.connection.request(`$KV.CIM_PROJECTIONS.position.${key}`, text);
      await log.connection.request(`$KV.CIM_PROJECTIONS.lease.${key}`, text);
      expect(await position.open()).toBeUndefined();
      await position.keep(kept(1));
      expect(await position.open()).toEqual(kept(1));
    }
    expect(await manager.streams.purge("KV_CIM_PROJECTIONS", { filter: "$KV.*.*.hand*" }))
      .toMatchObject({ success: true });
  });

  test("that another writes meanwhile is not overwritten", async () => {
    const key = aKey();
    const position = at(key);
    await position.open();
    await position.keep(kept(5));
    const name = key.replace(" ", "=20");
    await log.connection.request(
      `$KV.CIM_PROJECTIONS.position.${name}`,
      JSON.stringify(kept(9)),
    );
    await expect(position.keep(kept(6))).rejects.toMatchObject({
      code: "projection_moved",
      expected: 6,
      found: 9,
    });
    await expect(position.forget()).rejects.toMatchObject({ code: "projection_moved" });
    expect(await position.open()).toEqual(kept(9));
    await position.keep(kept(10));
  });
});

test("Who may do only what the documentation names can keep a position; who may not is told what is refused", async () => {
  await (await jetstreamManager(log.connection)).streams.delete("KV_CIM_PROJECTIONS");
  const as = (user: string) =>
    openJetStream({ url: server.url.replace("//", `//${user}:${user}@`), patience: Infinity });
  const some = await as("some");
  const position = at(aKey(), LEASE_MS, some);
  await position.open();
  await position.keep(kept(1));
  expect(await position.open()).toEqual(kept(1));
  await position.close();
  await some.close();
  const none = await as("none");
  await expect(at(aKey(), LEASE_MS, none).open()).rejects.toEqual(
    unavailable("KV_CIM_PROJECTIONS"),
  );
  await none.close();
});

test("In a cluster the bucket is on as many servers as the log, and outlives one of them", async () => {
  const cluster = await startCluster("secret");
  try {
    const url = cluster.map((one) => one.url).join(",");
    await until(async () => {
      const answers = await Promise.all(
        cluster.map(({ monitoring }) =>
          fetch(`${monitoring}/healthz`).then((answer) => answer.text(), () => "")
        ),
      );
      return answers.every((answer) => answer.includes('"ok"'));
    });
    const single = await openJetStream({ url, token: "secret", replicas: 1, patience: Infinity });
    const before = at("one", LEASE_MS, single);
    await before.open();
    await before.close();
    await single.close();
    const of3 = await openJetStream({ url, token: "secret", replicas: 3, patience: Infinity });
    const position = at("one", 5_000, of3);
    await position.open();
    await position.keep(kept(1));
    const manager = await jetstreamManager(of3.connection);
    const { config } = await manager.streams.info("KV_CIM_PROJECTIONS");
    expect(config.num_replicas).toBe(3);
    await cluster[0]!.kill9();
    await until(() => position.keep(kept(2)).then(() => true, () => false));
    expect(await position.open()).toEqual(kept(2));
    await of3.close();
  } finally {
    for (const one of cluster) await one.stop();
  }
});
