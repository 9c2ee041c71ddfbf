/** Which NATS servers are safe to write to. */

/** A server whose atomic batches can lose or double events. */
export class ServerTooOld extends Error {
  override readonly name = "ServerTooOld";
  /** Stable, for programs. */
  readonly code = "server_too_old";
  /**
   * @param version what the server says it is
   * @param server where it is: `127.0.0.1:4222`
   */
  constructor(readonly version: string, server: string) {
    super(
      `the NATS server at ${server} is version ${version}, which is known to break atomic batches: ` +
        `install nats-server 2.14.4 or newer, or of the 2.12 line 2.12.14 or newer`,
    );
  }
}

/**
 * Lets a server pass whose version has the repair of atomic batches: 2.12.14 and later ones of that line, and
 * everything from 2.14.4 on. Only the server that we are connected to can be asked; of a cluster, each one when we come
 * to it.
 *
 * @throws {ServerTooOld} for any other, and for one that does not say a version
 */
export function requireVersion(version: string, server: string): void {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) {
    throw new ServerTooOld(version.slice(0, 40).replaceAll(/[^\w.+-]/g, "?") || "unknown", server);
  }
  const repaired = major > 2 ||
    (major === 2 && (minor > 14 || (minor === 14 && patch >= 4) || (minor === 12 && patch >= 14)));
  if (!repaired) throw new ServerTooOld(`${major}.${minor}.${patch}`, server);
}
