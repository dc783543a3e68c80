"""One operation in a sandbox: run a command, read a file, write a file.

`serve` is the whole life of a child of the keeper. The child enters the namespaces and forks once
more; only that grandchild is inside, without privilege, and it alone touches what the sandbox
holds. The child stays out of the sandbox's process namespace, where nothing inside can reach it:
it carries bytes, counts them, keeps the time and says how it ended.
"""

import errno
import json
import os
import select
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdshort.assess.sandbox import confinement, wire

_GRACE = 0.1
"""Seconds in which what is left in a pipe is taken after a command ended: a process that it left
in the background may hold the pipe for ever."""


@dataclass(frozen=True)
class Place:
    """What every operation of a sandbox is subject to."""

    namespaces: confinement.Namespaces
    limits: Mapping[str, int]
    filter: bytes
    cgroup: int | None
    folder: str
    environment: Mapping[str, str]

    def confine(self) -> None:
        """Give up everything in the process that calls; it must be inside."""
        if self.cgroup is not None:
            os.write(self.cgroup, b"0")
        confinement.drop_privileges()
        confinement.set_limits(self.limits)
        confinement.set_filter(self.filter)


def serve(peer: socket.socket, place: Place) -> None:
    """Do the one operation that ``peer`` asks for, and answer."""
    frames = wire.frames(peer)
    _, payload = next(frames)
    request = json.loads(payload)
    place.namespaces.enter()
    if request["do"] == "exec":
        _Command(peer, place, request, _contents(frames)).run()
    elif request["do"] == "read":
        _apart(place, request, lambda: _read(peer, place, request))
    else:
        _apart(place, request, lambda: _write(peer, place, request, frames))


def _contents(frames: Iterator[tuple[bytes, bytes]]) -> bytes:
    return b"".join(payload for kind, payload in _until_end(frames) if kind == wire.DATA)


