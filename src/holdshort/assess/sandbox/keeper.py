"""The keeper of one sandbox: it starts the namespaces, serves operations, and ends them.

Run as a process of its own, because who enters namespaces must have one thread, and because it
gives up root first: it holds no environment, no file and no memory of whoever started it. The
sandbox lives as long as the keeper's socket (see `wire`): when its peer closes or dies, the first
process of the namespaces is killed, with it the kernel kills all the others, and the keeper waits
until the last of them is gone.
"""

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from holdshort.assess.sandbox import confinement
from holdshort.assess.sandbox.operation import Place, serve

_PR_SET_CHILD_SUBREAPER = 36

_TICK = 0.05
"""Seconds between two looks at the memory of a sandbox that no control group holds."""

_IDLE = 1.0
"""Seconds after which it is noticed that an operation ended."""

_START = 30.0
_END = 20.0
"""Seconds until a sandbox counts as one that cannot start, or does not end."""

_LAST_CLOSED = 9
"""A shell closes descriptors of one digit only; see `bubblewrap`."""

_DESCRIPTORS = 16
_CONFIGURATION = 1 << 20


class Unstartable(Exception):
    """The namespaces could not be made; what Bubblewrap or the kernel said."""


class Namespaced:
    """Bubblewrap, and the first process of the namespaces that it made."""

    def __init__(
        self, configuration: Mapping[str, Any], bwrap: int, libraries: Sequence[int], cgroup: int
    ) -> None:
        if max(bwrap, *libraries, 0) > _LAST_CLOSED:
            raise Unstartable("too many files are open in its keeper")
        data = {name: _in_memory(text) for name, text in configuration["data"].items()}
        info, told = os.pipe()
        numbers = {f"@{name}": str(fd) for name, fd in {**data, "info": told}.items()}
        preload = ":".join(f"/proc/self/fd/{library}" for library in libraries)
        self._bwrap = subprocess.Popen(  # noqa: S603 (a file that is open, not a name)
            [numbers.get(word, word) for word in configuration["argv"]],
            executable=f"/proc/self/fd/{bwrap}",
            env={"LD_PRELOAD": preload} if preload else {},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(bwrap, *libraries, told, *data.values()),
            preexec_fn=(lambda: _join(cgroup)) if cgroup >= 0 else None,
        )
        for descriptor in (told, *data.values()):
            os.close(descriptor)
        self._await_ready()
        with os.fdopen(info) as file:
            self.first: int = json.load(file)["child-pid"]
        self.handle = os.pidfd_open(self.first)
        self.bwrap = os.pidfd_open(self._bwrap.pid)

    def _await_ready(self) -> None:
        out, err = self._bwrap.stdout, self._bwrap.stderr
        assert out is not None  # noqa: S101 (PIPE was asked for)
        assert err is not None  # noqa: S101
        ready, _, _ = select.select([out], [], [], _START)
        if ready and out.read(1):
            return
        self._bwrap.kill()
        said = err.read(4096).decode(errors="replace").strip()
        raise Unstartable(said or "it did not become ready")


def _in_memory(text: str) -> int:
    descriptor = os.memfd_create("data", 0)
    os.write(descriptor, text.encode())
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _join(cgroup: int) -> None:
    os.write(cgroup, b"0")


def _become(account: Sequence[int] | None) -> None:
    if account is not None:
        uid, gid = account
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    confinement.hide()
    confinement.system(
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl(CHILD_SUBREAPER)"
    )


def _limit_space(namespaces: confinement.Namespaces, spaces: Sequence[Sequence[Any]]) -> None:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            namespaces.enter(as_owner=True)
            for path, size, inodes, mode in spaces:
                confinement.limit_tmpfs(path, size, inodes, mode)
            code = 0
        finally:
            os._exit(code)
    if os.waitpid(pid, 0)[1] != 0:
        raise Unstartable("the size of its file systems could not be limited")


