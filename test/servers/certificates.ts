/** Certificates for one test: an authority made up on the spot, and who it vouches for. X.509 by hand (RFC 5280). */
import { Buffer } from "node:buffer";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

const SEQUENCE = 0x30;
const ECDSA_WITH_SHA256 = sequence(oid("2a8648ce3d040302"));

/** Writes `ca.pem`, and `NAME.pem` and `NAME.key` for each name; all are for 127.0.0.1 and localhost, for a day. */
export async function writeCertificates(folder: string, names: string[]): Promise<void> {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ca = certificate("test authority", authority.publicKey, authority.privateKey, true);
  await Deno.writeTextFile(`${folder}/ca.pem`, ca);
  for (const name of names) {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = certificate(name, publicKey, authority.privateKey, false);
    await Deno.writeTextFile(`${folder}/${name}.pem`, pem);
    const key = privateKey.export({ type: "pkcs8", format: "pem" });
    await Deno.writeTextFile(`${folder}/${name}.key`, String(key), { mode: 0o600 });
  }
}

function certificate(subject: string, key: KeyObject, issuer: KeyObject, ca: boolean): string {
  const day = 86_400_000;
  const body = sequence(
    der(0xa0, integer(2)), // version 3
    integer(1 + Math.floor(Math.random() * 1_000_000)),
    ECDSA_WITH_SHA256,
    distinguished("test authority"),
    sequence(time(Date.now() - day), time(Date.now() + day)),
    distinguished(subject),
    key.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(ca ? basicConstraints() : alternativeNames())),
  );
  const signature = sign("sha256", body, issuer);
  const whole = sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString("base64").match(/.{1,64}/g)!.join("\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function basicConstraints(): Buffer {
  const isAuthority = sequence(der(0x01, Buffer.from([0xff])));
  return sequence(oid("551d13"), der(0x01, Buffer.from([0xff])), der(0x04, isAuthority));
}

function alternativeNames(): Buffer {
  const names = sequence(
    der(0x82, Buffer.from("localhost")),
    der(0x87, Buffer.from([127, 0, 0, 1])),
  );
  return sequence(oid("551d11"), der(0x04, names));
}

function distinguished(name: string): Buffer {
  return sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(name)))));
}

function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replaceAll(/[-:T]|\.\d+/g, "").slice(2);
  return der(0x17, Buffer.from(text));
}

function integer(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
  return der(0x02, bytes[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

function sequence(...parts: Uint8Array[]): Buffer {
  return der(SEQUENCE, ...parts);
}

function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 128
    ? [length]
    : length < 256
    ? [0x81, length]
    : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
