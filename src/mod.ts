/**
 * The public door of CIM Infrastructure. In the order in which an event goes through the house:
 * a machine is looked at, commands are decided, events are appended to the log.
 *
 * @module
 */
export { interruption } from "./interruption.ts";
export * from "./domain/refusal.ts";
export * from "./domain/values.ts";
export * from "./domain/compute_schema.ts";
export { Point, RecordMeasurements, Unit } from "./domain/measurement.ts";
export type { ConceptState, DefineConcept, LabelResource, LabelState } from "./domain/concept.ts";
export type { ConnectionState, EstablishConnection, SeverConnection } from "./domain/connection.ts";
export type { DefineNetwork, NetworkState, RemoveNetwork } from "./domain/network.ts";
export type { PolicyState, RevokePolicy, SetPolicy } from "./domain/policy.ts";
export type { ConfigureSoftware, RemoveSoftware, SoftwareState } from "./domain/software.ts";
export * from "./domain/aggregate_id.ts";
export * from "./domain/command.ts";
export { Finding, FindingCode } from "./domain/finding.ts";
export { decide, type Decision } from "./domain/decision.ts";
export * from "./domain/event_types.ts";
export * from "./domain/event.ts";
export * from "./domain/message.ts";
export * from "./domain/inventory.ts";
export * from "./log/log.ts";
export * from "./log/memory.ts";
export * from "./log/jetstream.ts";
export { Archive, ArchiveError, type ArchiveErrorCode, type ArchiveStatus } from "./log/archive.ts";
export {
  type Agreement,
  agreementOf,
  type AgreementOptions,
  type Disagreement,
  type DisagreementCode,
} from "./log/archive_agreement.ts";
export { retain, type Retained, type RetainOptions, streamPurge } from "./log/archive_retention.ts";
export { ArchivedLog } from "./log/archived_log.ts";
export { Snapshots } from "./log/snapshots.ts";
export type { Answer } from "./command/answer.ts";
export * from "./command/handler.ts";
export type { CommandPort } from "./command/port.ts";
export type { WholeScan } from "./command/unseen.ts";
export { type LineAnswer, submitLines, type SubmitLinesOptions } from "./command/submit_lines.ts";
export { type SaidCommand, submitTogether } from "./command/submit_together.ts";
export { RemoteCommands } from "./command/remote.ts";
export { serveCommands } from "./command/service.ts";
export {
  introspect,
  type Introspection,
  type IntrospectionOptions,
  type Surroundings,
} from "./introspection/introspect.ts";
export { type Measured, Meter, type MeterOptions } from "./introspection/meter.ts";
export type { Gap } from "./introspection/files.ts";
export type { LinkAddress } from "./introspection/links.ts";
export { UnsupportedPlatform } from "./introspection/unsupported_platform.ts";
export { SAMPLE_DEFAULTS, SampleError, type SampleOptions } from "./sample/options.ts";
export type { GroundTruth, Incident, IncidentKind, TrueResource } from "./sample/ground_truth.ts";
export { SAMPLES } from "./sample/samples.ts";
export { writeSample } from "./sample/write_sample.ts";
export * from "./spaces/mod.ts";
export * from "./table/table.ts";
export { counted } from "./table/text.ts";
export * from "./projections/projection.ts";
export { checkpointAfter, logHash, NOTHING_APPLIED, stepOf } from "./projections/checkpoint.ts";
export { Projector, type ProjectorOptions } from "./projections/projector.ts";
export { runToEnd } from "./projections/run_to_end.ts";
export { type Applied, type ApplyOptions, applyStep } from "./projections/apply_step.ts";
export { Parking } from "./projections/parking.ts";
export { unpark, type Unparked, type UnparkOptions } from "./projections/unpark.ts";
export type { PassedOver } from "./projections/step_assembly.ts";
export type { ProjectionState } from "./projections/projection_state.ts";
export type { WaitOptions } from "./projections/waiting.ts";
export type { Pace } from "./projections/pace.ts";
export {
  ProjectionBehind,
  ProjectionFailed,
  ProjectorEnded,
} from "./projections/projector_error.ts";
export { keepStatus, type ProjectionStatus, readStatus } from "./projections/status_file.ts";
export {
  MetricsProjection,
  type MetricsProjectionOptions,
} from "./projections/metrics/projection.ts";
export {
  type LiveMetricsOptions,
  LiveMetricsProjection,
} from "./projections/metrics/live_projection.ts";
export { metricName } from "./projections/metrics/names.ts";
export { isRemoteWrite, type NotTaken } from "./projections/metrics/remote_write.ts";
export {
  metricsEnvironment,
  type MetricsSettings,
  metricsSettings,
  MetricsSettingsError,
} from "./projections/metrics/settings.ts";
export { Neo4jProjection, type Neo4jProjectionOptions } from "./projections/neo4j/projection.ts";
export {
  neo4jEnvironment,
  type Neo4jSettings,
  neo4jSettings,
  Neo4jSettingsError,
} from "./projections/neo4j/settings.ts";
export {
  NetBoxMarksRefused,
  NetBoxPermissionMissing,
  NetBoxUnavailable,
  NetBoxVersionUnsupported,
} from "./projections/netbox/error.ts";
export type { Applied as NetBoxApplied } from "./projections/netbox/apply.ts";
export type { Plan as NetBoxPlan } from "./projections/netbox/plan.ts";
export {
  NetBoxProjection,
  type NetBoxProjectionOptions,
  type NetBoxReset,
} from "./projections/netbox/projection.ts";
export {
  netBoxEnvironment,
  type NetBoxSettings,
  netBoxSettings,
  NetBoxSettingsError,
} from "./projections/netbox/settings.ts";
export { SpacesProjection } from "./projections/spaces/projection.ts";
export { SqlProjection, type SqlProjectionOptions } from "./projections/sql/projection.ts";
export { type TableEntry, TABLES } from "./projections/sql/tables.ts";
export { PerceptionError, type PerceptionErrorCode } from "./perception/error.ts";
export type { Asked, Thing } from "./perception/thing.ts";
export type { KnownConcepts } from "./perception/known_concepts.ts";
export { DEFAULT_CONCEPTS } from "./perception/default_concepts.ts";
export { contextsOf } from "./perception/contexts.ts";
export { Perception, type PerceptionOptions } from "./perception/perception.ts";
export { Classifications, type Classified, ENOUGH } from "./perception/classified.ts";
export { type ConceptCell, Vicinity } from "./perception/vicinity.ts";
export {
  type Difference,
  type Similar,
  Similarities,
  type SimilarOptions,
} from "./perception/similar.ts";
export { LearnedConcepts, type LearningOptions, type Teacher } from "./perception/learned.ts";
export {
  type ExhaustedDimension,
  type ForecastDimension,
  type ImputedDimension,
  type PredictedDimension,
  Prediction,
  type PredictionEvidence,
  type ShortDimension,
} from "./perception/predicted.ts";
export type { PredictionOptions } from "./perception/prediction.ts";
export { Backtest, type BacktestRow } from "./perception/prediction_backtest.ts";
export type { Anomaly, DimensionShare, Sign } from "./perception/anomaly.ts";
export {
  type AnomalousPoint,
  AnomalousPoints,
  type PointOptions,
} from "./perception/anomaly_points.ts";
export type { IncidentOptions } from "./perception/anomalies.ts";
export type { FoundIncident, IncidentPart } from "./perception/incident.ts";
export { type Coverage, Incidents } from "./perception/incidents.ts";
export { axisUnit, quantity } from "./perception/quantity.ts";
export { JudgedPoints } from "./perception/judged_points.ts";
export type { JudgedRow } from "./perception/anomaly_discovery.ts";
export {
  type Happened,
  type JudgedIncidents,
  judgedIncidents,
  judgedIncidentsTable,
  type JudgedKind,
} from "./perception/incident_judgement.ts";
export {
  confusionTable,
  Evaluation,
  type EvaluationOptions,
  type JudgedConcepts,
} from "./perception/evaluation.ts";
export { truthIn } from "./perception/truth.ts";
export { positionsTable } from "./perception/positions.ts";
export { ReplayRange, type Until } from "./replay/until.ts";
export { Model, type OpenOptions, type TableSummary } from "./replay/model.ts";
export { ModelDamaged, ModelInUse, QueryError } from "./replay/model_error.ts";
export { replay, type ReplayOptions } from "./replay/replay.ts";
export { EXPERIMENT_SCHEMA, runExperiment, verifyExperiment } from "./experiments.ts";
export type { ExperimentOptions } from "./replay/experiment.ts";
export { ExperimentRun } from "./replay/experiment_run.ts";
export { ExperimentError, type ExperimentErrorCode } from "./replay/experiment_error.ts";
export type { ExperimentSpec } from "./replay/experiment_spec.ts";
export type { ExperimentManifest } from "./replay/experiment_manifest.ts";
export { findRun, listRuns } from "./replay/experiment_runs.ts";
export { compareExperiments } from "./replay/experiment_compare.ts";
export { ExperimentComparison } from "./replay/experiment_comparison.ts";
export type { ExperimentAgreement } from "./replay/experiment_verify.ts";
export type { Provenance } from "./replay/provenance.ts";
export { type Alert, type AlertOptions, alerts, alertsTable, NoAlert } from "./policy/alerts.ts";
export {
  Compliance,
  compliance,
  type ComplianceOptions,
  type ComplianceRow,
  UnknownPolicy,
} from "./policy/compliance.ts";
export type { Verdict } from "./policy/verdict.ts";
export {
  judge,
  type Judged,
  judgedTable,
  type JudgeOptions,
  judgeTogether,
  Truth,
  TruthInvalid,
  truthOf,
} from "./policy/judgement.ts";
export type { PolicyText, Severity } from "./policy/policies.ts";
export { compileRule, type Outcome, type Rule, type RuleVariables } from "./rule/rule.ts";
export { PolicyRuleInvalid, type RuleFault, type RulePosition } from "./rule/error.ts";
export { type RuleType, VARIABLES } from "./rule/types.ts";
export * from "./notebook/show.ts";
export { Chart, type ChartFigure, type ChartParts } from "./notebook/chart.ts";
export { ChartInvalid } from "./notebook/chart_invalid.ts";
export { barChart, type ChartWords } from "./notebook/charts.ts";
export { lineChart } from "./notebook/charts_line.ts";
export { scatterChart, type ScatterWords } from "./notebook/charts_scatter.ts";
export { histogram } from "./notebook/charts_histogram.ts";
export { heatMap } from "./notebook/charts_heat_map.ts";
export { Prose, prose } from "./notebook/prose.ts";
export {
  type MapDimensions,
  type MappedPrototype,
  type MappedThing,
  SpaceMap,
  spaceMap,
} from "./notebook/space_map.ts";
export {
  Timeline,
  timeline,
  type TimelineColumns,
  type TimelineWords,
} from "./notebook/timeline.ts";
export type { TimelineSpan } from "./notebook/timeline_span.ts";
export {
  type CorrelatedEvent,
  type CorrelationNode,
  CorrelationTree,
  correlationTree,
} from "./notebook/correlation_tree.ts";
export {
  type Rack,
  type RackDevice,
  RackElevations,
  rackElevations,
  type RackSelection,
} from "./notebook/rack_elevation.ts";
export {
  type HappenedTo,
  incidentTimeline,
  type IncidentTimelineOptions,
  stateTimeline,
} from "./notebook/incident_timeline.ts";
export * from "./importers/mod.ts";
export * from "./topology/mod.ts";
export { TopologyMap, topologyMap, type TopologyMapOptions } from "./notebook/topology_map.ts";
export { Agent, type AgentOptions, openAgent } from "./agent.ts";
export { watch, type Watched, type WatchRhythm } from "./watch.ts";
export { discover, type Discovery, DiscoveryRefused, type DiscoveryTools } from "./discovery.ts";
export { openWorkspace, Workspace } from "./workspace.ts";
export { History, type HistoryOptions, openHistory } from "./history.ts";
export type { WorkspaceOptions } from "./workspace_options.ts";
