"""A cell that a front end has sent, and what is known of it."""

from __future__ import annotations

import asyncio
from typing import Any

from wire import Message


class Cell:
    """From the request to the reply. `reply`, `idle` and `errors` are Deno's, held back until its outputs are out."""

    def __init__(self, request: Message) -> None:
        loop = asyncio.get_running_loop()
        self.request = request
        self.code: str = request.content.get("code", "")
        self.count: int | None = None
        self.reply: asyncio.Future[Message] = loop.create_future()
        self.idle: asyncio.Future[Message] = loop.create_future()
        self.errors: list[Message] = []
        #: Whether there is anything below it but progress.
        self.has_output = False
        self.interrupted = False
        #: Done when an interrupt found that Deno cannot be stopped: the cell ends, what it waits for does not.
        self.given_up: asyncio.Future[None] = loop.create_future()

    def hold(self, message: Message) -> bool:
        """Takes an output of this cell if it is one to be held back."""
        if message.type == "error":
            self.errors.append(message)
            return True
        if message.type == "status" and message.content["execution_state"] == "idle":
            if not self.idle.done():
                self.idle.set_result(message)
            return True
        if message.type == "execute_input":
            self.count = message.content["execution_count"]
        return False

    async def unless_given_up(self, work: asyncio.Future[Any]) -> bool:
        """Waits for `work`; False if the cell was given up before."""
        await asyncio.wait({work, self.given_up}, return_when=asyncio.FIRST_COMPLETED)
        return work.done()
