/**
 * The laws that every adapter of a read model keeps, as tests of whatever runner: each law makes logs of its own by
 * sending random commands through the real decisions, and holds the adapter against them.
 *
 * @module
 */
import type { Projection } from "../projection.ts";
import { lawsOfCutting } from "./cutting.ts";
import { lawsOfFencing } from "./fencing.ts";
import { lawsOfParking } from "./parking.ts";
import type { LawOptions, ProjectionLaw, ProjectionSubject } from "./subject.ts";
import { lawMaker } from "./trial.ts";

export type { LawOptions, ProjectionLaw, ProjectionSubject } from "./subject.ts";

/** The laws for an adapter; each says by its error which of them is broken, and with which log. */
export function projectionLaws<P extends Projection>(
  subject: ProjectionSubject<P>,
  options: LawOptions = {},
): ProjectionLaw[] {
  const law = lawMaker(subject, options);
  return [...lawsOfCutting(law), ...lawsOfFencing(law, subject), ...lawsOfParking(law, subject)];
}
