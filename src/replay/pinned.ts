/** A model's file that stays while it is looked at, whatever takes its place meanwhile. */
import { dirname } from "node:path";
import { isThere, removePaths } from "../projections/sql/aside.ts";
import { hold } from "../projections/sql/hold.ts";
import { modelToBuild } from "./work_folder.ts";

/** A file under a name that nobody replaces. */
export interface Pinned extends AsyncDisposable {
  readonly path: string;
}

/**
 * Gives a file another name, beside it, for as long as it is looked at. Where that cannot be done (its folder cannot be
 * written, there is none, or a part of it is in a write-ahead log) it is looked at where it is.
 */
export async function pinned(path: string): Promise<Pinned> {
  const plain = { path, [Symbol.asyncDispose]: () => Promise.resolve() };
  let link: string | undefined;
  try {
    if (await isThere(`${path}.wal`)) return plain;
    link = await modelToBuild(path);
    const held = await hold(link);
    await Deno.link(path, link);
    return {
      path: link,
      async [Symbol.asyncDispose]() {
        await removePaths(dirname(link!));
        held?.close();
      },
    };
  } catch {
    if (link) await removePaths(dirname(link)).catch(() => {});
    return plain;
  }
}
