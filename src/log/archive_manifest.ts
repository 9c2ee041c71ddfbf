/** The manifest of an archive: its segments in their order, each chained to the one before it. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { ArchiveError, PUT_BACK } from "./archive_error.ts";
import { partIn, publish, writeAll } from "./durable_file.ts";

/** What the manifest is called in the archive's folder. */
export const MANIFEST = "manifest.json";

const Sequence = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Amount = Type.Integer({ minimum: 1 });
const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });
const closed = { additionalProperties: false };

const Segment = Type.Object({
  file: Type.String(),
  first_sequence: Sequence,
  last_sequence: Sequence,
  count: Amount,
  first_recorded_at: Type.String(),
  last_recorded_at: Type.String(),
  /** Of the file, and of its lines before they were compressed. */
  bytes: Amount,
  line_bytes: Amount,
  /** Of the file. */
  sha256: Sha256,
  /** Of the last event's payload, by which the log is known again that goes on from here. */
  last_payload_sha256: Sha256,
  /** Its Zstandard frames, each some whole lines: of how many bytes, with how many events. */
  frames: Type.Array(Type.Tuple([Amount, Amount])),
}, closed);

const Manifest = Type.Object({
  format: Type.Literal(1),
  log: Type.String(),
  incarnation: Type.String(),
  segments: Type.Array(Type.Interface([Segment], { chain: Sha256 }, closed)),
  chain: Sha256,
}, closed);

/** What the manifest says of one segment. */
export type ArchiveSegment = Type.Static<typeof Segment>;

/** What the manifest says: whose events these are, in which files, and the chain's end. */
export type ArchiveManifest = Type.Static<typeof Manifest>;

/** What the file of a segment is called. */
export function segmentFile(first: number, last: number): string {
  const name = (sequence: number) => String(sequence).padStart(16, "0");
  return `${name(first)}-${name(last)}.tsv.zst`;
}

/** The sequences that a file's name tells; undefined for a file that is no segment. */
export function sequencesOf(file: string): { first: number; last: number } | undefined {
  const [, first, last] = /^(\d{16})-(\d{16})\.tsv\.zst$/.exec(file) ?? [];
  return first && last ? { first: Number(first), last: Number(last) } : undefined;
}

/**
 * Segments as a manifest. Each is chained: SHA-256 of the chain before it, a line end, and its JSON. Before the first
 * is the hash of whose log this is; the last one's is repeated at the end, so that none can be taken away there unseen.
 *
 * @param segments with a chain or without; it is made anew
 */
export function manifestOf(
  { log, incarnation }: { log: string; incarnation: string },
  segments: readonly (ArchiveSegment & { chain?: string })[],
): ArchiveManifest {
  let chain = sha256(JSON.stringify({ format: 1, log, incarnation }));
  const chained = segments.map(({ chain: _, ...segment }) => {
    chain = sha256(`${chain}\n${JSON.stringify(segment)}`);
    return { ...segment, chain };
  });
  return { format: 1, log, incarnation, segments: chained, chain };
}

/** SHA-256 in hexadecimal digits. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A line for each segment. */
function textOf({ segments, chain, ...head }: ArchiveManifest): string {
  const lines = segments.map((segment) => JSON.stringify(segment)).join(",\n");
  return `${JSON.stringify(head).slice(0, -1)},"segments":[\n${lines}\n],"chain":"${chain}"}\n`;
}

/** Puts a manifest in the place of the one before; at any moment there is the one or the other, whole. */
export async function saveManifest(folder: string, manifest: ArchiveManifest): Promise<void> {
  const part = await partIn(folder);
  try {
    await writeAll(part.file, new TextEncoder().encode(textOf(manifest)));
    await publish(part, MANIFEST);
  } catch (error) {
    await Deno.remove(part.path).catch(() => {});
    throw error;
  } finally {
    part.file.close();
  }
}

/**
 * The manifest of a folder; undefined where nothing was archived yet.
 *
 * @throws {ArchiveError} when it is not as it was written, or there are segments and no manifest
 */
export async function loadManifest(folder: string): Promise<ArchiveManifest | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(join(folder, MANIFEST));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await requireNoSegments(folder);
    return undefined;
  }
  return checked(text, join(folder, MANIFEST));
}

async function requireNoSegments(folder: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (sequencesOf(name) === undefined) continue;
      throw new ArchiveError(
        "archive_missing",
        `${join(folder, MANIFEST)} is missing, and there are segments such as ${name}`,
        PUT_BACK,
      );
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

let validator: Validator | undefined;

function checked(text: string, path: string): ArchiveManifest {
  const altered = (what: string) => new ArchiveError("archive_altered", what, PUT_BACK);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw altered(`${path} is not JSON`);
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === "number" && Number.isSafeInteger(format) && format > 1) {
    throw new ArchiveError(
      "archive_newer",
      `${path} is of format ${format}, which a newer version of this program wrote`,
      "update this one",
    );
  }
  validator ??= Compile(Manifest);
  if (!validator.Check(value)) {
    const [first] = validator.Errors(value);
    throw altered(`${path} is none: ${first?.instancePath ?? ""} ${first?.message ?? ""}`);
  }
  const manifest = value as ArchiveManifest;
  checkOrder(manifest.segments);
  const right = manifestOf(manifest, manifest.segments);
  for (const [at, { file, chain }] of manifest.segments.entries()) {
    if (chain === right.segments[at]!.chain) continue;
    throw altered(`what ${path} says of the segment ${file} does not fit its chain`);
  }
  if (textOf(right) !== text) throw altered(`${path} does not end with its chain`);
  return manifest;
}

/** Each segment begins where the one before it ends. */
function checkOrder(segments: readonly ArchiveSegment[]): void {
  let next = 1;
  for (const segment of segments) {
    const { file, first_sequence: first, last_sequence: last, count } = segment;
    if (first > next) {
      throw new ArchiveError(
        "archive_gap",
        `the manifest has no segment with the sequences ${next} to ${first - 1}, before ${file}`,
        PUT_BACK,
      );
    }
    if (first < next) {
      throw new ArchiveError(
        "archive_overlap",
        `the segment ${file} has sequences again that end at ${next - 1}`,
        PUT_BACK,
      );
    }
    const sum = (which: 0 | 1) => segment.frames.reduce((sum, frame) => sum + frame[which], 0);
    const right = file === segmentFile(first, last) && count === last - first + 1 &&
      sum(0) === segment.bytes && sum(1) === count;
    if (!right) {
      throw new ArchiveError(
        "archive_altered",
        `the manifest says ${count} events from ${first} to ${last} of the segment ${file}`,
        PUT_BACK,
      );
    }
    next = last + 1;
  }
}
