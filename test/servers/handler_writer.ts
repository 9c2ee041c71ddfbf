// A writer of commands in a process of its own; see handler_races.test.ts.
//   race NAME COUNT FROM  declares that COUNT hosts are its own, round from one of them on, when a byte comes on stdin;
//                         prints each answer
//   write FIRST           sends commands from this number on, for ever; prints `first count` of each acknowledged batch
import { setTimeout as delay } from "node:timers/promises";
import { CommandHandler } from "../../src/command/handler.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { openJetStream } from "../../src/log/jetstream.ts";
import { numbered } from "./numbered_command.ts";

const [url = "", mode = "", name = "", count = "", from = ""] = Deno.args;
const print = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const messages = new MessageFactory(() => new Date());
const log = await openJetStream({ url, token: Deno.env.get("WRITER_TOKEN") ?? "" });
const handler = await CommandHandler.open(log, messages);

if (mode === "race") {
  // The first times take longest: they are no part of the race.
  for (let turn = 0; turn < 10; turn++) {
    await handler.submit([numbered(messages, Number(from) * 100 + turn)]);
  }
  print("ready");
  await Deno.stdin.read(new Uint8Array(1));
  for (let turn = 0; turn < Number(count); turn++) {
    // One that never pauses would have done all before the others have read what it did first.
    await delay(Math.random() * 6);
    const host = (Number(from) + turn) % Number(count);
    const hostname = `host-${host}`;
    const [answer] = await handler.submit([
      messages.command("RegisterCompute", {
        hostname,
        resource_type: "physical_server",
        evidence: { machine_id: `${name}-${host}` },
        interfaces: [],
      }, { actor: name, source: "declared" }),
    ]);
    print(JSON.stringify({ hostname, at: Date.now(), ...answer }));
  }
  await log.close();
} else {
  for (let first = Number(name), size = 1;; first += size, size = 1 + (size * 7) % 400) {
    const commands = Array.from({ length: size }, (_, at) => numbered(messages, first + at));
    await handler.submit(commands);
    print(`${first} ${size}`);
  }
}
