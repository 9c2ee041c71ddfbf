/** `deno task neo4j`: a real Neo4j Community on this machine, until Ctrl-C. */
import { join } from "node:path";
import { lockedFile } from "../setup/file_lock.ts";
import { neo4jProgram } from "../setup/neo4j_install.ts";
import { findNeo4j, loginPath, type Neo4jLogin, startNeo4j } from "../setup/neo4j_server.ts";
import { NEO4J_FOLDER } from "./project_graph.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";

/** What `deno task neo4j --help` says. */
const HELP = `Usage: deno task neo4j

Starts a Neo4j Community for this project, on this machine only, and stops it on Ctrl-C. The first time it is downloaded
from Maven Central: some 150 MB. It needs Java 21 or newer, or Java 17 for the older line 5.26, and Maven (mvn).

Its data are in data/local/neo4j, and its password, which is made at random, in login.json there, which only you may
read. deno task cim project neo4j finds it by itself; for other programs what to set is printed. Where it runs already,
that is printed, and nothing is started.`;

/** How long whoever has just begun to start one may need, in milliseconds. */
const PATIENCE_MS = 180_000;

async function serve(terminal: Terminal): Promise<number> {
  const { progress, signal } = terminal;
  await Deno.mkdir(NEO4J_FOLDER, { recursive: true, mode: 0o700 });
  const starting = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  const path = join(NEO4J_FOLDER, "server.lock");
  using lock = await Deno.open(path, { create: true, write: true, mode: 0o600 });
  if (!await lock.tryLock(true)) {
    const other = await begun(starting);
    if (other) {
      tell("runs already", other, terminal);
      return EXIT.done;
    }
    (await lockedFile(path, { signal })).close(); // whoever was about to start it has given up
    return await serve(terminal);
  }
  let server = await findNeo4j(NEO4J_FOLDER);
  if (!server) {
    const program = await neo4jProgram({ folder: NEO4J_FOLDER, progress, signal });
    progress(`Starting Neo4j ${program.version} …`);
    server = await startNeo4j(program, NEO4J_FOLDER, signal);
  }
  tell(`is ready, process ${server.pid}; Ctrl-C ends it`, server, terminal);
  const told = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  if (!signal.aborted) await Promise.race([server.ended, told]);
  if (!signal.aborted) {
    terminal.warn(`Neo4j has ended: see ${join(NEO4J_FOLDER, "logs", "neo4j.log")}`);
    return EXIT.failed;
  }
  progress("Stopping Neo4j …");
  await server.stop();
  throw signal.reason;
}

/** The server that another process has, or is starting. */
async function begun(signal: AbortSignal): Promise<Neo4jLogin | undefined> {
  while (!signal.aborted) {
    const server = await findNeo4j(NEO4J_FOLDER);
    if (server) return server;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** What to set, for programs of other folders and for people; telling it is what this is for. */
function tell(what: string, { uri, username, password }: Neo4jLogin, terminal: Terminal): void {
  terminal.print(`Neo4j ${what}`);
  terminal.print(`export NEO4J_URI=${uri} NEO4J_USERNAME=${username} NEO4J_PASSWORD=${password}`);
  terminal.print(`The password is kept in ${loginPath(NEO4J_FOLDER)}`);
  terminal.flush();
}

const wanted = Deno.args[0] === "--" ? Deno.args.slice(1) : Deno.args;
if (wanted.includes("--help") || wanted.includes("-h")) {
  console.log(HELP);
  Deno.exit(EXIT.done);
}
if (wanted.length > 0) {
  console.error(`cim: there is no option ${wanted[0]} (add --help for how it is used)`);
  Deno.exit(EXIT.usage);
}
await run(serve);
