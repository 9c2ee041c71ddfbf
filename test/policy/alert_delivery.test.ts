/** What is sent while others are looked for. */
import { expect, test, vi } from "vitest";
import { AlertDelivery } from "../../src/policy/alert_delivery.ts";
import type { Alert } from "../../src/policy/alerts.ts";

const alert = (policy: string): Alert => ({
  policy,
  severity: "warning",
  resource: "a",
  hostname: "web",
  state: "firing",
  since: "2026-11-01T00:00:00.000000Z",
  fired_at: "2026-11-01T00:10:00.000000Z",
  because: {},
  evidence: [],
});
const over = (policy: string): Alert => ({
  ...alert(policy),
  state: "resolved",
  resolved_at: "2026-11-01T00:20:00.000000Z",
});
const change = (firing: Alert[], resolved: Alert[] = []) => ({ fired: [], resolved, firing });

/** A server that answers a request once it is let. */
function receiver() {
  const bodies: { labels: { alertname: string }; endsAt?: string }[][] = [];
  const waiting: ((status: number) => void)[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    bodies.push(await request.json());
    const status = await new Promise<number>((resolve) => waiting.push(resolve));
    return new Response("", { status });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    /** What was sent, as `policy`, or `policy over`. */
    sent: () =>
      bodies.map((body) =>
        body.map(({ labels, endsAt }) => labels.alertname + (endsAt ? " over" : ""))
      ),
    answer: async (status: number) => {
      await vi.waitUntil(() => waiting.length > 0, 5_000);
      waiting.shift()!(status);
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

test("A look never waits for a delivery, and what is over is told until it was taken", async () => {
  await using there = receiver();
  const warned: string[] = [];
  const delivery = new AlertDelivery(there.url, { attempts: 1 }, (line) => warned.push(line));
  delivery.look(change([alert("a")]));
  delivery.look(change([alert("b")], [over("a")])); // one is under way: the next tells it
  await there.answer(503);
  await vi.waitUntil(() => warned.length === 1, 5_000);
  expect(there.sent()).toEqual([["a"]]);
  delivery.look(change([alert("b")]));
  await there.answer(200);
  await vi.waitUntil(() => {
    delivery.look(change([alert("b")]));
    return there.sent().length === 3;
  }, 5_000);
  await there.answer(200);
  expect(there.sent()).toEqual([["a"], ["b", "a over"], ["b"]]);
  expect(warned[0]).toMatch(/were not taken by http.*503/);
});

test("A server that accepts and never answers is given up within the patience of all attempts", async () => {
  using server = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}`;
  const warned: string[] = [];
  const began = performance.now();
  const delivery = new AlertDelivery(url, { patience: 300 }, (line) => warned.push(line));
  delivery.look(change([alert("a")]));
  await vi.waitUntil(() => warned.length === 1, 5_000);
  expect(performance.now() - began).toBeLessThan(2_000); // and not four times that, with pauses
  expect(warned[0]).toMatch(/they were not within 0.3 s$/);
});
