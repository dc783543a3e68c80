"""One sandbox, from this side: start it, use it, end it.

Everything blocks; `provider` runs it on threads. A session may be used by several threads.
"""

import errno
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import holdshort
from holdshort.assess.sandbox import bubblewrap, cgroup, wire
from holdshort.assess.sandbox.diagnosis import cannot_start
from holdshort.assess.sandbox.plan import Plan, plan
from holdshort.assess.sandbox.settings import Settings
from holdshort.errors import HoldshortError

_BOOT = (
    "import socket, sys; sys.path.append(sys.argv[2]);"
    "from holdshort.assess.sandbox.keeper import main;"
    "sys.exit(main(socket.socket(fileno=int(sys.argv[1]))))"
)
_START = 60.0
_END = 30.0
_FILE_SECONDS = 60.0
"""For one file, read or written."""

_NUMBERS = itertools.count(1)


class Gone(HoldshortError):
    """The sandbox has ended, or its keeper has."""


class TooLarge(Exception):
    """A file or an output exceeds the limit; ``seen`` is what came before it did."""

    def __init__(self, seen: bytes) -> None:
        super().__init__()
        self.seen = seen


@dataclass(frozen=True)
class Ended:
    """A command that ended: its exit code (128 + number after a signal), and what it wrote."""

    code: int
    out: bytes
    err: bytes


