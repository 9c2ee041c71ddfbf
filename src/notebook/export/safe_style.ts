/** CSS in `style` attributes of outputs: enough to colour a table and a chart, nothing that loads or covers the page. */

/** What may be set: looks and measures of the element itself. */
const PROPERTY =
  /^(?:color|fill|stroke|opacity|background|border|margin|padding|font|text|letter|word|line-height|white-space|overflow|vertical-align|width|height|(?:min|max)-(?:width|height)|display|flex|gap|grid|align|justify|stop|dominant-baseline|list-style|table-layout|transform|paint-order|shape-rendering)(?:-[a-z]+)*$/;

/** Functions that compute. `url()`, `image()`, `image-set()`, `element()` and `attr()` load or read, and are not here. */
const FUNCTION =
  /^(?:rgba?|hsla?|oklch|oklab|lab|lch|color-mix|light-dark|var|calc|min|max|clamp|minmax|repeat|translate[xy]?|scale[xy]?|rotate|skew[xy]?|matrix|linear-gradient)$/;

/** The declarations of a `style` attribute that may stay; empty if none may. */
export function safeStyle(style: string): string {
  return style.split(";").map((declaration) => {
    const [, property, value] = /^\s*([a-z-]+)\s*:\s*(.*?)\s*$/is.exec(declaration) ?? [];
    if (property === undefined || value === undefined) return "";
    return PROPERTY.test(property.toLowerCase()) && harmless(value) ? `${property}:${value}` : "";
  }).filter((declaration) => declaration !== "").join(";");
}

/** Whether the value is plain words, numbers, and functions that compute. Escapes and comments could hide others. */
function harmless(value: string): boolean {
  if (!/^[\w\s.,%#()+*/'"-]*(?:!\s*important)?$/.test(value) || /\/\*|\/\//.test(value)) {
    return false;
  }
  return [...value.matchAll(/([\w-]*)\(/g)]
    .every(([, name]) => name === "" || FUNCTION.test(name!.toLowerCase()));
}
