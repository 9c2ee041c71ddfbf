import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JSDOM } from "jsdom";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exportIndex, writeReport } from "../../src/notebook/export/mod.ts";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "cim-report-"))));
afterEach(() => rm(folder, { recursive: true }));

test("The index lists the reports as given, needs no script and takes no style but its own", async () => {
  const entries = [
    { file: "a b/c#d.html", title: "One", summary: "First.", made: "2026-11-23T18:17:39.359Z" },
    {
      file: "../two.html",
      title: "Two",
      summary: "Second.",
      made: "2026-11-22T08:00:00Z",
      seconds: 2.25,
    },
    {
      title: "Three",
      summary: "Third.",
      failed: { reason: "Cell 2: Error: no", file: "three.failed.ipynb" },
    },
  ];
  const html = await exportIndex([{ title: "Here", summary: "Of this.", reports: entries }]);
  const page = new JSDOM(html).window.document;
  const links = [...page.querySelectorAll("li a")].map((one) => one.getAttribute("href"));
  expect(links).toEqual([
    "./a%20b/c%23d.html",
    "./two.html",
    "./three.failed.ipynb",
  ]);
  expect([...page.querySelectorAll("h2")].map(({ textContent }) => textContent)).toEqual(["Here"]);
  const [, two, three] = [...page.querySelectorAll("li")].map(({ textContent }) => textContent);
  expect(two).toContain("2026-11-22 08:00 UTC, in 2.3 s");
  expect(three).toContain("Cell 2: Error: no");

  expect(page.querySelector("time")!.textContent).toBe("2026-11-23 18:17 UTC");
  expect(html).not.toContain("<script");
  expect(html).not.toContain("unsafe-inline");
  expect(await exportIndex([])).toContain("No report has been made yet.");
});

test("A report is written whole, over the old one, and nothing is left beside it", async () => {
  const path = join(folder, "new", "report.html");
  await writeReport(path, "old");
  await Promise.all(["a".repeat(1e6), "b".repeat(1e6)].map((html) => writeReport(path, html)));
  expect(await readFile(path, "utf8")).toMatch(/^(?:a{1000000}|b{1000000})$/);
  expect(await readdir(join(folder, "new"))).toEqual(["report.html"]);
});

test("A report that cannot be put in its place leaves what is there, and nothing beside it", async () => {
  const path = join(folder, "report.html");
  await writeReport(join(path, "inside.html"), "a folder is where the report should be");
  await expect(writeReport(path, "new")).rejects.toThrow();
  expect(await readdir(folder)).toEqual(["report.html"]);
  await writeFile(join(folder, "file"), "");
  await expect(writeReport(join(folder, "file", "x.html"), "new")).rejects.toThrow();
});
