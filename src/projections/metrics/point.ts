/** A measured value as its event has it. */
import type { EventData } from "../../domain/event_types.ts";

/** What was measured of a resource at one moment. */
export type Measurements = EventData["MeasurementsRecorded"];
/** One value of it. */
export type Point = Measurements["points"][number];
