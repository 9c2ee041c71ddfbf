/** Two things at a time: what NetBox takes well. */

/**
 * Does something with each of some things, two at a time, in their order. The first error ends it, when what is under way
 * has ended as well.
 */
export async function inPairs<T>(
  things: readonly T[],
  one: (thing: T, at: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let hasFailed = false;
  const work = async () => {
    while (next < things.length && !hasFailed) {
      const at = next++;
      try {
        await one(things[at]!, at);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled([work(), work()]);
  for (const each of ended) if (each.status === "rejected") throw each.reason;
}
