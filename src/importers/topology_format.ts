/** The formats of topologies: by which names files have them, how large they may be, and who reads them. */
import { parseContainerlab } from "./containerlab.ts";
import { parseGml } from "./gml.ts";
import { parseGraphml } from "./graphml.ts";
import { ImportError } from "./import_error.ts";
import { Places } from "./places.ts";
import type { Source, TopologyFile } from "./topology_file.ts";

/** A format of topologies. */
export type TopologyFormat = "gml" | "graphml" | "containerlab";

interface Format {
  names: RegExp;
  mostBytes: number;
  parse(text: string, source: Source): TopologyFile;
}

const MB = 1_000_000;
const FORMATS: Record<TopologyFormat, Format> = {
  gml: { names: /\.gml$/i, mostBytes: 32 * MB, parse: parseGml },
  graphml: { names: /\.graphml$/i, mostBytes: 32 * MB, parse: parseGraphml },
  // YAML takes fifty times its size in memory.
  containerlab: { names: /\.clab\.ya?ml$/i, mostBytes: MB / 2, parse: parseContainerlab },
};

/** The names of the formats. */
export const TOPOLOGY_FORMATS = Object.keys(FORMATS) as TopologyFormat[];

/**
 * The format of a file, by its name.
 *
 * @throws {ImportError} `unknown_format`
 */
export function topologyFormatOf(file: string): TopologyFormat {
  const found = TOPOLOGY_FORMATS.find((format) => FORMATS[format].names.test(file));
  if (found) return found;
  const why =
    "its name does not say what it is (.gml, .graphml, .clab.yml, .clab.yaml): say --format";
  throw new ImportError("unknown_format", file, why);
}

/**
 * Reads the topology in a text.
 *
 * @throws {ImportError} where it is no such topology; then nothing of it is to be imported
 * @example
 * ```ts
 * import { parseTopology } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const lab = parseTopology('graph [ node [ id 1 label "a" ] ]', { file: "lab.gml", format: "gml" });
 * deepStrictEqual(lab.nodes.map(({ id }) => id), ["1"]);
 * ```
 */
export function parseTopology(
  text: string,
  { format, file }: Source & { format: TopologyFormat },
): TopologyFile {
  return FORMATS[format].parse(text, { file });
}

/**
 * Reads the topology in a stream of bytes, of which no more is read than its format may have.
 *
 * @throws {ImportError} as {@linkcode parseTopology}, and `too_large` or `not_utf8`
 */
export async function readTopology(
  bytes: ReadableStream<Uint8Array>,
  source: Source & { format: TopologyFormat },
): Promise<TopologyFile> {
  const { file, format } = source;
  const { mostBytes } = FORMATS[format];
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > mostBytes) {
      const why = `it has more than ${mostBytes / MB} MB, the most that is read of ${format}`;
      throw new ImportError("too_large", file, why);
    }
    chunks.push(chunk as Uint8Array<ArrayBuffer>);
  }
  return parseTopology(decoded(await new Blob(chunks).bytes(), file), source);
}

function decoded(bytes: Uint8Array<ArrayBuffer>, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const text = new TextDecoder().decode(bytes);
    const why = "it is not UTF-8: convert it, as by iconv -f latin1 -t utf-8";
    throw new ImportError("not_utf8", file, why, new Places(text).of(text.indexOf("\uFFFD")));
  }
}
