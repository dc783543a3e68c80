"""The resolved fingerprint of a sandbox: what contains a model's commands here, as evidence.

For ``bubblewrap`` a sandbox is started, and what is written down is what was found in it beside
what was asked for: program and kernel, the very arguments, every limit and what holds it, the
filter, what of the machine is shown (by a digest of its listing), and, seen from inside, account,
capabilities, mounts and network. For ``docker`` and ``k8s``, Inspect's own providers, it is the
file that describes the containers, and for each image the digest that the file pins; an image
that is not pinned is ``null`` there: nobody can say later what it was.

``digest`` is the SHA-256 of the canonical JSON of all the rest.
"""

import hashlib
import os
import platform
import stat
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from holdshort.assess.sandbox import bubblewrap, seccomp
from holdshort.assess.sandbox.images import services
from holdshort.assess.sandbox.session import Session
from holdshort.assess.sandbox.settings import Settings, read
from holdshort.errors import BadInput, HoldshortError
from holdshort.register.canonical import Json, digest

BUBBLEWRAP = "bubblewrap"
CONTAINERS = ("docker", "k8s")

_LOOK = 1 << 20  # bytes of any one answer


def resolve(name: str, config: object = None) -> dict[str, Json]:
    """The fingerprint of the sandbox ``name`` with Inspect's configuration ``config``.

    Raises :class:`BadInput` for one that nothing can be said of, and :class:`HoldshortError` when
    it cannot start.
    """
    if name == BUBBLEWRAP:
        found = _bubblewrap(read(config))
    elif name in CONTAINERS:
        found = {"type": name, **services(config)}
    else:
        raise BadInput(
            f"the sandbox {name!r} cannot be described, so it is no evidence.",
            where="sandbox",
            do=f"Choose one of {', '.join((BUBBLEWRAP, *CONTAINERS))}.",
        )
    return {**found, "digest": digest(found)}


def _bubblewrap(settings: Settings) -> dict[str, Json]:
    program = bubblewrap.program()
    session = Session(settings)
    try:
        observed = _observe(session)
    finally:
        session.close()
    plan = session.plan
    return {
        "type": BUBBLEWRAP,
        "program": {
            "version": program.version,
            "sha256": program.sha256,
            "libraries": list(program.library_sha256),
        },
        "kernel": platform.release(),
        "machine": platform.machine(),
        "arguments": list(plan.argv),
        "data": {
            name: hashlib.sha256(v.encode()).hexdigest() for name, v in bubblewrap.DATA.items()
        },
        "environment": bubblewrap.ENVIRONMENT,
        "settings": settings.model_dump(),
        "limits": dict(plan.limits),
        "held_by": dict(plan.held_by),
        "spaces": [list(space) for space in bubblewrap.spaces(settings)],
        "control_group": session.in_group,
        "filter": {
            "sha256": hashlib.sha256(plan.filter).hexdigest(),
            "refused": seccomp.denied(),
            "families": sorted(seccomp.FAMILIES),
        },
        "shown": {
            inside: _listing(outside) for inside, outside in bubblewrap.shown(settings).items()
        },
        "observed": observed,
    }


def _observe(session: Session) -> dict[str, Json]:
    status = _fields(_text(session, "/proc/self/status"))
    mounts = [line.split() for line in _text(session, "/proc/self/mounts").splitlines()]
    network = _text(session, "/proc/net/dev").splitlines()[2:]
    return {
        "uid": status["Uid"].split(),
        "gid": status["Gid"].split(),
        "groups": status["Groups"].split(),
        "capabilities": status["CapBnd"],
        "no_new_privileges": status["NoNewPrivs"],
        "seccomp": status["Seccomp"],
        "interfaces": sorted(line.split(":")[0].strip() for line in network),
        # Place and kind, and whether it can be written: sizes and devices are the machine's.
        "mounts": [[words[1], words[2], words[3].split(",")[0]] for words in mounts],
        "environment": sorted(_text(session, "/proc/self/environ").strip("\0").split("\0")),
    }


def _text(session: Session, file: str) -> str:
    """A file of /proc as a command sees it, not as the one who reads for us does."""
    return session.call().exec(["cat", file], limit=_LOOK).out.decode(errors="replace")


def _fields(status: str) -> dict[str, str]:
    pairs = (line.split(":", 1) for line in status.splitlines() if ":" in line)
    return {name: value.strip() for name, value in pairs}


@cache
def _listing(root: str) -> dict[str, Json]:
    """How many entries a folder or file has, and a digest of their paths, modes and sizes.

    Contents are not read: a system's programs are gigabytes. A file that is changed without a
    change of its size is not noticed.
    """
    found = hashlib.sha256()
    entries = 0
    for path, status, target in _walk(Path(root)):
        size = status.st_size if stat.S_ISREG(status.st_mode) else 0
        found.update(f"{path}\0{status.st_mode:o}\0{size}\0{target}\n".encode(errors="replace"))
        entries += 1
    return {"entries": entries, "sha256": found.hexdigest()}


def _walk(root: Path) -> Iterator[tuple[str, os.stat_result, str]]:
    """Every entry below ``root`` and itself, in the order of its name; those that can be read."""
    try:
        status = root.lstat()
        yield ".", status, ""
        waiting = [str(root)] if stat.S_ISDIR(status.st_mode) else []
        while waiting:
            folder = waiting.pop()
            for entry in _entries(folder):
                name = os.path.relpath(entry.path, root)
                target = str(Path(entry.path).readlink()) if entry.is_symlink() else ""
                yield name, entry.stat(follow_symlinks=False), target
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    except OSError as error:
        raise HoldshortError(
            f"cannot be listed: {error}.",
            where=str(root),
            do="A system that changes while it is described gives no evidence: try again.",
        ) from None


def _entries(folder: str) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except PermissionError:
        return []
