/** Executed notebooks as pages that open anywhere: one file each, no network, nothing that runs but charts. */
export { exportIndex, type ReportEntry, type ReportSection } from "./index_page.ts";
export { exportMarkdown } from "./markdown_file.ts";
export {
  type Cell,
  type MimeBundle,
  type MultilineText,
  type Notebook,
  type Output,
} from "./nbformat.ts";
export { type NotebookProvenance, type ReportProvenance, shellWord } from "./provenance.ts";
export { exportHtml, type ExportOptions } from "./report.ts";
export { writeReport, writeReportFolder } from "./report_file.ts";
