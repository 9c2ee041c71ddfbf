/** Those who wait until a projection has come to a sequence. */
import { interruption } from "../interruption.ts";
import type { Pace } from "./pace.ts";
import { ProjectionBehind, ProjectorEnded } from "./projector_error.ts";

/** How long to wait. */
export interface WaitOptions {
  /** Ends the waiting with its reason; without it that of the cell that waits does. */
  signal?: AbortSignal;
  /** The most milliseconds to wait; for ever by default. */
  timeout?: number;
}

/** Where a projection is, and who waits for what. */
export class Waiting {
  /** Before it is known where the projection is, not even 0 is reached. */
  #position = -1;
  #ended: { cause?: unknown } | undefined;
  readonly #waiting = new Set<
    { sequence: number; resolve: () => void; reject: (error: unknown) => void }
  >();

  /**
   * @param projection which one
   * @param sleep how to wait
   * @param because says why it is not there yet
   */
  constructor(
    private readonly projection: string,
    private readonly sleep: Pace["sleep"],
    private readonly because: () => string,
  ) {}

  /** Where the projection is; 0 while that is not known. */
  get position(): number {
    return Math.max(this.#position, 0);
  }

  /** The projection is here now. */
  at(position: number): void {
    this.#position = position;
    for (const one of this.#waiting) if (one.sequence <= position) one.resolve();
  }

  /** It will go no further: because of this error, or because it was stopped. */
  end(cause?: unknown): void {
    this.#ended = cause === undefined ? {} : { cause };
    for (const { reject } of this.#waiting) reject(this.#tooLate());
  }

  /**
   * Waits until the projection is at a sequence, or behind it.
   *
   * @throws {ProjectionBehind} when it takes too long
   * @throws {ProjectorEnded} when it has ended before
   */
  async for(
    sequence: number,
    { signal = interruption(), timeout }: WaitOptions = {},
  ): Promise<void> {
    signal?.throwIfAborted();
    if (this.#position >= sequence) return;
    if (this.#ended) throw this.#tooLate();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const one = { sequence, resolve, reject };
    const done = new AbortController();
    const abort = () => reject(signal?.reason);
    this.#waiting.add(one);
    signal?.addEventListener("abort", abort, { once: true });
    if (timeout !== undefined) {
      this.sleep(timeout, done.signal).then(
        () =>
          reject(
            new ProjectionBehind(
              this.projection,
              sequence,
              this.position,
              timeout,
              this.because(),
            ),
          ),
        () => {}, // it came in time
      );
    }
    try {
      await promise;
    } finally {
      this.#waiting.delete(one);
      signal?.removeEventListener("abort", abort);
      done.abort();
    }
  }

  /**
   * Nothing more can be asked of it once it has ended.
   *
   * @throws {ProjectorEnded}
   */
  requireRunning(): void {
    if (this.#ended) throw this.#tooLate();
  }

  #tooLate(): ProjectorEnded {
    return new ProjectorEnded(this.projection, this.position, this.#ended?.cause);
  }
}
