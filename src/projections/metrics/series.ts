/** A time series on its way to the server: its labels, and the samples that are to be written. */

/** The labels of a series, its name among them as `__name__`; none is empty. */
export type Labels = readonly (readonly [name: string, value: string])[];

/** One series; it gathers samples until they are taken. */
export class Series {
  /** Of what it has gathered: milliseconds since 1970. */
  readonly times: number[] = [];
  /** And the values, one for each time. */
  readonly values: number[] = [];
  /** The beginning of its line of `/api/v1/import`. */
  readonly head: string;

  /** @param labels of which there are no two of one name */
  constructor(readonly labels: Labels) {
    this.head = `{"metric":${JSON.stringify(Object.fromEntries(labels))},"values":[`;
  }
}

/** The series that have gathered samples since they were last taken. */
export class Gathered {
  #touched: Series[] = [];
  /** How many samples there are. */
  samples = 0;

  /** Gathers a sample of a series; `time` in milliseconds since 1970. */
  add(series: Series, time: number, value: number): void {
    if (series.times.length === 0) this.#touched.push(series);
    series.times.push(time);
    series.values.push(value);
    this.samples++;
  }

  /** Forgets what was gathered. */
  discard(): void {
    for (const { times, values } of this.#touched) times.length = values.length = 0;
    this.#touched = [];
    this.samples = 0;
  }

  /**
   * The lines of all that was gathered, in texts of about so many characters; then nothing is.
   *
   * @param characters a line may be longer
   */
  take(characters: number): string[] {
    const texts: string[] = [];
    // Pieces that are joined once: a text that is added to a million times would be put together only when it is sent.
    let [pieces, size]: [string[], number] = [[], 0];
    // What is measured together has the same times, and to write numbers down is most of the work.
    let [before, moments]: [readonly number[], string] = [[], ""];
    for (const { head, times, values } of this.#touched) {
      if (!isSame(times, before)) moments = times.join();
      before = times;
      const line = `${head}${values.join()}],"timestamps":[${moments}]}\n`;
      pieces.push(line);
      size += line.length;
      if (size >= characters) {
        texts.push(pieces.join(""));
        [pieces, size] = [[], 0];
      }
    }
    if (size > 0) texts.push(pieces.join(""));
    this.discard();
    return texts;
  }

  /** All samples that were gathered; then none are. */
  takeEach(): { series: Series; time: number; value: number }[] {
    const all = this.#touched.flatMap((series) =>
      series.times.map((time, at) => ({ series, time, value: series.values[at]! }))
    );
    this.discard();
    return all;
  }
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
