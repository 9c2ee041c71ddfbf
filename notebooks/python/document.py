"""The cells of a notebook as one module, in which TypeScript understands the last of them."""

from __future__ import annotations

import re

_IMPORT = re.compile(r"""^[ \t]*import\b(?:[^;'"()]*?\bfrom)?\s*(["'])[^"'\n]+\1[ \t]*;?""", re.MULTILINE)
_MOST_CHARACTERS = 200_000


def document(executed: list[str], code: str, cursor: int) -> tuple[str, int]:
    """
    A module of the cells that were executed, in their order, and of the one that is being written; with where its cursor
    is in there. Each cell is a block in the one before: it sees all that came before it, and may declare the same again.
    """
    if any(one.start() < cursor <= one.end() for one in _IMPORT.finditer(code)):
        return code, cursor  # Imports are in no block.
    cells, size = [], 0
    for cell in reversed(executed):
        size += len(cell)
        if size > _MOST_CHARACTERS:
            break
        cells.insert(0, cell)
    imports = dict.fromkeys(one[0].strip().rstrip(";") for cell in [*cells, code] for one in _IMPORT.finditer(cell))
    head = "".join(f"{one};\n" for one in imports)
    head += "".join(f"{{\n{_IMPORT.sub(_blank, cell)}\n" for cell in cells) + "{\n"
    return f"{head}{_IMPORT.sub(_blank, code)}\n{'}' * (len(cells) + 1)}\n", len(head) + cursor


def _blank(found: re.Match[str]) -> str:
    """As many characters and lines, so that all that follows is where it was."""
    return re.sub(r"[^\n]", " ", found[0])
