/** As much of XML as libvirt's own files need: no document types, no CDATA, comments taken out before. */

/** An element, not taken apart further. */
export interface Element {
  /** What is between its name and the end of its first tag. */
  attributes: string;
  /** What is between its tags. */
  content: string;
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The first element of a name, wherever it is, or undefined. One that holds others of its name is cut at the first end. */
export function element(xml: string, name: string): Element | undefined {
  return elements(xml, name)[0];
}

/** All elements of a name, in their order. */
export function elements(xml: string, name: string): Element[] {
  // Attributes of libvirt's hold no `>`: it writes them as `&gt;`.
  const pattern = new RegExp(`<${name}((?:\\s[^>]*?)?)(?:/>|>(.*?)</${name}\\s*>)`, "gs");
  return [...xml.matchAll(pattern)].map(([, attributes = "", content = ""]) => ({
    attributes,
    content: content.includes("<") ? content : decoded(content),
  }));
}

/** The value of an attribute, or undefined. */
export function attribute(from: Element | undefined, name: string): string | undefined {
  const match = from?.attributes.match(new RegExp(`\\s${name}\\s*=\\s*(?:'([^']*)'|"([^"]*)")`));
  const value = match?.[1] ?? match?.[2];
  return value === undefined ? undefined : decoded(value);
}

function decoded(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]+);/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES[name] ?? whole;
    const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  });
}
