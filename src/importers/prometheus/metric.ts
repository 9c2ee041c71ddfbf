/** What a row of the tables of metrics says. */
import type { RecordMeasurements } from "../../domain/measurement.ts";

/** A measurement under OpenTelemetry's name, and what to ask for it. */
export interface ImportedMetric {
  name: string;
  unit: RecordMeasurements["points"][number]["unit"];
  /**
   * Its attributes. `$device` is what the label `device` says, `$cpu_mode|state` the first label of the two that is
   * there; anything else is meant as it stands.
   */
  attributes?: Record<string, string>;
  /** PromQL, with the words of `promQl`. Counters are asked for as they are: since boot, as our own agent has them. */
  query: string;
  /** Where it is a container's, its label `id` has the container's number. */
  isContainer?: true;
  /** Of one device that is mounted often only the shortest path counts. */
  oncePerDevice?: true;
}
