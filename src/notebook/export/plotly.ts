/** plotly.js inside the page: packed, and unpacked by a script of ours in the reader's browser. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

/** What a page with charts carries besides them, and what its policy lets run. */
export interface ChartScripts {
  /** Goes to the end of the body. */
  html: string;
  /** The only scripts that may run, as sources for `script-src`. */
  allowed: string[];
}

/**
 * plotly.js and the script that draws. The strict bundle is the full one with its WebGL shaders' code made
 * beforehand, so the page needs no `unsafe-eval`; a partial bundle would draw wrong pictures and say nothing.
 */
export function chartScripts(): Promise<ChartScripts> {
  return made ??= make();
}

/** Packing takes half a second, and is the same for every page. */
let made: Promise<ChartScripts> | undefined;

async function make(): Promise<ChartScripts> {
  const path = createRequire(import.meta.url).resolve("plotly.js-strict-dist-min");
  const [plotly, draw] = await Promise.all([
    readFile(path),
    readFile(new URL("./draw_charts.js", import.meta.url), "utf8"),
  ]);
  const packed = gzipSync(plotly, { level: 9 });
  packed[9] = 255; // the system that packed it, unknown: the same bytes everywhere
  return {
    html: `<script type="text/plain" class="plotly">${packed.toString("base64")}</script>\n` +
      `<script>${draw}</script>\n`,
    allowed: [sha256(draw), sha256(plotly)],
  };
}

/** A source for a Content-Security-Policy that lets exactly this text in. */
export function sha256(text: string | Uint8Array): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
