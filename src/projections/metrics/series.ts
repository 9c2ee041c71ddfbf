/** A time series on its way to the server: its labels, and the samples that are to be written. */

/** The labels of a series, its name among them as `__name__`; none is empty. */
export type Labels = readonly (readonly [name: string, value: string])[];

/** One series; it gathers samples until they are taken. */
export class Series {
  /** The samples as JSON, with commas between. */
  #values = "";
  #times = "";
  /** How many samples it has gathered. */
  size = 0;
  readonly #head: string;

  /** @param labels of which there are no two of one name */
  constructor(readonly labels: Labels) {
    this.#head = `{"metric":${JSON.stringify(Object.fromEntries(labels))},"values":[`;
  }

  /**
   * Gathers a sample.
   *
   * @param time milliseconds since 1970
   */
  add(time: number, value: number): void {
    if (this.size++ === 0) {
      this.#values = `${value}`;
      this.#times = `${time}`;
    } else {
      this.#values += `,${value}`;
      this.#times += `,${time}`;
    }
  }

  /** What was gathered as a line of `/api/v1/import`; then nothing is. */
  take(): string {
    const line = `${this.#head}${this.#values}],"timestamps":[${this.#times}]}\n`;
    this.discard();
    return line;
  }

  /** What was gathered, sample by sample; then nothing is. */
  takeEach(): [time: number, value: number][] {
    const values = this.#values.split(",");
    const each = this.#times.split(",").map((time, at): [number, number] => [
      Number(time),
      Number(values[at]),
    ]);
    this.discard();
    return each;
  }

  /** Forgets what was gathered. */
  discard(): void {
    this.#values = this.#times = "";
    this.size = 0;
  }
}

/** The series that have gathered samples since they were last taken. */
export class Gathered {
  #touched: Series[] = [];
  /** How many samples there are. */
  samples = 0;

  /** Gathers a sample of a series; `time` in milliseconds since 1970. */
  add(series: Series, time: number, value: number): void {
    if (series.size === 0) this.#touched.push(series);
    series.add(time, value);
    this.samples++;
  }

  /** Forgets what was gathered. */
  discard(): void {
    for (const series of this.#touched) series.discard();
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
    let text = "";
    for (const series of this.#touched) {
      text += series.take();
      if (text.length >= characters) {
        texts.push(text);
        text = "";
      }
    }
    if (text !== "") texts.push(text);
    this.#touched = [];
    this.samples = 0;
    return texts;
  }

  /** All samples that were gathered; then none are. */
  takeEach(): { series: Series; time: number; value: number }[] {
    const all = this.#touched.flatMap((series) =>
      series.takeEach().map(([time, value]) => ({ series, time, value }))
    );
    this.#touched = [];
    this.samples = 0;
    return all;
  }
}
