/** Reads an exported page as a browser would, to see what in it is an element and what is text. */
import { JSDOM } from "jsdom";
import { exportHtml, type Notebook } from "../../src/notebook/export/mod.ts";

/** The exported page's document; nothing in it runs. */
export async function pageOf(notebook: Notebook, options = {}): Promise<Document> {
  return new JSDOM(await exportHtml(notebook, options)).window.document;
}

/** Everything in the page that would run, load or send: must be empty. `main` leaves our own scripts out. */
export function dangers(page: Document): string[] {
  const found: string[] = [];
  for (const element of page.querySelectorAll("main *, nav *, footer *")) {
    const name = element.localName;
    const data = name === "script" && element.getAttribute("type") === "application/json";
    if (/^(?:script|iframe|object|embed|form|base|link|meta|style)$/.test(name) && !data) {
      found.push(name);
    }
    for (const { name: attribute, value } of element.attributes) {
      if (/^on/i.test(attribute)) found.push(`${name} ${attribute}`);
      if (/^\s*(?:java|vb)script:|^\s*data:text/i.test(value)) found.push(`${name} ${value}`);
      if (/^(?:src|srcset|poster|data)$/.test(attribute) && !value.startsWith("data:image/")) {
        found.push(`${name} ${attribute}=${value}`);
      }
      if (attribute === "style" && /url\(|position/i.test(value)) found.push(`${name} ${value}`);
    }
  }
  return found;
}
