/** The content of an inventory as lines of JSON, and back: never all of it as one text. */
import type { InventoryContent } from "../domain/inventory.ts";

/** How many commands go into one line. */
const COMMANDS = 1_000;

type Line =
  | Omit<InventoryContent, "aggregates" | "commands" | "decommissioned">
  | { aggregate: InventoryContent["aggregates"][number] }
  | { commands: InventoryContent["commands"] }
  | { decommissioned: InventoryContent["decommissioned"] };

/** The lines, each with its end: where it stands first, then an aggregate a line, then the rest. */
export function* snapshotLines(content: InventoryContent): Generator<string> {
  const { aggregates, commands, decommissioned, ...place } = content;
  const line = (value: Line) => `${JSON.stringify(value)}\n`;
  yield line(place);
  for (const aggregate of aggregates) yield line({ aggregate });
  for (let at = 0; at < commands.length; at += COMMANDS) {
    yield line({ commands: commands.slice(at, at + COMMANDS) });
  }
  for (let at = 0; at < decommissioned.length; at += COMMANDS) {
    yield line({ decommissioned: decommissioned.slice(at, at + COMMANDS) });
  }
}

/** The content, from the bytes of its lines. */
export function snapshotOf(bytes: Uint8Array): InventoryContent {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const content: Partial<InventoryContent> = {};
  const aggregates: InventoryContent["aggregates"] = [];
  const commands: InventoryContent["commands"] = [];
  const decommissioned: InventoryContent["decommissioned"] = [];
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(10, from);
    const line: Line = JSON.parse(decoder.decode(bytes.subarray(from, end)));
    from = end + 1;
    if ("aggregate" in line) aggregates.push(line.aggregate);
    else if ("commands" in line) { for (const one of line.commands) commands.push(one); }
    else if ("decommissioned" in line) {
      for (const one of line.decommissioned) decommissioned.push(one);
    } else Object.assign(content, line);
  }
  return { ...content, aggregates, commands, decommissioned } as InventoryContent;
}
