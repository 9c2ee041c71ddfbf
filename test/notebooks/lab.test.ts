/** `deno task lab`, for real: started, asked over HTTP and its websocket, and ended. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { descendants, project, runs } from "./fixture.ts";
import { endLab, type Lab, startLab } from "./lab_process.ts";

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => {
  if (runs(lab.process.pid)) lab.process.kill("SIGKILL");
});

const api = (path: string, init?: RequestInit) =>
  fetch(new URL(`/api/${path}${lab.url.search}`, lab.url), init).then((response) =>
    response.json()
  );

test("It listens on this machine only, and only to who has its token", async () => {
  const { url } = lab;
  expect(url.hostname).toBe("127.0.0.1");
  expect((await fetch(new URL("/api/kernelspecs", url))).status).toBe(403);
  expect((await fetch(new URL("/api/kernelspecs?token=wrong", url))).status).toBe(403);
  const server = descendants(lab.process.pid);
  const sockets = await new Deno.Command("ss", { args: ["-ltnpH"] }).output();
  const own = new TextDecoder().decode(sockets.stdout).split("\n").filter((line) =>
    server.some((pid) => line.includes(`pid=${pid},`))
  );
  expect(own.length).toBeGreaterThan(0);
  for (const line of own) expect(line).toMatch(/ (127\.0\.0\.1|\[::1\]):\d+ /);
});

test("It has our kernel and no other, and asks the network for nothing", async () => {
  const { default: name, kernelspecs } = await api("kernelspecs");
  expect([name, Object.keys(kernelspecs)]).toEqual(["cim", ["cim"]]);
  expect(kernelspecs.cim.spec).toMatchObject({
    language: "typescript",
    display_name: "Deno (CIM)",
  });
  const page = await fetch(new URL(`/lab${lab.url.search}`, lab.url)).then((response) =>
    response.text()
  );
  expect(page).toMatch(/"news": ?\{"disabled": ?true\}/);
  expect(page).toMatch(
    /"disabledExtensions": ?\["@jupyterlab\/apputils-extension:announcements"\]/,
  );
});

test("It shows the notebooks and nothing else, and trusts them as long as they have no outputs", async () => {
  const { content } = await api("contents");
  const names: string[] = content.map(({ name }: { name: string }) => name);
  expect(names).toContain("01-discover.ipynb");
  expect(names.filter((name) => !name.endsWith(".ipynb"))).toEqual([]);
  const notebook = await api("contents/01-discover.ipynb");
  const trusted = notebook.content.cells.filter(({ cell_type }: { cell_type: string }) =>
    cell_type === "code"
  )
    .map(({ metadata }: { metadata: { trusted: boolean } }) => metadata.trusted);
  expect(new Set(trusted)).toEqual(new Set([true]));
});

test("It leaves nothing beside them", async () => {
  const path = `lab-test-${crypto.randomUUID()}.ipynb`;
  const content = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] };
  try {
    const body = JSON.stringify({ type: "notebook", format: "json", content });
    await api(`contents/${path}`, { method: "PUT", body });
    expect(await Deno.readTextFile(join(project, "notebooks", path))).toContain('"nbformat": 4');
    const checkpoint = await api(`contents/${path}/checkpoints`, { method: "POST" });
    expect(checkpoint.id).toBe("checkpoint");
    expect([...Deno.readDirSync(join(project, "notebooks"))].map(({ name }) => name))
      .not.toContain(".ipynb_checkpoints");
  } finally {
    await api(`contents/${path}`, { method: "DELETE" }).catch(() => {});
    await Deno.remove(join(project, "notebooks", path)).catch(() => {});
    const checkpoints = join(project, "data/local/jupyter/checkpoints");
    await Deno.remove(join(checkpoints, path.replace(".ipynb", "-checkpoint.ipynb")))
      .catch(() => {});
  }
});

test("A cell runs through its websocket, and Ctrl-C ends all at once", async () => {
  const { url } = lab;
  const { id } = await api("kernels", { method: "POST", body: JSON.stringify({ name: "cim" }) });
  const socket = new WebSocket(
    new URL(`/api/kernels/${id}/channels${url.search}`, url.href.replace("http", "ws")),
  );
  await new Promise((resolve, reject) =>
    Object.assign(socket, { onopen: resolve, onerror: reject })
  );
  const said: string[] = [];
  const done = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => {
    const { header, parent_header, content } = JSON.parse(data);
    if (parent_header?.msg_id !== "cell") return;
    if (header.msg_type === "stream") said.push(content.text);
    if (header.msg_type === "execute_result") said.push(content.data["text/plain"]);
    if (content.execution_state === "idle") done.resolve();
  };
  socket.send(JSON.stringify({
    channel: "shell",
    header: {
      msg_id: "cell",
      msg_type: "execute_request",
      session: "s",
      username: "u",
      version: "5.3",
    },
    parent_header: {},
    metadata: {},
    content: { code: "console.log('printed'); 6 * 7", silent: false, store_history: true },
  }));
  await done.promise;
  // deno-lint-ignore no-control-regex
  expect(said.map((text) => text.replace(/\x1b\[\d+m/g, ""))).toEqual(["printed\n", "42"]);
  socket.close();

  const ended = await endLab(lab);
  expect(ended.processes.length).toBeGreaterThanOrEqual(4); // this task, JupyterLab, the proxy, Deno
  expect(ended).toMatchObject({ code: 0, left: [] });
  expect(ended.milliseconds).toBeLessThan(5000);
});
