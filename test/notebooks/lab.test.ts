/** `deno task lab`, for real: started, asked over HTTP and its websocket, and ended. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { descendants, left, project, runs } from "./fixture.ts";

let lab: Deno.ChildProcess;
let url: URL;
let printed = "";

beforeAll(async () => {
  lab = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", join(project, "src/cli/lab.ts"), "--no-browser"],
    env: { JUPYTER_TOKEN: "", JUPYTER_PREFER_ENV_PATH: "0" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const address = Promise.withResolvers<string>();
  (async () => {
    for await (const text of lab.stderr.pipeThrough(new TextDecoderStream())) {
      printed += text;
      const found = printed.match(/http:\/\/\S+token=\w+(?=\s)/);
      if (found) address.resolve(found[0]);
    }
    address.reject(new Error(`No address: ${printed}`));
  })();
  url = new URL(await address.promise);
});
afterAll(() => {
  if (runs(lab.pid)) lab.kill("SIGKILL");
});

const api = (path: string, init?: RequestInit) =>
  fetch(new URL(`/api/${path}${url.search}`, url), init).then((response) => response.json());

test("It listens on this machine only, and only to who has its token", async () => {
  expect(url.hostname).toBe("127.0.0.1");
  expect((await fetch(new URL("/api/kernelspecs", url))).status).toBe(403);
  expect((await fetch(new URL("/api/kernelspecs?token=wrong", url))).status).toBe(403);
  const server = descendants(lab.pid);
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
  const page = await fetch(new URL(`/lab${url.search}`, url)).then((response) => response.text());
  expect(page).toMatch(/"news": ?\{"disabled": ?true\}/);
  expect(page).toMatch(
    /"disabledExtensions": ?\["@jupyterlab\/apputils-extension:announcements"\]/,
  );
});

test("It shows the notebooks, and leaves nothing beside them", async () => {
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

  const processes = [lab.pid, ...descendants(lab.pid)];
  expect(processes.length).toBeGreaterThanOrEqual(4); // this task, JupyterLab, the proxy, Deno
  const start = performance.now();
  lab.kill("SIGINT");
  expect((await lab.status).code).toBe(0);
  expect(performance.now() - start).toBeLessThan(5000);
  expect(await left(processes, 0)).toEqual([]);
});
