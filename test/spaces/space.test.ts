import { expect, test } from "vitest";
import { SpaceInvalid } from "../../src/spaces/error.ts";
import { dimensionsOf, pointOf, requireSpace, type Space } from "../../src/spaces/space.ts";

const dimension = (name: string) => ({ name, unit: "1", scale: "linear", range: [0, 1] }) as const;
const space = (...domains: [name: string, ...dimensions: string[]][]): Space => ({
  name: "s",
  domains: domains.map(([name, ...names]) => ({ name, dimensions: names.map(dimension) })),
});

test("A point's coordinates come domain by domain", () => {
  const two = space(["a", "a.x", "a.y"], ["b", "b.x"]);
  expect(dimensionsOf(two).map(({ name }) => name)).toEqual(["a.x", "a.y", "b.x"]);
  expect([...pointOf(two, { "b.x": 3, "a.x": 1, "a.y": 2 })]).toEqual([1, 2, 3]);
});

test("What nobody knows of a thing is missing, and what is said of other spaces' dimensions is passed over", () => {
  const two = space(["a", "a.x", "a.y"]);
  expect([...pointOf(two, { "a.x": null, "c.z": 1 })]).toEqual([NaN, NaN]);
  expect([...pointOf(space(["a", "toString", "__proto__"]), {})]).toEqual([NaN, NaN]);
});

test.each([
  ["no dimension", space(["a"]), "s: it has no dimension"],
  ["no domain", space(), "s: it has no dimension"],
  ["a dimension twice", space(["a", "x"], ["b", "x"]), "x: it is there twice in the space s"],
  ["a domain twice", space(["a", "x"], ["a", "y"]), "a: it is there twice"],
  ["one name for a domain and a dimension", space(["a", "a"]), "a: it is there twice"],
])("A space with %s is refused", (_, wrong, why) => {
  expect(() => requireSpace(wrong)).toThrow(SpaceInvalid);
  expect(() => requireSpace(wrong)).toThrow(why);
});
