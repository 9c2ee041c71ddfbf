/** The door of the geometry: spaces, concepts, learning, anomalies, prediction. */
export { coordinate, type Dimension, type Scale, valueAt } from "./dimension.ts";
export {
  type Coordinates,
  dimensionsOf,
  type Domain,
  pointOf,
  type Space,
  type Values,
} from "./space.ts";
export { SPACES } from "./catalogue/spaces.ts";
export { type Distance, Metric, type MetricOptions } from "./metric.ts";
export type { Covariance } from "./covariance.ts";
export type { Weights } from "./weights.ts";
export { type Concept, SENSITIVITY, THRESHOLD } from "./concept.ts";
export { SpaceInvalid } from "./error.ts";
export type { Prototype } from "./prototype.ts";
export { type NearestPrototypes, PrototypeSet } from "./nearest_prototype.ts";
export { type Neighbour, type NeighbourOptions, Neighbours } from "./neighbours.ts";
export { Voronoi } from "./voronoi.ts";
export { type Cell, type Cells, cellsOf } from "./cells/cells.ts";
export {
  type Loading,
  type Place,
  type Plane,
  type PlaneAxis,
  planeOf,
  type PlaneWindow,
  windowOf,
} from "./cells/plane.ts";
export { principalPlane } from "./cells/principal_plane.ts";
export type { Ring } from "./cells/ring.ts";
export type { Context } from "./context.ts";
export { sensitivityOf, similarity } from "./similarity.ts";
export { betweenness } from "./betweenness.ts";
export { collatedDegrees } from "./collated.ts";
export {
  type Classification,
  type ClassificationStatus,
  CLEAR,
  type Deciding,
  type Likeness,
} from "./classification.ts";
export { Classifier, type ClassifierOptions } from "./classifier.ts";
export { type ClassScore, type Confusion, confusionOf, type Judgement } from "./confusion.ts";
export { centroid } from "./learning/centroid.ts";
export { geometricMedian } from "./learning/geometric_median.ts";
export { ledoitWolf, type Shrunk } from "./learning/shrinkage.ts";
export { learnConcepts, type LearnOptions } from "./learning/learn_concepts.ts";
export {
  candidateConcepts,
  type CandidateOptions,
  type Candidates,
} from "./learning/candidate_concepts.ts";
export { type EvenSeries, evenSeries, type Reading } from "./prediction/even_series.ts";
export type { Bounds } from "./prediction/bounds.ts";
export type { MethodName } from "./prediction/methods.ts";
export { historyNeeded, type Sought } from "./prediction/rolling.ts";
export { conformal, type ErrorInterval, leastErrors } from "./prediction/conformal.ts";
export { type Forecast, forecast, type ForecastValue } from "./prediction/forecast.ts";
export { ForecastScore, type HeldAtLevel } from "./prediction/forecast_score.ts";
export { type Exhaustion, exhaustion } from "./prediction/exhaustion.ts";
export { type Imputation, imputed } from "./prediction/imputation.ts";
export { NothingToLearn } from "./learning/error.ts";
export { learnTable, type LearnTableOptions } from "./learning/learn_table.ts";
export type { TableClassifier, TableLabel } from "./learning/table_classifier.ts";
export { type SeriesScore, SeriesScorer } from "./anomaly/series_scorer.ts";
export { fitRows, type RowScorer, type RowScores } from "./anomaly/row_scorer.ts";
export type { AnomalyOptions } from "./anomaly/history.ts";
export { discoveries } from "./anomaly/discoveries.ts";
export { type Detection, detectionOf } from "./anomaly/detection.ts";
