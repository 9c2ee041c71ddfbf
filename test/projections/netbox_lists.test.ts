import { describe, expect, onTestFinished, test } from "vitest";
import { NetBoxClient } from "../../src/projections/netbox/client.ts";
import { divided, Lists, type Writing } from "../../src/projections/netbox/lists.ts";
import { inQuestions } from "../../src/projections/netbox/questions.ts";
import { searchOf } from "../../src/projections/netbox/client.ts";
import { netBoxSettings } from "../../src/projections/netbox/settings.ts";

type Item = { name: string };
type Answers = (items: Item[], made: Map<string, number>) => Response;

/** Sends these names to something that answers as a version of NetBox does. */
async function sent(
  names: string[],
  answers: Answers,
  writing: Writing = {},
  { looksUp = true, version = "4.7.3" } = {},
) {
  const made = new Map<string, number>();
  const requests: string[][] = [];
  const queries = new Set<string>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    if (request.method === "GET") return Response.json({ "netbox-version": version });
    queries.add(`${request.method} ${URL.parse(request.url)!.searchParams}`);
    const items: Item[] = await request.json();
    requests.push(items.map(({ name }) => name));
    return answers(items, made);
  });
  onTestFinished(() => server.shutdown());
  const url = `http://127.0.0.1:${server.addr.port}`;
  const client = new NetBoxClient(netBoxSettings({ url, token: "t" }), { pauseMs: 1 });
  let looks = 0;
  const lists = new Lists<Item>(
    client,
    {
      method: looksUp ? "POST" : "PATCH",
      endpoint: "dcim/sites",
      keyOf: ({ name }) => name,
      bodyOf: (item) => item,
      idsIn: (body) =>
        new Map((body as { id: number; name: string }[]).map(({ id, name }) => [name, id])),
      ...(looksUp
        ? {
          lookUp: (items: readonly Item[]) => {
            looks++;
            return Promise.resolve(
              new Map(items.flatMap(({ name }) => made.has(name) ? [[name, made.get(name)!]] : [])),
            );
          },
        }
        : {}),
    },
    names.map((name) => ({ name })),
    writing,
  );
  const error = await lists.send().then(() => undefined, (thrown: Error) => thrown);
  const refused = [...lists.outcomes].flatMap(([name, outcome]) =>
    "refused" in outcome ? [[name, outcome.refused]] : []
  );
  return {
    made,
    requests,
    queries,
    looks,
    refused: refused.sort(),
    error,
    outcomes: lists.outcomes,
  };
}

const isBad = ({ name }: Item) => name.startsWith("bad");
const named = (length: number, ...bad: number[]) =>
  Array.from({ length }, (_, at) => `${bad.includes(at) ? "bad" : "good"} ${at}`);

function make(items: Item[], made: Map<string, number>): Response {
  for (const { name } of items) {
    if (made.has(name)) return Response.json([{ name: ["is there already"] }], { status: 400 });
  }
  const rows = items.map(({ name }) => {
    made.set(name, made.size + 1);
    return { id: made.size, name };
  });
  // In another order than it was asked, as some versions do.
  return Response.json(rows.reverse(), { status: 201 });
}

/** What each version says of a list with something bad in it. */
const VERSIONS: Record<string, Answers> = {
  "says each by its index (4.7)": (items, made) => {
    const errors = items.flatMap((item, index) =>
      isBad(item) ? [{ index, errors: { name: ["is bad"] } }] : []
    );
    return errors.length > 0
      ? Response.json({ detail: "some could not be created", errors }, { status: 400 })
      : make(items, made);
  },
  "says one for each, empty where it is good": (items, made) =>
    items.some(isBad)
      ? Response.json(items.map((item) => isBad(item) ? { name: ["is bad"] } : {}), { status: 400 })
      : make(items, made),
  "says the first, and not which it is (4.4)": (items, made) =>
    items.some(isBad) ? Response.json({ name: ["is bad"] }, { status: 400 }) : make(items, made),
  "only fails": (items, made) =>
    items.some(isBad) ? new Response("{}", { status: 500 }) : make(items, made),
};

