/** Whoever takes commands: the handler in this process, or one at the other end of a NATS connection. */
import type { Command } from "../domain/command.ts";
import type { Answer } from "./answer.ts";
import type { WholeScan } from "./unseen.ts";

/** Takes commands. Both sides of it are tested alike. */
export interface CommandPort {
  /**
   * Decides commands one after the other.
   *
   * @returns an answer for each, in their order
   * @throws {LogUnavailable} when the log is out of reach; the same commands may be sent again
   * @throws {LogFull} when it has no room for them
   */
  submit(commands: readonly Command[], signal?: AbortSignal): Promise<Answer[]>;
  /**
   * The last sequence of the log that is known there, for a scan that begins.
   *
   * @throws {LogUnavailable} when it cannot be asked for
   */
  position(signal?: AbortSignal): Promise<number>;
  /**
   * Removes what is known of the scanned scopes and was not seen.
   *
   * @returns an answer for each removal
   * @throws {LogUnavailable} when the log is out of reach
   */
  removeUnseen(scan: WholeScan, signal?: AbortSignal): Promise<Answer[]>;
}
