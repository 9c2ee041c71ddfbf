import process from "node:process";
import { describe, expect, test } from "vitest";
import { systemPrograms } from "../../src/introspection/system_programs.ts";

describe.runIf(process.platform !== "win32")("a program of the system", () => {
  const run = systemPrograms();

  test("gives what it prints, in English, whatever the PATH", async () => {
    expect(await run("sh", ["-c", "echo $LC_ALL"])).toBe("C\n");
  });

  test("that is absent, or fails, says so", async () => {
    await expect(run("no-such-program", [])).rejects
      .toMatchObject({ message: "no-such-program cannot be run: not found" });
    await expect(run("sh", ["-c", "exit 3"])).rejects
      .toMatchObject({ code: "program_failed", message: "sh failed: 3" });
  });

  test("can be stopped", async () => {
    const controller = new AbortController();
    const reason = new Error("stopped by the test");
    setTimeout(() => controller.abort(reason), 20);
    await expect(systemPrograms(controller.signal)("sleep", ["60"])).rejects.toBe(reason);
  });
});