describe("Lists of objects", () => {
  test.each(Object.entries(VERSIONS))(
    "lose what is refused and nothing else where NetBox %s",
    async (_, answers) => {
      const { made, refused, requests, outcomes } = await sent(
        named(210, 3, 100, 101, 209),
        answers,
      );
      expect(made.size).toBe(206);
      expect(refused.map(([name]) => name)).toEqual(["bad 100", "bad 101", "bad 209", "bad 3"]);
      for (const [, why] of refused) expect(why).toMatch(/^name: is bad$|it answered 500/);
      expect([...made].every(([name, id]) => (outcomes.get(name) as { id: number }).id === id))
        .toBe(true);
      // Of 210 two lists, and for each culprit not more than are halved.
      expect(requests.length).toBeLessThan(2 + 4 * 2 * Math.ceil(Math.log2(105)));
    },
  );

  const forbidden = () =>
    Response.json({ detail: "You do not have permission to perform this action." }, {
      status: 403,
    });

  test("lose only what a permission is not for, where NetBox does not say which that is (4.4)", async () => {
    const { made, refused } = await sent(
      named(210, 3, 100, 101, 102, 209),
      (items, made) => items.some(isBad) ? forbidden() : make(items, made),
      {},
      { version: "4.4.10" },
    );
    expect(made.size).toBe(205);
    expect(refused.map(([name]) => name))
      .toEqual(["bad 100", "bad 101", "bad 102", "bad 209", "bad 3"]);
  });

  test.each([["4.7.3", 2], ["4.4.10", 4]])(
    "of which none may be written are given up soon (%s)",
    async (version, most) => {
      const { made, refused, requests } = await sent(named(210), forbidden, {}, { version });
      expect([made.size, refused.length]).toEqual([0, 210]);
      for (const [, why] of refused) expect(why).toContain("permission");
      expect(requests.length).toBeLessThanOrEqual(most);
    },
  );

  test("are answered with no more than what was written", async () => {
    const { queries } = await sent(named(3), (items, made) => make(items, made));
    expect([...queries]).toEqual(["POST fields=id%2Ccustom_fields%2Cname"]);
  });

  test("tell of how many it is known how they went", async () => {
    const told: number[] = [];
    const progress = (done: number, of: number) => {
      expect(of).toBe(60);
      told.push(done);
    };
    await sent(named(60, 7), Object.values(VERSIONS)[0]!, { progress });
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(60);
  });

  test("are sent again whole where the database has ended one of two that waited for each other", async () => {
    let ended = 0;
    const body = JSON.stringify({
      error: "deadlock detected\nDETAIL: …",
      exception: "OperationalError",
    });
    const { made, requests, refused, looks } = await sent(
      named(100),
      (items, made) => ended++ === 0 ? new Response(body, { status: 500 }) : make(items, made),
    );
    expect([made.size, refused, requests.length, looks]).toEqual([100, [], 3, 0]);
  });

  test.each([502, 503, 504])(
    "are not sent again for what was done although a %s came",
    async (status) => {
      let lost = 0;
      const { made, requests, refused, looks } = await sent(named(100), (items, made) => {
        const answer = make(items, made);
        return lost++ === 0 ? new Response("", { status }) : answer;
      });
      expect([made.size, refused, requests.length, looks]).toEqual([100, [], 2, 1]);
    },
  );

  test("are sent again in halves where nothing of them was done", async () => {
    let lost = 0;
    const { made, requests, refused } = await sent(
      named(100),
      (items, made) => lost++ === 0 ? new Response("", { status: 502 }) : make(items, made),
    );
    expect([made.size, refused]).toEqual([100, []]);
    expect(requests.map(({ length }) => length)).toEqual([50, 50, 25, 25]);
  });

  test("know what is done late, and was refused when it was sent again", async () => {
    const late: Item[][] = [];
    const { refused, outcomes } = await sent(["a"], (items, made) => {
      if (late.push(items) === 1) return new Response("", { status: 504 });
      make(items, made);
      return Response.json([{ name: ["is there already"] }], { status: 400 });
    });
    expect(refused).toEqual([]);
    expect(outcomes.get("a")).toEqual({ id: 1 });
  });

  test("that are too long for what stands before NetBox are made shorter", async () => {
    const { made, requests } = await sent(
      named(100),
      (items, made) => items.length > 20 ? new Response("", { status: 413 }) : make(items, made),
    );
    expect(made.size).toBe(100);
    expect(requests.length).toBe(2 + 4 + 8);
  });

  test("end where nothing comes back at all, and do not go on for ever", async () => {
    const { error, requests } = await sent(named(8), () => new Response("", { status: 502 }));
    expect(error).toMatchObject({ code: "netbox_unavailable", status: 502 });
    expect(requests.length).toBeLessThan(20);
    const changes = await sent(named(8), () => new Response("", { status: 502 }), {}, {
      looksUp: false,
    });
    expect(changes.error).toMatchObject({ code: "netbox_unavailable", status: 502 });
    expect(changes.requests.length).toBeLessThan(20);
  });

  test("of what may not be written at all are not tried one by one", async () => {
    const { refused, requests } = await sent(
      named(100),
      () =>
        Response.json({ detail: "You do not have permission to perform this action." }, {
          status: 403,
        }),
    );
    expect(refused).toHaveLength(100);
    expect(refused[0]![1]).toMatch("NETBOX_TOKEN may not add dcim/sites");
    expect(requests).toHaveLength(2);
  });

  test("say which are silently passed over", async () => {
    const { refused } = await sent(
      named(3),
      (items) => Response.json([{ id: 1, name: items[0]!.name }]),
      {},
      { looksUp: false },
    );
    expect(refused.map(([name]) => name)).toEqual(["good 1", "good 2"]);
  });

  test("are written no more when we may not any more", async () => {
    let times = 0;
    const before = () => {
      if (++times === 2) throw new Error("the lease is lost");
    };
    const { error, requests } = await sent(named(300), make, { before });
    expect(error?.message).toBe("the lease is lost");
    expect(requests).toHaveLength(1);
  });
});

