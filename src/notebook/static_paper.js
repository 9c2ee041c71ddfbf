// Runs in a report's page that is as wide as paper, before it is printed: what is wider would be cut.
(async () => {
  /** What is made smaller than this is hard to read: a table of many columns becomes several instead. */
  const SMALLEST = 0.85;

  // The page draws its charts for paper when somebody prints it.
  dispatchEvent(new Event("beforeprint"));
  await new Promise((resolve) => setTimeout(resolve, 100));

  const style = document.createElement("style");
  style.textContent = `[data-measured] { width: max-content !important; max-width: none !important }
    [data-measured] :is(th, td) { font-size: 8pt !important; overflow-wrap: normal !important; }`;
  document.head.append(style);
  for (const table of document.querySelectorAll("main table, footer table")) {
    const room = table.parentElement.clientWidth / SMALLEST;
    // Its cells would be broken wherever they have to be: how wide are they by themselves?
    table.dataset.measured = "";
    const widths = [...table.rows[0]?.cells ?? []].map((cell) =>
      cell.getBoundingClientRect().width
    );
    delete table.dataset.measured;
    if (widths.reduce((sum, one) => sum + one, 0) > room) cutColumns(table, widths, room);
  }
  for (const box of document.querySelectorAll(".wide, .html, .picture, .chart, pre, .output")) {
    const share = box.clientWidth / box.scrollWidth;
    if (share >= 1) continue;
    for (const child of box.children) child.style.zoom = share * 0.99;
  }

  /** Puts the columns into several tables, one below the other, each with the first column. */
  function cutColumns(table, widths, room) {
    const rows = [...table.rows];
    const width = rows[0]?.cells.length ?? 0;
    if (rows.some(({ cells }) => cells.length !== width)) return; // cells that span several
    if (table.querySelector("[colspan], [rowspan]")) return;
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
