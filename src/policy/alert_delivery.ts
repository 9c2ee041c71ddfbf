/** Alerts on their way to an Alertmanager while others are looked for. */
import { type AlertChange, toldAsOver } from "./alert_watch.ts";
import { AlertsNotTaken, postAlerts, type PostOptions } from "./alertmanager.ts";
import type { Alert } from "./alerts.ts";

/**
 * Tells an Alertmanager of each look what fires, as it wants to be told again and again, and what is over until it has
 * taken that. One delivery is under way at a time: what is found meanwhile goes with the next, and nobody waits.
 */
export class AlertDelivery {
  #over: Alert[] = [];
  #isUnderWay = false;
  #failure: unknown;

  /**
   * @param url of the Alertmanager
   * @param warn told in a line when alerts were not taken
   */
  constructor(
    private readonly url: string,
    private readonly options: PostOptions,
    private readonly warn: (line: string) => void,
  ) {}

  /**
   * Takes what has changed, and sends it unless something is under way.
   *
   * @throws what a delivery before has ended with, other than that nobody took the alerts
   */
  look(change: AlertChange): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#over = toldAsOver(this.#over, change);
    if (this.#isUnderWay || change.firing.length + this.#over.length === 0) return;
    void this.#send(change.firing, this.#over);
  }

  async #send(firing: readonly Alert[], over: readonly Alert[]): Promise<void> {
    this.#isUnderWay = true;
    try {
      await postAlerts(this.url, [...firing, ...over], this.options);
      // What has fired again meanwhile, and is over again, was not told yet.
      this.#over = this.#over.filter((alert) => !over.includes(alert));
    } catch (error) {
      if (error instanceof AlertsNotTaken) this.warn(error.message);
      else if (!this.options.signal?.aborted) this.#failure = error;
    } finally {
      this.#isUnderWay = false;
    }
  }
}
