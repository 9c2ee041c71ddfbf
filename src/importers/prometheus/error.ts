/** Why a Prometheus cannot be imported from. */

/** What can be wrong with it; stable, for programs. */
export type PrometheusErrorCode =
  /** A variable, the URL or a selector makes no sense. */
  | "prometheus_settings"
  /** It does not answer, or not in time, after several tries. */
  | "prometheus_unreachable"
  /** Whoever answers is no Prometheus. */
  | "not_a_prometheus"
  /** It does not let us in. */
  | "prometheus_unauthorized"
  /** It does not take a question. */
  | "prometheus_refused"
  /** It does not answer a question about one moment, as that would be too much. */
  | "prometheus_too_much"
  /** It knows nothing that is to be imported. */
  | "prometheus_empty";

/**
 * A Prometheus, or how it is asked, is not right. Never says what a token or password is.
 *
 * @example
 * ```ts
 * import { prometheusSettings, PrometheusError } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * try {
 *   prometheusSettings("metrics.example.org:9090", () => undefined);
 * } catch (error) {
 *   strictEqual(error instanceof PrometheusError && error.code, "prometheus_settings");
 * }
 * ```
 */
export class PrometheusError extends Error {
  override readonly name = "PrometheusError";

  /**
   * @param code stable, for programs
   * @param message what is wrong, and what to do
   */
  constructor(readonly code: PrometheusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
