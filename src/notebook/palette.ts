/** The colours of the house style. */

/**
 * Okabe and Ito's palette ("Color Universal Design", 2008), which people with any kind of colour blindness can tell
 * apart.
 */
export const PALETTE: readonly string[] = [
  "#0072b2",
  "#e69f00",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#d55e00",
  "#f0e442",
  "#999999",
];
