/** The fields of an event as it is written, in their order: the design's, said once for all tests. */
export const ENVELOPE = [
  "event_id",
  "event_type",
  "event_version",
  "aggregate_type",
  "aggregate_id",
  "aggregate_version",
  "occurred_at",
  "message_id",
  "correlation_id",
  "causation_id",
  "actor",
  "data",
];
