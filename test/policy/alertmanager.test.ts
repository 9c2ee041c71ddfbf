import { describe, expect, test } from "vitest";
import { AlertsNotTaken, postable, postAlerts } from "../../src/policy/alertmanager.ts";
import type { Alert } from "../../src/policy/alerts.ts";
import { HOSTILE } from "../replay/history.ts";

const FIRING: Alert = {
  policy: "full",
  severity: "warning",
  resource: "00000000-0000-4000-8000-000000000001",
  hostname: "web",
  state: "firing",
  since: "2026-11-01T00:00:00.000000Z",
  fired_at: "2026-11-01T00:10:00.000000Z",
  because: { "measurements.memory": 0.97 },
  evidence: ["e1", "e2"],
};

/** A server that answers each request with the next status, and keeps what it was sent. */
function receiver(...statuses: number[]) {
  const bodies: unknown[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    expect([request.method, new URL(request.url).pathname]).toEqual(["POST", "/api/v2/alerts"]);
    expect(request.headers.get("content-type")).toBe("application/json");
    bodies.push(await request.json());
    return new Response("said", { status: statuses[bodies.length - 1] ?? 200 });
  });
  return {
    bodies,
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

test("Alerts are sent in Alertmanager's form", async () => {
  await using there = receiver();
  const resolved = { ...FIRING, state: "resolved" as const, resolved_at: "2026-11-01T01:00:00Z" };
  await postAlerts(`${there.url}/`, [FIRING, resolved], { generatorURL: "http://cim.example/" });
  const labels = {
    alertname: "full",
    severity: "warning",
    instance: "web",
    resource: FIRING.resource,
  };
  expect(there.bodies).toMatchObject([[
    { labels, startsAt: FIRING.fired_at, generatorURL: "http://cim.example/" },
    { labels, startsAt: FIRING.fired_at, endsAt: "2026-11-01T01:00:00Z" },
  ]]);
  expect((there.bodies[0] as { annotations: unknown }[])[0]!.annotations).toEqual({
    summary: "web does not keep to full",
    because: '{"measurements.memory":0.97}',
    since: FIRING.since,
    evidence: "e1 e2",
  });
});

test("and any text arrives as it is", async () => {
  await using there = receiver();
  await postAlerts(there.url, [{ ...FIRING, policy: HOSTILE, hostname: HOSTILE }]);
  expect(there.bodies).toMatchObject([[{ labels: { alertname: HOSTILE, instance: HOSTILE } }]]);
  expect(postable({ ...FIRING, policy: "\ud800" }).labels.alertname).toBe("\ufffd");
});

test("The address keeps what it has besides, and is not told in an error", async () => {
  let asked = "";
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    asked = request.url;
    return new Response("no", { status: 403 });
  });
  const host = `127.0.0.1:${server.addr.port}`;
  const error = await postAlerts(`http://me:s3cret@${host}/team/?token=t0ken`, [FIRING])
    .catch((error) => error);
  expect(new URL(asked).pathname + new URL(asked).search).toBe("/team/api/v2/alerts?token=t0ken");
  expect(error.message).toBe(
    `The alerts were not taken by http://${host}/team/api/v2/alerts: 403 no`,
  );
  for (const url of ["", "nowhere", "file:///etc", HOSTILE]) {
    await expect(postAlerts(url, [FIRING])).rejects.toThrow(/is no address of an Alertmanager/);
  }
});

test.each([[200, 1], [500, 2]])(
  "Of an answer %i that never ends only the beginning is read",
  async (status, requests) => {
    let asked = 0;
    await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
      asked++;
      const pull = (to: ReadableStreamDefaultController) =>
        to.enqueue(new Uint8Array(9_999).fill(97));
      return new Response(new ReadableStream({ pull }), { status });
    });
    const url = `http://127.0.0.1:${server.addr.port}`;
    const sent = postAlerts(url, [FIRING], { attempts: 2, pause: 1, patience: 2_000 });
    if (status === 200) await sent;
    else await expect(sent).rejects.toThrow(/: 500 a{300}$/);
    expect(asked).toBe(requests);
  },
);

describe("What is away is tried again, and what refuses is not", () => {
  test.each([
    ["an error of the server", [503, 500], 3, undefined],
    ["too many requests", [429], 2, undefined],
    ["an error that stays", [500, 500, 500, 500, 500], 4, /500 said/],
    ["what it does not understand", [400], 1, /400 said/],
    ["a redirection", [307], 1, /307|redirect/],
  ])("%s", async (_, statuses, requests, message) => {
    await using there = receiver(...statuses);
    const error = await postAlerts(there.url, [FIRING], { pause: 1 }).catch((error) => error);
    expect(there.bodies).toHaveLength(requests);
    if (message === undefined) expect(error).toBeUndefined();
    else {
      expect(error).toBeInstanceOf(AlertsNotTaken);
      expect(error.message).toMatch(message);
    }
  });

  test("nobody there", async () => {
    const url = await (async () => {
      await using there = receiver();
      return there.url;
    })();
    await expect(postAlerts(url, [FIRING], { pause: 1, attempts: 2 })).rejects
      .toThrow(AlertsNotTaken);
  });

  test("one that never answers, and a signal that ends it", async () => {
    using server = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const url = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}`;
    await expect(postAlerts(url, [FIRING], { patience: 50, attempts: 2, pause: 1 })).rejects
      .toThrow(AlertsNotTaken);
    const signal = AbortSignal.timeout(50);
    await expect(postAlerts(url, [FIRING], { signal })).rejects.toThrow(/timeout/);
  });
});
