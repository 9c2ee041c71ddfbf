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
  const mappings = blocks("yaml");
  for (const [at, name] of ["hosts.yaml", "load.yaml", "lab.clab.yml"].entries()) {
    await place.file(name, mappings[at]!);
  }
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
  expect(all).toHaveLength(6);
  const answers = [];
  for (const block of all) {
    const ran = await run(block);
    expect(ran, ran.err + ran.out).toMatchObject({ code: 0 });
    answers.push(ran.out);
  }
  expect(answers[3]).toMatchInlineSnapshot(`
    "hostname   cpu  memory  cpus  site
    --------  ----  ------  ----  -----
    db-01     0.74    0.91    32  north
    gate                          north
    web-01    0.32    0.62     8  north
    web-02    0.29    0.61     8  north
    (4 rows)
    "
  `);
  expect(answers[5]).toMatchInlineSnapshot(`
    "Read       1 file, 4 nodes, 3 edges
    Accepted   8 commands, sequences 14 to 21
    Unchanged  0 commands
    Refused    0
    client and leaf-2 are 3 hops apart, by one shortest path

    path  hop  from    from_interface  by     to_interface  to      speed_bps  links
    ----  ---  ------  --------------  -----  ------------  ------  ---------  -----
       1    1  client  eth1            cable  eth2          leaf-1                 1
       1    2  leaf-1  eth1            cable  e1-1          spine                  1
       1    3  spine   e1-2            cable  eth1          leaf-2                 1
    (3 rows)

    As of event 21
    "
  `);
  expect(answers[4]).toMatch(/^Read +1 file, 1 row\nAccepted +1 command, /);
  const again = await run(all[0]!);
  expect(again.out).toMatch(/^Read +1 file, 4 rows\nAccepted +0 commands\nUnchanged +4 commands/);
  const measured = await run(all[2]!);
  expect(measured.out).toMatch(/Accepted +0 commands[^]*Recorded +4 commands by an earlier import/);
}, 240_000);
