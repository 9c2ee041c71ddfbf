/** `cim serve`: take commands from other machines, and tell Prometheus how things are. */
import type { Command } from "commander";
import { serveCommands, SUBMIT_SUBJECT } from "../command/service.ts";
import { openWorkspace } from "../workspace.ts";
import { addServeMetrics } from "./serve_metrics.ts";
import { warnOfSkipped } from "./skipped.ts";
import { EXIT, KEPT, run } from "./terminal.ts";

/** Adds the commands to the command line. */
export function addServe(program: Command): void {
  const serve = program.command("serve").summary("serve others: commands, metrics");
  serve.command("commands")
    .summary("take commands from other machines, over NATS")
    .description(
      "Takes commands over NATS request/reply, as the service `cim-commands`, until Ctrl-C. With NATS_URL it is reached at " +
        "that server; agents there run `cim discover --nats URL`. Several may serve at once: they share the requests.",
    )
    .action(() =>
      run(async (terminal) => {
        await using workspace = await openWorkspace({ ...terminal, patience: Infinity });
        const { connection } = workspace.log;
        const handler = await workspace.handler();
        warnOfSkipped(terminal, handler);
        const service = serveCommands(connection, handler, () => new Date());
        try {
          const here = workspace.server ? " (from this machine only: no NATS_URL is set)" : "";
          terminal.print(
            `Taking commands at ${connection.getServer()} on ${SUBMIT_SUBJECT}${here}`,
          );
          terminal.flush();
          await new Promise((_, reject) => {
            const stop = () => reject(terminal.signal.reason);
            terminal.signal.addEventListener("abort", stop, { once: true });
            if (terminal.signal.aborted) stop();
          });
        } finally {
          await service.stop();
        }
        return EXIT.done;
      }, KEPT)
    );
  addServeMetrics(serve);
}
