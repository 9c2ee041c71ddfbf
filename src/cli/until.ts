/** The options that say up to where to replay, which several commands have. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { momentOf, type Until } from "../replay/until.ts";

/** Adds `--as-of` and `--sequence` to a command, which gives an `Until`. */
export function addUntil(command: Command): Command {
  return command
    .addOption(
      new Option("--as-of <moment>", "replay what was recorded by then: 2026-11-01T00:00Z")
        .argParser(moment)
        .conflicts("sequence"),
    )
    .addOption(
      new Option("--sequence <number>", "replay up to this event, and with it").argParser(whole),
    );
}

/** Whether nothing was said of up to where: then it is all there is. */
export function isNow({ asOf, sequence }: Until): boolean {
  return asOf === undefined && sequence === undefined;
}

/** A moment as the value of an option. */
export function moment(text: string): string {
  try {
    momentOf(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function whole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It is a whole number.");
  return Number(text);
}
