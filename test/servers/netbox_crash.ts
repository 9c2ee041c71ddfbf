/** A projector that dies between any two of its requests. */
import { expect, test } from "vitest";
import { startFaultProxy } from "./fault_proxy.ts";
import { dumpNetBox } from "./netbox_dump.ts";
import type { Servers } from "./netbox_servers.ts";
import { smallOffice, Story } from "./netbox_story.ts";

/** The next one goes on from whatever is there. */
export function crash(servers: () => Servers): void {
  test("one that dies with each third write leaves the next one to the same NetBox as one that lives", async () => {
    const { netbox, log: { connection } } = servers();
    await using whole = await netbox.place();
    await using place = await netbox.place();
    const living = new Story(whole, connection);
    const dying = new Story(place, connection);
    for (const story of [living, dying]) await smallOffice(story);
    await living.run();
    await using proxy = await startFaultProxy(place.url);
    expect(await deaths(dying, proxy)).toBeGreaterThan(4);
    const made = await dumpNetBox(place);
    expect(made).toEqual(await dumpNetBox(whole));

    for (const story of [living, dying]) {
      await story.say("UpdateCompute", { compute: "web-01", location: { site: "Oslo" } });
      await story.say("DecommissionCompute", { compute: "vm-01" });
      await story.say("RemoveNetwork", { cidr: "10.0.0.0/24" });
    }
    await living.run({ remove: true });
    await deaths(dying, proxy);
    expect(await dumpNetBox(place)).toEqual(await dumpNetBox(whole));
  });
}

/** Runs until one comes to its end: each dies with its third write, before NetBox hears of it or after it was done. */
async function deaths(story: Story, proxy: Awaited<ReturnType<typeof startFaultProxy>>) {
  for (let died = 0;; died++) {
    const end = new AbortController();
    const dies = () => {
      end.abort(new Error("the power went out"));
      return died % 2 === 0 ? "cut before" : "cut after";
    };
    let writes = 0;
    proxy.fault = ({ method }) => method !== "GET" && ++writes === 3 ? dies() : undefined;
    try {
      await story.run({ at: proxy.url, remove: true, signal: end.signal });
    } catch (error) {
      if (!end.signal.aborted) throw error;
      continue;
    }
    return died;
  }
}
