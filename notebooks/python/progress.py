"""How far the long work of a cell is: a display below it, which is there only as long as that lasts."""

from __future__ import annotations

import html
import uuid

from cell import Cell
from front import Front


class Progress:
    """The display of one cell. What is said there, and when, is for `src/progress.ts` to know."""

    def __init__(self, front: Front, cell: Cell) -> None:
        self._front, self._cell = front, cell
        self._id = f"cim-progress-{uuid.uuid4().hex}"
        self._is_made = self._is_shown = False

    def say(self, line: str | None) -> None:
        """Shows a line instead of the one before; None ends that."""
        if line is None:
            return self.end()
        self._is_shown = True
        self._display({"text/plain": line, "text/html": f'<pre style="opacity: .75">{html.escape(line)}</pre>'})

    def end(self) -> None:
        """Takes the display away. From among others Jupyter cannot do that: it stays, without anything in it."""
        if not self._is_shown:
            return
        self._is_shown = False
        if self._cell.has_output:
            self._display({})
        else:
            self._is_made = False
            self._front.publish("clear_output", {"wait": False}, self._cell.request)

    def _display(self, data: dict[str, str]) -> None:
        kind = "update_display_data" if self._is_made else "display_data"
        self._is_made = True
        content = {"data": data, "metadata": {}, "transient": {"display_id": self._id}}
        self._front.publish(kind, content, self._cell.request)
