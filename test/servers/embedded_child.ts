// A user of the embedded server in a process of its own; see embedded_user.ts.
import { embeddedServer } from "../../src/log/embedded.ts";

const [folder = "", program = ""] = Deno.args;
const { release, ...server } = await embeddedServer({ folder, program });
console.log(JSON.stringify(server));
await Deno.stdin.read(new Uint8Array(1));
await release();
