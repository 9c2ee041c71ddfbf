/** Lines of a stream of bytes. */

/** The most bytes that a line may have: an event has at most a million, and JSON may spell each byte in six. */
const MOST = 8_000_000;

/** Stands for a line that is too long to be a command; the line after it is read again. */
export const TOO_LONG = Symbol("too long");

/** A line without its end, as bytes, so that it is seen where they are not UTF-8. */
export type Line = Uint8Array | typeof TOO_LONG;

/**
 * Cuts bytes into lines: what comes of each chunk of bytes, as soon as it is there. Memory: a line, whatever is sent.
 */
export class LineStream extends TransformStream<Uint8Array, Line[]> {
  constructor() {
    let parts: Uint8Array[] = [];
    let length = 0;
    const take = (): Line => {
      const line = length > MOST ? TOO_LONG : joined(parts, length);
      parts = [];
      length = 0;
      return line;
    };
    super({
      transform(chunk, controller) {
        const found: Line[] = [];
        let from = 0;
        for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
          parts.push(chunk.subarray(from, end));
          length += end - from;
          from = end + 1;
          found.push(take());
        }
        length += chunk.length - from;
        if (length <= MOST) parts.push(chunk.subarray(from));
        else parts = [];
        if (found.length > 0) controller.enqueue(found);
      },
      flush(controller) {
        if (length > 0) controller.enqueue([take()]);
      },
    });
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
