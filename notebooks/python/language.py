"""Deno's language server, which knows what completes a piece of TypeScript, and what a name in it is."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
from pathlib import Path
from typing import Any

from deno_process import DIE_WITH_PARENT

#: No file: it is in the project so that its deno.json is the one that counts.
_NAME = "notebooks/cell.ts"
_OPTIONS = {
    "enable": True,
    "config": "./deno.json",
    "lint": False,
    "suggest": {"autoImports": False, "completeFunctionCalls": False},
}


class LanguageServer:
    """A `deno lsp` with one document. It starts when it is asked for the first time, and ends with this process."""

    def __init__(self, deno: str, project: str) -> None:
        self._deno, self._project = deno, project
        self._uri = Path(project, _NAME).as_uri()
        self._process: asyncio.subprocess.Process | None = None
        self._started: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ids = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._version = 0
        self._is_warm = False
        self._text: str | None = None

    def warm(self) -> asyncio.Task[None]:
        """Starts it, if it does not run, without waiting for it."""
        if self._started is None:
            self._started = asyncio.ensure_future(self._start())
        return self._started

    @property
    def is_warm(self) -> bool:
        """Whether it has said anything yet of a text, for which it reads all that the project is made of."""
        return self._is_warm

    async def ask(self, method: str, text: str, offset: int) -> Any:
        """What it says of a place in a text: `completion` or `hover`, as the protocol has it."""
        await asyncio.shield(self.warm())
        self._say_text(text)
        before = text[:offset].split("\n")
        place = {"line": len(before) - 1, "character": len(before[-1].encode("utf-16-le")) // 2}
        parameters = {"textDocument": {"uri": self._uri}, "position": place}
        return await self._request(f"textDocument/{method}", parameters)

    def end(self) -> None:
        """Ends it."""
        for task in (self._started, self._reading):
            if task is not None:
                task.cancel()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def _start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            self._deno,
            "lsp",
            "--quiet",
            cwd=self._project,
            env={**os.environ, "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            preexec_fn=DIE_WITH_PARENT,
        )
        self._reading = asyncio.ensure_future(self._read())
        root = Path(self._project).as_uri()
        await self._request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": root,
                "workspaceFolders": [{"uri": root, "name": "project"}],
                "initializationOptions": _OPTIONS,
                "capabilities": {"textDocument": {"hover": {"contentFormat": ["markdown"]}}},
            },
        )
        self._notify("initialized", {})

    def _say_text(self, text: str) -> None:
        if text == self._text:
            return
        self._version += 1
        document = {"uri": self._uri, "version": self._version}
        if self._text is None:
            self._notify("textDocument/didOpen", {"textDocument": {**document, "languageId": "typescript", "text": text}})
        else:
            self._notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        self._text = text

    async def _request(self, method: str, parameters: dict[str, Any]) -> Any:
        number = next(self._ids)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        self._write({"id": number, "method": method, "params": parameters})
        try:
            return await answer
        finally:
            self._asked.pop(number, None)

    def _notify(self, method: str, parameters: dict[str, Any]) -> None:
        self._write({"method": method, "params": parameters})

    def _write(self, message: dict[str, Any]) -> None:
        assert self._process is not None and self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    async def _read(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        stream = self._process.stdout
        while head := await stream.readline():
            name, _, value = head.decode().partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif head == b"\r\n":
                self._take(json.loads(await stream.readexactly(length)))
        # It has ended: whoever asks next starts another one.
        self._started, self._text, self._is_warm = None, None, False
        for answer in self._asked.values():
            if not answer.done():
                answer.set_result(None)

    def _take(self, message: dict[str, Any]) -> None:
        if "method" in message:
            if "id" in message:  # It asks for what we do not have.
                self._write({"id": message["id"], "result": None})
            return
        self._is_warm = self._text is not None
        answer = self._asked.get(message["id"])
        if answer is not None and not answer.done():
            answer.set_result(message.get("result"))
