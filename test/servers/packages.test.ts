import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { downloadFailure } from "../../src/setup/setup_error.ts";

const source = fileURLToPath(new URL("../..", import.meta.url));
const root = await Deno.makeTempDir({ prefix: "cim-packages-" });
let copies = 0;
afterAll(() => Deno.remove(root, { recursive: true }));

/** A project with one small package, which nothing has been downloaded for yet. */
async function project(): Promise<string> {
  const folder = join(root, `project ${copies++}`);
  await Deno.mkdir(join(folder, "src"), { recursive: true });
  await new Deno.Command("cp", { args: ["-r", join(source, "src/setup"), join(folder, "src")] })
    .output();
  await Deno.writeTextFile(
    join(folder, "deno.json"),
    JSON.stringify({ nodeModulesDir: "manual", imports: { uuidv7: "npm:uuidv7@1.2.1" } }),
  );
  await new Deno.Command(Deno.execPath(), { args: ["install", "--lockfile-only"], cwd: folder })
    .output();
  return folder;
}

async function setUp(folder: string, env: Record<string, string> = {}) {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "src/setup/packages.ts"],
    cwd: folder,
    env,
  }).output();
  return { code, lines: new TextDecoder().decode(stderr).trimEnd().split("\n").filter(Boolean) };
}

/** A registry that nobody is, and a cache that has nothing. */
const unreachable = () => ({
  NPM_CONFIG_REGISTRY: "http://127.0.0.1:9/",
  DENO_DIR: join(root, `cache-${copies++}`),
});

test("the packages are downloaded once, by one of those that need them at once", async () => {
  const folder = await project();
  const both = await Promise.all([setUp(folder), setUp(folder)]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  const said = both.flatMap(({ lines }) => lines);
  expect(said.filter((line) => line.startsWith("Downloading")).length).toBe(1);
  expect(await setUp(folder, unreachable())).toEqual({ code: 0, lines: [] });
});

test("without a network one line says so, and running it again works", async () => {
  const folder = await project();
  const { code, lines } = await setUp(folder, unreachable());
  expect(code).toBe(1);
  expect(lines.length).toBe(2);
  expect(lines[1]).toMatch(/^cim: The npm packages could not be downloaded .*check the network/);
  expect((await setUp(folder)).code).toBe(0);
});

test("a folder that cannot be written is said in one line", async () => {
  const folder = await project();
  await Deno.writeTextFile(join(folder, "data"), "a file where the folder should be");
  const { code, lines } = await setUp(folder);
  expect(code).toBe(1);
  expect(lines).toEqual([expect.stringMatching(/data.* cannot be written .*make it writable/)]);
});

test.each([
  ["error: Os error: Read-only file system (os error 30)", "folder_read_only"],
  ["error: No space left on device (os error 28)", "disk_full"],
  ["error: The lockfile is out of date. Run `deno install --frozen=false`", "packages_changed"],
  ["error: dns error: failed to lookup address information", "packages_unavailable"],
])("%s is told as %s", (output, code) => {
  expect(downloadFailure(output, "/p")).toMatchObject({ code });
});
