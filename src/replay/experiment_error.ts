/** Why an experiment cannot be run, or a run not be looked at. */

/** What kind of reason, for programs; the message is for people. Stable: tests hold each one. */
export type ExperimentErrorCode =
  | "experiment_invalid"
  | "experiment_unknown"
  | "experiment_empty"
  | "experiment_refused"
  | "experiment_query"
  | "experiment_analysis"
  | "experiment_key"
  | "experiment_timeout"
  | "experiment_missing"
  | "experiment_damaged"
  | "experiment_other_log"
  | "experiment_differs";

/**
 * What is wrong with an experiment, and where.
 *
 * - `experiment_invalid`: the spec is not of its schema
 * - `experiment_unknown`: it names a resource, parameter, table, analysis or sequence that is not there
 * - `experiment_empty`: a part of it selects nothing, so that the run would say nothing about it
 * - `experiment_refused`: a command that it adds is refused, or an event that it changes would be none
 * - `experiment_query`: its SQL cannot be answered, is no single SELECT, or asks for what differs from run to run
 * - `experiment_analysis`: an analysis cannot be made of the model, with what the spec gives it
 * - `experiment_key`: rows of a table have the same key, or it lacks the columns of its key
 * - `experiment_timeout`: it took longer than its `timeout_seconds`
 * - `experiment_missing`, `experiment_damaged`: there is no such run, or it is not as it was written
 * - `experiment_other_log`: a run is of another log than the one that it is to be verified with
 * - `experiment_differs`: a run that was kept came out otherwise this time
 */
export class ExperimentError extends Error {
  override readonly name = "ExperimentError";

  /**
   * @param position where in the spec, as a JSON pointer: `/transformations/0/drop/resources/1`; "" where it is not
   *   about a part of it
   * @param reason what is wrong, and what to do
   */
  constructor(
    readonly code: ExperimentErrorCode,
    readonly position: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(position === "" ? reason : `${position}: ${reason}`, options);
  }
}
