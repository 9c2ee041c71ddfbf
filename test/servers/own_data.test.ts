/** data/README.md, whose commands are run as they stand there. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Place } from "./cim.ts";

const page = await Deno.readTextFile(
  fileURLToPath(new URL("../../data/README.md", import.meta.url)),
);
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"))].map(([, text]) => text!);

test("What the page on one's own data says to do gives what it says", async () => {
  await using place = await Place.make();
  const [hosts, load] = blocks("csv");
  await place.file("hosts.csv", hosts!);
  await place.file("load.csv", load!);
  const cim =
    `cim() { ${Deno.execPath()} run --quiet -A src/cli/main.ts "$@"; }; set -euo pipefail\n`;
  const run = async (block: string) => {
    const script = cim + block.replaceAll("deno task cim", "cim");
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", script],
      cwd: place.folder,
      env: { NO_COLOR: "1", INIT_CWD: place.folder },
    }).output();
    return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  };
  const all = blocks("sh").filter((block) => !block.includes("notebook run"));
  expect(all).toHaveLength(4);
  const answers = [];
  for (const block of all) {
    const ran = await run(block);
    expect(ran, ran.err + ran.out).toMatchObject({ code: 0 });
    answers.push(ran.out);
  }
  expect(answers.at(-1)).toMatchInlineSnapshot(`
    "hostname   cpu  memory  cpus  site
    --------  ----  ------  ----  -----
    db-01     0.74    0.91    32  north
    gate                          north
    web-01    0.32    0.62     8  north
    web-02    0.29    0.61     8  north
    (4 rows)
    "
  `);
  const again = await run(all[0]!);
  expect(again.out).toMatch(/^Accepted +0 commands\nUnchanged +4 commands/);
}, 120_000);
