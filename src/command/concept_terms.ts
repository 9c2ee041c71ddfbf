/** What a concept or a label speaks of has to be there: a space or dimension that is misspelt would never be seen. */
import type { Command } from "../domain/command.ts";
import type { DefineConcept, LabelResource } from "../domain/concept.ts";
import { quote, Refusal } from "../domain/refusal.ts";
import { SPACES } from "../spaces/catalogue/spaces.ts";
import { dimensionsOf, type Space } from "../spaces/space.ts";

/** The spaces whose points are resources: those of which labels are. */
const OF_RESOURCES = SPACES.filter(({ domains }) =>
  domains.every((domain) => SPACES[0]!.domains.includes(domain))
);

/**
 * Looks at the space and the dimensions of a DefineConcept, and the space of a LabelResource; an event is not asked
 * again, so that old ones can be read for ever.
 *
 * @throws {Refusal} `invalid`, with the field, and what there is
 */
export function checkTerms({ command, data }: Command): void {
  if (command === "LabelResource") requireSpace((data as LabelResource).space, OF_RESOURCES);
  if (command !== "DefineConcept") return;
  const { space, prototypes } = data as DefineConcept;
  const names = dimensionsOf(requireSpace(space, SPACES)).map(({ name }) => name);
  for (const [at, prototype] of prototypes.entries()) {
    const unknown = Object.keys(prototype).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      const field = `prototypes/${at}/${unknown}`;
      throw new Refusal(
        "invalid",
        field,
        `${field}: the space ${space} has no such dimension: it has ${names.join(", ")}`,
      );
    }
  }
}

function requireSpace(name: string, spaces: readonly Space[]): Space {
  const found = spaces.find((space) => space.name === name);
  if (found) return found;
  const there = spaces.map(({ name }) => name).join(", ");
  throw new Refusal(
    "invalid",
    "space",
    `space: there is no ${quote(name)} here: there are ${there}`,
  );
}
