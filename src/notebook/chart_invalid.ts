/** A chart that cannot be drawn of what it was given. Its message says which value, and what to do. */
export class ChartInvalid extends Error {
  override name = "ChartInvalid";
  /** Stable: what a program may branch on. */
  readonly code = "chart_invalid";
}
