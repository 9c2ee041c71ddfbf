import { expect, test } from "vitest";
import { letIn } from "../../src/command/door.ts";
import type { CommandType } from "../../src/domain/command.ts";
import { MessageFactory } from "../../src/domain/message.ts";

const messages = new MessageFactory(() => new Date("2026-11-24T12:00:00Z"));
const dataOf = (name: CommandType, data: unknown) =>
  letIn(messages.command(name, data as never, { actor: "ada", source: "declared" })).command.data;

test("What a table says null of is left out, and only a merge patch removes by it", () => {
  const host = { hostname: "gate", resource_type: "router", cpu_cores: null };
  const location = { site: "north", rack: null };
  const interfaces = [{ name: "eth0", mtu: null, addresses: [] }];
  expect(dataOf("RegisterCompute", { ...host, location, interfaces })).toEqual({
    hostname: "gate",
    resource_type: "router",
    location: { site: "north" },
    interfaces: [{ name: "eth0", addresses: [] }],
  });
  expect(dataOf("UpdateCompute", { compute: "gate", owner: null })).toEqual({
    compute: "gate",
    owner: null,
  });
});

test("A null that stands for something else is refused", () => {
  const addresses = [null];
  const interfaces = [{ name: "eth0", addresses }];
  expect(() => dataOf("RegisterCompute", { hostname: "a", resource_type: "router", interfaces }))
    .toThrow(expect.objectContaining({ field: "interfaces/0/addresses/0" }));
  expect(() => dataOf("DefineNetwork", { name: "lan", cidr: null }))
    .toThrow(expect.objectContaining({ field: "cidr" }));
  expect(() => dataOf("DefineNetwork", null)).toThrow(expect.objectContaining({ code: "invalid" }));
});
