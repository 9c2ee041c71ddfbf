/** Executed notebooks as pages that open anywhere: one file each, no network, nothing that runs but charts. */
export { exportIndex, type ReportEntry } from "./index_page.ts";
export {
  type Cell,
  type MimeBundle,
  type MultilineText,
  type Notebook,
  type Output,
} from "./nbformat.ts";
export { type ReportProvenance } from "./provenance.ts";
export { exportHtml, type ExportOptions } from "./report.ts";
export { writeReport } from "./report_file.ts";
