/** The error for machines that cannot be introspected yet. */

/**
 * Introspection reads Linux's /proc and /sys, and this machine has none.
 *
 * @example
 * ```ts
 * import { introspect, UnsupportedPlatform } from "@cim/infrastructure";
 * try {
 *   await introspect({ windowMilliseconds: 0 });
 * } catch (error) {
 *   if (!(error instanceof UnsupportedPlatform)) throw error;
 * }
 * ```
 */
export class UnsupportedPlatform extends Error {
  override readonly name = "UnsupportedPlatform";
  /** Stable, for programs. */
  readonly code = "unsupported_platform";

  /** @param platform as `process.platform` has it: `darwin`, `win32` */
  constructor(readonly platform: string) {
    super(
      `Cannot introspect a machine that runs "${platform}": only Linux is read so far. ` +
        `Run it on Linux, or send RegisterCompute for this machine by other means.`,
    );
  }
}
