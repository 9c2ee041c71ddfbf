/** `cim log`: the events, in their order. */
import { type Command, InvalidArgumentError } from "commander";
import { decodeEvent, type RecordedEvent } from "../domain/event.ts";
import { openWorkspace } from "../workspace.ts";
import { EXIT, run } from "./terminal.ts";
import { counted, visible } from "../table/text.ts";

/** Adds the command to the command line. */
export function addLog(program: Command): void {
  program.command("log")
    .summary("show the events")
    .description("Shows what is in the event log, oldest first, a line for each event.")
    .option("--from <sequence>", "begin at this sequence", sequence, 1)
    .option("--json", "print the events whole, one JSON object a line")
    .action((options: { from: number; json?: boolean }) =>
      run(async (terminal) => {
        await using workspace = await openWorkspace(terminal);
        for await (
          const record of workspace.log.read({ from: options.from, signal: terminal.signal })
        ) {
          const event = decodeEvent(record);
          terminal.print(options.json ? JSON.stringify(event) : line(event));
        }
        return EXIT.done;
      })
    );
}

function sequence(text: string): number {
  if (!/^[1-9]\d{0,15}$/.test(text)) throw new InvalidArgumentError("It is a number from 1 on.");
  return Number(text);
}

function line(event: RecordedEvent): string {
  const time = event.recorded_at.slice(0, 23).replace("T", " ");
  return `${String(event.sequence).padStart(8)}  ${time}  ${event.event_type.padEnd(21)}  ${
    visible(summary(event))
  }`;
}

/** What an event is about, in a few words. */
function summary(event: RecordedEvent): string {
  switch (event.event_type) {
    case "ComputeRegistered":
    case "ComputeUpdated":
      return `${event.data.hostname}, ${event.data.resource_type.replaceAll("_", " ")}`;
    case "MeasurementsRecorded":
      return counted(event.data.points.length, "value");
    case "NetworkDefined":
      return event.data.name.includes(event.data.cidr)
        ? event.data.name
        : `${event.data.name} ${event.data.cidr}`;
    case "ConnectionEstablished": {
      const { from, to, kind, process, port } = event.data;
      const target = "address" in to
        ? to.address
        : [to.compute, to.interface].filter(Boolean).join(" ");
      return `${kind} ${process ?? from.interface ?? ""} → ${target}${port ? ` port ${port}` : ""}`;
    }
    case "SoftwareConfigured":
      return `${event.data.kind} ${event.data.name} ${event.data.version ?? ""}`.trimEnd();
    case "PolicySet":
      return `${event.data.name}, ${event.data.severity}`;
  }
}
