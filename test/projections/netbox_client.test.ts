import { describe, expect, onTestFinished, test } from "vitest";
import { NetBoxClient, type NetBoxClientOptions } from "../../src/projections/netbox/client.ts";
import { trouble } from "../../src/projections/netbox/error.ts";
import { netBoxSettings } from "../../src/projections/netbox/settings.ts";
import { ProjectionUnavailable } from "../../src/projections/projection.ts";
import { writeCertificates } from "../servers/certificates.ts";

const token = "hunter2hunter2hunter2";

/** A client of a server that gives these answers, one after the other, and then the last again and again. */
function clientOf(
  answers: ((request: Request) => Response | Promise<Response>)[],
  options: NetBoxClientOptions = {},
) {
  const asked: { url: string; authorization: string | null }[] = [];
  // Some never answer, and would hold up its end.
  const end = new AbortController();
  onTestFinished(() => end.abort());
  const { signal } = end;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal, onListen() {} },
    (request) => {
      asked.push({ url: request.url, authorization: request.headers.get("authorization") });
      return answers[Math.min(asked.length, answers.length) - 1]!(request);
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}/netbox`;
  const client = new NetBoxClient(netBoxSettings({ url, token }), { pauseMs: 1, ...options });
  return { client, asked, url };
}

const json = (body: unknown, status = 200) => () => Response.json(body, { status });
const page = (ids: number[], next: string | null = null) =>
  json({ count: 5, next, results: ids.map((id) => ({ id })) });
const answer = (status: number, headers: Record<string, string> = {}, body = "") => () =>
  new Response(body, { status, headers });

/** What an error says, once it is sure that it says nothing about the token. */
async function refusalOf(asking: Promise<unknown>): Promise<Error> {
  const error = await asking.then(() => {
    throw new Error("it was not refused");
  }, (thrown: Error) => thrown);
  expect(Deno.inspect(error)).not.toContain(token);
  return error;
}

describe("A client of NetBox", () => {
  test("asks for the version, with who we are, below the path that NetBox is at", async () => {
    const { client, asked, url } = clientOf([json({ "netbox-version": "4.4.10-Docker-3.4.2" })]);
    expect(await client.version()).toEqual([4, 4]);
    expect(await client.version()).toEqual([4, 4]);
    expect(asked).toEqual([{ url: `${url}/api/status/`, authorization: `Token ${token}` }]);
    expect(client.requests).toEqual({ GET: 1, POST: 0, PATCH: 0, DELETE: 0 });
  });

  test.each(["3.7.8", "4.1.11", "5.0.0", "4"])("refuses a NetBox %s", async (version) => {
    const { client } = clientOf([json({ "netbox-version": version })]);
    const error = await refusalOf(client.version());
    expect(error).toMatchObject({
      code: version === "4" ? "netbox_settings" : "netbox_version_unsupported",
    });
  });

  test.each([
    ["what is no NetBox", json({ hello: "world" }), "NETBOX_URL is no NetBox"],
    [
      "a page to log in at",
      answer(200, { "content-type": "text/html" }, "<html><title>Sign in</title>"),
      'NETBOX_URL does not answer as a NetBox does.*"Sign in"',
    ],
    [
      "what is led to https",
      answer(301, { location: "https://netbox.example/netbox/api/status/" }),
      "NETBOX_URL leads elsewhere: set it to https://netbox.example/netbox",
    ],
    [
      "what is led to a page to log in at",
      answer(302, { location: "/login/?next=/api/status/" }),
      "NETBOX_URL leads elsewhere .302",
    ],
    [
      "a token that it does not know",
      json({ detail: "Invalid v2 token" }, 403),
      "NETBOX_TOKEN is not one that lets us in.*Invalid v2 token",
    ],
    [
      "a token that has expired",
      json({ detail: "Token expired" }, 403),
      "NETBOX_TOKEN is not one that lets us in",
    ],
    ["a proxy that wants a password", json({ detail: "no" }, 401), "NETBOX_TOKEN"],
    [
      "a user who may not look",
      json({ detail: "You do not have permission to perform this action." }, 403),
      "NETBOX_TOKEN may not view status",
    ],
  ])("says of %s what to do", async (_, first, expected) => {
    const { client, asked } = clientOf([first]);
    const error = await refusalOf(client.version());
    expect(error.message).toMatch(new RegExp(expected));
    expect(trouble(error, "netbox")).toBeInstanceOf(ProjectionUnavailable);
    expect(asked).toHaveLength(1);
  });

  test.each([[429, { "retry-after": "0" }], [500, {}], [502, {}], [503, {}], [504, {}]])(
    "reads again after a %s",
    async (status, headers) => {
      const { client, asked } = clientOf([answer(status, headers), answer(status), page([1])]);
      expect(await client.list("dcim/sites", {})).toEqual([{ id: 1 }]);
      expect(asked).toHaveLength(3);
    },
  );

  test("waits as long as it is asked to, and not for ever", async () => {
    const { client } = clientOf([answer(429, { "retry-after": "1" }), page([1])]);
    const began = performance.now();
    await client.list("dcim/sites", {});
    expect(performance.now() - began).toBeGreaterThan(990);
    const { client: other, asked } = clientOf([answer(503, { "retry-after": "3600" })]);
    expect(await refusalOf(other.list("dcim/sites", {}))).toMatchObject({ status: 503 });
    expect(asked).toHaveLength(1);
  });

  test("makes nothing twice: after a 503 nobody knows, after a 429 it was not done", async () => {
    const { client, asked } = clientOf([answer(429), json([{ id: 1 }], 201)]);
    expect(await client.ask("POST", "dcim/sites", { body: [{}] })).toMatchObject({ status: 201 });
    expect(asked).toHaveLength(2);
    for (const method of ["POST", "DELETE"] as const) {
      const { client: other, asked: once } = clientOf([answer(503)]);
      const error = await refusalOf(other.ask(method, "dcim/sites", { body: [{}] }));
      expect(error).toMatchObject({ code: "netbox_unavailable", status: 503 });
      expect(once).toHaveLength(1);
    }
  });

  test("asks whether it may write before each try, and writes no more when it may not", async () => {
    const { client, asked } = clientOf([answer(503)]);
    let times = 0;
    const before = () => {
      if (++times === 3) throw new Error("the lease is lost");
    };
    const error = await refusalOf(client.ask("PATCH", "dcim/sites", { body: [], before }));
    expect(error.message).toBe("the lease is lost");
    expect(asked).toHaveLength(2);
  });

  test("tries what is not there some times, even to write, and says where that is", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const url = `http://127.0.0.1:${port}`;
    const client = new NetBoxClient(netBoxSettings({ url, token }), { pauseMs: 1 });
    const error = await refusalOf(client.ask("POST", "dcim/sites", { body: [] }));
    expect(error.message).toMatch(`${url} is not there or broke off: tcp connect error`);
    expect(client.requests.POST).toBe(6);
    expect(trouble(error, "netbox")).toBeInstanceOf(ProjectionUnavailable);
  });

  test("says what is wrong with a certificate, and how to trust it", async () => {
    const folder = await Deno.makeTempDir({ prefix: "cim-netbox-" });
    onTestFinished(() => Deno.remove(folder, { recursive: true }));
    await writeCertificates(folder, ["netbox"]);
    const [cert, key] = await Promise.all(
      ["pem", "key"].map((end) => Deno.readTextFile(`${folder}/netbox.${end}`)),
    );
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, cert: cert!, key: key!, onListen() {} },
      json({ "netbox-version": "4.7.3" }),
    );
    onTestFinished(() => server.shutdown());
    const url = `https://127.0.0.1:${server.addr.port}`;
    const client = new NetBoxClient(netBoxSettings({ url, token }));
    const { message } = await refusalOf(client.version());
    expect(message).toMatch(
      /NETBOX_URL has a certificate that is not trusted .UnknownIssuer.*DENO_CERT/,
    );
    expect(client.requests.GET).toBe(1);
  });

  test("does not wait for ever for an answer, nor for its end", async () => {
    const never = () => new Promise<Response>(() => {});
    const { client, asked } = clientOf([never], { timeoutMs: 50 });
    expect((await refusalOf(client.version())).message).toContain("did not answer within 0.05 s");
    expect(asked).toHaveLength(2);
    const half = () =>
      new Response(new ReadableStream({ start: (to) => to.enqueue(Uint8Array.of(123)) }));
    const { client: other } = clientOf([half], { timeoutMs: 50 });
    expect((await refusalOf(other.version())).message).toContain("did not answer within");
  });

  test("ends when it is told to, while it waits for an answer and between two tries", async () => {
    const stop = new AbortController();
    const { client } = clientOf([() => new Promise<Response>(() => {})], { signal: stop.signal });
    const asking = refusalOf(client.version());
    setTimeout(() => stop.abort(new Error("Ctrl-C")), 50);
    expect((await asking).message).toBe("Ctrl-C");
    const later = new AbortController();
    const { client: other } = clientOf([answer(503)], { signal: later.signal, pauseMs: 60_000 });
    const waiting = refusalOf(other.version());
    setTimeout(() => later.abort(), 50);
    expect((await waiting).name).toBe("AbortError");
  });

  test("sends no more requests a second than it may", async () => {
    const { client } = clientOf([page([1])], { requestsPerSecond: 20 });
    const began = performance.now();
    await Promise.all(Array.from({ length: 6 }, () => client.list("dcim/sites", {})));
    expect(performance.now() - began).toBeGreaterThan(240);
  });

  test("reads pages by their ids, and goes nowhere else for the next one", async () => {
    const elsewhere = "https://elsewhere.example/api/dcim/sites/?offset=2";
    const { client, asked } = clientOf([page([3, 7], elsewhere), page([9], elsewhere), page([])]);
    expect(await client.list("dcim/sites", { tag: "cim", id: [3, 7, 9] })).toEqual([
      { id: 3 },
      { id: 7 },
      { id: 9 },
    ]);
    const queries = asked.map(({ url }) => new URL(url).search);
    expect(queries).toEqual(
      [0, 7, 9].map((last) => `?tag=cim&id=3&id=7&id=9&ordering=id&limit=1000&id__gt=${last}`),
    );
  });

  test.each([
    ["overlooks where it was", [page([3, 7], "next"), page([3, 7], "next")]],
    ["does not go by ids", [page([7, 3])]],
    ["has objects without an id", [json({ next: null, results: [{}] })]],
    ["has no objects", [json({})]],
  ])("reads no further where NetBox %s", async (_, answers) => {
    const { client, asked } = clientOf(answers);
    const error = await refusalOf(client.list("dcim/sites", {}));
    expect(error.message).toContain(
      "NETBOX_URL does not answer as a NetBox does to GET dcim/sites",
    );
    expect(asked).toHaveLength(answers.length);
  });

  test("says what NetBox says of what it is asked about, where somebody has just removed that", async () => {
    const { client } = clientOf([json({ device_id: ["Select a valid choice."] }, 400)]);
    expect(await refusalOf(client.list("dcim/interfaces", {}))).toMatchObject({
      code: "netbox_unavailable",
      status: 400,
      message: expect.stringContaining("device_id: Select a valid choice."),
    });
  });

  test("reads no answer that has no end", async () => {
    const chunk = new Uint8Array(1_000_000).fill(32);
    const endless = () => new Response(new ReadableStream({ pull: (to) => to.enqueue(chunk) }));
    const { client } = clientOf([endless]);
    expect((await refusalOf(client.version())).message).toContain("more than 64 MB");
  });
});
