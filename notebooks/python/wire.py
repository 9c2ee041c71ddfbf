"""The wire of the Jupyter protocol: messages as ZeroMQ frames, signed with the connection's key."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import zmq
import zmq.asyncio

DELIMITER = b"<IDS|MSG>"

CHANNELS = ("shell", "control", "stdin", "iopub", "hb")


@dataclass
class Message:
    """A message whose parts stay the bytes that came, so that nothing unknown to us is lost on the way."""

    identities: list[bytes]
    #: header, parent header, metadata, content, then buffers
    parts: list[bytes]

    @property
    def header(self) -> dict[str, Any]:
        return json.loads(self.parts[0])

    @property
    def type(self) -> str:
        return self.header["msg_type"]

    @property
    def id(self) -> str:
        return self.header["msg_id"]

    @property
    def parent_id(self) -> str | None:
        return json.loads(self.parts[1]).get("msg_id")

    @property
    def metadata(self) -> dict[str, Any]:
        return json.loads(self.parts[2])

    @property
    def content(self) -> dict[str, Any]:
        return json.loads(self.parts[3])


class Wire:
    """Reads and writes signed frames."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._session = uuid.uuid4().hex

    def read(self, frames: list[bytes]) -> Message | None:
        """The message, or None for one that nobody with the key has signed: any user of this machine can connect."""
        if DELIMITER not in frames:
            return None
        at = frames.index(DELIMITER)
        signature, parts = frames[at + 1], frames[at + 2 :]
        if len(parts) < 4 or not hmac.compare_digest(signature, self._sign(parts)):
            return None
        return Message(frames[:at], parts)

    def write(self, message: Message) -> list[bytes]:
        """The frames of a message; without identities those of one that goes on to Deno."""
        return [*message.identities, DELIMITER, self._sign(message.parts), *message.parts]

    def make(self, kind: str, content: dict[str, Any], parent: Message | None = None) -> Message:
        """A message of our own, as a child of `parent`, to whoever sent that one."""
        header = {
            "msg_id": uuid.uuid4().hex,
            "session": self._session,
            "username": "cim",
            "date": datetime.now(timezone.utc).isoformat(),
            "msg_type": kind,
            "version": "5.3",
        }
        return Message(
            parent.identities if parent else [],
            [json.dumps(header).encode(), parent.parts[0] if parent else b"{}", b"{}", json.dumps(content).encode()],
        )

    def _sign(self, parts: list[bytes]) -> bytes:
        digest = hmac.new(self._key, digestmod=hashlib.sha256)
        for part in parts[:4]:
            digest.update(part)
        return digest.hexdigest().encode()


def send(socket: zmq.asyncio.Socket, frames: list[bytes]) -> None:
    """Sends without waiting: our sockets have no limit, and what cannot go at once goes in its order."""
    socket.send_multipart(frames)


class Sockets:
    """The five sockets of a connection, the kernel's side of it (`bind`) or the front end's."""

    shell: zmq.asyncio.Socket
    control: zmq.asyncio.Socket
    stdin: zmq.asyncio.Socket
    iopub: zmq.asyncio.Socket
    hb: zmq.asyncio.Socket

    def __init__(self, context: zmq.asyncio.Context, connection: dict[str, Any], *, bind: bool) -> None:
        kernel = dict.fromkeys(("shell", "control", "stdin"), zmq.ROUTER) | {"iopub": zmq.PUB, "hb": zmq.REP}
        front = dict.fromkeys(("shell", "control", "stdin"), zmq.DEALER) | {"iopub": zmq.SUB, "hb": zmq.REQ}
        identity = uuid.uuid4().bytes
        for channel, kind in (kernel if bind else front).items():
            socket = context.socket(kind)
            socket.linger = 1000 if bind else 0
            socket.set_hwm(0)  # A notebook that prints a million lines loses none.
            if kind == zmq.SUB:
                socket.subscribe(b"")
            if kind == zmq.DEALER:
                socket.identity = identity  # The kernel asks for input under the identity of who sent the cell.
            (socket.bind if bind else socket.connect)(_address(connection, channel))
            setattr(self, channel, socket)

    def close(self) -> None:
        for channel in CHANNELS:
            getattr(self, channel).close()


def _address(connection: dict[str, Any], channel: str) -> str:
    separator = ":" if connection["transport"] == "tcp" else "-"
    return f"{connection['transport']}://{connection['ip']}{separator}{connection[channel + '_port']}"
