"""What a cell imports, and which of it does not exist: to Deno that is no error, only a name without a value."""

from __future__ import annotations

import difflib
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

from cell_errors import CellError, plain

_IMPORT = re.compile(r"""(?:^|;)[ \t]*import\s+(?!type\b)([\w$\s{},*]+?)\s*\bfrom\s*(["'])([^"'\n]+)\2""", re.MULTILINE)
_NAMED = re.compile(r"^(?:(type)\s+)?([\w$]+)(?:\s+as\s+([\w$]+))?$")
_NO_EXPORT = re.compile(r"has no exported member|has no default export|is not exported|locally, but")
_DOC_SECONDS = 20
_CHECK_SECONDS = 60


def imported_names(code: str) -> dict[str, tuple[str, str]]:
    """The names that a cell imports: name in the cell → (module, name in the module)."""
    names: dict[str, tuple[str, str]] = {}
    for match in _IMPORT.finditer(code):
        clause, module = match[1], match[3]
        braces = re.search(r"\{([^}]*)\}", clause)
        default = re.match(r"\s*([\w$]+)", clause.split("{")[0])
        if default is not None:
            names[default[1]] = (module, "default")
        for item in (braces[1] if braces else "").split(","):
            named = _NAMED.match(item.strip())
            if named is not None and named[1] is None:
                names[named[3] or named[2]] = (module, named[2])
    return names


def missing_export(suspects: list[tuple[str, str]], deno: str, project: str) -> CellError | None:
    """
    The error for the first of `suspects` (a module, a name), which have no value, that its module does not export; None
    if they are types or really undefined. Takes a second, which is why it is not asked about every import.
    """
    exports = {module: _exports(module, deno, project) for module, _ in suspects}
    for module, name in suspects:
        exported = exports[module]
        if name in exported:
            continue  # a type
        if exported and name != "default":
            close = difflib.get_close_matches(name, exported, 1)
            return _no_export(module, name, f"Did you mean '{close[0]}'?" if close else None)
        if error := _checked(module, name, deno, project):
            return error
    return None


def _no_export(module: str, name: str, hint: str | None) -> CellError:
    return plain("SyntaxError", f'The module "{module}" has no export "{name}".' + (f" {hint}" if hint else ""))


def _exports(module: str, deno: str, project: str) -> list[str]:
    """What a module exports, types too, but for its default; nothing where Deno has no documentation of it."""
    answer = _asked(deno, ["doc", "--json"], f'export * from "{module}";\n', project, _DOC_SECONDS)
    try:
        nodes = json.loads(answer.stdout)["nodes"] if answer else {}
        return [symbol["name"] for node in nodes.values() for symbol in node["symbols"]]
    except (ValueError, KeyError, TypeError):
        return []


def _checked(module: str, name: str, deno: str, project: str) -> CellError | None:
    """
    Asks the type checker, which knows Node's own modules and defaults as well. It reads all that the module is made of:
    of our own that is half a minute's work.
    """
    answer = _asked(deno, ["check"], f'import {{ {name} as _ }} from "{module}";\n', project, _CHECK_SECONDS)
    for block in (answer.stderr if answer else b"").decode(errors="replace").split("\n\n"):
        if _NO_EXPORT.search(block):
            hint = re.search(r"Did you mean[^?\n]*\?", block)
            return _no_export(module, name, hint and hint[0])
    return None


def _asked(
    deno: str, command: list[str], code: str, project: str, seconds: float
) -> subprocess.CompletedProcess[bytes] | None:
    """What a command of Deno says of a module with this code."""
    with tempfile.TemporaryDirectory(prefix="cim-imports-") as folder:
        stub = Path(folder, "imports.ts")
        stub.write_text(code, encoding="utf-8")
        try:
            return subprocess.run(
                [deno, *command, "--quiet", "--config", str(Path(project, "deno.json")), str(stub)],
                cwd=project,
                capture_output=True,
                timeout=seconds,
                env={**os.environ, "NO_COLOR": "1"},
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
