/** What ends a projector, or the waiting for one. */

/**
 * A read model takes not even a step without events, so that nothing could be parked; or so many in a row cannot be
 * applied, each of another aggregate, that it is not about the events.
 */
export class ProjectionFailed extends Error {
  override readonly name = "ProjectionFailed";
  /** Stable, for programs. */
  readonly code = "projection_failed";
  /**
   * @param projection which one
   * @param after where its checkpoint stood
   * @param parked how many events in a row were parked before, where that is why it ends
   */
  constructor(readonly projection: string, readonly after: number, cause: unknown, parked = 0) {
    const what = parked === 0
      ? `cannot write its checkpoint behind sequence ${after}: ${oneLine(cause)}; nothing was lost`
      : `could not apply ${parked} events in a row, each of another aggregate, nor the one behind ` +
        `sequence ${after}: ${
          oneLine(cause)
        }; it is not about the events. Nothing was lost, those ` +
        `${parked} are parked until they are un-parked`;
    super(
      `the projection ${projection} ${what}, and once that is mended it goes on from there`,
      { cause },
    );
  }
}

/** What was waited for will not come: the projector has ended before. */
export class ProjectorEnded extends Error {
  override readonly name = "ProjectorEnded";
  /** Stable, for programs. */
  readonly code = "projector_ended";
  /**
   * @param projection which one
   * @param position where it ended
   * @param cause the error that ended it, if one did
   */
  constructor(readonly projection: string, readonly position: number, cause?: unknown) {
    super(
      `the projection ${projection} has ended at sequence ${position}` +
        (cause === undefined ? "" : `: ${oneLine(cause)}`),
      cause === undefined ? {} : { cause },
    );
  }
}

/** What was waited for has not come in time; the projector goes on. */
export class ProjectionBehind extends Error {
  override readonly name = "ProjectionBehind";
  /** Stable, for programs. */
  readonly code = "projection_behind";
  /**
   * @param projection which one
   * @param sequence what was waited for
   * @param position where it is
   */
  constructor(
    readonly projection: string,
    readonly sequence: number,
    readonly position: number,
    milliseconds: number,
    because: string,
  ) {
    super(
      `the projection ${projection} has not come to sequence ${sequence} within ` +
        `${milliseconds} ms: it is at ${position}, and ${because}`,
    );
  }
}

const MOST_CHARACTERS = 300;

/** An error in one line of at most 300 characters. */
export function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replace(/\s+/g, " ").trim().slice(0, MOST_CHARACTERS).toWellFormed();
}
