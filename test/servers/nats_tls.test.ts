/** TLS as the environment asks for it, with certificates of this test's own authority. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openJetStream } from "../../src/log/jetstream.ts";
import { natsEnvironment } from "../../src/log/nats_environment.ts";
import { policies } from "../log/contract.ts";
import { writeCertificates } from "./certificates.ts";
import { type NatsProcess, startServer } from "./nats_process.ts";

const token = "of-the-tls-one";
let folder: string;
let server: NatsProcess;
beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-tls-" });
  await writeCertificates(folder, ["server", "client"]);
  server = await startServer({
    lines: `authorization { token: "${token}" }\ntls { cert_file: "${folder}/server.pem", ` +
      `key_file: "${folder}/server.key", ca_file: "${folder}/ca.pem", verify: true, timeout: 5 }`,
  });
});
afterAll(async () => {
  await server?.stop();
  await Deno.remove(folder, { recursive: true });
});

async function open(variables: Record<string, string>) {
  const settings = natsEnvironment((name) => variables[name]);
  return await openJetStream({ url: "", ...settings });
}

describe("A server that wants TLS and a certificate", () => {
  test.each(["127.0.0.1", "localhost"])(
    "is known at %s by NATS_CA, and lets in NATS_CERT",
    async (host) => {
      const log = await open({
        NATS_URL: server.url.replace("nats://127.0.0.1", `tls://${host}`),
        NATS_TOKEN: token,
        NATS_CA: `${folder}/ca.pem`,
        NATS_CERT: `${folder}/client.pem`,
        NATS_KEY: `${folder}/client.key`,
      });
      const last = await log.lastSequence();
      expect(await log.append(policies("a", "b"), last)).toBe(last + 2);
      await log.close();
    },
  );

  test("whose authority is not ours is not told who we are", async () => {
    const stranger = open({ NATS_URL: server.url, NATS_TOKEN: token });
    await expect(stranger).rejects.toMatchObject({ code: "log_unavailable" });
    await expect(stranger).rejects.toThrow(/cannot be opened: .*certificate/);
  });
});
