import fc from "fast-check";
import { v5 } from "uuid";
import { expect, test } from "vitest";
import { aggregateIdOf } from "../../src/domain/aggregate_id.ts";

test("An aggregate's id is the UUID v5 of what makes it the one it is", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.option(fc.integer()), (name, port) => {
    expect(aggregateIdOf("flow", name, port ?? undefined))
      .toBe(v5(JSON.stringify(["flow", name, port]), "6f1a4a5e-52a8-5b0e-9b7e-1d3f6c0f7d11"));
  }));
});

test("What is absent is not the same as an empty text", () => {
  expect(aggregateIdOf("network", undefined, "10.0.0.0/24"))
    .not.toBe(aggregateIdOf("network", "", "10.0.0.0/24"));
});
