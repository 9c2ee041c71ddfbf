// A writer in a process of its own, to be killed: appends batches and prints `batch size` for each one acknowledged.
import { openJetStream } from "../../src/log/jetstream.ts";
import { policies } from "../log/contract.ts";

const [url = "", round = ""] = Deno.args;
const log = await openJetStream({ url, token: Deno.env.get("WRITER_TOKEN") ?? "" });
let last = await log.lastSequence();
for (let batch = 0;; batch++) {
  const size = [1, 400, 3, 50][batch % 4]!;
  const names = Array.from({ length: size }, (_, at) => `${round}.${batch}.${at}/${size}`);
  last = await log.append(policies(...names), last);
  Deno.stdout.writeSync(new TextEncoder().encode(`${batch} ${size}\n`));
}
