/** What tests have of a real NetBox, and that nothing is left of it. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { until } from "./embedded_user.ts";
import type { TestNetBox } from "./netbox_server.ts";
import { tether } from "./tether.ts";

/** The server that all tests here rely on. */
export function tethered(netbox: () => TestNetBox): void {
  test("each place has a database of its own, which may begin as a copy", async () => {
    await using first = await netbox().place();
    await first.call("POST", "dcim/sites/", [{ name: "Berlin", slug: "ber" }]);
    await using copy = await netbox().place(first);
    await using empty = await netbox().place();
    await copy.call("POST", "dcim/sites/", [{ name: "Oslo", slug: "osl" }]);
    const names = async (place: typeof first) =>
      (await place.all("dcim/sites")).map(({ name }) => name);
    expect(await names(first)).toEqual(["Berlin"]);
    expect(await names(copy)).toEqual(["Berlin", "Oslo"]);
    expect(await names(empty)).toEqual([]);
  });

  test("a program on a tether ends when it is told, and when who started it is killed", async () => {
    const folder = await Deno.makeTempDir({ prefix: "cim-tether-" });
    const told = tether("sleep", ["1000.25"], { folder, log: `${folder}/log` });
    await until(() => isRunning("1000.25"));
    await told.stop();
    expect(await isRunning("1000.25")).toBe(false);
    await expect(Deno.stat(folder)).rejects.toThrow(Deno.errors.NotFound);

    const script = `import { tether } from ${
      JSON.stringify(fileURLToPath(new URL("tether.ts", import.meta.url)))
    }; tether("sleep", ["1000.5"], { log: "/dev/null" }); setInterval(() => {}, 1000);`;
    const starter = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", script],
      stdin: "null",
    }).spawn();
    await until(() => isRunning("1000.5"));
    starter.kill("SIGKILL");
    await starter.status;
    await until(async () => !await isRunning("1000.5"));
  });
}

async function isRunning(seconds: string): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-axww", "-o", "args="] }).output();
  return new TextDecoder().decode(stdout).split("\n").includes(`sleep ${seconds}`);
}
