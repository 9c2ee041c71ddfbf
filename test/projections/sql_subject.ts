/** What the laws do to a projection whose read model is a DuckDB database. */
import type { InfrastructureEvent } from "../../src/domain/event.ts";
import type { SqlProjection } from "../../src/projections/sql/projection.ts";

/** Every statement is an operation. */
export function breakOffAt({ database: { connection } }: SqlProjection, operation: number): void {
  const run = connection.run.bind(connection);
  let left = operation;
  connection.run = (...statement) =>
    --left > 0 ? run(...statement) : Promise.reject(new Error("the power went out"));
}

/** The schema says of a reference that it is a text; a database, that it is a UUID. */
export function badReference(event: InfrastructureEvent): InfrastructureEvent | undefined {
  const compute = "web";
  switch (event.event_type) {
    case "SoftwareConfigured":
      return { ...event, data: { ...event.data, compute } };
    case "ResourceLabelled":
      return { ...event, data: { ...event.data, compute } };
    case "ConnectionEstablished":
      return { ...event, data: { ...event.data, from: { compute } } };
    case "NetworkDefined":
      return { ...event, data: { ...event.data, scope: compute } };
  }
}
