"""How far the long work of a cell is: one display below it, which is there only as long as that lasts."""

from __future__ import annotations

import html
import uuid
from collections.abc import Callable
from typing import Any


class Progress:
    """The display of one cell. What is said there, and when, is for `src/progress.ts` to know."""

    def __init__(self, publish: Callable[[str, dict[str, Any]], None]) -> None:
        self._publish = publish
        self._id = f"cim-progress-{uuid.uuid4().hex}"
        self._is_made = self._is_shown = False

    def say(self, line: str) -> None:
        """Shows a line instead of the one before."""
        self._is_shown = True
        self._display({"text/plain": line, "text/html": f'<pre style="opacity: .75">{html.escape(line)}</pre>'})

    def end(self) -> None:
        """Takes the display away. Jupyter cannot do that to one alone: it stays without anything in it."""
        if self._is_shown:
            self._is_shown = False
            self._display({})

    def _display(self, data: dict[str, str]) -> None:
        kind = "update_display_data" if self._is_made else "display_data"
        self._is_made = True
        self._publish(kind, {"data": data, "metadata": {}, "transient": {"display_id": self._id}})
