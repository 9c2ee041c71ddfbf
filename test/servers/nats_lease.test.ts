/** The lease on a read model, in the key-value bucket of a real NATS server. */
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { describe, expect, test, vi } from "vitest";
import { until } from "./embedded_user.ts";
import { aKey, at, kept, LEASE_MS, log, server, unavailable } from "./nats_position_place.ts";

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
