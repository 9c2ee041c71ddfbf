// Runs in a report's page that is as wide as paper, before it is printed: what is wider would be cut.
(async () => {
  /** What is made smaller than this is hard to read: a table of many columns becomes several instead. */
  const SMALLEST = 0.6;

  // The page draws its charts for paper when somebody prints it.
  dispatchEvent(new Event("beforeprint"));
  await new Promise((resolve) => setTimeout(resolve, 100));

  for (const table of document.querySelectorAll("main table, footer table")) {
    const room = table.parentElement.clientWidth / SMALLEST;
    if (table.scrollWidth > room) cutColumns(table, room);
  }
  for (const box of document.querySelectorAll(".wide, .html, .picture, .chart, pre, .output")) {
    const share = box.clientWidth / box.scrollWidth;
    if (share >= 1) continue;
    for (const child of box.children) child.style.zoom = share * 0.99;
  }

  /** Puts the columns into several tables, one below the other, each with the first column. */
  function cutColumns(table, room) {
    const rows = [...table.rows];
    const width = rows[0]?.cells.length ?? 0;
    if (rows.some(({ cells }) => cells.length !== width)) return; // cells that span several
    if (table.querySelector("[colspan], [rowspan]")) return;
    const widths = [...rows[0].cells].map((cell) => cell.getBoundingClientRect().width);
    const parts = [];
    let used = Infinity;
    for (let at = 1; at < width; at++) {
      if (used + widths[at] > room) {
        parts.push([0]);
        used = widths[0];
      }
      parts.at(-1).push(at);
      used += widths[at];
    }
    const tables = parts.map((columns) => {
      const part = table.cloneNode(true);
      for (const row of part.rows) {
        [...row.cells].forEach((cell, at) => columns.includes(at) || cell.remove());
      }
      return part;
    });
    table.replaceWith(...tables);
  }
})();
