/**
 * Runs the tests, and ends with one line that counts them. `--fast` leaves out those in test/servers and test/notebooks,
 * and those that damage files, kill programs or try laws at random (their files' names say so); any other argument is a
 * part of a file's name: `deno task test handler` runs the tests of the handler.
 */
import { fileURLToPath } from "node:url";
import { SaxesParser } from "saxes";
import { pythonEnvironment, SetupError } from "../src/setup/python.ts";

const project = fileURLToPath(new URL("..", import.meta.url));
const fast = Deno.args.includes("--fast");
const names = Deno.args.filter((argument) => argument !== "--fast");
// The tests have servers of their own, whatever log and read models their caller works with.
for (const name of Object.keys(Deno.env.toObject())) {
  if (/^(NATS|NEO4J|NETBOX|METRICS)_/.test(name)) Deno.env.delete(name);
}
const SLOW = [
  "test/servers/**",
  "test/notebooks/**",
  "test/**/*{damage,crash,kill,trouble,laws}.test.ts",
];
const reports = Deno.makeTempDirSync({ prefix: "cim-test-" });
const totals = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];

/** What a JUnit report says has failed, and how: what a reader of the last lines wants to know. */
function failedTests(report: string): string[] {
  const failed: string[] = [];
  let test = "";
  const parser = new SaxesParser();
  parser.on("error", () => {}); // a runner that died may have written half of it
  parser.on("opentag", ({ name, attributes }) => {
    const { classname, message } = attributes;
    if (name === "testcase") test = `${classname} ${attributes["name"]}`;
    if (name === "failure" || name === "error") {
      failed.push(`${test}\n    ${message}`.slice(0, 1000));
    }
  });
  parser.write(report).close();
  return failed;
}

/** Runs a test runner and adds up its JUnit report; one that fails without a failed test counts as one. */
async function suite(name: string, ...args: string[]): Promise<void> {
  const report = `${reports}/${name}.xml`;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: args.map((argument) => argument.replace("REPORT", report)),
    cwd: project,
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  const xml = await Deno.readTextFile(report).catch(() => "");
  const head = xml.match(/<testsuites[^>]*>/)?.[0] ?? "";
  const count = (key: string) => Number(head.match(new RegExp(`\\b${key}="(\\d+)"`))?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  const skipped = xml.split("<skipped").length - 1;
  totals.failed += success ? failed : Math.max(1, failed);
  totals.skipped += skipped;
  totals.passed += count("tests") - failed - skipped;
  if (success) return;
  const named = failedTests(xml);
  failures.push(...named.length > 0 ? named : [`${name}: it ended without saying which test`]);
}

try {
  // The servers that tests need come from here: made once, before the tests race for it.
  if (!fast) await pythonEnvironment({ project, progress: console.error });
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  Deno.exit(1);
}
await suite(
  "vitest",
  ...["run", "--quiet", "-A", "npm:vitest@5.1.1", "run", "--config", "test/vitest.config.ts"],
  ...["--reporter=default", "--reporter=junit", "--outputFile.junit=REPORT"],
  ...(fast ? SLOW.flatMap((files) => ["--exclude", files]) : []),
  ...names,
);
if (names.length === 0) {
  const flags = ["--doc", "--no-check", "--quiet", "-A", "--junit-path=REPORT"];
  await suite("examples", "test", ...flags, ...(fast ? ["--ignore=src/workspace.ts"] : []), "src");
}
Deno.removeSync(reports, { recursive: true });
const { passed, failed, skipped } = totals;
const complete = skipped === 0 || Deno.env.get("CI") !== "true";
if (!complete) {
  console.error("A skipped test is a failure here (CI=true): install what it asks for.");
}
for (const failure of failures) console.error(`FAILED ${failure}`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
Deno.exit(failed === 0 && passed > 0 && complete ? 0 : 1);
