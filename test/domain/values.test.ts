import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  hostname,
  interfaceAddress,
  ipAddress,
  isGloballyAdministered,
  macAddress,
  networkCidr,
  networkOf,
} from "../../src/domain/values.ts";
import { Refusal } from "../../src/domain/refusal.ts";

const VALUES = { hostname, macAddress, ipAddress, interfaceAddress, networkCidr };

describe("Every value object", () => {
  test.each(Object.entries(VALUES))(
    "%s refuses any other text with the field named",
    (_, parse) => {
      fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        try {
          expect(parse(parse(text, "f"), "f")).toBe(parse(text, "f"));
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
          expect(error).toMatchObject({ code: "invalid", field: "f" });
        }
      }));
    },
  );
});

test("addresses have one form", () => {
  fc.assert(fc.property(fc.ipV6(), fc.integer({ min: 0, max: 128 }), (address, prefix) => {
    const canonical = interfaceAddress(`${address}/${prefix}`, "f");
    expect(interfaceAddress(canonical.toUpperCase(), "f")).toBe(canonical);
    expect(networkCidr(networkOf(canonical), "f")).toBe(networkOf(canonical));
  }));
  fc.assert(fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
    expect(interfaceAddress(`${address}/${prefix}`, "f")).toBe(`${address}/${prefix}`);
    expect(networkCidr(networkOf(`${address}/${prefix}`), "f")).toBe(
      networkOf(`${address}/${prefix}`),
    );
  }));
});

test("the network of an address has no bit set behind the prefix", () => {
  expect(networkOf("10.1.2.3/8")).toBe("10.0.0.0/8");
  expect(networkOf("fe80::1234/64")).toBe("fe80::/64");
  expect(networkOf("0.0.0.0/0")).toBe("0.0.0.0/0");
});

test.each(["01.2.3.4", "0x7f.1", "1", "10.0.0.256", "fe80::1%eth0", "::g", " 10.0.0.1"])(
  "%s is no address",
  (text) => {
    expect(() => ipAddress(text, "f")).toThrow(Refusal);
  },
);

test("a MAC address has one form, however it is written", () => {
  for (const text of ["001B213C4D5E", "00:1b:21:3c:4d:5e", "00-1B-21-3C-4D-5E"]) {
    expect(macAddress(text, "f")).toBe("00:1b:21:3c:4d:5e");
  }
  expect(() => macAddress("00:1b-21:3c:4d:5e", "f")).toThrow(Refusal);
});

test("only a maker's MAC address is unique to one device", () => {
  expect(isGloballyAdministered("00:1b:21:3c:4d:5e")).toBe(true);
  expect(isGloballyAdministered("02:42:ac:11:00:02")).toBe(false);
  expect(isGloballyAdministered("01:00:5e:00:00:01")).toBe(false);
  expect(isGloballyAdministered("00:00:00:00:00:00")).toBe(false);
});
