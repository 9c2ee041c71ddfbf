/** The options that say which space is asked of which model, which several commands have. */
import type { Command } from "commander";
import { contextsOf } from "../perception/contexts.ts";
import type { Perception } from "../perception/perception.ts";
import { SPACES } from "../spaces/catalogue/spaces.ts";
import type { Model } from "../replay/model.ts";
import type { Until } from "../replay/until.ts";
import { columns } from "../table/text.ts";
import type { Workspace } from "../workspace.ts";
import { openSource } from "./sources.ts";
import type { Terminal } from "./terminal.ts";
import { addUntil } from "./until.ts";

/** What these options give. */
export interface SpaceOptions extends Until {
  archive?: string;
  json?: boolean;
}

/** The same, of commands whose answer depends on what matters. */
export interface SeenOptions extends SpaceOptions {
  context?: string;
}

/** Adds what says of which log a space is, and as of when. */
export function addSpaceSource(command: Command): Command {
  return addUntil(command)
    .option("--archive <folder>", "ask what this archive has, which needs no server");
}

/** Adds what says in which context a space is seen. */
export function addContext(command: Command): Command {
  const named = SPACES.flatMap((space) => {
    const names = contextsOf(space).map(({ name }) => name);
    return names.length === 0 ? [] : [`in ${space.name} ${names.join(", ")}`];
  });
  return command.option("--context <name>", `see the space in a context: ${named.join("; ")}`);
}

/** The spaces, for `--help`. */
export function spacesText(): string {
  return `\nSpaces:\n${
    columns(SPACES.map(({ name, about }) => [name, about ?? ""]), "  ").join("\n")
  }`;
}

/**
 * Opens a space of the model that the options mean, and closes the model behind it.
 *
 * @param use is given the space, the model, and the workspace, where there is one
 */
export async function withSpace<T>(
  name: string,
  { archive, context, asOf, sequence }: SeenOptions,
  terminal: Terminal,
  use: (space: Perception, model: Model, workspace: Workspace | undefined) => Promise<T>,
): Promise<T> {
  await using source = await openSource(archive, terminal);
  await using model = await source.replay({
    ...(asOf === undefined ? {} : { asOf }),
    ...(sequence === undefined ? {} : { sequence }),
  });
  const space = await model.space(name, context === undefined ? {} : { context });
  for (const fault of space.known.faults) terminal.warn(`a concept is passed over: ${fault}`);
  return await use(space, model, source.workspace);
}
