/** Commands from other machines: a handler as a NATS service. */
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import type { NatsConnection } from "@nats-io/nats-core";
import project from "../../deno.json" with { type: "json" };
import type { Command } from "../domain/command.ts";
import { Uuid } from "../domain/values.ts";
import { LogFull, LogUnavailable } from "../log/log.ts";
import type { Answer } from "./answer.ts";
import { fitting } from "./fitting.ts";
import { Microservice, ServiceError } from "./microservice.ts";
import type { CommandPort } from "./port.ts";
import type { WholeScan } from "./unseen.ts";

/** Where commands are sent to. */
export const SUBMIT_SUBJECT = "cim.commands.submit";
/** Where what a scan has seen is sent to. */
export const UNSEEN_SUBJECT = "cim.commands.remove_unseen";
/** Where it is asked how far the log is known. */
export const POSITION_SUBJECT = "cim.commands.position";

/** What is sent to {@linkcode SUBMIT_SUBJECT}; the handler's door looks at each command. */
const SubmitRequest = Type.Object({
  commands: Type.Array(Type.Object({ command: Type.String(), message_id: Uuid })),
});
/** What is sent to {@linkcode UNSEEN_SUBJECT}. */
const UnseenRequest = Type.Object({
  compute: Uuid,
  complete: Type.Array(Type.String()),
  seen: Type.Array(Uuid),
  since: Type.Integer({ minimum: 0 }),
  prefix: Type.Optional(Type.String({ pattern: "^[0-9a-f]{0,8}$" })),
  most: Type.Optional(Type.Integer({ minimum: 1 })),
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
  const answered = (answers: Answer[], most: number) => {
    for (const { outcome } of answers) outcomes[outcome]++;
    return fitting(answers, most);
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
    answer: async (request, most) => {
      const { commands } = parse<{ commands: Command[] }>(submit, request);
      return answered(await reachable(() => port.submit(commands)), most);
    },
  }, {
    name: "remove_unseen",
    subject: UNSEEN_SUBJECT,
    answer: async (request, most) => {
      const scan = parse<WholeScan>(unseen, request);
      return answered(await reachable(() => port.removeUnseen(scan)), most);
    },
  }, {
    name: "position",
    subject: POSITION_SUBJECT,
    answer: async () => {
      const sequence = await reachable(() => port.position());
      return new TextEncoder().encode(JSON.stringify({ sequence }));
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
    if (error instanceof LogFull) throw new ServiceError(507, error.message);
    throw error;
  }
}
