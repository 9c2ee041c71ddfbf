/** A server in operator mode, whose users show a JWT and prove that they have its key: what `NATS_CREDS` is for. */
import { nkeys } from "@nats-io/nats-core";
import { Buffer } from "node:buffer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openJetStream } from "../../src/log/jetstream.ts";
import { natsEnvironment } from "../../src/log/nats_environment.ts";
import { policies } from "../log/contract.ts";
import { type NatsProcess, startServer } from "./nats_process.ts";

type KeyPair = ReturnType<typeof nkeys.createUser>;

let server: NatsProcess;
let creds: string;
beforeAll(async () => {
  const operator = nkeys.createOperator();
  const [system, account] = [nkeys.createAccount(), nkeys.createAccount()];
  const unlimited = { subs: -1, data: -1, payload: -1 };
  const limits = {
    ...{ ...unlimited, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 },
    ...{ mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 },
  };
  const accountJwt = (of: KeyPair, more: object) =>
    jwt(operator, of, { type: "account", limits: { ...limits, ...more } });
  const noStorage = { mem_storage: 0, disk_storage: 0, streams: 0, consumer: 0 };
  server = await startServer({
    lines: `operator: "${jwt(operator, operator, { type: "operator" })}"
      system_account: ${system.getPublicKey()}
      resolver: MEMORY
      resolver_preload: {
        ${system.getPublicKey()}: "${accountJwt(system, noStorage)}"
        ${account.getPublicKey()}: "${accountJwt(account, {})}"
      }`,
  });
  creds = `${server.folder}/user.creds`;
  const user = nkeys.createUser();
  await Deno.writeTextFile(
    creds,
    `-----BEGIN NATS USER JWT-----\n${jwt(account, user, { type: "user", ...unlimited })}\n` +
      `------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n` +
      `${new TextDecoder().decode(user.getSeed())}\n------END USER NKEY SEED------\n`,
  );
});
afterAll(() => server?.stop());

/** What `issuer` says about `subject`, signed, as `nsc` would write it. */
function jwt(issuer: KeyPair, subject: KeyPair, nats: object): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const body = `${encode({ typ: "JWT", alg: "ed25519-nkey" })}.${
    encode({
      jti: crypto.randomUUID(),
      iat: Math.floor(Date.now() / 1000),
      iss: issuer.getPublicKey(),
      name: "test",
      sub: subject.getPublicKey(),
      nats: { version: 2, ...nats },
    })
  }`;
  const signature = Buffer.from(issuer.sign(new TextEncoder().encode(body)));
  return `${body}.${signature.toString("base64url")}`;
}

test("A .creds file lets us in, and in again when the server comes back", async () => {
  const variables: Record<string, string> = { NATS_URL: server.url, NATS_CREDS: creds };
  const settings = natsEnvironment((name) => variables[name]);
  const log = await openJetStream({ url: "", ...settings });
  expect(await log.append(policies("a", "b"), 0)).toBe(2);
  await server.kill9();
  await server.start();
  expect(await log.append(policies("c"), 2)).toBe(3);
  await log.close();
  const nobody = openJetStream({ url: server.url });
  await expect(nobody).rejects.toThrow(/cannot be opened: .*authorization/i);
});
