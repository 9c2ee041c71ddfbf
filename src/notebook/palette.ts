/** The colours of the house style. */

/**
 * Okabe and Ito's hues ("Color Universal Design", 2008) in a fixed order: blue, orange, green, purple, sky, vermilion,
 * yellow, and violet for their black. Each is moved until it stands out from a white ground and a dark one by 3:1, as
 * WCAG 2.2 (1.4.11) wants it of marks, and until people with any kind of colour blindness can still tell any two apart.
 */
export const PALETTE: readonly string[] = [
  "#1464cc",
  "#d07c00",
  "#00a173",
  "#9b5590",
  "#7089ff",
  "#c03a10",
  "#6a8c44",
  "#8a3ffc",
];

/** What is left over of a whole, and what the palette has no colour for. */
export const GREY = "#8c8c8c";
