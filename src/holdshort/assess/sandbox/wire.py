"""What session and keeper say to each other.

On the keeper's own socket (SOCK_SEQPACKET): one JSON object with the configuration, descriptors
beside it; back comes one with ``first``, the process id of the sandbox's first process, or with
``error``. From then on each message is one byte and carries a descriptor: a stream socket on which
one operation is asked and answered. When the socket closes, the sandbox ends.

On the socket of an operation: frames of one byte (what it is), four (length, big-endian) and the
payload. Asked: ``Q``, the request as JSON, then its bytes in ``D`` frames, then ``.``. Answered:
``D`` (contents of a file), ``O`` and ``E`` (what a command wrote) in any number, then one ``R``,
the result as JSON.
"""

import json
import socket
import struct
from collections.abc import Iterator

REQUEST, DATA, END, OUT, ERR, RESULT = b"Q", b"D", b".", b"O", b"E", b"R"

CHUNK = 64 * 1024
"""Bytes of data in a frame at most."""

_LARGEST = 8 * 1024 * 1024
"""Of any frame; a request carries a command's arguments and environment."""

_HEAD = struct.Struct(">cI")


def send(peer: socket.socket, kind: bytes, payload: bytes = b"") -> None:
    """Send one frame."""
    peer.sendall(_HEAD.pack(kind, len(payload)) + payload)


def send_bytes(peer: socket.socket, kind: bytes, payload: bytes) -> None:
    """Send bytes in as many frames as they need."""
    view = memoryview(payload)
    for start in range(0, len(view), CHUNK):
        send(peer, kind, bytes(view[start : start + CHUNK]))


def send_json(peer: socket.socket, kind: bytes, value: object) -> None:
    """Send one frame that holds a JSON value."""
    send(peer, kind, json.dumps(value).encode())


def frames(peer: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    """Every frame that comes; :class:`EOFError` when the peer goes in the middle of one."""
    while True:
        head = _exactly(peer, _HEAD.size)
        kind, length = _HEAD.unpack(head)
        if length > _LARGEST:
            raise EOFError
        yield kind, _exactly(peer, length)


def _exactly(peer: socket.socket, length: int) -> bytes:
    parts, missing = [], length
    while missing:
        part = peer.recv(min(missing, CHUNK))
        if not part:
            raise EOFError
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
