/** Checkpoint and lease of a projection in the key-value bucket of a real NATS server. */
import { setTimeout as delay } from "node:timers/promises";
import { hostname } from "node:os";
import { jetstreamManager } from "@nats-io/jetstream";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type JetStreamLog, openJetStream } from "../../src/log/jetstream.ts";
import { NOTHING_APPLIED } from "../../src/projections/checkpoint.ts";
import { type KeptPosition, NatsPosition } from "../../src/projections/nats_position.ts";
import { until } from "./embedded_user.ts";
import { type NatsProcess, startCluster, startServer } from "./nats_process.ts";

const LEASE_MS = 600;
const PERMISSIONS = {
  publish: [
    "$JS.API.STREAM.INFO.*",
    "$JS.API.STREAM.CREATE.KV_CIM_PROJECTIONS",
    "$JS.API.STREAM.UPDATE.KV_CIM_PROJECTIONS",
    "$JS.API.STREAM.MSG.GET.KV_CIM_PROJECTIONS",
    "$KV.CIM_PROJECTIONS.>",
  ],
  subscribe: ["_INBOX.>"],
};

let server: NatsProcess;
let log: JetStreamLog;
const positions: NatsPosition[] = [];
let keys = 0;

beforeAll(async () => {
  server = await startServer({
    lines: `authorization { users: [
      { user: all, password: all }
      { user: some, password: some, permissions: ${JSON.stringify(PERMISSIONS)} }
      { user: none, password: none, permissions: { publish: ["$JS.API.STREAM.*.INFRASTRUCTURE_EVENTS"] } }
    ] }\nno_auth_user: all`,
  });
  log = await openJetStream({ url: server.url, patience: Infinity });
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const position of positions.splice(0)) await position.close();
});
afterAll(async () => {
  await log?.close();
  await server?.stop();
});

const aKey = () => `test ${++keys}`;
function at(key: string, leaseMs = LEASE_MS, { connection } = log): NatsPosition {
  const position = new NatsPosition(connection, "netbox", key, { leaseMs });
  positions.push(position);
  return position;
}
const kept = (sequence: number, parked = 0): KeptPosition => ({
  log: { name: "log", incarnation: "2026" },
  definition: "1",
  checkpoint: { ...NOTHING_APPLIED, first_sequence: 1, last_sequence: sequence },
  parked: Array.from({ length: parked }, (_, index) => ({
    sequence: index,
    event_type: "ComputeRegistered",
    aggregate_id: `00000000-0000-0000-0000-${String(index).padStart(12, "0")}`,
    reason: 'it is 50 % wrong, "äöü"',
  })),
});
const unavailable = (why: string) =>
  expect.objectContaining({
    code: "projection_unavailable",
    message: expect.stringContaining(why),
  });

/** What says whether it may write, in a process of its own. */
class Holder {
  readonly #child: Deno.ChildProcess;
  readonly said: { at: number; what: string }[] = [];

