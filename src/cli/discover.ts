/** `cim discover`: look at this machine and write to the log what is new. */
import { type Command, InvalidArgumentError } from "commander";
import { openAgent } from "../agent.ts";
import type { Discovery } from "../discovery.ts";
import { natsServers } from "../log/nats_servers.ts";
import { counted, visible } from "../table/text.ts";
import type { Watched, WatchRhythm } from "../watch.ts";
import { openWorkspace } from "../workspace.ts";
import { describeDiscovery, totals } from "./discovery_text.ts";
import { warnOfSkipped } from "./skipped.ts";
import { EXIT, KEPT, run, type Terminal } from "./terminal.ts";

/** How often `--watch` measures if it is not said, in seconds. */
const WATCH_SECONDS = 15;

interface Options {
  watch?: number | true;
  nats?: string;
  json?: boolean;
}

/** Adds the command to the command line. */
export function addDiscover(program: Command): void {
  program.command("discover")
    .summary("look at this machine and write to the log what is new")
    .description(
      "Looks at this machine (hardware, operating system, virtualization, interfaces, networks, neighbours, connections, " +
        "containers and virtual machines, services, running programs, packages; measures CPU, memory, disks, network and " +
        "programs for a second) and writes to the event log what is new, has changed, or is not there any more. Nothing is " +
        "kept of command lines and environments.",
    )
    .option(
      "--watch [interval]",
      "measure again every 15s (or as often as said: 5s, 1m), and look at everything every five minutes, until Ctrl-C",
      seconds,
    )
    .option(
      "--nats <url>",
      "send what is found to a `cim serve commands` at this NATS server, and keep no log here",
      natsUrl,
    )
    .option("--json", "print one JSON object; with --watch one a line")
    .action((options: Options) =>
      run(async (terminal) => {
        await using machine = await open(options, terminal);
        if (options.watch !== undefined) {
          const measure = options.watch === true ? WATCH_SECONDS : options.watch;
          return await follow(machine.watch({ measure }), options, terminal);
        }
        const discovery = await machine.discover();
        if (options.json) terminal.print(JSON.stringify(discovery));
        else for (const line of describeDiscovery(discovery)) terminal.print(line);
        return discovery.refused.length > 0 ? EXIT.refused : EXIT.done;
      }, KEPT)
    );
}

/** Who looks at this machine: for the log of this workspace, or for one elsewhere. */
interface Looker extends AsyncDisposable {
  discover(): Promise<Discovery>;
  watch(rhythm: WatchRhythm): AsyncIterable<Watched>;
}

async function open({ nats, watch }: Options, terminal: Terminal): Promise<Looker> {
  const options = { ...terminal, ...(watch === undefined ? {} : { patience: Infinity }) };
  if (nats !== undefined) return await openAgent(nats, options);
  const workspace = await openWorkspace(options);
  try {
    warnOfSkipped(terminal, await workspace.handler());
  } catch (error) {
    await workspace.close();
    throw error;
  }
  return workspace;
}

function natsUrl(text: string): string {
  try {
    natsServers(text, "It");
    return text;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function seconds(text: string): number {
  const [, amount, unit = "s"] = text.match(/^(\d{1,6})(s|m|h)?$/) ?? [];
  const found = Number(amount) * { s: 1, m: 60, h: 3600 }[unit]!;
  if (!(found >= 1)) throw new InvalidArgumentError("Say how often: 15s, 1m, 1h.");
  return found;
}

async function follow(
  watching: AsyncIterable<Watched>,
  { json }: Options,
  terminal: Terminal,
): Promise<number> {
  for await (const one of watching) {
    terminal.print(json ? JSON.stringify(one) : watchLine(one));
    terminal.flush();
  }
  terminal.signal.throwIfAborted();
  return EXIT.done;
}

function watchLine(watched: Watched): string {
  const time = watched.at.slice(11, 19);
  switch (watched.kind) {
    case "missed":
      return `${time}  Missed: ${visible(watched.reason)}`;
    case "measured":
      return `${time}  Measured ${counted(watched.values, "value")}`;
    case "discovered": {
      const { compute, refused } = watched.discovery;
      const { accepted, removed } = totals(watched.discovery);
      return `${time}  Looked at ${compute.hostname}: ${counted(accepted, "event")} written` +
        `${removed > 0 ? `, ${removed} of them removals` : ""}` +
        `${refused.length > 0 ? `, ${refused.length} refused` : ""}`;
    }
  }
}
