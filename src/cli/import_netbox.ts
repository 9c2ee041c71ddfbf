/** `cim import netbox`: what a NetBox has, as commands. NetBox is read only. */
import { hostname } from "node:os";
import { type Command, Option } from "commander";
import { Inventory } from "../domain/inventory.ts";
import { netBoxCommands } from "../importers/netbox/commands.ts";
import { readContent } from "../importers/netbox/content.ts";
import { submitImported } from "../importers/submit_imported.ts";
import { NetBoxClient } from "../projections/netbox/client.ts";
import { counted } from "../table/text.ts";
import { openWorkspace } from "../workspace.ts";
import { NetBoxTotal } from "./import_netbox_total.ts";
import { nowAndThen } from "./progress.ts";
import { netBoxToUse } from "./project_netbox.ts";
import { rateOf } from "./project_netbox_options.ts";
import { warnOfSkipped } from "./skipped.ts";
import { EXIT, KEPT, run } from "./terminal.ts";

interface Options {
  rate?: number;
  actor: string;
  dryRun?: boolean;
  json?: boolean;
}

/** Adds the command to the command line. */
export function addImportNetBox(group: Command): void {
  group.command("netbox")
    .summary("devices, virtual machines, networks, cables and services of a NetBox")
    .description(
      "Reads a NetBox (4.2 or newer), and makes resources of its devices and virtual machines with their interfaces, " +
        "addresses and places, networks of its prefixes, cables of what is connected, through patch panels too, and software " +
        "of its services. Run again, it says what has changed. It writes nothing to NetBox: a token that may only read is enough.",
    )
    .addOption(
      new Option("--rate <requests>", "at most so many requests a second").argParser(rateOf),
    )
    .option("--actor <name>", "who says so", `cim@${hostname()}`)
    .option("--dry-run", "print the commands, as cim submit takes them, and write nothing")
    .option("--json", "print one JSON object a line: what became of each command")
    .addHelpText(
      "after",
      `
NETBOX_URL and NETBOX_TOKEN say which NetBox. What cim project netbox has written there is passed over, for it is in the
log. What a discovery has looked into stays as it was seen, and gets its place, owner and tags from NetBox. What NetBox no
longer has is not removed here. Host names are made of the names: "Switch 1/2" is switch-1-2; where two sites have one name
the site is put behind it. The tag netbox is the address in NetBox, netbox:SLUG are its tags there.

Examples:
  export NETBOX_URL=https://netbox.example NETBOX_TOKEN=nbt_…
  deno task cim import netbox --dry-run | grep RegisterCompute
  deno task cim import netbox --rate 5`,
    )
    .action((options: Options) =>
      run(async (terminal) => {
        const { json = false, dryRun = false, rate, actor } = options;
        const { signal } = terminal;
        const settings = netBoxToUse(terminal);
        const client = new NetBoxClient(settings, {
          signal,
          ...rate === undefined ? {} : { requestsPerSecond: rate },
        });
        terminal.progress(`Asking ${settings.url} …`);
        const say = nowAndThen(terminal);
        const content = await readContent(client, (count) => {
          say(`Reading NetBox … ${counted(count, "object")}`);
        });
        await using workspace = await openWorkspace(terminal);
        const handler = await workspace.handler();
        warnOfSkipped(terminal, handler);
        const inventory = Inventory.from(handler.content());
        const imported = netBoxCommands(content, { url: settings.url, inventory });
        const { commands } = imported;
        const total = new NetBoxTotal(terminal, json, dryRun);
        total.addContent(content, imported);
        if (dryRun) {
          for (const { command, data } of commands) {
            terminal.print(JSON.stringify({ command, data }));
          }
          total.describeLeftOut().forEach(terminal.warn);
          return total.refused > 0 ? EXIT.refused : EXIT.done;
        }
        const { messages } = workspace;
        for await (
          const { said, answer } of submitImported(handler, messages, commands, { actor, signal })
        ) total.add(said, answer, commands.length);
        signal.throwIfAborted();
        if (!json) total.describe().forEach(terminal.print);
        return total.refused > 0 ? EXIT.refused : EXIT.done;
      }, KEPT)
    );
}
