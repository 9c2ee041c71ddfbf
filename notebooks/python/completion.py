"""What completes the cell that is being written, and what the names in it are, with TypeScript's types."""

from __future__ import annotations

import asyncio
import re
import sys
from typing import Any

from cell import Cell
from document import document
from language import LanguageServer
from wire import Message

#: JupyterLab waits a second for completions, and Deno is to have its share of it. The language server takes longer only
#: for its first answer.
_COMPLETE_SECONDS = 0.7
_COLD_SECONDS = 0.2
_INSPECT_SECONDS = 5.0
_MOST_MATCHES = 300
_WORD = re.compile(r"[\w$]+")
_BEFORE = re.compile(r"[\w$]*$")
#: Of the language server's protocol, as JupyterLab names them.
_KINDS = {
    2: "method",
    3: "function",
    4: "constructor",
    5: "field",
    6: "variable",
    7: "class",
    8: "interface",
    9: "module",
    10: "property",
    13: "enum",
    14: "keyword",
    20: "enum member",
    21: "constant",
    25: "type",
}

Content = dict[str, Any]


class Completion:
    """Answers requests for completion and inspection from the cells executed so far and the one being written."""

    def __init__(self, deno: str, project: str) -> None:
        self._server = LanguageServer(deno, project)
        #: By JupyterLab's id of the cell, where there is one: what was executed again counts once.
        self._cells: dict[str, str] = {}

    def add(self, cell: Cell) -> None:
        """Takes a cell that was executed."""
        reply = cell.reply.result().content
        if cell.code.strip() == "" or (reply["status"] == "error" and not cell.errors):
            return  # It does not parse.
        key = cell.request.metadata.get("cellId", cell.code)
        self._cells.pop(key, None)
        self._cells[key] = cell.code

    async def answer(self, request: Message) -> Content | None:
        """The content of the reply; None if nothing is known of that place, or not yet."""
        code: str = request.content["code"]
        cursor = min(request.content["cursor_pos"], len(code))  # JupyterLab's is behind the end now and then.
        try:
            if request.type == "complete_request":
                patience = _COMPLETE_SECONDS if self._server.is_warm else _COLD_SECONDS
                return await asyncio.wait_for(self._complete(code, cursor), patience)
            return await asyncio.wait_for(self._inspect(code, cursor), _INSPECT_SECONDS)
        except asyncio.TimeoutError:
            return None
        except Exception as error:  # noqa: BLE001: whatever it is, cells run without this
            print(f"Deno (CIM): {error!r}", file=sys.stderr)
            return None

    @staticmethod
    def nothing(request: Message) -> Content:
        """The content of a reply that says that nothing is known."""
        if request.type == "inspect_request":
            return {"status": "ok", "found": False, "data": {}, "metadata": {}}
        cursor = request.content["cursor_pos"]
        return {"status": "ok", "matches": [], "cursor_start": cursor, "cursor_end": cursor, "metadata": {}}

    def end(self) -> None:
        """Ends the language server."""
        self._server.end()

    async def _ask(self, method: str, code: str, cursor: int) -> Any:
        return await self._server.ask(method, *document(list(self._cells.values()), code, cursor))

    async def _complete(self, code: str, cursor: int) -> Content | None:
        answer = await self._ask("completion", code, cursor)
        items = answer["items"] if isinstance(answer, dict) else answer or []
        found = _BEFORE.search(code[:cursor])
        start = cursor if found is None else found.start()
        written = code[start:cursor].lower()
        kinds: dict[str, str] = {}
        for item in sorted(items, key=lambda item: (item.get("sortText", ""), item["label"])):
            label = item["label"]
            # What is written otherwise, as `["a-name"]`, takes the dot before it away, for which Jupyter has no words.
            if label.lower().startswith(written) and item.get("insertText", label) == label:
                kinds.setdefault(label, _KINDS.get(item.get("kind"), ""))
        if not kinds:
            return None
        matches = list(kinds)[:_MOST_MATCHES]
        types = [{"text": one, "type": kinds[one], "start": start, "end": cursor} for one in matches]
        metadata = {"_jupyter_types_experimental": types}
        return {"status": "ok", "matches": matches, "cursor_start": start, "cursor_end": cursor, "metadata": metadata}

    async def _inspect(self, code: str, cursor: int) -> Content | None:
        at = _name_at(code, cursor)
        answer = None if at is None else await self._ask("hover", code, at)
        if not answer:
            return None
        markdown = answer["contents"]["value"].replace("```tsx\n", "```ts\n").strip()
        if markdown == "```ts\nany\n```":
            return None
        plain = re.sub(r"^```(ts)?$\n?", "", markdown, flags=re.MULTILINE)
        data = {"text/markdown": markdown, "text/plain": plain}
        return {"status": "ok", "found": True, "data": data, "metadata": {}}


def _name_at(code: str, cursor: int) -> int | None:
    """The place of the name at the cursor, or else of what is called where the cursor is among the arguments."""
    for word in _WORD.finditer(code):
        if word.start() <= cursor <= word.end():
            return word.start()
    depth = 0
    for at in range(cursor - 1, -1, -1):
        if code[at] in ")]}":
            depth += 1
        elif code[at] in "([{":
            depth -= 1
            if depth < 0 and code[at] == "(":
                called = re.search(r"([\w$]+)\s*$", code[:at])
                return None if called is None else called.start()
    return None
