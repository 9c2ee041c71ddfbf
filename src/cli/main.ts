/** The command line: `deno task cim`. */
import { Command } from "commander";
import configuration from "../../deno.json" with { type: "json" };
import { addAlerts } from "./alerts.ts";
import { addArchive } from "./archive.ts";
import { addCompliance } from "./compliance.ts";
import { addDiscover } from "./discover.ts";
import { addExperiment } from "./experiment.ts";
import { addImport } from "./import.ts";
import { addLog } from "./log.ts";
import { addNotebook } from "./notebook.ts";
import { addProject } from "./project.ts";
import { addReport } from "./report.ts";
import { addReplay } from "./replay.ts";
import { addSample } from "./sample.ts";
import { addSpace } from "./space.ts";
import { addSql } from "./sql.ts";
import { addSchema } from "./schema.ts";
import { addServe } from "./serve.ts";
import { addStatus } from "./status.ts";
import { addSubmit } from "./submit.ts";
import { addTopology } from "./topology.ts";
import { addVerify } from "./verify.ts";
import { EXIT } from "./terminal.ts";

const program = new Command("cim")
  .usage("[command]")
  .description(
    "An infrastructure that understands itself: discovery, the event log that keeps what was found, and " +
      "read models made from it as of any moment.",
  )
  .version(configuration.version)
  .showHelpAfterError("(add --help for how it is used)")
  .addHelpText(
    "after",
    `
Exit codes: ${EXIT.done} done, ${EXIT.failed} failed, ${EXIT.usage} wrong usage, ${EXIT.refused} something was refused, ` +
      `${EXIT.interrupted} interrupted, ${EXIT.terminated} terminated.
Everything is kept in data/local; deno task cim runs inside the project's folder.`,
  )
  .exitOverride((error) => Deno.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage));
addDiscover(program);
addSubmit(program);
addImport(program);
addSchema(program);
addServe(program);
addArchive(program);
addLog(program);
addStatus(program);
addReplay(program);
addProject(program);
addVerify(program);
addSample(program);
addSql(program);
addSpace(program);
addTopology(program);
addCompliance(program);
addAlerts(program);
addExperiment(program);
addNotebook(program);
addReport(program);
if (Deno.args.length === 0) {
  program.outputHelp({ error: true });
  Deno.exit(EXIT.usage);
}
await program.parseAsync(Deno.args, { from: "user" });
