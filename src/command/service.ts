/** Commands from other machines: a handler as a NATS service. */
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import type { NatsConnection } from "@nats-io/nats-core";
import project from "../../deno.json" with { type: "json" };
import type { Command } from "../domain/command.ts";
import { Uuid } from "../domain/values.ts";
import { LogUnavailable } from "../log/log.ts";
import type { Answer } from "./answer.ts";
import { Microservice, ServiceError } from "./microservice.ts";
import type { CommandPort } from "./port.ts";
import type { WholeScan } from "./unseen.ts";

/** Where commands are sent to. */
export const SUBMIT_SUBJECT = "cim.commands.submit";
/** Where what a scan has seen is sent to. */
export const UNSEEN_SUBJECT = "cim.commands.remove_unseen";

/** What is sent to {@linkcode SUBMIT_SUBJECT}; the handler's door looks at each command. */
const SubmitRequest = Type.Object({
  commands: Type.Array(Type.Object({ command: Type.String(), message_id: Uuid })),
});
/** What is sent to {@linkcode UNSEEN_SUBJECT}. */
const UnseenRequest = Type.Object({
  compute: Uuid,
  complete: Type.Array(Type.String()),
  seen: Type.Array(Uuid),
  actor: Type.String({ minLength: 1, maxLength: 1024 }),
  cause: Type.Object({ message_id: Uuid, correlation_id: Uuid }),
});

/** Serves a handler to whoever may publish on this connection's server. Stop it before the connection is closed. */
export function serveCommands(
  connection: NatsConnection,
  port: CommandPort,
  clock: () => Date,
): Microservice {
  const outcomes: Record<Answer["outcome"], number> = { accepted: 0, unchanged: 0, refused: 0 };
  const answered = (answers: Answer[]) => {
    for (const { outcome } of answers) outcomes[outcome]++;
    return new TextEncoder().encode(JSON.stringify({ answers }));
  };
  const [submit, unseen] = [Compile(SubmitRequest), Compile(UnseenRequest)];
  return new Microservice(connection, {
    name: "cim-commands",
    version: project.version,
    description: "Takes commands about the infrastructure, and answers what became of each",
  }, [{
    name: "submit",
    subject: SUBMIT_SUBJECT,
    data: () => outcomes,
    answer: async (request) => {
      const { commands } = parse<{ commands: Command[] }>(submit, request);
      return answered(await reachable(() => port.submit(commands)));
    },
  }, {
    name: "remove_unseen",
    subject: UNSEEN_SUBJECT,
    answer: async (request) => {
      const scan = parse<WholeScan>(unseen, request);
      return answered(await reachable(() => port.removeUnseen(scan)));
    },
  }], clock);
}

function parse<T>(validator: Validator, request: Uint8Array): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(request));
  } catch {
    throw new ServiceError(400, "the request is not JSON");
  }
  if (!validator.Check(value)) {
    const [first] = validator.Errors(value);
    throw new ServiceError(400, `the request's ${first?.instancePath} ${first?.message}`);
  }
  return value as T;
}

async function reachable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LogUnavailable) throw new ServiceError(503, error.message);
    throw error;
  }
}
