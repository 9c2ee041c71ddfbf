"""The front ends' side of the proxy: what they ask, and what they are told."""

from __future__ import annotations

from typing import Any

import zmq.asyncio

from cell import Cell
from cell_errors import CellError
from wire import Message, Sockets, Wire, send


class Front:
    """The sockets that front ends connect to."""

    def __init__(self, context: zmq.asyncio.Context, wire: Wire, connection: dict[str, Any]) -> None:
        self._wire = wire
        self._sockets = Sockets(context, connection, bind=True)

    async def next(self, channel: str) -> Message:
        """The next message that somebody with the key has sent."""
        while True:
            message = self._wire.read(await getattr(self._sockets, channel).recv_multipart())
            if message is not None:
                return message

    async def beat(self) -> None:
        """Answers heartbeats, for ever."""
        while True:
            send(self._sockets.hb, await self._sockets.hb.recv_multipart())

    def pass_on(self, channel: str, message: Message) -> None:
        """Sends a message as it is."""
        send(getattr(self._sockets, channel), self._wire.write(message))

    def answer(self, channel: str, kind: str, content: dict[str, Any], request: Message) -> None:
        """Replies to a request."""
        self.pass_on(channel, self._wire.make(kind, content, request))

    def publish(self, kind: str, content: dict[str, Any], request: Message | None) -> None:
        """Tells all front ends something that belongs to a request, or to none."""
        message = self._wire.make(kind, content, request)
        message.identities = [f"kernel.{kind}".encode()]
        self.pass_on("iopub", message)

    def publish_state(self, state: str, request: Message | None) -> None:
        """Tells all front ends that a request is begun (`busy`) or done (`idle`); without one, the state of the kernel."""
        self.publish("status", {"execution_state": state}, request)

    def answer_beside(self, request: Message, content: dict[str, Any], running: Cell | None) -> None:
        """Replies to a request that waits for no cell."""
        self.publish_state("busy", request)
        self.answer("shell", request.type.replace("request", "reply"), content, request)
        self.publish_state("idle", request)
        if running is not None:
            self.publish_state("busy", running.request)  # Front ends take what they hear last for the kernel's state.

    def finish(self, cell: Cell) -> None:
        """Ends a cell: lets out what was held back of Deno's."""
        for message in cell.errors:
            self.pass_on("iopub", message)
        reply = cell.reply.result()
        reply.identities = cell.request.identities
        self.pass_on("shell", reply)
        self.pass_on("iopub", cell.idle.result())

    def fail(self, cell: Cell, error: CellError) -> None:
        """Ends a cell with an error of ours."""
        self.publish("error", error.content(), cell.request)
        content = {"status": "error", "execution_count": cell.count, **error.content()}
        self.answer("shell", "execute_reply", content, cell.request)
        self.publish_state("idle", cell.request)

    def abort(self, request: Message) -> None:
        """Does not run a cell, because one before it failed: so does "Run All" stop where it fails."""
        self.publish_state("busy", request)
        self.answer("shell", "execute_reply", {"status": "aborted"}, request)
        self.publish_state("idle", request)

    def close(self) -> None:
        """Sends what is still to be sent, and closes."""
        self._sockets.close()
