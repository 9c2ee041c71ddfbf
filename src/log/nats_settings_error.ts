/** A setting of the NATS server to use makes no sense. Its message names the variable, never what a secret one says. */
export class NatsSettingsError extends Error {
  override readonly name = "NatsSettingsError";
  /** Stable, for programs. */
  readonly code = "nats_settings";
  /**
   * @param variable the environment variable: `NATS_URL`
   * @param reason what is wrong with it and what to do
   */
  constructor(readonly variable: string, reason: string) {
    super(`${variable} ${reason}`);
  }
}
