/** Facts that may not be known. */

/** An object without its undefined fields: on the wire a fact that is not known is absent. */
export function known<T extends Record<string, unknown>>(
  facts: T,
):
  & { [K in keyof T as undefined extends T[K] ? never : K]: T[K] }
  & {
    [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
  } {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as ReturnType<typeof known<T>>;
}
