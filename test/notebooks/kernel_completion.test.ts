/** What completes a cell and what its names are, in the real kernel. */
import { beforeAll, describe, expect, test } from "vitest";
import { descendants, left } from "./fixture.ts";
import { type FrontEnd, frontEnds, oneFrontEnd } from "./kernel_front.ts";

interface Helped {
  content: {
    matches?: string[];
    cursor_start?: number;
    cursor_end?: number;
    metadata?: { _jupyter_types_experimental?: { text: string; type: string }[] };
    found?: boolean;
    data?: Record<string, string>;
  };
  ms: number;
}

/** Code with a `|` where the cursor is. */
const at = (marked: string) => ({ code: marked.replace("|", ""), cursor: marked.indexOf("|") });
const help = (front: FrontEnd, kind: string, marked: string) =>
  front.ask<Helped>("help", { kind, ...at(marked) });

const CELLS = [
  `import { MemoryLog, openWorkspace, replay } from "@cim/infrastructure";
   const open = () => openWorkspace(); let workspace: Awaited<ReturnType<typeof open>>;`,
  "const model = await replay(new MemoryLog(() => new Date())); const mine = { first: 1 };",
  "const mine = { second: 2 }; globalThis.made = { later: 3 };",
];

describe("A cell that is being written", () => {
  const front = oneFrontEnd(frontEnds());
  /** What TypeScript knows; on a machine that is busy it is too late now and then, and Deno answers instead. */
  const complete = async (marked: string) => {
    for (let tries = 1;; tries++) {
      const helped = await help(front(), "complete", marked);
      if (helped.content.metadata?._jupyter_types_experimental || tries === 20) return helped;
    }
  };
  const matches = async (marked: string) => (await complete(marked)).content.matches!;

  beforeAll(async () => {
    await front().run(CELLS);
    // The first answer takes seconds, in which Deno reads all that the project is made of.
    for (const end = Date.now() + 110_000; Date.now() < end;) {
      if ((await help(front(), "inspect", "model.sql|")).content.found) return;
    }
    throw new Error("The language server does not answer");
  }, 120_000);

  test("is completed with the members of what cells before have declared, and their kinds", async () => {
    const { content } = await complete("const x = 1;\nmodel.sp|");
    expect(content).toMatchObject({ matches: ["space"], cursor_start: 19, cursor_end: 21 });
    expect(content.metadata!._jupyter_types_experimental).toMatchObject([{ type: "method" }]);
    expect(await matches("workspace.|")).toEqual(expect.arrayContaining(["discover", "replay"]));
    expect(await matches("mine.|")).toEqual(["second"]); // as it was declared last
    expect(await matches("mod|")).toContain("model");
  });

  test("is completed in less than the second that JupyterLab waits", async () => {
    const times = [];
    for (const one of ["s", "q", "c", "su", "p", "sq", "qu", "cl"]) {
      times.push((await complete(`model.${one}|`)).ms);
    }
    expect(Math.min(...times)).toBeLessThan(500); // others are at work here as well
  });

  test("is completed with what a module exports", async () => {
    expect(await matches('import { openW| } from "@cim/infrastructure";')).toEqual([
      "openWorkspace",
    ]);
  });

  test("is completed although it does not parse", async () => {
    expect(await matches("const broken = ( => ;\nmodel.sp|")).toEqual(["space"]);
  });

  test("is completed with what is there only when it runs, by Deno", async () => {
    expect((await help(front(), "complete", "made.|")).content.matches).toContain("later");
  });

  test("is told what a name is, also where the cursor is among its arguments", async () => {
    for (const marked of ["workspace.repl|ay()", 'workspace.replay({ asOf: "x" |})']) {
      const { content } = await help(front(), "inspect", marked);
      expect(content.data!["text/plain"]).toContain("Promise<Model>");
      expect(content.data!["text/markdown"]).toMatch(/```ts\n.*Workspace\.replay[^]*Folds the log/);
    }
    expect((await help(front(), "inspect", "nobodyKnows|")).content.found).toBe(false);
    const behind = { kind: "inspect", code: "model.sql", cursor: 10 };
    expect((await front().ask<Helped>("help", behind)).content.found).toBe(true);
  });

  test.each([
    ["waits", "await new Promise((r) => setTimeout(r, 4000)); 'done'"],
    ["computes", "for (const end = Date.now() + 4000; Date.now() < end;); 'done'"],
  ])("is helped with while another one %s, which that does not hold up", async (_, busy) => {
    const { helped, ran } = await front().ask<{
      helped: Helped;
      ran: { published: { type: string; content: { execution_state?: string } }[] };
    }>("help_while", { busy, kind: "complete", ...at("model.sp|") });
    expect(helped.content.matches).toEqual(["space"]);
    expect(helped.ms).toBeLessThan(2_000);
    const states = ran.published.flatMap(({ content }) => content.execution_state ?? []);
    expect(states.slice(-2)).toEqual(["busy", "idle"]); // it is never shown as idle before it is
    expect(ran.published.some(({ type }) => type === "execute_result")).toBe(true);
  });

  test("is completed again after the language server has died", async () => {
    const server = descendants(front().proxy).find((one) =>
      Deno.readTextFileSync(`/proc/${one}/cmdline`).includes("\0lsp")
    )!;
    Deno.kill(server, "SIGKILL");
    expect(await left([server], 3)).toEqual([]);
    for (const end = Date.now() + 110_000; Date.now() < end;) {
      if ((await help(front(), "inspect", "model.sql|")).content.found) return;
    }
    throw new Error("It was not started again");
  }, 120_000);

  test("has a language server that ends with the kernel", async () => {
    const processes = descendants(front().proxy);
    expect(processes.length).toBeGreaterThanOrEqual(2);
    await front().ask("shutdown");
    expect(await left(processes, 3)).toEqual([]);
  });
});
