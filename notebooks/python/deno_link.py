"""The proxy's link to Deno: what goes there, and what comes from there, in the order it came."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zmq.asyncio

from deno_process import DenoProcess
from wire import Message, Sockets, Wire, send

_PRELUDE = Path(__file__).with_name("prelude.ts")
_STARTS = 5
_READY_SECONDS = 60
_TRY_SECONDS = 0.25
_OWN_REQUESTS_KEPT = 100


class DenoLink:
    """
    Deno's kernel, with what it lacks: a fence behind outputs, an interrupt of what waits, progress, and one's own
    requests.
    """

    #: Called with each output; `ours` if it came under a request of this link and not of a front end.
    on_output: Callable[[Message, bool], None]
    #: Called with each reply to a front end's request, and the name of its channel.
    on_reply: Callable[[str, Message], None]
    #: Called with a question for whoever runs the cell: `prompt()`.
    on_input_request: Callable[[Message], None]
    #: Called with how far a long work of the cell is, in a line; None when it is done.
    on_progress: Callable[[str | None], None]

    def __init__(self, context: zmq.asyncio.Context, wire: Wire, deno: str, project: str, key: str) -> None:
        self._context, self._wire = context, wire
        self._command = (deno, project, key)
        self._own: dict[str, asyncio.Future[Message]] = {}
        self._fence: asyncio.Future[list[str]] | None = None
        self._awake = asyncio.Event()
        #: How prelude.ts calls the cell that runs.
        self._cell = 0
        self._relays: list[asyncio.Task[None]] = []
        self._process: DenoProcess | None = None
        self._sockets: Sockets | None = None

    @property
    def ended(self) -> int | None:
        """Deno's exit code, None as long as it runs."""
        return None if self._process is None else self._process.ended

    async def start(self) -> None:
        """Starts Deno and waits until its outputs come through."""
        for _ in range(_STARTS):
            self._process = DenoProcess(*self._command)
            self._sockets = Sockets(self._context, self._process.connection, bind=False)
            self._relays = [
                asyncio.ensure_future(work)
                for work in (self._outputs(), self._replies("shell"), self._replies("control"), self._input_requests())
            ]
            self.ask("execute_request", _silently(_PRELUDE.read_text(encoding="utf-8")))
            deadline = time.monotonic() + _READY_SECONDS
            while self.ended is None and time.monotonic() < deadline:
                await asyncio.wait({self.fence([])}, timeout=_TRY_SECONDS)
                if self._fence is not None and self._fence.done():
                    self._process.forget_file()
                    return
            # If it has ended at once, someone else took one of its ports, most likely.
            self.end(0)
        raise RuntimeError("deno jupyter does not start")

    def end(self, seconds: float) -> None:
        """Ends Deno, which has this long to end itself, and all that listens to it."""
        for relay in self._relays:
            relay.cancel()
        if self._process is not None:
            self._process.wait(seconds)
        if self._sockets is not None:
            self._sockets.close()

    def send(self, channel: str, message: Message) -> None:
        """Sends a front end's message on."""
        if self._sockets is not None:
            send(getattr(self._sockets, channel), self._wire.write(Message([], message.parts)))

    def ask(self, kind: str, content: dict[str, Any], channel: str = "shell") -> asyncio.Future[Message]:
        """A request of our own, of which the front ends see nothing but late outputs of cells."""
        message = self._wire.make(kind, content)
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._own[message.id] = future
        for old in list(self._own)[:-_OWN_REQUESTS_KEPT]:
            del self._own[old]
        self.send(channel, message)
        return future

    def fence(self, names: list[str]) -> asyncio.Future[list[str]]:
        """Done when all outputs so far have come out: with those of `names` that are declared and have no value."""
        table = ",".join(f"{json.dumps(name)}:()=>{name}" for name in names)
        fence = self._fence = asyncio.get_running_loop().create_future()
        reply = self.ask("execute_request", _silently(f'await globalThis[Symbol.for("cim.fence")]({{{table}}})'))

        def failed(reply: asyncio.Future[Message]) -> None:
            # A notebook that broke the event loop shall not hang in our fence. (Before the prelude there is none.)
            if names and not fence.done() and not reply.cancelled() and reply.result().content["status"] == "error":
                fence.set_result([])

        reply.add_done_callback(failed)
        return fence

    async def interrupt_waiting(self, seconds: float) -> bool:
        """
        Tells what the cell waits for, by `interruption()`, that it is to end. True if Deno's event loop turns: then no
        JavaScript computes, it only waits.
        """
        self._awake.clear()
        if self._process is not None:
            self._process.tell(self._cell)
        try:
            await asyncio.wait_for(self._awake.wait(), seconds)
        except asyncio.TimeoutError:
            return False
        return True

    async def _outputs(self) -> None:
        assert self._sockets is not None
        while True:
            message = self._wire.read(await self._sockets.iopub.recv_multipart())
            if message is None:
                continue
            if message.type == "cim_awake":
                self._awake.set()
            elif message.type == "cim_progress":
                self.on_progress(message.content["line"])
            elif message.type == "cim_fence":
                self._cell = message.content["cell"]
                if self._fence is not None and not self._fence.done():
                    self._fence.set_result(message.content["missing"])
            else:
                self.on_output(message, message.parent_id in self._own)

    async def _replies(self, channel: str) -> None:
        socket = getattr(self._sockets, channel)
        while True:
            message = self._wire.read(await socket.recv_multipart())
            if message is None:
                continue
            own = self._own.get(message.parent_id or "")
            if own is None:
                self.on_reply(channel, message)
            elif not own.done():
                own.set_result(message)

    async def _input_requests(self) -> None:
        assert self._sockets is not None
        while True:
            message = self._wire.read(await self._sockets.stdin.recv_multipart())
            if message is not None:
                self.on_input_request(message)


def _silently(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "silent": True,
        "store_history": False,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": False,
    }
