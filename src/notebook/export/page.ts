/** The frame that a report and the index share: head, policy, style. */
import { readFile } from "node:fs/promises";
import { escapeHtml } from "../../table/escape.ts";
import { sha256 } from "./plotly.ts";

/** A dot, so that a browser does not ask for /favicon.ico. */
const ICON = "data:image/svg+xml," +
  encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6" fill="#0072b2"/></svg>`,
  );

/** The house style, the later before the earlier. */
const STYLES = ["./page.css", "./outputs.css", "./paper.css"];
/** What the index has besides. */
const INDEX_STYLE = "./index.css";

/** What goes into the frame. */
export interface Page {
  /** As text. */
  title: string;
  /** HTML. */
  body: string;
  /** The scripts that may run, as sources for `script-src`; none by default. */
  scripts?: readonly string[];
  /** Whether outputs may carry styles of their own, and charts set them. */
  inlineStyles: boolean;
  /** Whether it is the index. */
  isIndex?: boolean;
}

/** The whole page. It loads nothing, whatever is in its body: the policy would not let it. */
export async function pageHtml(
  { title, body, scripts = [], inlineStyles, isIndex = false }: Page,
): Promise<string> {
  const sheets = await Promise.all(
    [...STYLES, ...(isIndex ? [INDEX_STYLE] : [])].map((name) =>
      readFile(new URL(name, import.meta.url), "utf8")
    ),
  );
  const css = sheets.join("\n");
  const policy = [
    "default-src 'none'",
    ...(scripts.length > 0 ? [`script-src ${scripts.join(" ")}`] : []),
    `style-src ${inlineStyles ? "'unsafe-inline'" : sha256(css)}`,
    `img-src data:${scripts.length > 0 ? " blob:" : ""}`, // blob: a chart saved as a picture
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${ICON}">
<style>${css}</style>
</head>
<body>
${body}</body>
</html>
`;
}