def _until_end(frames: Iterator[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    for kind, payload in frames:
        if kind == wire.END:
            return
        yield kind, payload


# --- files


def _apart(place: Place, request: Mapping[str, Any], act: Callable[[], None]) -> None:
    """Do ``act`` inside, in a process that answers for itself; kill it when its time is over."""
    pid = os.fork()
    if pid == 0:
        try:
            place.confine()
            act()
        finally:
            os._exit(0)
    waiting = os.pidfd_open(pid)
    select.select([waiting], [], [], request["seconds"])
    signal.pidfd_send_signal(waiting, signal.SIGKILL)
    os.waitpid(pid, 0)


def _answer_error(peer: socket.socket, error: OSError) -> None:
    wire.send_json(peer, wire.RESULT, {"error": error.errno or errno.EIO})


def _read(peer: socket.socket, place: Place, request: Mapping[str, Any]) -> None:
    try:
        os.chdir(place.folder)
        # Not blocking: a pipe that a command left under this name would never open.
        file = os.open(request["file"], os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        _check_regular(file)
        left = request["limit"]
        while part := os.read(file, wire.CHUNK):
            left -= len(part)
            _check_room(left)
            wire.send(peer, wire.DATA, part)
    except OSError as error:
        _answer_error(peer, error)
    else:
        wire.send_json(peer, wire.RESULT, {})


def _write(
    peer: socket.socket,
    place: Place,
    request: Mapping[str, Any],
    frames: Iterator[tuple[bytes, bytes]],
) -> None:
    failed: OSError | None = None
    file = -1
    try:
        os.chdir(place.folder)
        Path(request["file"]).parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK | os.O_NOCTTY
        file = os.open(request["file"], flags, 0o644)
        _check_regular(file)
        os.ftruncate(file, 0)
    except OSError as error:
        failed = error
    for _, payload in _until_end(frames):
        try:
            if failed is None:
                _write_all(file, payload)
        except OSError as error:
            failed = error
    if failed is not None:
        _answer_error(peer, failed)
    else:
        wire.send_json(peer, wire.RESULT, {})


def _write_all(file: int, payload: bytes) -> None:
    view = memoryview(payload)
    while view:
        view = view[os.write(file, view) :]


def _check_room(left: int) -> None:
    if left < 0:
        raise OSError(errno.EFBIG, "too large")


def _check_regular(file: int) -> None:
    mode = os.fstat(file).st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "is a directory")
    if not stat.S_ISREG(mode):
        raise PermissionError(errno.EACCES, "is no regular file")


# --- commands


class _Command:
    """A command, the pipes to it, and what it has written so far."""

    def __init__(
        self, peer: socket.socket, place: Place, request: Mapping[str, Any], given: bytes
    ) -> None:
        self._peer = peer
        self._place = place
        self._request = request
        self._given = memoryview(given)
        self._left = {wire.OUT: request["limit"], wire.ERR: request["limit"]}

    def run(self) -> None:
        stdin, self._in = os.pipe()
        self._out, stdout = os.pipe()
        self._err, stderr = os.pipe()
        status, failure = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._become(stdin, stdout, stderr, failure)
        for descriptor in (stdin, stdout, stderr, failure):
            os.close(descriptor)
        left_alone = False
        try:
            result = self._follow(pid, status)
            left_alone = "code" in result
        finally:
            # What a command that ended left running is the sandbox's own affair, as in a container.
            if not left_alone:
                _kill(pid)
            os.waitpid(pid, 0)
        wire.send_json(self._peer, wire.RESULT, result)

    def _become(self, stdin: int, stdout: int, stderr: int, failure: int) -> None:
        stage = "confine"
        try:
            os.setsid()
            for number, descriptor in enumerate((stdin, stdout, stderr)):
                os.dup2(descriptor, number)
            environment = {**self._place.environment, **self._request["env"]}
            self._place.confine()
            confinement.restore_signals()
            _close_all_but(failure)
            stage = "folder"
            os.chdir(self._place.folder)
            if self._request["cwd"] is not None:
                os.chdir(self._request["cwd"])
            stage = "command"
            command = self._request["cmd"]
            os.execvpe(command[0], command, environment)  # noqa: S606 (what was asked for)
        except OSError as error:
            os.write(failure, f"{stage} {error.errno}".encode())
        finally:
            os._exit(127)

    def _follow(self, pid: int, status: int) -> dict[str, object]:
        waiting = os.pidfd_open(pid)
        deadline = time.monotonic() + self._request["seconds"]
        ended: int | None = None
        failure = b""
        os.set_blocking(self._in, False)
        reading = {self._out: wire.OUT, self._err: wire.ERR}
        watched = {self._peer.fileno(), status, waiting, *reading}
        while True:
            writing = [self._in] if self._in >= 0 else []
            left = deadline - time.monotonic()
            ready, open_ends, _ = select.select(watched, writing, [], max(left, 0))
            if open_ends:
                self._feed()
            for descriptor in ready:
                if descriptor in reading:
                    if not self._carry(descriptor, reading[descriptor]):
                        watched.discard(descriptor)
                    elif self._left[reading[descriptor]] < 0:
                        return {"too_much": True}
                elif descriptor == waiting:
                    watched.discard(waiting)
                    ended = _ended(os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT))
                    deadline = min(deadline, time.monotonic() + _GRACE)
                elif descriptor == status:
                    failure = os.read(status, 64)
                    watched.discard(status)
                elif not self._peer.recv(1):
                    return {"abandoned": True}
            over = time.monotonic() >= deadline or not watched & set(reading)
            if ended is not None and over:
                return _failure(failure) if failure else {"code": ended}
            if ended is None and time.monotonic() >= deadline:
                return {"timeout": True}

    def _feed(self) -> None:
        try:
            if self._given:
                self._given = self._given[os.write(self._in, self._given) :]
        except BrokenPipeError:
            self._given = self._given[:0]
        if not self._given:
            os.close(self._in)
            self._in = -1

    def _carry(self, descriptor: int, kind: bytes) -> bool:
        part = os.read(descriptor, wire.CHUNK)
        if part:
            wire.send(self._peer, kind, part[: max(self._left[kind], 0)])
            self._left[kind] -= len(part)
        return bool(part)


def _close_all_but(kept: int) -> None:
    """Close what is open beside the three streams, whatever it is and however it came."""
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))


def _failure(said: bytes) -> dict[str, object]:
    stage, number = said.decode().split()
    return {"failed": stage, "error": int(number)}


def _ended(result: "os.waitid_result | None") -> int:
    if result is None:
        return 128
    exited = result.si_code == os.CLD_EXITED
    return result.si_status if exited else 128 + result.si_status


def _kill(pid: int) -> None:
    """End the command and what is still in its process group."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
