/** Snapshots of the write model: a handler starts from the latest and reads only what came after it. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { decodeEvent } from "../domain/event.ts";
import { Inventory, type InventoryContent } from "../domain/inventory.ts";
import type { EventLog } from "./log.ts";

/** What the first line of a snapshot says of the second. */
interface Header {
  /** Of the code that folded it: other code may fold otherwise. */
  domain: string;
  log: string;
  incarnation: string;
  sequence: number;
  sha256: string;
}

/**
 * The snapshot of one log's write model, in a folder. It is a cache: one that is missing, of other code, of another
 * log, or damaged is passed over, and the log is read from its beginning. A snapshot equals a cold fold.
 *
 * Cost: 20,000 aggregates are about 15 MB, written in 0.3 s and read in 0.3 s.
 */
export class Snapshots {
  readonly #path: string;
  #saved = 0;

  /** @param folder is made when it is needed */
  constructor(private readonly folder: string) {
    this.#path = join(folder, "inventory.jsonl");
  }

  /**
   * The write model as it was at some event of this log.
   *
   * @returns undefined when there is no snapshot that can be trusted
   * @throws {LogUnavailable} when the log cannot be read
   */
  async load(log: EventLog): Promise<Inventory | undefined> {
    const content = await this.#read(log);
    if (content === undefined || !await isOf(log, content)) return undefined;
    this.#saved = content.sequence;
    return Inventory.from(content);
  }

  /**
   * Keeps a write model, if at least so many events came since the last time. Of several processes the last one wins.
   * A disk that is full or read-only is no error: the next start is slower.
   *
   * @returns whether it was written
   */
  async save(inventory: Inventory, log: EventLog, events: number): Promise<boolean> {
    if (inventory.sequence < this.#saved + events) return false;
    this.#saved = inventory.sequence;
    // All of it at once: the inventory goes on while this is written.
    const body = JSON.stringify(inventory.content());
    const header: Header = {
      domain: await domainFingerprint(),
      log: log.name,
      incarnation: log.incarnation,
      sequence: this.#saved,
      sha256: sha256(body),
    };
    try {
      await Deno.mkdir(this.folder, { recursive: true, mode: 0o700 });
      const beside = await Deno.makeTempFile({ dir: this.folder, prefix: ".inventory-" });
      try {
        using file = await Deno.open(beside, { write: true });
        await new Blob([JSON.stringify(header), "\n", body]).stream()
          .pipeTo(file.writable, { preventClose: true });
        await file.sync();
        await Deno.rename(beside, this.#path);
      } catch (error) {
        await Deno.remove(beside).catch(() => {});
        throw error;
      }
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      return false;
    }
    return true;
  }

  async #read(log: EventLog): Promise<InventoryContent | undefined> {
    try {
      const text = await Deno.readTextFile(this.#path);
      const end = text.indexOf("\n");
      const header: Header = JSON.parse(text.slice(0, end));
      const body = text.slice(end + 1);
      if (
        header.log !== log.name || header.incarnation !== log.incarnation ||
        header.sha256 !== sha256(body) || header.domain !== await domainFingerprint()
      ) return undefined;
      return JSON.parse(body);
    } catch {
      return undefined; // Missing, or not what this wrote: a cache is never a reason to fail.
    }
  }
}

/** Whether the log has, where the snapshot ends, the very event that the snapshot ends with. */
async function isOf(log: EventLog, content: InventoryContent): Promise<boolean> {
  const { last_event_sequence: sequence, last_event_id } = content;
  if (await log.lastSequence() < content.sequence) return false;
  for await (const record of log.read({ from: sequence, to: sequence })) {
    return decodeEvent(record).event_id === last_event_id;
  }
  return false;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

let fingerprint: Promise<string> | undefined;

/**
 * A hash of the source of `domain/`, which is what a fold depends on: no version has to be remembered by whoever
 * changes it.
 */
function domainFingerprint(): Promise<string> {
  return fingerprint ??= (async () => {
    const folder = new URL("../domain/", import.meta.url);
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
    const hash = createHash("sha256");
    for (const name of names) {
      hash.update(name).update(await Deno.readFile(new URL(name, folder)));
    }
    return hash.digest("hex");
  })();
}
