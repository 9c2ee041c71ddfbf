/** The counts projection as the laws see it, each place a file of a temporary folder. */
import { join } from "node:path";
import { vi } from "vitest";
import type { ProjectionSubject } from "../../src/projections/laws/mod.ts";
import { CountsProjection } from "./counts_projection.ts";

/**
 * @param folder of the files
 * @param Adapter what is on trial, which may be a broken one
 */
export function countsSubject(
  folder: string,
  Adapter: new (path: string) => CountsProjection = CountsProjection,
): ProjectionSubject<CountsProjection> {
  return {
    open: (place) => Promise.resolve(new Adapter(join(folder, place))),
    dump: (projection) => Promise.resolve(projection.counts),
    // It writes a file beside and gives it its name: two operations.
    breakOffAt(projection, operation) {
      let left = operation;
      const close = projection.close.bind(projection);
      projection.close = async () => {
        vi.restoreAllMocks();
        await close();
      };
      for (const name of ["writeTextFile", "rename"] as const) {
        const real = Deno[name] as (...args: unknown[]) => Promise<void>;
        vi.spyOn(Deno, name).mockImplementation((...args: unknown[]) => {
          if (--left > 0) return real(...args);
          vi.restoreAllMocks();
          return Promise.reject(new Error("the power went out"));
        });
      }
    },
    dispose: async (place) => {
      for (const name of [place, `${place}.lock`, `${place}.part`, `${place}.probe`]) {
        await Deno.remove(join(folder, name)).catch(() => {}); // it may have written nothing
      }
    },
  };
}
