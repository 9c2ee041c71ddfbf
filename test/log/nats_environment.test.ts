import { nkeys } from "@nats-io/nats-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { natsEnvironment } from "../../src/log/nats_environment.ts";
import { NatsSettingsError } from "../../src/log/nats_settings_error.ts";

const SECRET = "s3cr3t-canary";
let folder: string;
let seed: string;
beforeAll(async () => {
  folder = await Deno.makeTempDir();
  seed = new TextDecoder().decode(nkeys.createUser().getSeed());
  await Deno.writeTextFile(`${folder}/user.nk`, `# a comment\n${seed}\n`);
  await Deno.writeTextFile(
    `${folder}/user.creds`,
    `-----BEGIN NATS USER JWT-----\ney.jwt.${SECRET}\n------END NATS USER JWT------\n\n` +
      `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
  );
  await Deno.writeTextFile(`${folder}/wrong`, `${SECRET}\n`);
});
afterAll(() => Deno.remove(folder, { recursive: true }));

const read = (variables: Record<string, string>) => natsEnvironment((name) => variables[name]);
const login = (variables: Record<string, string>) => read(variables)?.authenticator?.("nonce");
const NATS_URL = "nats://example.com";

describe("The NATS server that the environment names", () => {
  test("is none without NATS_URL, whatever else there is", () => {
    expect(read({})).toBeUndefined();
    expect(read({ NATS_URL: " ", NATS_TOKEN: SECRET, NATS_REPLICAS: "many" })).toBeUndefined();
  });

  test("may be several, with and without a port, and with or without TLS", () => {
    expect(read({ NATS_URL })).toEqual({ url: "nats://example.com:4222" });
    const NATS_URLS = "nats://a:4223, 10.0.0.1 ,tls://[::1]:4333/";
    expect(read({ NATS_URL: NATS_URLS }))
      .toEqual({ url: "nats://a:4223,nats://10.0.0.1:4222,nats://[::1]:4333", tls: {} });
  });

  test("is logged in to by a token, a user, an nkey, or a .creds file", () => {
    expect(login({ NATS_URL })).toBeUndefined();
    expect(login({ NATS_URL, NATS_TOKEN: SECRET })).toEqual({ auth_token: SECRET });
    expect(login({ NATS_URL, NATS_USER: "ada", NATS_PASSWORD: SECRET }))
      .toEqual({ user: "ada", pass: SECRET });
    const { nkey, sig } = login({ NATS_URL, NATS_NKEY: `${folder}/user.nk` }) as {
      nkey: string;
      sig: string;
    };
    expect(nkey).toMatch(/^U[A-Z2-7]{55}$/);
    expect(sig.length).toBeGreaterThan(60);
    expect(login({ NATS_URL, NATS_CREDS: `${folder}/user.creds` }))
      .toMatchObject({ jwt: `ey.jwt.${SECRET}`, nkey });
  });

  test("is logged in to by what stands in the URL, percent-encoded", () => {
    expect(login({ NATS_URL: "nats://ada:p%40ss:w%2Ford@a,nats://b" }))
      .toEqual({ user: "ada", pass: "p@ss:w/ord" });
    expect(login({ NATS_URL: `tls://${SECRET}@a` })).toEqual({ auth_token: SECRET });
    expect(read({ NATS_URL: `nats://ada:${SECRET}@a` })?.url).toBe("nats://a:4222");
  });

  test("takes certificates, replicas and a monitoring port", () => {
    const wrong = `${folder}/wrong`; // what is in them is for TLS to judge
    const NATS_MONITORING_URL = "http://127.0.0.1:8222";
    const certificates = { NATS_CA: wrong, NATS_CERT: wrong, NATS_KEY: wrong };
    expect(read({ NATS_URL, ...certificates, NATS_REPLICAS: "3", NATS_MONITORING_URL })).toEqual({
      url: "nats://example.com:4222",
      tls: { caFile: wrong, certFile: wrong, keyFile: wrong },
      replicas: 3,
      monitoringUrl: NATS_MONITORING_URL,
    });
  });

  const wrong: [string, Record<string, string>, RegExp][] = [
    ["NATS_URL", { NATS_URL: `ws://${SECRET}@a` }, /URL 1 in it is neither nats:\/\/ nor tls:/],
    ["NATS_URL", { NATS_URL: `nats://a,nats://u:${SECRET}@a b` }, /URL 2 in it has no host and/],
    ["NATS_URL", { NATS_URL: `nats://u:${SECRET}@` }, /no host and port/],
    ["NATS_URL", { NATS_URL: `nats://u:${SECRET}@a:70000` }, /port that is none/],
    ["NATS_URL", { NATS_URL: `nats://u:${SECRET}%@a` }, /%25/],
    ["NATS_URL", { NATS_URL: `nats://u:${SECRET}@a/path` }, /more than that/],
    ["NATS_URL", { NATS_URL: `nats://u:${SECRET}@a,nats://v:${SECRET}@b` }, /several users/],
    [
      "NATS_CREDS and NATS_TOKEN",
      { NATS_URL, NATS_CREDS: "x", NATS_TOKEN: SECRET },
      /unset all but one/,
    ],
    [
      "NATS_URL and NATS_USER",
      { NATS_URL: `nats://${SECRET}@a`, NATS_USER: "ada", NATS_PASSWORD: SECRET },
      /unset all but one/,
    ],
    ["NATS_USER", { NATS_URL, NATS_USER: "ada" }, /needs NATS_PASSWORD/],
    ["NATS_PASSWORD", { NATS_URL, NATS_PASSWORD: SECRET }, /needs NATS_USER/],
    ["NATS_CREDS", { NATS_URL, NATS_CREDS: "/no/such" }, /is not there: \/no\/such/],
    ["NATS_CREDS", { NATS_URL, NATS_CREDS: "WRONG" }, /is no \.creds file/],
    ["NATS_NKEY", { NATS_URL, NATS_NKEY: "WRONG" }, /no nkey's seed/],
    ["NATS_CA", { NATS_URL, NATS_CA: "/no/such" }, /is not there/],
    ["NATS_CERT", { NATS_URL, NATS_CERT: "WRONG" }, /without NATS_KEY/],
    ["NATS_KEY", { NATS_URL, NATS_KEY: "WRONG" }, /without NATS_CERT/],
    ["NATS_REPLICAS", { NATS_URL, NATS_REPLICAS: "6" }, /from 1 to 5/],
    [
      "NATS_MONITORING_URL",
      { NATS_URL, NATS_MONITORING_URL: `${SECRET}@a:8222` },
      /is not a URL like/,
    ],
  ];
  test.each(wrong)(
    "%s that makes no sense is named, and not repeated (%#)",
    (variable, set, message) => {
      const variables = Object.fromEntries(
        Object.entries(set).map((
          [name, value],
        ) => [name, value.replace("WRONG", `${folder}/wrong`)]),
      );
      let error: unknown;
      try {
        read(variables);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(NatsSettingsError);
      expect(error).toMatchObject({ code: "nats_settings", variable });
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message.startsWith(variable)).toBe(true);
      expect(Deno.inspect(error) + (error as Error).stack).not.toContain(SECRET);
    },
  );

  test("keeps its secrets in functions, so that nothing prints them by accident", () => {
    for (const set of [{ NATS_TOKEN: SECRET }, { NATS_USER: "a", NATS_PASSWORD: SECRET }, {}]) {
      const url = Object.keys(set).length ? NATS_URL : `nats://${SECRET}@a`;
      const settings = read({ NATS_URL: url, ...set });
      expect(Deno.inspect(settings) + JSON.stringify(settings)).not.toContain(SECRET);
    }
  });
});
