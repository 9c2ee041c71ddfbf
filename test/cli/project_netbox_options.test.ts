/** Which options of `cim project` fit which read model. */
import { Command } from "commander";
import { expect, test } from "vitest";
import {
  addNetBoxOptions,
  type Asked,
  rateOf,
  requireFitting,
} from "../../src/cli/project_netbox_options.ts";

/** What is said of a call; undefined where it fits. */
function saidOf(model: string, ...args: string[]): string | undefined {
  const command = addNetBoxOptions(new Command("project"))
    .option("--watch").option("--rebuild").option("--unpark").option("--json")
    .exitOverride().configureOutput({ writeErr() {} });
  try {
    command.parse(args, { from: "user" });
    requireFitting(model, command.opts<Asked>(), command);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test("what is for a NetBox alone is refused of other read models, by its name", () => {
  expect(saidOf("spaces", "--watch", "--rebuild", "--unpark")).toBeUndefined();
  expect(saidOf("metrics", "--plan", "--rate", "2")).toBe(
    "error: --plan, --rate is for netbox only",
  );
});

test("of a NetBox is asked what goes together", () => {
  for (
    const args of ["--plan --adopt --delete", "--reset", "--watch --delete --rate 0.5", "--unpark"]
  ) {
    expect(saidOf("netbox", ...args.split(" "))).toBeUndefined();
  }
  expect(saidOf("netbox", "--rebuild")).toMatch(/leave --rebuild out, or remove all with --reset/);
  expect(saidOf("netbox", "--plan", "--watch")).toMatch(/--plan is done once/);
  expect(saidOf("netbox", "--reset", "--unpark")).toMatch(/--reset is done once/);
  expect(saidOf("netbox", "--plan", "--reset")).toMatch(/--plan with --delete shows/);
  expect(saidOf("netbox", "--reset", "--adopt")).toMatch(/leave the others out/);
});

test("a rate is a number of requests above 0", () => {
  expect(rateOf("2.5")).toBe(2.5);
  for (const wrong of ["0", "-1", "many", ""]) expect(() => rateOf(wrong)).toThrow(/above 0/);
});
