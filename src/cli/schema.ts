/** `cim schema`: what commands and events look like. */
import { type Command, InvalidArgumentError } from "commander";
import { lineSchema } from "../command/command_line.ts";
import { COMMANDS, type CommandType } from "../domain/command.ts";
import { eventSchema } from "../domain/event.ts";
import { EVENTS, type EventType } from "../domain/event_types.ts";
import { EXPERIMENT_SCHEMA } from "../experiments.ts";
import { EXIT, run } from "./terminal.ts";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const MESSAGES = [...Object.keys(COMMANDS), ...Object.keys(EVENTS)];
/** What `cim experiment run` takes. */
const EXPERIMENT = "Experiment";
const NAMES = [...MESSAGES, EXPERIMENT];

/** Adds the command to the command line. */
export function addSchema(program: Command): void {
  program.command("schema")
    .summary("print the JSON Schemas of commands and events")
    .description(
      "Prints the JSON Schema (draft 2020-12) of every command, as a line of `cim submit`, and of every event, as a line " +
        "of `cim log --json` before it has a sequence; or of one of them, or of the spec of an Experiment.",
    )
    .argument("[name]", "a command or an event, like RegisterCompute or ComputeRegistered", known)
    .action((name: string | undefined) =>
      run((terminal) => {
        terminal.print(JSON.stringify(name === undefined ? all() : one(name), null, 2));
        return Promise.resolve(EXIT.done);
      })
    );
}

function known(name: string): string {
  if (NAMES.includes(name)) return name;
  throw new InvalidArgumentError(`There are ${NAMES.join(", ")}.`);
}

function schemaOf(name: string): object {
  if (name === EXPERIMENT) return EXPERIMENT_SCHEMA;
  return name in COMMANDS ? lineSchema(name as CommandType) : eventSchema(name as EventType);
}

function one(name: string): object {
  return { $schema: DIALECT, title: name, ...schemaOf(name) };
}

/** What is a command or an event of any kind, and each by its name. */
function all(): object {
  const group = (names: string[]) => ({
    anyOf: names.map((name) => ({ $ref: `#/$defs/${name}` })),
  });
  return {
    $schema: DIALECT,
    title: "Commands and events of CIM Infrastructure",
    $defs: {
      Command: group(Object.keys(COMMANDS)),
      Event: group(Object.keys(EVENTS)),
      ...Object.fromEntries(MESSAGES.map((name) => [name, { title: name, ...schemaOf(name) }])),
    },
  };
}
