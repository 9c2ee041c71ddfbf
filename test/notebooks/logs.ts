/** What notebooks are tried on: logs of every kind, and a project whose own log is empty or that of this machine. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeArchive } from "../../src/log/archive_write.ts";
import type { LogRecord } from "../../src/domain/event.ts";
import { executeNotebook } from "../../src/notebook/execute.ts";
import { exportHtml, type Notebook } from "../../src/notebook/export/mod.ts";
import { wholeText } from "../../src/notebook/export/nbformat.ts";
import { pythonEnvironment } from "../../src/setup/python.ts";
import { openWorkspace, type Workspace } from "../../src/workspace.ts";
import { history, type Said } from "../replay/history.ts";
import { project } from "./fixture.ts";

/** The archives that come with the project, as a notebook's parameter names them. */
export const FLEET = "data/samples/fleet";
/** One machine that was watched for hours. */
export const MACHINE = "data/samples/machine";

/** A text that is code in HTML, Markdown, SVG and SQL, and turns the writing around. */
export const HOSTILE =
  `<script>alert(1)</script> **[x](javascript:alert(1))** </text> '; DROP TABLE events; -- \u202etxt.exe $\``;

const EVENT: Said = ["RegisterCompute", {
  hostname: "alone",
  resource_type: "virtual_machine",
  interfaces: [],
}];

/** An archive of a single event. */
export const oneEvent = (folder: string): Promise<string> => archived(folder, EVENT);

/** An archive of the commands that are said, one accepted a second. */
export async function archived(folder: string, ...said: Said[]): Promise<string> {
  const log = await history(...said);
  const records: LogRecord[] = [];
  for await (const record of log.read()) records.push(record);
  await Deno.mkdir(folder, { recursive: true });
  await writeArchive(folder, { log: log.name, incarnation: "tried" }, records.values());
  return folder;
}

/** An archive in which every text that may be anything is {@linkcode HOSTILE}: measured, judged and changed. */
export function hostileLog(folder: string): Promise<string> {
  const said = ["web", "database"].flatMap((hostname, at): Said[] => [
    ["RegisterCompute", {
      hostname,
      resource_type: "virtual_machine",
      manufacturer: HOSTILE,
      model: HOSTILE,
      operating_system: { name: HOSTILE, version: HOSTILE },
      owner: HOSTILE,
      tags: { [HOSTILE]: HOSTILE },
      location: { site: HOSTILE, rack: HOSTILE, position: at + 1 },
      evidence: { machine_id: `m${at}` },
      interfaces: [{ name: HOSTILE, kind: "ethernet", addresses: [`10.0.0.${at + 7}/24`] }],
      routes: [{ destination: "0.0.0.0/0", gateway: "10.0.0.1", interface: HOSTILE }],
    }],
    ["ConfigureSoftware", {
      compute: hostname,
      name: HOSTILE,
      kind: "process",
      listening: [{ transport: "tcp", address: "0.0.0.0", port: 80 }],
    }],
    ["ConfigureSoftware", { compute: hostname, name: HOSTILE, kind: "package", version: "1" }],
    ...[0.2, 0.95, 0.95].map((value, hour): Said => ["RecordMeasurements", {
      compute: hostname,
      observed_at: `2026-11-01T0${hour}:00:00Z`,
      window_seconds: 1,
      points: [
        {
          name: "system.cpu.utilization",
          unit: "1",
          attributes: { "cpu.mode": "idle" },
          value: 1 - value,
        },
        {
          name: "system.filesystem.utilization",
          unit: "1",
          attributes: {
            "system.filesystem.mountpoint": HOSTILE,
            "system.filesystem.state": "used",
          },
          value,
        },
        { name: "x.hostile", unit: "1", attributes: { [HOSTILE]: HOSTILE }, value },
      ],
    }]),
  ]);
  return archived(
    folder,
    ["SetPolicy", {
      name: HOSTILE,
      description: HOSTILE,
      severity: "critical",
      selector: "true",
      rule: "size(resource.interfaces) > 1",
      for: "1s",
    }],
    ["DefineNetwork", { name: HOSTILE, cidr: "10.0.0.0/24", gateway: "10.0.0.1" }],
    ...said,
    ["EstablishConnection", {
      kind: "flow",
      from: { compute: "web", interface: HOSTILE },
      to: { address: "10.0.0.8", port: 5432 },
      transport: "tcp",
      process: HOSTILE,
    }],
    ["ConfigureSoftware", { compute: "web", name: HOSTILE, kind: "package", version: "2" }],
    ["ChangeComputeStatus", { compute: "web", status: "maintenance", reason: HOSTILE }],
  );
}

