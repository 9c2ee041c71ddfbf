"""The process of `deno jupyter` behind the proxy: it starts with it, and never outlives it."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from wire import CHANNELS

_LINUX = sys.platform == "linux"
# Loaded here, because between fork and exec a process must not load anything.
_LIBC = ctypes.CDLL(None) if _LINUX else None
_PR_SET_PDEATHSIG = 1


class DenoProcess:
    """A `deno jupyter` in the project's folder, which has all permissions, like every kernel of Jupyter."""

    def __init__(self, deno: str, project: str, key: str) -> None:
        self.connection: dict[str, Any] = {
            "transport": "tcp",
            "ip": "127.0.0.1",
            "key": key,
            "signature_scheme": "hmac-sha256",
            **{f"{channel}_port": port for channel, port in zip(CHANNELS, _free_ports(len(CHANNELS)))},
        }
        handle, path = tempfile.mkstemp(prefix="cim-kernel-", suffix=".json")
        with os.fdopen(handle, "w") as file:
            json.dump(self.connection, file)
        self._file = Path(path)
        self._process = subprocess.Popen(
            [deno, "jupyter", "--quiet", "--kernel", "--conn", path],
            cwd=project,
            env={**os.environ, "DENO_NO_UPDATE_CHECK": "1"},
            # prelude.ts reads it: whoever holds the other end is alive, and a byte is answered.
            stdin=subprocess.PIPE,
            preexec_fn=DIE_WITH_PARENT,
        )

    @property
    def ended(self) -> int | None:
        """Its exit code, None as long as it runs."""
        return self._process.poll()

    def forget_file(self) -> None:
        """Removes the file with the key: Deno has read it."""
        self._file.unlink(missing_ok=True)

    def tell(self, byte: int) -> None:
        """Tells prelude.ts a byte, for which `cim_awake` comes at once unless JavaScript is computing."""
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(bytes([byte]))
            self._process.stdin.flush()
        except OSError:
            pass  # It has just ended: whoever waits for it will see that.

    def wait(self, seconds: float) -> None:
        """Waits for its end, no longer than that, and then kills it."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        finally:
            self.forget_file()


def _die_with_parent() -> None:
    """Even a proxy killed by SIGKILL leaves no Deno. (Where there is no such call, prelude.ts sees its pipe close.)"""
    assert _LIBC is not None
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


#: What a process of ours is started with.
DIE_WITH_PARENT = _die_with_parent if _LINUX else None


def _free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago: Deno binds them itself, and whoever starts it tries again if one is taken."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
