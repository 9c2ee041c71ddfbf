/** The options of `cim project` that are for a NetBox. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { EXIT } from "./terminal.ts";

/** What can be asked of a NetBox, and of nothing else. */
export interface NetBoxAsked {
  plan?: boolean;
  adopt?: boolean;
  delete?: boolean;
  reset?: boolean;
  rate?: number;
}

/** What else can be asked of a projection. */
export interface Asked extends NetBoxAsked {
  watch?: boolean;
  rebuild?: boolean;
  unpark?: boolean;
  json?: boolean;
}

/** For `--help`. */
export const NETBOX_HELP =
  `NetBox is that of NETBOX_URL and NETBOX_TOKEN (4.2 or newer). Run it with --plan first: that writes nothing, and shows what
would be created (+), changed (~), adopted (=) and removed (-), what a person has changed and therefore stays (!), and what
waits or cannot be done (?). What it makes has the tag cim; what people have made, entered or changed there stays as it is.
It ends with exit code 3 where NetBox has refused something, or something could not be removed: the rest is done then.`;

/** Adds the options that fit a NetBox only. */
export function addNetBoxOptions(command: Command): Command {
  return command
    .option("--plan", "netbox: write nothing, show what would be done")
    .option("--adopt", "netbox: take over what is there already and is not ours")
    .option("--delete", "netbox: remove what we made and the log no longer has")
    .option("--reset", "netbox: remove all that we made, and nothing else")
    .addOption(
      new Option("--rate <requests>", "netbox: at most so many requests a second")
        .argParser(rateOf),
    );
}

/** Refuses options that do not fit what is asked for. */
export function requireFitting(model: string, options: Asked, command: Command): void {
  const { plan, adopt, delete: remove, reset, rate, watch, rebuild, unpark } = options;
  const asked = Object.entries({ plan, adopt, delete: remove, reset, rate })
    .filter(([, value]) => value !== undefined).map(([name]) => `--${name}`);
  const fail = (why: string) => command.error(`error: ${why}`, { exitCode: EXIT.usage });
  if (model !== "netbox") {
    if (asked.length > 0) fail(`${asked.join(", ")} is for netbox only`);
    return;
  }
  if (rebuild) {
    fail(
      "netbox is compared with the log at each run: leave --rebuild out, or remove all with --reset",
    );
  }
  const once = plan ? "--plan" : reset ? "--reset" : undefined;
  if (once && (watch || unpark)) fail(`${once} is done once: leave --watch and --unpark out`);
  if (plan && reset) fail("--reset has no plan: --plan with --delete shows what is removed");
  if (reset && (adopt || remove)) fail("--reset removes all that is ours: leave the others out");
}

/** A number of requests a second. */
export function rateOf(text: string): number {
  const rate = Number(text);
  if (!(rate > 0)) throw new InvalidArgumentError("It is a number of requests a second, above 0.");
  return rate;
}
