"""
The kernel "Deno (CIM)": a proxy between Jupyter and `deno jupyter`.

    python kernel.py CONNECTION_FILE PROJECT DENO

Deno sends outputs through a queue, but "this cell is done" (`status: idle` and the reply) past it, so that outputs
come late: lost by programs that run notebooks, under the next cell in JupyterLab. This proxy holds "done" back, and
errors with it, until a fence that it sends through the same queue has come out behind the outputs. It also says what
Deno keeps to itself: why a cell does not parse, that an import does not exist, that a rejection was not handled.

Deno is given one cell at a time. What the front ends send meanwhile waits in the socket, in its order.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import zmq.asyncio

from cell import Cell
from cell_errors import INTERRUPTED, PENDING, CellError, plain, shown_error, syntax_error
from completion import Completion
from deno_link import DenoLink
from front import Front
from imports import imported_names, missing_export
from parent import alive_check
from progress import Progress
from wire import Message, Wire

# What computes longer than this at a stretch is stopped where it is, and what waits for it never hears of that.
_AWAKE_SECONDS = 1.0
_INTERRUPT_SECONDS = 2.5
_LEAVE_SECONDS = 1.0
_LOOK_SECONDS = 0.2
# "Run All" of JupyterLab sends its cells one by one, a few milliseconds apart.
_FOLLOW_SECONDS = 0.15

_OUTPUTS = ("stream", "display_data", "execute_result")
_STILL_PENDING = (
    "An interrupted cell is still waiting (await), this one starts when it is done: restart the kernel to end it.\n"
)


class Kernel:
    """What the front ends see."""

    def __init__(self, connection: dict[str, Any], project: str, deno: str) -> None:
        self._wire = Wire(connection["key"])
        self._context = zmq.asyncio.Context()
        self._front = Front(self._context, self._wire, connection)
        self._deno = DenoLink(self._context, self._wire, deno, project, connection["key"])
        self._deno.on_output = self._output
        self._deno.on_reply = self._reply
        self._deno.on_input_request = self._input_request
        self._deno.on_progress = self._say_progress
        self._completion = Completion(deno, project)
        self._deno_path, self._project = deno, project
        #: What was asked and is not answered, in its order.
        self._requests: asyncio.Queue[Message] = asyncio.Queue()
        #: The cell that a front end waits for.
        self._cell: Cell | None = None
        #: The cell that Deno was given last: what it prints now is this one's.
        self._given: Cell | None = None
        self._progress: Progress | None = None
        #: What Deno is still at although its cell was given up.
        self._leftover: asyncio.Future[Any] | None = None
        #: Who asked what is no cell: message id → identities.
        self._senders: dict[str, list[bytes]] = {}
        self._end = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until a front end asks for the end, or whoever started us or Deno dies."""
        for work in (self._front.beat(), self._control(), self._listen(), self._watch_parent(), self._serve()):
            self._spawn(work)
        await self._end.wait()
        for task in self._tasks:
            task.cancel()
        self._completion.end()
        self._deno.end(_LEAVE_SECONDS)
        self._front.close()
        self._context.term()

    def end(self) -> None:
        self._end.set()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        def finished(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if not task.cancelled() and (error := task.exception()) is not None:
                # A kernel that is half alive would hang: Jupyter starts another one.
                print(f"Deno (CIM): {error!r}", file=sys.stderr)
                self.end()

        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(finished)

    async def _watch_parent(self) -> None:
        alive = alive_check()
        while alive():
            await asyncio.sleep(_LOOK_SECONDS)
        self.end()

    async def _watch_deno(self) -> None:
        while self._deno.ended is None:
            await asyncio.sleep(_LOOK_SECONDS)
        if self._cell is not None and not self._end.is_set():
            self._front.fail(self._cell, plain("KernelEnded", f"Deno ended (exit code {self._deno.ended}) in this cell"))
        self.end()

    async def _listen(self) -> None:
        while True:
            request = await self._front.next("shell")
            if request.type in ("complete_request", "inspect_request"):
                self._spawn(self._help(request))  # also while a cell runs
            else:
                self._requests.put_nowait(request)

    async def _serve(self) -> None:
        await self._deno.start()
        self._spawn(self._watch_deno())
        self._spawn(self._input_replies())
        while True:
            await self._answer_to(await self._requests.get())

    async def _answer_to(self, request: Message) -> None:
        if request.type == "execute_request":
            await self._run_cell(Cell(request))
        elif request.type == "shutdown_request":
            self._shut_down("shell", request)
        else:
            self._forward("shell", request)

    async def _help(self, request: Message) -> None:
        """Says what completes the cell that is being written, or what a name in it is."""
        content = await self._completion.answer(request)
        if content is None:
            if self._cell is None and self._given is not None:
                self._forward("shell", request)  # Deno knows what there is when the cell runs.
                return
            content = self._completion.nothing(request)
        self._front.answer_beside(request, content, self._cell)

    async def _run_cell(self, cell: Cell) -> None:
        self._cell = cell
        self._progress = Progress(self._front, cell)
        error = await self._execute(cell)
        self._progress.end()
        # Looked for before anyone knows of the failure, so that it is no answer to it.
        failed = error is not None or cell.reply.result().content["status"] == "error"
        waiting = await self._waiting() if failed and cell.request.content.get("stop_on_error", True) else []
        if error is None:
            self._front.finish(cell)
        else:
            self._front.fail(cell, error)
        self._cell = None
        for request in waiting:
            if request.type == "execute_request":
                self._front.abort(request)
            else:
                await self._answer_to(request)

    async def _execute(self, cell: Cell) -> CellError | None:
        """Runs a cell, until nothing more of it can come out; what is wrong with it, if Deno does not say it."""
        if self._leftover is not None and not self._leftover.done():
            self._front.publish_state("busy", cell.request)
            self._front.publish("stream", {"name": "stderr", "text": _STILL_PENDING}, cell.request)
            if not await cell.unless_given_up(self._leftover):
                return PENDING
            if cell.interrupted:
                return INTERRUPTED
        self._given = cell
        self._deno.send("shell", cell.request)
        work = self._leftover = asyncio.gather(cell.reply, cell.idle)
        if not await cell.unless_given_up(work):
            self._leftover = asyncio.ensure_future(self._fenced(work))
            return PENDING
        self._completion.add(cell)
        names = imported_names(cell.code)
        fence = self._leftover = self._deno.fence(list(names))
        if not await cell.unless_given_up(fence):
            return PENDING
        return await self._unsaid(cell, [names[name] for name in fence.result() if name in names])

    async def _fenced(self, work: asyncio.Future[Any]) -> None:
        """Waits for what goes on of a cell that was given up, and keeps it apart from the next one."""
        await work
        await self._deno.fence([])

    async def _unsaid(self, cell: Cell, suspects: list[tuple[str, str]]) -> CellError | None:
        """What is wrong with a cell, when Deno does not say it well; `suspects` are imports that gave no value."""
        if cell.reply.result().content["status"] == "error":
            if cell.errors:
                return shown_error(cell.errors[0].content, self._project, cell.interrupted)
            if cell.interrupted:
                return INTERRUPTED
            return await asyncio.to_thread(syntax_error, cell.code, self._deno_path)
        if suspects:
            return await asyncio.to_thread(missing_export, suspects, self._deno_path, self._project)
        return None

    async def _waiting(self) -> list[Message]:
        await asyncio.sleep(_FOLLOW_SECONDS)
        return [self._requests.get_nowait() for _ in range(self._requests.qsize())]

    async def _control(self) -> None:
        while True:
            request = await self._front.next("control")
            if request.type == "shutdown_request":
                self._shut_down("control", request)
            elif request.type == "interrupt_request":
                self._front.answer("control", "interrupt_reply", {"status": "ok"}, request)
                if self._cell is not None:
                    self._spawn(self._interrupt(self._cell))
            else:
                self._forward("control", request)

    async def _interrupt(self, cell: Cell) -> None:
        """
        Stops JavaScript that computes, and tells what waits that it is to end. What does not listen cannot be ended,
        and Deno's interrupt would hit whatever runs next and leave a kernel that never answers again: so the cell is
        given up, and Deno is left in peace.
        """
        cell.interrupted = True
        work = self._leftover
        if not await self._deno.interrupt_waiting(_AWAKE_SECONDS) and self._cell is cell:
            self._deno.ask("interrupt_request", {}, "control")
        if work is None:
            return
        await asyncio.wait({work}, timeout=_INTERRUPT_SECONDS)
        if self._cell is cell and work is self._leftover and not work.done() and not cell.given_up.done():
            cell.given_up.set_result(None)

    def _shut_down(self, channel: str, request: Message) -> None:
        restart = request.content.get("restart", False)
        self._front.answer(channel, "shutdown_reply", {"status": "ok", "restart": restart}, request)
        self._deno.ask("shutdown_request", {"restart": restart}, "control")
        self.end()

    async def _input_replies(self) -> None:
        while True:
            self._deno.send("stdin", await self._front.next("stdin"))

    def _say_progress(self, line: str | None) -> None:
        if self._progress is not None and self._cell is not None:
            self._progress.say(line)

    def _output(self, message: Message, ours: bool) -> None:
        given = self._given
        if ours:
            # What came late: Deno names the request that it got last, which is our fence.
            if given is None or message.type in ("status", "execute_input", "error"):
                return
            message.parts[1] = given.request.parts[0]
        elif given is not None and message.parent_id == given.request.id and given.hold(message):
            return
        if given is not None and message.type in _OUTPUTS:
            given.has_output = True
        self._front.pass_on("iopub", message)

    def _reply(self, channel: str, message: Message) -> None:
        if self._given is not None and message.parent_id == self._given.request.id:
            if not self._given.reply.done():
                self._given.reply.set_result(message)
            return
        message.identities = self._senders.pop(message.parent_id or "", [])
        if message.identities:
            self._front.pass_on(channel, message)
        if message.type == "kernel_info_reply" and self._cell is None:
            # JupyterLab asks that when it has lost the kernel and found it again, and learns no state from the answer.
            self._front.publish_state("idle", None)

    def _input_request(self, message: Message) -> None:
        if self._cell is not None:
            message.identities = self._cell.request.identities
            self._front.pass_on("stdin", message)

    def _forward(self, channel: str, request: Message) -> None:
        self._senders[request.id] = request.identities
        self._deno.send(channel, request)


async def main(connection_file: str, project: str, deno: str) -> None:
    """Runs the kernel of a connection file."""
    kernel = Kernel(json.loads(Path(connection_file).read_text(encoding="utf-8")), project, deno)
    # Jupyter interrupts by message. A Ctrl-C in the terminal of its server means the server.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    loop = asyncio.get_running_loop()
    signal.signal(signal.SIGTERM, lambda *_: loop.call_soon_threadsafe(kernel.end))
    await kernel.run()


if __name__ == "__main__":
    if sys.platform == "win32":
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
    asyncio.run(main(*sys.argv[1:4]))
