"""Ends a process with the one that started it, however that one ends."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable

_WAIT_TIMEOUT = 258


def alive_check() -> Callable[[], bool]:
    """
    A function that says whether the Jupyter that started this kernel still runs. Jupyter names itself in
    JPY_PARENT_PID: on Windows by a handle, elsewhere by its process id.
    """
    parent = int(os.environ.get("JPY_PARENT_PID") or 0)
    if parent == 0:
        return lambda: True
    if sys.platform == "win32":
        return lambda: ctypes.windll.kernel32.WaitForSingleObject(parent, 0) == _WAIT_TIMEOUT
    if os.getppid() == parent:
        return lambda: os.getppid() == parent  # An orphan gets another parent; a process id may come again.
    return lambda: _exists(parent)


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def when_standard_input_closes(end: Callable[[], None]) -> None:
    """Calls `end` when the process that holds our standard input closes it or dies, from a thread of its own."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        end()

    threading.Thread(target=watch, daemon=True).start()