class Watch:
    """Holds the memory of all processes of a sandbox to a limit, where no control group does.

    What counts is anonymous and shared memory in use, and what lies in the sandbox's own file
    systems. When it is too much, the process that holds most is killed.
    """

    def __init__(self, first: int, spaces: Sequence[Sequence[Any]], limit: int) -> None:
        inside = f"/proc/{first}/root"
        self._processes = os.open(f"{inside}/proc", os.O_RDONLY | os.O_DIRECTORY)
        self._spaces = [
            os.open(f"{inside}{path}", os.O_RDONLY | os.O_DIRECTORY) for path, *_ in spaces
        ]
        self._limit = limit

    def look(self) -> None:
        """Kill the largest process if all together hold too much."""
        used = {name: self._used(name) for name in self._names()}
        files = sum(_filled(os.fstatvfs(space)) for space in self._spaces)
        if sum(used.values()) + files > self._limit:
            self._kill(max(used, key=used.__getitem__))

    def _names(self) -> list[str]:
        return [name for name in os.listdir(self._processes) if name.isdigit()]  # noqa: PTH208

    def _used(self, name: str) -> int:
        try:
            file = os.open(f"{name}/status", os.O_RDONLY, dir_fd=self._processes)
        except OSError:  # it has ended
            return 0
        with os.fdopen(file) as lines:
            try:
                words = [line.split() for line in lines]
            except OSError:
                return 0
        return 1024 * sum(int(w[1]) for w in words if w[0] in ("RssAnon:", "RssShmem:"))

    def _kill(self, name: str) -> None:
        if name == "1":
            return
        try:
            handle = os.open(name, os.O_RDONLY | os.O_DIRECTORY, dir_fd=self._processes)
        except OSError:
            return
        try:
            signal.pidfd_send_signal(handle, signal.SIGKILL)  # a folder of /proc is one, too
        except OSError:
            return
        finally:
            os.close(handle)


def _filled(space: os.statvfs_result) -> int:
    return (space.f_blocks - space.f_bfree) * space.f_frsize


class Keeper:
    """A sandbox that has started."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        message, descriptors, _, _ = socket.recv_fds(
            control, _CONFIGURATION, _DESCRIPTORS, socket.MSG_CMSG_CLOEXEC
        )
        configuration = json.loads(message)
        bwrap, *rest = descriptors
        cgroup = rest.pop(0) if configuration["cgroup"] else -1
        _become(configuration["account"])
        if configuration["processors"]:
            # All that comes of the keeper stays there. Moving each command would cost it more.
            os.sched_setaffinity(0, configuration["processors"])
        self._inside = Namespaced(configuration, bwrap, rest, cgroup)
        for descriptor in (bwrap, *rest):
            os.close(descriptor)
        namespaces = confinement.Namespaces(self._inside.first)
        _limit_space(namespaces, configuration["spaces"])
        self._place = Place(
            namespaces=namespaces,
            limits=configuration["limits"],
            filter=bytes.fromhex(configuration["filter"]),
            cgroup=cgroup if cgroup >= 0 else None,
            folder=configuration["folder"],
            environment=configuration["environment"],
        )
        watched = configuration["watched_memory"]
        self._watch = (
            Watch(self._inside.first, configuration["spaces"], watched) if watched else None
        )
        self._operations: set[int] = set()
        self._tell({"first": self._inside.first})

    def _tell(self, value: object) -> None:
        self._control.send(json.dumps(value).encode())

    def run(self) -> None:
        """Serve until the peer has gone or the sandbox has died."""
        tick = _TICK if self._watch else _IDLE
        control = self._control.fileno()
        while True:
            ready, _, _ = select.select([control, self._inside.bwrap], [], [], tick)
            self._reap()
            if self._watch:
                self._watch.look()
            if self._inside.bwrap in ready:
                return
            if control in ready and not self._take():
                return

    def _take(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._control, 1, 1, socket.MSG_CMSG_CLOEXEC)
        if not message:
            return False
        peer = socket.socket(fileno=descriptors[0])
        pid = os.fork()
        if pid == 0:
            try:
                self._control.close()
                serve(peer, self._place)
            finally:
                os._exit(0)
        peer.close()
        self._operations.add(pid)
        return True

    def _reap(self) -> bool:
        """Take note of children that ended; whether there is any left."""
        try:
            while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
                self._operations.discard(pid)
        except ChildProcessError:
            return False
        return True

    def end(self) -> bool:
        """Kill all that is inside, and wait until it is gone; False if something stays."""
        # The kernel ends the first process only when nobody is left, and those that an operation
        # started count until somebody has noted their death: operations must not linger.
        for pid in self._operations:
            os.kill(pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._inside.handle, signal.SIGKILL)
        deadline = time.monotonic() + _END
        while self._reap():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.001)
        return True


def main(control: socket.socket) -> int:
    """Keep one sandbox; 0 once nothing of it is left."""
    try:
        keeper = Keeper(control)
    except (Unstartable, OSError) as error:
        control.send(json.dumps({"error": str(error)}).encode())
        return 1
    try:
        keeper.run()
    finally:
        gone = keeper.end()
    return 0 if gone else 1


if __name__ == "__main__":
    sys.exit(main(socket.socket(fileno=int(sys.argv[1]))))
