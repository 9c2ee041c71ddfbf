/** The error for machines that cannot be introspected. */

/**
 * This machine has neither Linux's /proc and /sys, nor is it of a system whose own programs are known to us.
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

  /** @param platform as `process.platform` has it: `aix`, `sunos` */
  constructor(readonly platform: string) {
    super(
      `Cannot introspect a machine that runs "${platform}": Linux, macOS, Windows and BSD are read. ` +
        `Send RegisterCompute for this machine by other means.`,
    );
  }
}
