// Makes the environment of the project named by its argument, under its own PATH; see python.test.ts.
import { pythonEnvironment, SetupError } from "../../src/setup/python.ts";

const abort = new AbortController();
if (Deno.args.includes("--abort")) {
  Deno.addSignalListener("SIGTERM", () => abort.abort(new Error("told to stop")));
}
try {
  const environment = await pythonEnvironment({
    project: Deno.args[0] ?? "",
    progress: (line) => console.log(line),
    signal: abort.signal,
  });
  console.log(environment.program("nats-server"));
} catch (error) {
  const code = error instanceof SetupError ? error.code : "other";
  console.log(JSON.stringify({ code, message: (error as Error).message }));
  Deno.exit(1);
}
Deno.exit(0);
