"""What is wrong with a cell of which Deno only says that it failed, or does not even say that."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BUILT_IN = re.compile(r"^(Aggregate|Eval|Range|Reference|Syntax|Type|URI)?Error$")
_FMT_SECONDS = 10


@dataclass
class CellError:
    """What an `error` message of Jupyter says."""

    name: str
    message: str
    traceback: list[str]

    def content(self) -> dict[str, object]:
        return {"ename": self.name, "evalue": self.message, "traceback": self.traceback}


def plain(name: str, message: str) -> CellError:
    """An error without a place."""
    return CellError(name, message, f"{name}: {message}".split("\n"))


INTERRUPTED = plain("Interrupted", "The cell was interrupted. What it had made by then is kept")
PENDING = plain(
    "Interrupted",
    "The cell was waiting (await) for something that cannot be ended. It goes on behind the scenes, and the next "
    "cells start when it is done: restart the kernel to end it. What a cell waits for can be ended when it is given "
    "the cell's signal: `fetch(url, { signal: interruption() })`, with "
    '`import { interruption } from "@cim/infrastructure"`.',
)

#: The error that prelude.ts ends with what a cell waits for, and the one that timers of Node, and others, make of it.
_INTERRUPTED_NAMES = ("Interrupted", "AbortError")


def shown_error(content: dict[str, Any], project: str, was_interrupted: bool) -> CellError | None:
    """What is shown of Deno's error instead of all of it; None if that is right as it is."""
    name, message, lines = content["ename"], content["evalue"], content["traceback"]
    if was_interrupted and name in _INTERRUPTED_NAMES:
        return INTERRUPTED
    frames = [line for line in lines if re.match(r" +at ", line)]
    # What our code threw, in a class of its own, is known, and says what to do: where in our code helps nobody.
    ours = Path(project, "src").resolve().as_uri() + "/"
    is_known = bool(frames) and ours in frames[0] and not _BUILT_IN.match(name)
    # What was thrown and is no error has no traceback, and front ends show nothing else.
    return plain(name, message) if is_known or not "".join(lines).strip() else None


def syntax_error(code: str, deno: str) -> CellError:
    """Deno answers a cell that does not parse with an error without a text; `deno fmt` says what it stumbles over."""
    unknown = plain("Error", "Deno could not run the cell, and does not say why")
    try:
        result = subprocess.run(
            [deno, "fmt", "--quiet", "--no-config", "--ext", "ts", "-"],
            input=code.encode(),
            capture_output=True,
            timeout=_FMT_SECONDS,
            env={**os.environ, "NO_COLOR": "1"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return unknown
    if result.returncode == 0:
        return unknown
    # error: SyntaxError: Expression expected
    #   |
    # 1 | const a = ;
    #   |           ~
    #     at file:///…/_stdin.ts:1:11
    text = result.stderr.decode(errors="replace").split("\nStack backtrace")[0].rstrip()
    text = re.sub(r"^error: ", "", text)
    place = re.search(r"\n +at \S*?:(\d+):(\d+)$", text)
    if place is None:
        return plain("SyntaxError", text)
    first, *excerpt = text[: place.start()].split("\n")
    name, _, message = first.partition(": ")
    message = f"{message} (line {place[1]}, column {place[2]})"
    return CellError(name, message, [f"{name}: {message}", *excerpt])
