/** `cim log`: the events, in their order. */
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  decodeEvent,
  type LogRecord,
  type RecordedEvent,
  UnreadableEvent,
} from "../domain/event.ts";
import { EVENTS, type EventType, subjectOf } from "../domain/event_types.ts";
import { UUID } from "../domain/values.ts";
import { openWorkspace } from "../workspace.ts";
import { eventLine } from "./event_line.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";

interface Options {
  from: number;
  follow?: boolean;
  type?: EventType[];
  aggregate?: string;
  correlation?: string;
  json?: boolean;
}

/** Adds the command to the command line. */
export function addLog(program: Command): void {
  program.command("log")
    .summary("show the events")
    .description("Shows what is in the event log, oldest first, a line for each event.")
    .option("--follow", "go on with what comes, until Ctrl-C")
    .option("--from <sequence>", "begin at this sequence", sequence, 1)
    .addOption(
      new Option("--type <type...>", "only events of these types, like ComputeRegistered")
        .choices(Object.keys(EVENTS)),
    )
    .option("--aggregate <id>", "only events of this aggregate", uuid)
    .option("--correlation <id>", "only events that one root command caused", uuid)
    .option("--json", "print the events whole, one JSON object a line")
    .action((options: Options) =>
      run(async (terminal) => {
        await using workspace = await openWorkspace({
          ...terminal,
          ...(options.follow ? { patience: Infinity } : {}),
        });
        const range = {
          from: options.from,
          signal: terminal.signal,
          ...(options.type ? { subjects: options.type.map(subjectOf) } : {}),
        };
        const log = await workspace.history();
        const records = options.follow ? log.subscribe(range) : log.read(range);
        for await (const record of records) {
          const event = readable(record, terminal);
          if (event === undefined || !isWanted(event, options)) continue;
          terminal.print(options.json ? JSON.stringify(event) : eventLine(event));
          if (options.follow) terminal.flush();
        }
        terminal.signal.throwIfAborted();
        return EXIT.done;
      })
    );
}

/** What is no event is passed over, and said so. */
function readable(record: LogRecord, terminal: Terminal): RecordedEvent | undefined {
  try {
    return decodeEvent(record);
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    terminal.warn(`${error.message}; passed over`);
    return undefined;
  }
}

function isWanted(event: RecordedEvent, { type, aggregate, correlation }: Options): boolean {
  return (type === undefined || type.includes(event.event_type)) &&
    (aggregate === undefined || event.aggregate_id === aggregate) &&
    (correlation === undefined || event.correlation_id === correlation);
}

function sequence(text: string): number {
  if (!/^[1-9]\d{0,15}$/.test(text)) throw new InvalidArgumentError("It is a number from 1 on.");
  return Number(text);
}

function uuid(text: string): string {
  if (!UUID.test(text.toLowerCase())) {
    throw new InvalidArgumentError("It is a UUID, as cim log --json prints it.");
  }
  return text.toLowerCase();
}
