/** What programs read: a value as one line of JSON. */

/**
 * One line of JSON with the wire's names: `runnerUp` is `runner_up`. Names of dimensions, which are data, have no capital
 * letters.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value, (_, own) => {
    if (own === null || typeof own !== "object" || Array.isArray(own)) return own;
    return Object.fromEntries(Object.entries(own).map(([name, one]) => [wireName(name), one]));
  });
}

function wireName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
