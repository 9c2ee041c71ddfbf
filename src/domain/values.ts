/**
 * Value objects: each function takes text and gives its one canonical form, or refuses it with the field named.
 * Canonical forms make "nothing changed" a plain comparison.
 */
import ipaddr from "ipaddr.js";
import Type from "typebox";
import { quote, Refusal } from "./refusal.ts";

/** A short text: 1 to 1,024 characters. */
export const Name = Type.String({ minLength: 1, maxLength: 1024 });
/** The name of an entry in a record, as {@linkcode Name}: a record's names are told by a pattern alone. */
export const Key = Type.String({ pattern: "^[\\s\\S]{1,1024}$" });
/** A longer text: up to 16,384 characters. */
export const Text = Type.String({ maxLength: 16_384 });
/** A count or an amount in a base unit: a whole number from 0 to 2^53 − 1. */
export const Amount = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** A VLAN id of IEEE 802.1Q: 1 to 4094. */
export const VlanId = Type.Integer({ minimum: 1, maximum: 4094 });
/** A maximum transmission unit in bytes: 68 (RFC 791) to 65,536 (Linux's loopback). */
export const Mtu = Type.Integer({ minimum: 68, maximum: 65_536 });
/** A TCP or UDP port: 0 (any) to 65,535. */
export const Port = Type.Integer({ minimum: 0, maximum: 65_535 });
/** The transport protocols that are recorded. */
export const Transport = Type.Enum(["tcp", "udp"]);
/** What a UUID looks like, in lower case. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A UUID, in lower case. */
export const Uuid = Type.String({ pattern: UUID.source });
/** A moment, RFC 3339 in UTC: `2026-11-23T17:46:47.123Z`; one that the calendar has, without leap seconds. */
export const Timestamp = Type.Refine(
  Type.String({ pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$" }),
  isMoment,
  () => "must be a moment that the calendar has",
);

const ZERO = "0".charCodeAt(0);
/** The days of each month in a leap year. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Whether the calendar and the clock have this moment (digits as RFC 3339 has them): `Date` takes 30 February for 2 March,
 * and ten times as long.
 */
export function isMoment(text: string): boolean {
  const two = (at: number) => 10 * text.charCodeAt(at) + text.charCodeAt(at + 1) - 11 * ZERO;
  const [year, month, day] = [100 * two(0) + two(2), two(5), two(8)];
  const days = month === 2 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))
    ? 28
    : DAYS[month - 1] ?? 0;
  return day >= 1 && day <= days && two(11) <= 23 && two(14) <= 59 && two(17) <= 59;
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * A host name as RFC 1123 has it: labels of 1 to 63 letters, digits and hyphens, at most 253 characters.
 *
 * @returns it in lower case, without a trailing dot
 * @throws {Refusal} `invalid`
 * @example
 * ```ts
 * import { hostname } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * strictEqual(hostname("Web-01.Example.org.", "hostname"), "web-01.example.org");
 * ```
 */
export function hostname(value: string, field: string): string {
  const name = value.toLowerCase().replace(/\.$/, "");
  if (name.length > 253 || !name.split(".").every((label) => LABEL.test(label))) {
    throw new Refusal(
      "invalid",
      field,
      `${field}: ${quote(value)} is not a host name (RFC 1123): use letters, digits and hyphens`,
    );
  }
  return name;
}

/**
 * A 48-bit MAC address, written with `:`, `-` or nothing between the bytes.
 *
 * @returns lower case with colons
 * @throws {Refusal} `invalid`
 * @example
 * ```ts
 * import { macAddress } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * strictEqual(macAddress("00-1B-21-3C-4D-5E", "mac_address"), "00:1b:21:3c:4d:5e");
 * ```
 */
export function macAddress(value: string, field: string): string {
  const digits = value.toLowerCase().match(
    /^([0-9a-f]{2})(?:([:-]?)[0-9a-f]{2})(?:\2[0-9a-f]{2}){4}$/,
  );
  if (!digits) {
    throw new Refusal(
      "invalid",
      field,
      `${field}: ${quote(value)} is not a MAC address of six bytes`,
    );
  }
  return value.toLowerCase().replace(/[:-]/g, "").match(/../g)!.join(":");
}

/** Whether a maker gave this MAC address out to one device only (neither multicast, local, nor zero; IEEE 802). */
export function isGloballyAdministered(mac: string): boolean {
  return (parseInt(mac.slice(0, 2), 16) & 0b11) === 0 && mac !== "00:00:00:00:00:00";
}

/**
 * An IPv4 or IPv6 address.
 *
 * @returns dotted decimal, or RFC 5952's form
 * @throws {Refusal} `invalid`
 * @example
 * ```ts
 * import { ipAddress } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * strictEqual(ipAddress("2001:DB8:0:0::1", "address"), "2001:db8::1");
 * ```
 */
export function ipAddress(value: string, field: string): string {
  if (ipaddr.IPv4.isValidFourPartDecimal(value)) return ipaddr.IPv4.parse(value).toString();
  if (ipaddr.IPv6.isValid(value) && !value.includes("%")) {
    return ipaddr.IPv6.parse(value).toRFC5952String();
  }
  throw new Refusal("invalid", field, `${field}: ${quote(value)} is not an IPv4 or IPv6 address`);
}

/**
 * An address with the length of its network's prefix, as an interface has it: `10.0.0.7/24`.
 *
 * @throws {Refusal} `invalid`
 * @example
 * ```ts
 * import { interfaceAddress } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * strictEqual(interfaceAddress("FE80::1/64", "addresses/0"), "fe80::1/64");
 * ```
 */
export function interfaceAddress(value: string, field: string): string {
  const [address = "", prefix = "", ...rest] = value.split("/");
  if (rest.length > 0 || !/^\d{1,3}$/.test(prefix)) {
    throw new Refusal(
      "invalid",
      field,
      `${field}: ${quote(value)} needs a prefix, like 10.0.0.7/24`,
    );
  }
  const canonical = ipAddress(address, field);
  if (Number(prefix) > (canonical.includes(":") ? 128 : 32)) {
    throw new Refusal("invalid", field, `${field}: ${quote(value)} has too long a prefix`);
  }
  return `${canonical}/${Number(prefix)}`;
}

/**
 * A network in CIDR notation, with no bit set behind the prefix: `10.0.0.0/24`.
 *
 * @throws {Refusal} `invalid`; for an address inside a network it names that network
 * @example
 * ```ts
 * import { networkCidr } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * strictEqual(networkCidr("10.0.0.0/24", "cidr"), "10.0.0.0/24");
 * ```
 */
export function networkCidr(value: string, field: string): string {
  const canonical = interfaceAddress(value, field);
  const network = networkOf(canonical);
  if (network !== canonical) {
    throw new Refusal(
      "invalid",
      field,
      `${field}: ${quote(value)} is an address inside a network; did you mean ${network}?`,
    );
  }
  return canonical;
}

/**
 * The network that an interface's address lies in.
 *
 * @example
 * ```ts
 * import { networkOf } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * strictEqual(networkOf("10.0.0.7/24"), "10.0.0.0/24");
 * ```
 */
export function networkOf(interfaceAddress: string): string {
  const prefix = Number(interfaceAddress.slice(interfaceAddress.indexOf("/") + 1));
  // The library finds out by trying whether it is IPv6, and that takes four times as long.
  if (!interfaceAddress.includes(":")) {
    return `${ipaddr.IPv4.networkAddressFromCIDR(interfaceAddress).toString()}/${prefix}`;
  }
  const network = ipaddr.IPv6.networkAddressFromCIDR(interfaceAddress) as ipaddr.IPv6;
  return `${network.toRFC5952String()}/${prefix}`;
}

/** Sorts by code unit, which every machine and locale does alike. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
