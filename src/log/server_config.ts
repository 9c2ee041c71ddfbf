import { join } from "node:path";

/** Path of the configuration; a server is recognised by having it on its command line. */
export function configPath(folder: string): string {
  return join(folder, "nats.conf");
}

/** Path of the server's own log. */
export function serverLogPath(folder: string): string {
  return join(folder, "server.log");
}

/**
 * The configuration of a server in `folder` that listens at `port` of 127.0.0.1 (−1 is any free one).
 * `place` is a remark for {@link configured}.
 */
export function configuration(folder: string, port: number, token: string, place: string): string {
  return `# Made anew at every start; the token is a secret.
# place ${place}
listen: "127.0.0.1:${port}"
authorization { token: ${quoted(token)} }
# An acknowledged event is on disk: the server's default would sync every two minutes only.
jetstream { store_dir: ${quoted(folder)}, sync_interval: always }
ports_file_dir: ${quoted(folder)}
log_file: ${quoted(serverLogPath(folder))}
logfile_size_limit: 4MB
logfile_max_num: 3
`;
}

/** The token and place in the configuration that is there, if there is one. */
export async function configured(
  folder: string,
): Promise<{ token: string; place: string } | undefined> {
  try {
    const text = await Deno.readTextFile(configPath(folder));
    const token = /^authorization \{ token: "([^"]+)" \}$/m.exec(text)?.[1];
    const place = /^# place (.*)$/m.exec(text)?.[1];
    return token === undefined || place === undefined ? undefined : { token, place };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The URL in the file that the server of this process id writes once it listens. */
export async function listening(folder: string, pid: number): Promise<string | undefined> {
  const end = `_${pid}.ports`;
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(end)) continue;
    try {
      const ports = JSON.parse(await Deno.readTextFile(join(folder, name))) as { nats?: string[] };
      if (ports.nats?.[0] !== undefined) return ports.nats[0];
    } catch { /* Being written or being removed: not there yet, or no more. */ }
  }
  return undefined;
}

/** The port that the last server of this folder listened at, if there was one. */
export async function lastPort(folder: string): Promise<number | undefined> {
  const text = await Deno.readTextFile(join(folder, "port")).catch(() => "");
  return /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

/** Notes the port for the next server. */
export async function rememberPort(folder: string, port: number): Promise<void> {
  if (await lastPort(folder) !== port) await Deno.writeTextFile(join(folder, "port"), `${port}`);
}

/** Removes the configuration, and with it the token: a server without one is nobody's to adopt. */
export async function disown(folder: string): Promise<void> {
  await removeIfThere(configPath(folder));
}

/** Removes what says where a server listens and how to enter; the events stay. */
export async function forget(folder: string): Promise<void> {
  await disown(folder);
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".ports")) await removeIfThere(join(folder, name));
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The server reads `\\` escapes inside double quotes; everything else is taken as it is. */
function quoted(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')
    .replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t");
  return `"${escaped}"`;
}
