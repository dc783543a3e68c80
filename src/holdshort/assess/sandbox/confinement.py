"""Entering a sandbox, and giving up every privilege there; calls that Python does not wrap.

`Namespaces.enter` brings a process into the namespaces of a sandbox (setns(2)); the process that
it forks next is inside. Who enters a user namespace holds all capabilities in it, so `confine`
must follow before anything of the sandbox is touched: no capability is left, none can be gained
(no_new_privs), the limits are set, the filter is on.
"""

import ctypes
import fcntl
import os
import resource
import signal
from collections.abc import Mapping

_LIBC = ctypes.CDLL(None, use_errno=True)

_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_SECCOMP_MODE_FILTER = 2
_CAPABILITIES = 64
"""More than the kernel has (41 in Linux 6); asking for one that is not there ends the loop."""

_CAPABILITY_VERSION_3 = 0x20080522
_NS_GET_USERNS = 0xB701  # ioctl_ns(2)
_MS_NOSUID, _MS_NODEV, _MS_REMOUNT = 2, 4, 32

_KINDS = ("mnt", "net", "ipc", "uts", "cgroup", "pid")


def system(result: int, what: str) -> None:
    """Raise :class:`OSError` for a call of the C library that failed."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def hide() -> None:
    """Let no other process of the same account trace this one or read its memory."""
    system(_LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl(PR_SET_DUMPABLE)")


class Namespaces:
    """The namespaces of a process, held open: they are the same ones whatever becomes of it."""

    def __init__(self, pid: int) -> None:
        self._of = {kind: os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY) for kind in _KINDS}
        self._user = os.open(f"/proc/{pid}/ns/user", os.O_RDONLY)
        # Bubblewrap makes the mounts in one user namespace and the commands live in another below
        # it, where no further one can be made. The mounts' owner must be entered first.
        self._owner = fcntl.ioctl(self._of["mnt"], _NS_GET_USERNS)
        self._nested = os.fstat(self._user).st_ino != os.fstat(self._owner).st_ino

    def enter(self, *, as_owner: bool = False) -> None:
        """Enter all; ``as_owner`` stays in the user namespace that may change the mounts."""
        self._set(self._owner, "user")
        for kind in _KINDS:
            self._set(self._of[kind], kind)
        if self._nested and not as_owner:
            self._set(self._user, "user")

    @staticmethod
    def _set(descriptor: int, kind: str) -> None:
        system(_LIBC.setns(descriptor, 0), f"setns({kind})")


def limit_tmpfs(path: str, size: int, inodes: int, mode: int) -> None:
    """Set how many bytes and files a tmpfs may hold."""
    options = f"size={size},nr_inodes={inodes},mode={mode:o}".encode()
    flags = _MS_REMOUNT | _MS_NOSUID | _MS_NODEV
    system(_LIBC.mount(b"tmpfs", path.encode(), b"tmpfs", flags, options), f"remount {path}")


def drop_privileges() -> None:
    """Give up every capability for good, on this and every later program."""
    for capability in range(_CAPABILITIES):
        if _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    _LIBC.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    system(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)")
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    system(_LIBC.capset(header, none), "capset")


def set_limits(limits: Mapping[str, int]) -> None:
    """Set resource limits by name (``RLIMIT_…``), soft and hard alike."""
    for name, value in limits.items():
        number = getattr(resource, name)
        resource.setrlimit(number, (value, value))


def set_filter(program: bytes) -> None:
    """Put the filter of `seccomp` on this process and all that come of it."""

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))

    filled = Program(len(program) // 8, program)
    result = _LIBC.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(filled), 0, 0)
    system(result, "prctl(PR_SET_SECCOMP)")


def restore_signals() -> None:
    """Undo what the Python interpreter ignores."""
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
