/** What is said where a Neo4j cannot be had. */
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { program } from "./neo4j_server.ts";

const folder = Deno.makeTempDirSync({ prefix: "cim-neo4j-install-" });
afterAll(() => Deno.removeSync(folder, { recursive: true }));

/** Gets one into an empty folder, with programs of our own in its PATH. */
async function install(name: string, programs: Record<string, string>) {
  const own = `${folder}/${name}`;
  await Deno.mkdir(`${own}/bin`, { recursive: true });
  for (const [program, text] of Object.entries(programs)) {
    await Deno.writeTextFile(`${own}/bin/${program}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "-A"],
      fileURLToPath(new URL("neo4j_install_child.ts", import.meta.url)),
      `${own}/neo4j`,
    ],
    env: { PATH: `${own}/bin` },
  }).output();
  const left = [...Deno.readDirSync(`${own}/neo4j`)].map(({ name }) => name);
  return { outcome: JSON.parse(new TextDecoder().decode(stdout)), left };
}

describe.skipIf(!program || Deno.build.os !== "linux")("A Neo4j that cannot be had", () => {
  const java = { java: "echo 'openjdk version \"25.0.1\"' >&2" };

  test("for want of Maven is said to be that, and how to get it", async () => {
    const { outcome, left } = await install("no-maven", java);
    expect(outcome).toMatchObject({ name: "SetupError", code: "maven_missing" });
    expect(outcome.message).toContain('"sudo apt-get install maven"');
    expect(left).toEqual(["download.lock"]);
  });

  test("because its repository is out of reach says what Maven said, and leaves no half of it", async () => {
    const mvn = "echo '[ERROR] Could not transfer artifact org.neo4j:neo4j'; exit 1";
    const { outcome, left } = await install("no-network", { ...java, mvn: mvn });
    expect(outcome).toMatchObject({ name: "SetupError", code: "packages_unavailable" });
    expect(outcome.message).toContain("Could not transfer artifact org.neo4j:neo4j");
    expect(left).toEqual(["download.lock"]);
  });
});
