/** Every notebook on a log whose texts are code, and each export of it opened: nothing runs, all of it is text. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Marked } from "marked";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wholeText } from "../../src/notebook/export/nbformat.ts";
import { type NotebookRun, runNotebook, writeExports } from "../../src/notebook/report_run.ts";
import { launchBrowser, missing, openPage } from "../servers/browser.ts";
import { environment, project } from "./fixture.ts";
import { CANARY, hostileArchive, ODD } from "./hostile_log.ts";

const NOTEBOOKS = [...Deno.readDirSync(join(project, "notebooks"))].map(({ name }) => name)
  .filter((name) => name.endsWith(".ipynb")).map((name) => name.replace(/\.ipynb$/, "")).sort();
/** What is written where a text is shown as it is, in HTML and in Markdown. */
const SHOWN = `&lt;script&gt;window.${CANARY}=1&lt;/script&gt;`;
/** They tell of measured dimensions, and so of names of hosts alone. */
const OF_HOSTS = ["05-anomalies", "06-prediction"];
const FORMS = ["html", "ipynb", "md", "pdf"] as const;
/** On a busy machine; a quiet one needs some 15 s for each. */
const SLOW = { timeout: 600_000 };
let folder: string;
let browser: Browser;
const runs = new Map<string, Promise<NotebookRun>>();

beforeAll(async () => {
  if (missing) return;
  folder = await Deno.makeTempDir({ prefix: "cim-hostile-" });
  browser = await launchBrowser();
  const archive = await hostileArchive(join(folder, "log"));
  const python = await environment();
  // Two kernels at a time: while the exports of one are looked at, the next ones run.
  const done = [Promise.resolve(), Promise.resolve()] as Promise<unknown>[];
  NOTEBOOKS.forEach((name, at) => {
    const run = done[at % 2]!.then(() =>
      runNotebook({
        python,
        project,
        path: join(project, "notebooks", `${name}.ipynb`),
        parameters: { archive },
        clock: () => new Date(0),
      })
    );
    runs.set(name, run);
    done[at % 2] = run.catch(() => {});
  });
});
afterAll(async () => {
  await Promise.allSettled(runs.values());
  await browser?.close();
  if (folder) await Deno.remove(folder, { recursive: true });
});

describe.skipIf(missing)(
  "On a log whose texts are code in HTML, SVG, Markdown, LaTeX and SQL,",
  () => {
    test.each(NOTEBOOKS)(
      "%s runs, and each export of it shows them as text",
      SLOW,
      async (name) => {
        const run = await runs.get(name)!;
        const out = join(folder, name);
        await writeExports(run, FORMS, { folder: out, name });
        const [html, ipynb, md] = await Promise.all(
          FORMS.slice(0, 3).map((form) => Deno.readTextFile(join(out, `${name}.${form}`))),
        );
        const shown = OF_HOSTS.includes(name) ? ODD : SHOWN;
        expect([html!.includes(shown), md!.includes(shown)]).toEqual([true, true]);
        const pictures = [...Deno.readDirSync(join(out, `${name}_files`))]
          .filter((file) => file.name.endsWith(".svg"))
          .map((file) => Deno.readTextFileSync(join(out, `${name}_files`, file.name)));
        const outputs = JSON.parse(ipynb!).cells.flatMap((
          cell: NotebookRun["notebook"]["cells"][0],
        ) =>
          (cell.outputs ?? []).flatMap((output) =>
            "data" in output
              ? [output.data["text/html"], output.data["image/svg+xml"]].map((one) =>
                wholeText(one ?? "")
              )
              : []
          )
        );

        // The page as it is; everything else without a policy that would stop a script.
        const page = await openPage(browser, pathToFileURL(join(out, `${name}.html`)).href, {
          offline: true,
        });
        expect([page.requests, page.complaints]).toEqual([[], []]);
        expect(await codeIn(page.page)).toEqual([]);
        await page.close();
        const rendered = new Marked({ gfm: true }).parse(md!, { async: false });
        expect(await bare(rendered)).toEqual([]);
        expect(await bare(outputs.join("\n"))).toEqual([]);
        expect(await bare(pictures.join("\n"))).toEqual([]);

        const pdf = new TextDecoder("latin1").decode(await Deno.readFile(join(out, `${name}.pdf`)));
        expect(pdf.slice(0, 5)).toBe("%PDF-");
        expect(pdf.trimEnd().slice(-5)).toBe("%%EOF");
        expect(pdf).not.toMatch(/\/JavaScript|\/Launch/);
      },
    );
  },
);

/** What of this HTML is code where nothing forbids it to run. */
async function bare(html: string): Promise<string[]> {
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("dialog", (dialog) => {
    complaints.push(dialog.message());
    void dialog.dismiss();
  });
  await page.setContent(html);
  const found = await codeIn(page);
  await context.close();
  return [...complaints, ...found];
}

/** What ran on the page, or could: its canary, scripts, handlers, frames, addresses that are code. */
async function codeIn(page: Page): Promise<string[]> {
  // As if the reader were everywhere: what is focused, loaded or pointed at later has had its time.
  return await page.evaluate(`new Promise((resolve) => setTimeout(resolve, 100)).then(() => [
    ...(window.${CANARY} === undefined ? [] : ["it ran: " + window.${CANARY}]),
    ...[...document.querySelectorAll("*")].flatMap((element) => [
      ...(/^(script)$/i.test(element.localName) && element.text.includes("${CANARY}=") &&
        element.type !== "application/json" ? ["script"] : []),
      ...(/^(iframe|object|embed|animate|set|foreignobject|base|form|input)$/i.test(element.localName)
        ? [element.localName] : []),
      ...[...element.attributes].filter(({ name, value }) =>
        /^on/i.test(name) || /^\\s*javascript:/i.test(value) ||
        (/^(src|srcset|poster|background)$/i.test(name) && /^(https?:)?\\/\\//.test(value))
      ).map(({ name, value }) => element.localName + " " + name + "=" + value.slice(0, 80)),
    ]),
  ])`) as string[];
}
