import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redact, redactText } from "../../src/command/redaction.ts";
import { redactAssignments } from "../../src/command/secret_assignment.ts";
import { REDACTED, redactForms } from "../../src/command/secret_format.ts";
import { fieldHoldsSecret } from "../../src/command/secret_name.ts";
import { suspicious } from "../../src/command/suspicion.ts";
import { ORDINARY, OTHER_NAMES, SECRET_NAMES, SECRETS } from "./redaction_corpus.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ALPHABETS: Record<string, string> = {
  d: "0123456789",
  h: "0123456789abcdef",
  s: `${LETTERS}234567`,
  u: `${LETTERS}0123456789`,
  w: `${LETTERS}${LETTERS.toLowerCase()}0123456789`,
  b: `${LETTERS}${LETTERS.toLowerCase()}0123456789+/`,
  p: `${LETTERS}${LETTERS.toLowerCase()}0123456789!*%^_~+.-`,
};

/** A line of the corpus as a text, that text redacted, and the parts of it that must not be left. */
function example(line: string, seed: number) {
  const secrets: string[] = [];
  const filled = line.replace(/\{([a-z])(\d+)\}/g, (_, kind: string, count: string) => {
    let text = "";
    for (let index = 0; index < Number(count); index++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      // Neither end is a mark: "x." at the end of a sentence is x.
      const edge = index === 0 || index === Number(count) - 1;
      const letters = kind === "p" && edge ? ALPHABETS.w! : ALPHABETS[kind]!;
      text += letters[(seed >>> 8) % letters.length];
    }
    return text;
  });
  const expected = filled.replace(/«([^»]*)»/g, (_, secret: string) => {
    secrets.push(...secret.split(/[\s"'\\,]+/).filter((part) => part.length >= 4));
    return REDACTED;
  });
  return { text: filled.replace(/[«»]/g, ""), expected, secrets };
}

const lines = Object.entries(SECRETS).flatMap(([rule, of]) => of.map((line) => [rule, line]));
const redacted = <T extends object>(value: T): { value: T; paths: string[] } => {
  const json = JSON.stringify(value);
  const copy = JSON.parse(json) as T;
  return { paths: redact(copy, json), value: copy };
};
// The first line of a key whose beginning was cut off is known only where it is the first of the text.
const whole = lines.filter(([rule]) => rule !== "what is left of a cut key");
const anExample = fc.record({
  line: fc.constantFrom(...whole.map(([, line]) => line!)),
  seed: fc.nat(),
}).map(({ line, seed }) => example(line, seed));
const prose = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.lorem({ mode: "sentences", maxCount: 2 }),
  fc.constantFrom(...ORDINARY.filter((text) => !text.includes("-----"))),
  fc.string({
    unit: fc.constantFrom(..."ab01-_=:/@.,;'\"\\ {}[]$<>&\n", "password", "token=", "://"),
  }),
);

describe("Secrets do not come in by the door", () => {
  test.each(lines)("%s: %s", (_, line) => {
    for (const seed of [1, 2, 3]) {
      const { text, expected } = example(line!, seed);
      expect(redactText(text)).toBe(expected);
      expect(redacted({ tags: { note: text } })).toEqual({
        value: { tags: { note: expected } },
        paths: ["tags/note"],
      });
    }
  });

  test.each(SECRET_NAMES)("the field %s is redacted as a whole", (name) => {
    const deep = { a: [1, true, null, "x y", ""], b: { c: "x" } };
    expect(redacted({ configuration: { [name]: "x y" }, tags: { [name]: deep } })).toEqual({
      value: {
        configuration: { [name]: REDACTED },
        tags: { [name]: { a: [1, true, null, REDACTED, ""], b: { c: REDACTED } } },
      },
      paths: [`configuration/${name}`, `tags/${name}/a/3`, `tags/${name}/b/c`],
    });
  });

  test.each(OTHER_NAMES)("the field %s is not a secret", (name) => {
    const value = { configuration: { [name]: "3600" } };
    expect(redacted(value)).toEqual({ value, paths: [] });
  });

  test("a field that says only whether there is a secret keeps its value", () => {
    const value = {
      configuration: { auth: "none", "security.authorization": "enabled", cookie: "" },
    };
    expect(redacted(value)).toEqual({ value, paths: [] });
    expect(fieldHoldsSecret("password", "none")).toBe(true);
  });

  test("a secret that is a key goes too, and no other field is lost", () => {
    const [a, b] = [`ghp_${"a1".repeat(20)}`, `ghp_${"b2".repeat(20)}`];
    const value = JSON.parse(
      `{"tags":{"x":"1","${a}":"2","${b}":"3","[redacted] 2":"4","__proto__":"password=5"}}`,
    );
    const { value: after, paths } = redacted(value);
    expect(JSON.stringify(after)).toBe(
      '{"tags":{"x":"1","[redacted]":"2","[redacted] 3":"3","[redacted] 2":"4","__proto__":"password=[redacted]"}}',
    );
    expect(paths).toEqual(["tags/[redacted]", "tags/[redacted] 3", "tags/__proto__"]);
  });

  test("an argument after its flag is redacted, and a canary wherever it is", () => {
    const value = {
      arguments: ["app", "--password", "CANARY", "--port", "1"],
      deep: [[{ list: [["x", { note: "uses password=CANARY, they say" }]] }], "token: CANARY"],
    };
    const { value: after, paths } = redacted(value);
    expect(JSON.stringify(after)).not.toContain("CANARY");
    expect(after.arguments).toEqual(["app", "--password", REDACTED, "--port", "1"]);
    expect(paths).toEqual(["arguments/2", "deep/1", "deep/0/0/list/0/1/note"]);
  });

  test("escapes that JSON allows and JSON.stringify does not write hide nothing", () => {
    for (
      const json of ['{"note":"\\u0070\\u0061ssword=CANARY"}', '{"note":"x:\\/\\/a:CANARY@b"}']
    ) {
      const value = JSON.parse(json);
      expect(redact(value, json)).toEqual(["note"]);
      expect(JSON.stringify(value)).not.toContain("CANARY");
    }
  });

  test("a value nested as deeply as JSON.parse can read is no trouble", () => {
    const json = `${'{"a":['.repeat(50_000)}"password=CANARY"${"]}".repeat(50_000)}`;
    expect(redact(JSON.parse(json), json)).toHaveLength(1);
  });
});

describe("What is not a secret stays as it is", () => {
  test.each(ORDINARY)("%s", (text) => {
    expect(redactText(text)).toBe(text);
    const value = { name: text, version: text, tags: { note: text }, list: [text, { rule: text }] };
    expect(redacted(value)).toEqual({ value, paths: [] });
  });

  test("every package of this machine and of this project", async () => {
    const lock = JSON.parse(await Deno.readTextFile("deno.lock"));
    const pinned = await Deno.readTextFile("notebooks/requirements.txt");
    const names = [
      ...Object.keys(lock.npm),
      ...pinned.split("\n").map((line) => line.split(" ")[0]!),
    ];
    try {
      const { stdout } = await new Deno.Command("dpkg-query", {
        args: ["-W", "-f", "${Package} ${Version}\n"],
      }).output();
      names.push(...new TextDecoder().decode(stdout).split("\n"));
    } catch {
      // another distribution: the corpus has the names that matter
    }
    expect(names.length).toBeGreaterThan(100);
    for (const name of names) {
      expect(redactText(name)).toBe(name);
      expect(redacted({ name: name.split(" ")[0], version: name }).paths).toEqual([]);
    }
  });
});

describe("Of any text", () => {
  test("a secret planted in it is gone, and redacting again changes nothing", () => {
    fc.assert(
      fc.property(anExample, prose, prose, fc.constantFrom(" ", "\n", "\t"), fc.nat(5), (
        { text, secrets },
        before,
        after,
        space,
        place,
      ) => {
        // Nothing before it may be a name that waits for its value: "token= " takes the next word, whatever that is.
        fc.pre(redactText(`${before}${space}x`) === `${before}${space}x`);
        const planted = `${before}${space}${text}${space}${after}`;
        const value = [
          { tags: { note: planted } },
          { tags: { [planted]: "x" } },
          { a: [[planted]] },
          { rule: planted, b: 1 },
          { x: { y: [{ z: planted }, null] } },
          { configuration: { a: planted, b: planted } },
        ][place]!;
        const once = redacted(value);
        for (const secret of secrets) {
          expect(JSON.stringify(once.value)).not.toContain(JSON.stringify(secret).slice(1, -1));
        }
        expect(once.paths.join()).not.toContain(secrets[0]);
        expect(redacted(once.value)).toEqual({ value: once.value, paths: [] });
      }),
      { numRuns: 2000 },
    );
  });

  test("what the quick look passes has no secret, and is not changed", () => {
    fc.assert(
      fc.property(prose, (text) => {
        fc.pre(!suspicious(text));
        expect(redactAssignments(redactForms(text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  test("redacting changes texts, and neither shape nor type", () => {
    const shape = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(shape)
        : typeof value === "object" && value !== null
        ? Object.values(value).map(shape)
        : typeof value === "string"
        ? "text"
        : value;
    const key = fc.oneof(prose, fc.constantFrom(...SECRET_NAMES, ...OTHER_NAMES));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        prose,
        anExample.map(({ text }) => text),
        fc.integer(),
        fc.constant(null),
        fc.boolean(),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (any) => {
        const value = JSON.parse(JSON.stringify([any]));
        const { value: once } = redacted(value);
        expect(shape(once)).toEqual(shape(value));
        expect(redacted(once)).toEqual({ value: once, paths: [] });
      }),
      { numRuns: 1000 },
    );
  });
});

const HOSTILE = [
  ..."a A 1 : \\ - _ / password token= password,= ://a: ://:@ eyJ eyJa. $1$ $6$a$ ghp_ sk- ----"
    .split(" "),
  ...'-----BEGIN authorization: cookie: <password> key= --a a@:// [redacted] {"password":'.split(
    " ",
  ),
  ...'password=" password=\\" password={ password=[ password=, password=;a password=< password=|'
    .split(" "),
  ...[
    "--password ",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "api key: ",
    "basic a",
  ],
  ...[
    "authorization:a ",
    "authorization: a:",
    "mysql -p",
    'mysql -p"',
    "curl -u a:",
    "password: |\n ",
  ],
  ...["b3BlbnNzaC1rZXktdjEA\n", "1//0", `SG.${"a".repeat(24)}`, "login a password ", "password  "],
];

test.each([
  ...HOSTILE.map((unit) => [unit, "", ""]),
  ...HOSTILE.slice(0, 4).map((unit) => [unit, "password=", ""]),
  ...["A", "a\n", `${"A".repeat(64)}\n`].map((unit) => [unit, "", "-----END PRIVATE KEY-----"]),
])("a megabyte of %j after %j and before %j takes no more than its time", (unit, before, after) => {
  const text = before + unit!.repeat(Math.ceil(1_000_000 / unit!.length)) + after;
  const start = performance.now();
  redactText(text);
  // 0.1 to 1 s here; what is not linear takes minutes.
  expect(performance.now() - start).toBeLessThan(10_000);
});
