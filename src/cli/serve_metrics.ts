/** `cim serve metrics`: what there is, and how the project itself is, for Prometheus. */
import { join } from "node:path";
import type { Command } from "commander";
import { CountedLog } from "../exposition/counted_log.ts";
import { scrape } from "../exposition/scrape.ts";
import { ScrapeServer } from "../exposition/scrape_server.ts";
import { metricsToken, TOKEN_VARIABLE } from "../exposition/token.ts";
import { Snapshots } from "../log/snapshots.ts";
import { MODELS } from "../replay/model_paths.ts";
import { openWorkspace } from "../workspace.ts";
import { LOCAL } from "../workspace_options.ts";
import { run } from "./terminal.ts";
import { wholeNumber } from "./whole_number.ts";

/** The port, unless it says otherwise. */
const PORT = 19_464;
/** The file with the token. */
const TOKEN_FILE: string = join(LOCAL, "metrics.token");

/** Adds the command to `cim serve`. */
export function addServeMetrics(serve: Command): void {
  serve.command("metrics")
    .summary("serve counts, and how the log and its projections are, to Prometheus")
    .description(
      "Serves, until Ctrl-C and to this machine only, how many resources, connections, findings and others there are, and " +
        "how the log, its archive, its projections and those who take commands are: lag, rate, parked, refused.",
    )
    .option("--port <number>", "the port to listen at; 0 is one that is free", wholeNumber, PORT)
    .addHelpText("after", HELP)
    .action(({ port }: { port: number }) =>
      run(async (terminal) => {
        const { token, path } = await metricsToken(TOKEN_FILE);
        await using workspace = await openWorkspace({ ...terminal, patience: Infinity });
        const { log, folder } = workspace;
        const history = await workspace.history();
        const known = await new Snapshots(join(folder, "snapshots")).load(history);
        const counted = new CountedLog(history, known);
        const models = join(folder, MODELS);
        const scraped = { log, history, counted, models, clock: () => new Date() };
        // To count a long log takes a while: that the port is taken is told before, and who scrapes meanwhile waits.
        let caughtUp = Promise.resolve();
        await using server = new ScrapeServer(
          port,
          token,
          () => caughtUp.then(() => scrape(scraped)),
        );
        terminal.progress("Counting what is in the log");
        caughtUp = counted.catchUp(terminal.signal);
        await caughtUp;
        terminal.print(
          `Serving metrics at ${server.url}, with the token ${
            path === undefined ? `of ${TOKEN_VARIABLE}` : `in ${path}`
          }`,
        );
        terminal.flush();
        await counted.follow(terminal.signal);
        throw terminal.signal.reason;
      })
    );
}

const HELP = `
In prometheus.yml:

  scrape_configs:
    - job_name: cim
      authorization:
        credentials_file: ${TOKEN_FILE}
      static_configs:
        - targets: ["127.0.0.1:${PORT}"]

The token is made the first time, in a file that only you can read; where Prometheus is another user, give one by
${TOKEN_VARIABLE}.`;