class Session:
    """A running sandbox. Close it."""

    def __init__(self, settings: Settings) -> None:
        program = bubblewrap.program()
        self._group = cgroup.make(settings, next(_NUMBERS))
        self._lock = threading.Lock()
        self._closed = False
        try:
            self.plan: Plan = plan(settings, self._group.holds if self._group else frozenset())
            self._keeper, self._control = _spawn()
            try:
                self._configure(program)
            except BaseException:
                self._control.close()
                self._keeper.wait()
                raise
        except BaseException:
            if self._group:
                self._group.close()
            raise

    @property
    def in_group(self) -> bool:
        """Whether a control group holds all processes of the sandbox."""
        return self._group is not None

    def _configure(self, program: bubblewrap.Program) -> None:
        group = [self._group.descriptor] if self._group else []
        message = json.dumps(self.plan.configuration(cgroup=bool(group))).encode()
        descriptors = [program.descriptor, *group, *program.libraries]
        try:
            socket.send_fds(self._control, [message], descriptors)
            self._control.settimeout(_START)
            said = json.loads(self._control.recv(1 << 16) or b"{}")
        except (OSError, ValueError) as error:
            raise cannot_start(str(error)) from None
        if "first" not in said:
            raise cannot_start(said.get("error", "its keeper ended without a word"))

    def call(self) -> "Call":
        """One operation, yet to be asked; :class:`Gone` when the sandbox has ended."""
        return Call(self._connect(), self.plan.settings)

    def _connect(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                if self._closed:
                    raise _gone()
                socket.send_fds(self._control, [b"+"], [theirs.fileno()])
            except OSError:
                ours.close()
                raise _gone() from None
            except Gone:
                ours.close()
                raise
        return ours

    def close(self) -> None:
        """End every process of the sandbox; return when all are gone.

        Raises :class:`HoldshortError` if something stays.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._control.close()
        try:
            code = self._keeper.wait(_END)
        except subprocess.TimeoutExpired:
            self._keeper.kill()  # Bubblewrap is told to die with it, and all the rest with that
            code = self._keeper.wait()
        if self._group:
            self._group.close()
        elif code != 0:
            raise HoldshortError("a process of the sandbox does not end.", where="sandbox")


class Call:
    """One operation in a sandbox."""

    def __init__(self, peer: socket.socket, settings: Settings) -> None:
        self._peer = peer
        self._settings = settings

    def abandon(self) -> None:
        """End it from another thread: a command is killed, and whoever waits hears `Gone`."""
        with suppress(OSError):
            self._peer.shutdown(socket.SHUT_RDWR)

    def exec(
        self,
        cmd: Sequence[str],
        *,
        given: bytes = b"",
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        seconds: float | None = None,
        limit: int,
    ) -> Ended:
        """Run a command to its end.

        ``limit`` is in bytes, for each of the two streams. Raises :class:`TimeoutError` when its
        time (``exec_seconds`` of the settings at most) is over, :class:`TooLarge`,
        :class:`PermissionError`, :class:`Gone`; after the first two the command is killed. One
        that does not exist ends with code 127.
        """
        most = float(self._settings.exec_seconds)
        allowed = most if seconds is None else min(seconds, most)
        request = {
            "do": "exec",
            "cmd": list(cmd),
            "cwd": cwd,
            "env": dict(env or {}),
            "seconds": allowed,
            "limit": limit,
        }
        streams, result = self._ask(request, given)
        out, err = streams[wire.OUT], streams[wire.ERR]
        if result.get("timeout"):
            raise TimeoutError(f"the command did not end within {allowed:g} seconds")
        if result.get("too_much"):
            raise TooLarge(out if len(out) >= limit else err)
        if "failed" in result:
            return _not_run(cmd[0], str(cwd), str(result["failed"]), _number(result["error"]))
        return Ended(_number(result["code"]), out, err)

    def read(self, file: str, limit: int) -> bytes:
        """The contents of a regular file; :class:`OSError` as open(2) says, :class:`TooLarge`."""
        request = {"do": "read", "file": file, "limit": limit, "seconds": _FILE_SECONDS}
        streams, result = self._ask(request)
        if result.get("error") == errno.EFBIG:
            raise TooLarge(streams[wire.DATA])
        _raise_for(result, file)
        return streams[wire.DATA]

    def write(self, file: str, contents: bytes) -> None:
        """Make a regular file hold ``contents``, its folders too; :class:`OSError`."""
        _, result = self._ask({"do": "write", "file": file, "seconds": _FILE_SECONDS}, contents)
        _raise_for(result, file)

    def _ask(
        self, request: Mapping[str, object], contents: bytes = b""
    ) -> tuple[dict[bytes, bytes], dict[str, object]]:
        began = time.monotonic()
        with self._peer as peer:
            try:
                wire.send_json(peer, wire.REQUEST, request)
                wire.send_bytes(peer, wire.DATA, contents)
                wire.send(peer, wire.END)
                return _answer(peer)
            except (EOFError, OSError):
                if request["do"] != "exec" and time.monotonic() - began >= _FILE_SECONDS:
                    raise TimeoutError(f"{request['file']}: took too long") from None
                raise _gone() from None


def _spawn() -> tuple["subprocess.Popen[bytes]", socket.socket]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    source = Path(holdshort.__file__).parents[1]
    with theirs:
        # An interpreter of its own without packages, environment or open files of this process.
        keeper = subprocess.Popen(  # noqa: S603 (this interpreter)
            [sys.executable, "-I", "-S", "-B", "-c", _BOOT, str(theirs.fileno()), str(source)],
            env={},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    return keeper, ours


def _answer(peer: socket.socket) -> tuple[dict[bytes, bytes], dict[str, object]]:
    parts: dict[bytes, list[bytes]] = {wire.DATA: [], wire.OUT: [], wire.ERR: []}
    for kind, payload in wire.frames(peer):
        if kind == wire.RESULT:
            return {name: b"".join(each) for name, each in parts.items()}, json.loads(payload)
        parts[kind].append(payload)
    raise EOFError


def _not_run(command: str, cwd: str, stage: str, number: int) -> Ended:
    said = os.strerror(number)
    if stage == "folder":
        return Ended(126, b"", f"{cwd}: {said}\n".encode())
    if stage != "command":
        raise HoldshortError(f"a command could not be confined: {said}.", where="sandbox")
    if number in (errno.EACCES, errno.EPERM):
        raise PermissionError(number, said, command)
    return Ended(127 if number == errno.ENOENT else 126, b"", f"{command}: {said}\n".encode())


def _raise_for(result: Mapping[str, object], file: str) -> None:
    if "error" in result:
        number = _number(result["error"])
        raise OSError(number, os.strerror(number), file)


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise _gone()
    return value


def _gone() -> Gone:
    return Gone("the sandbox has ended.", where="sandbox", do="Start the sample again.")