describe("Objects divided into lists", () => {
  test.each([[1, [1]], [19, [19]], [20, [10, 10]], [125, [63, 62]], [210, [105, 105]], [
    300,
    [75, 75, 75, 75],
  ]])("%i become %j", (length, expected) => {
    const lists = divided(named(length), (name) => name);
    expect(lists.map((list) => list.length)).toEqual(expected);
    expect(lists.flat()).toEqual(named(length));
  });

  test("become no longer than two million characters", () => {
    const items = Array.from({ length: 30 }, () => "x".repeat(300_000));
    const lists = divided(items, (item) => item);
    expect(Math.max(...lists.map((list) => JSON.stringify(list).length))).toBeLessThan(2_000_100);
    expect(lists.flat()).toHaveLength(30);
    expect(divided(["x".repeat(3_000_000)], (item) => item)).toHaveLength(1);
  });
});

test("Values are asked for a hundred at a time, in addresses that a proxy takes", () => {
  expect(inQuestions("id", [])).toEqual([]);
  const ids = Array.from({ length: 250 }, (_, at) => at);
  expect(inQuestions("id", ids).map(({ length }) => length)).toEqual([100, 100, 50]);
  const names = ids.map((id) => `Übergröße ${"ü".repeat(20)} ${id}`);
  const questions = inQuestions("name__ie", names);
  expect(questions.flat()).toEqual(names);
  for (const some of questions) {
    expect(searchOf({ name__ie: some }).length).toBeLessThanOrEqual(5_100);
  }
});
