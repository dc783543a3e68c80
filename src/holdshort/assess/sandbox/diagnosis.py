"""Why a sandbox cannot start, and what to do about it."""

from collections.abc import Callable
from pathlib import Path

from holdshort.errors import HoldshortError

_SYSCTL = Path("/proc/sys")

# Setting, what it means when it stops us, and whether its value does.
_SWITCHES: tuple[tuple[str, Callable[[int], bool], str], ...] = (
    ("user/max_user_namespaces", lambda value: value == 0, "sysctl user.max_user_namespaces=10000"),
    (
        "kernel/unprivileged_userns_clone",
        lambda value: value == 0,
        "sysctl kernel.unprivileged_userns_clone=1",
    ),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        lambda value: value != 0,
        "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or better an AppArmor profile",
    ),
)


def cannot_start(said: str, sysctl: Path = _SYSCTL) -> HoldshortError:
    """The error for a sandbox that did not start, of which Bubblewrap or the kernel ``said`` so."""
    found = [(name, do) for name, stops, do in _SWITCHES if _stops(sysctl / name, stops)]
    brief = " ".join(said.split()).rstrip(".")
    if found:
        names = ", ".join(name.replace("/", ".") for name, _ in found)
        does = "; ".join(do for _, do in found)
        return HoldshortError(
            f"the sandbox cannot start: this machine does not let an ordinary account make user"
            f" namespaces ({names}). Bubblewrap said: {brief}.",
            where="sandbox bubblewrap",
            do=f"As root: {does}. Or run the assessment with the sandbox docker or k8s.",
        )
    return HoldshortError(
        f"the sandbox cannot start: {brief}.",
        where="sandbox bubblewrap",
        do="In a container, allow user namespaces (seccomp=unconfined and systempaths=unconfined"
        " in Docker); everything bound must be readable by an ordinary account."
        " Or name the sandbox docker or k8s.",
    )


def _stops(path: Path, stops: Callable[[int], bool]) -> bool:
    try:
        return stops(int(path.read_text()))
    except (OSError, ValueError):
        return False