/** A copy of the project that is one test's alone: its own log is empty until somebody writes to it. */
export class OwnProject implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  /** Makes it in seconds: the Python environment and the packages are links to those of the project. */
  static async make(): Promise<OwnProject> {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "cim-own-" }));
    for (const path of ["src", "notebooks", "deno.json", "deno.lock"]) {
      await new Deno.Command("cp", { args: ["-r", join(project, path), folder] }).output();
    }
    await Deno.symlink(join(project, "node_modules"), join(folder, "node_modules"));
    await Deno.mkdir(join(folder, "data"));
    await Deno.symlink(join(project, "data", "samples"), join(folder, "data", "samples"));
    const { folder: from } = await pythonEnvironment({ project });
    const to = join(folder, ".venv");
    await Deno.mkdir(to);
    for (const path of ["bin", "lib"]) await Deno.symlink(join(from, path), join(to, path));
    await Deno.copyFile(join(from, "pyvenv.cfg"), join(to, "pyvenv.cfg"));
    const stamp = await Deno.readTextFile(join(from, "cim-setup"));
    await Deno.writeTextFile(join(to, "cim-setup"), stamp.replace(from, to));
    return new OwnProject(folder);
  }

  /** Its workspace, to write to its log. */
  open(): Promise<Workspace> {
    return openWorkspace({ folder: join(this.folder, "data", "local") });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A kernel ends without closing what it opened: whoever is the last stops the server that it left behind.
    if (existsSync(join(this.folder, "data", "local", "nats"))) {
      await (await this.open()).close();
    }
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A notebook that was run. */
export class Executed {
  constructor(readonly notebook: Notebook, readonly seconds: number) {}

  /** What the cell of an id showed: its outputs by MIME type. */
  shown(id: string): [mime: string, data: unknown][] {
    const cell = this.notebook.cells.find((one) => one.id === id);
    if (!cell) throw new Error(`There is no cell ${id}`);
    return (cell.outputs ?? []).flatMap((output) =>
      "data" in output ? Object.entries(output.data) : []
    );
  }

  /** What it showed as text. */
  text(id: string): string {
    return this.shown(id).map(([mime, data]) => mime === "text/plain" ? wholeText(data) : "").join(
      "\n",
    );
  }

  /** All that all cells showed as text. */
  get whole(): string {
    return this.notebook.cells.filter(({ cell_type }) => cell_type === "code")
      .map(({ id }) => this.text(id!)).join("\n");
  }

  /** The page that a report makes of it. */
  page(): Promise<string> {
    return exportHtml(this.notebook);
  }
}

/** Runs a notebook of the project, by its name, with parameters, on the log of the project or of an archive. */
export async function run(
  name: string,
  parameters: Record<string, string | number | boolean> = {},
  on: { folder: string } = { folder: project },
): Promise<Executed> {
  const start = performance.now();
  const notebook = await executeNotebook({
    python: await pythonEnvironment({ project: on.folder }),
    project: on.folder,
    notebook: join(on.folder, "notebooks", `${name}.ipynb`),
    parameters,
  });
  return new Executed(notebook, (performance.now() - start) / 1_000);
}