  constructor(key: string, url = server.url) {
    const program = new URL("nats_position_holder.ts", import.meta.url).pathname;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", program, url, key, String(LEASE_MS)],
      stdout: "piped",
    }).spawn();
    void this.#listen();
  }

  get pid(): number {
    return this.#child.pid;
  }

  get saysLast(): string | undefined {
    return this.said.at(-1)?.what;
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async kill9(): Promise<void> {
    this.signal("SIGKILL");
    await this.#child.status;
  }

  async #listen(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        const [time] = line.split(" ", 1);
        this.said.push({ at: Number(time), what: line.slice(time!.length + 1) });
      }
    }
  }
}

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
    for (const text of ["", "{", "null", "[]", "{}", '{"log":3}', "\u001f\u008b"]) {
      const [key, position] = [`hand${++keys}`, at(`hand${keys}`)];
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

describe("The lease on a read model", () => {
  test("is had by one; who comes second is told who that is, and gets it when it is given back", async () => {
    const key = aKey();
    const first = at(key);
    await first.open();
    const second = at(key);
    expect(() => second.requireLease()).toThrow("not open");
    await expect(second.open()).rejects.toEqual(
      unavailable(`process ${Deno.pid} on ${hostname()} keeps it in step`),
    );
    await expect(second.keep(kept(1))).rejects.toEqual(unavailable("not open"));
    first.requireLease();
    const waiting = second.open().then(() => second.requireLease());
    await first.close();
    await waiting;
    expect(second.isLost).toBe(false);
  });

  test("is had by one of many who come at once", async () => {
    const key = aKey();
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => at(key).open()));
    expect(opened.filter(({ status }) => status === "fulfilled").length).toBe(1);
    for (const one of opened) {
      if (one.status === "rejected") expect(one.reason).toEqual(unavailable("keeps it in step"));
    }
  });

  test("is kept for as long as it is needed", async () => {
    const position = at(aKey());
    await position.open();
    for (const end = performance.now() + 3 * LEASE_MS; performance.now() < end; await delay(20)) {
      position.requireLease();
    }
    await position.keep(kept(1));
  });

  test("of a process that was killed goes to another when it has run out, and not before", async () => {
    const key = aKey();
    const holder = new Holder(key);
    await until(() => holder.saysLast === "writes");
    await expect(at(key).open()).rejects.toEqual(unavailable(`process ${holder.pid} on`));
    await holder.kill9();
    const began = performance.now();
    await at(key).open();
    expect(performance.now() - began).toBeGreaterThanOrEqual(LEASE_MS);
    expect(performance.now() - began).toBeLessThan(4 * LEASE_MS);
  });

  test("that is slept over is noticed before anything is written, whether another has taken it or not", async () => {
    const key = aKey();
    const holder = new Holder(key);
    await until(() => holder.saysLast === "writes");
    holder.signal("SIGSTOP");
    const heir = at(key);
    await heir.open();
    const taken = Date.now();
    await heir.keep(kept(2));
    holder.signal("SIGCONT");
    await until(() => holder.saysLast?.includes(`now that of process ${Deno.pid}`) ?? false);
    expect(holder.said.filter(({ at, what }) => at >= taken && what === "writes")).toEqual([]);
    heir.requireLease();
    await holder.kill9();
  });

  test("that was slept over and nobody wanted is had again", async () => {
    const holder = new Holder(aKey());
    await until(() => holder.saysLast === "writes");
    holder.signal("SIGSTOP");
    await delay(2 * LEASE_MS);
    holder.signal("SIGCONT");
    await until(() => holder.said.length === 3 && holder.saysLast === "writes");
    expect(holder.said[1]!.what).toContain("could not be renewed in time");
    await holder.kill9();
  });

  test("is in doubt after the machine slept, when only the wall clock went on", async () => {
    const position = at(aKey(), 20_000);
    await position.open();
    position.requireLease();
    const now = Date.now();
    const clock = vi.spyOn(Date, "now").mockReturnValue(now + 15_000);
    position.requireLease();
    clock.mockReturnValue(now + 17_000);
    expect(() => position.requireLease()).toThrow("could not be renewed in time");
    clock.mockReturnValue(now - 1_000_000);
    position.requireLease();
  });
});

describe("While NATS is away", () => {
  test("nothing is written once the lease runs out, and when it is back the same one goes on", async () => {
    const position = at(aKey());
    await position.open();
    await position.keep(kept(1));
    await server.kill9();
    await until(() => {
      try {
        position.requireLease();
        return false;
      } catch (error) {
        expect(error).toEqual(unavailable("could not be renewed in time"));
        return true;
      }
    });
    await expect(position.keep(kept(2))).rejects.toEqual(unavailable("renewed in time"));
    await server.start();
    await until(() => position.keep(kept(2)).then(() => true, () => false));
    expect(await position.open()).toEqual(kept(2));
  });

  test("a restart within the lease is not noticed, and what was under way is kept once", async () => {
    const position = at(aKey(), 20_000);
    await position.open();
    for (let sequence = 1; sequence <= 12; sequence++) {
      const keeping = position.keep(kept(sequence));
      if (sequence % 4 === 0) {
        await delay(sequence / 4);
        await server.kill9();
        await server.start();
      }
      await keeping;
      expect((await position.open())?.checkpoint.last_sequence).toBe(sequence);
    }
  });

  test("that is told to who opens, or keeps, within seconds", async () => {
    const open = at(aKey(), 60_000);
    await open.open();
    await server.kill9();
    try {
      const began = performance.now();
      const [opened, wasKept] = await Promise.allSettled([at(aKey()).open(), open.keep(kept(1))]);
      const failed = { status: "rejected", reason: unavailable("cannot be kept in NATS") };
      expect([opened, wasKept]).toEqual([failed, failed]);
      expect(performance.now() - began).toBeLessThan(9_000);
    } finally {
      await server.start();
    }
    await open.keep(kept(1));
    expect(await open.open()).toEqual(kept(1));
  });

  test("a bucket that was removed and made anew by another takes lease and position away", async () => {
    const key = aKey();
    const position = at(key);
    await position.open();
    await position.keep(kept(4));
    const manager = await jetstreamManager(log.connection);
    await manager.streams.delete("KV_CIM_PROJECTIONS");
    const other = at(key);
    expect(await other.open()).toBeUndefined();
    await expect(position.keep(kept(5))).rejects.toMatchObject({ code: "projection_moved" });
    await until(() => position.isLost);
    expect(() => position.requireLease()).toThrow(`now that of process ${Deno.pid}`);
    await other.keep(kept(1));
    await other.close();
    expect(await position.open()).toEqual(kept(1));
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
