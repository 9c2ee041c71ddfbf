/** An event as one line for people. */
import type { RecordedEvent } from "../domain/event.ts";
import { counted, visible } from "../table/text.ts";

/** Sequence, time, type, and what it is about. */
export function eventLine(event: RecordedEvent): string {
  const time = event.recorded_at.slice(0, 23).replace("T", " ");
  return `${String(event.sequence).padStart(8)}  ${time}  ${event.event_type.padEnd(21)}  ${
    visible(summary(event))
  }`;
}

function summary(event: RecordedEvent): string {
  switch (event.event_type) {
    case "ComputeRegistered":
    case "ComputeUpdated":
      return `${event.data.hostname}, ${event.data.resource_type.replaceAll("_", " ")}`;
    case "ComputeStatusChanged":
    case "ComputeDecommissioned": {
      const { hostname, status, status_reason } = event.data;
      return `${hostname} is ${status}${because(status_reason)}`;
    }
    case "MeasurementsRecorded":
      return counted(event.data.points.length, "value");
    case "NetworkDefined":
      return network(event.data);
    case "NetworkRemoved":
      return `${network(event.data)}${because(event.data.reason)}`;
    case "ConnectionEstablished":
      return connection(event.data);
    case "ConnectionSevered":
      return `${connection(event.data)}${because(event.data.reason)}`;
    case "SoftwareConfigured":
      return software(event.data);
    case "SoftwareRemoved":
      return `${software(event.data)}${because(event.data.reason)}`;
    case "PolicySet":
      return `${event.data.name}, ${event.data.severity}`;
    case "PolicyRevoked":
      return `${event.data.name}${because(event.data.reason)}`;
    case "ConceptDefined": {
      const { space, name, prototypes } = event.data;
      return `${space}: ${name}, ${counted(prototypes.length, "prototype")}`;
    }
    case "ResourceLabelled":
      return `${event.data.compute} is ${event.data.concept} in ${event.data.space}`;
  }
}

function because(reason: string | undefined): string {
  return reason === undefined ? "" : `: ${reason}`;
}

function network({ name, cidr }: { name: string; cidr: string }): string {
  return name.includes(cidr) ? name : `${name} ${cidr}`;
}

function connection(
  { from, to, kind, process, port }: Extract<
    RecordedEvent,
    { event_type: "ConnectionEstablished" }
  >["data"],
): string {
  const target = "address" in to
    ? to.address
    : [to.compute, to.interface].filter(Boolean).join(" ");
  return `${kind} ${process ?? from.interface ?? ""} → ${target}${port ? ` port ${port}` : ""}`;
}

function software(
  { kind, name, version }: { kind: string; name: string; version?: string },
): string {
  return `${kind} ${name} ${version ?? ""}`.trimEnd();
}
