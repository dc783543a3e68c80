"""What a scenario of abused power is: who misuses what, what it would gain, what stops it.

A scenario is tried on a register at a named stage (`tests.abuse.stages`) or on a published one
(`tests.abuse.forgery`), and it ends in one of these ways:

- ``refused``: the law of the register refuses the act, on the clause named and on no other;
- ``register``: the record itself does, whatever the law: the signature, the order of time;
- ``answered``: nothing refuses, and the law gives the other side an act that ends the abuse;
- ``verify``: whoever holds every key publishes it, and ``holdshort verify`` names what is wrong;
- ``gate`` and ``witness``: the gate does not serve, a witness or two readers hold the proof;
- ``visible``: nothing stops it, and the record shows it.

Each has a control: the same act where it is no abuse, or its honest twin at the same stage, is
lawful. So none can pass because its set-up is broken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.abuse.forgery import Forgery
    from tests.docket.conftest import World

Play = Callable[["World"], object]
Forge = Callable[["Forgery"], Any]

AUTHORITY = ("authority",)
ASSESSOR = ("assessor",)
DEVELOPER = ("developer",)
COURT = ("court",)
OPERATOR = ("operator",)


@dataclass(frozen=True)
class Scenario:
    """One abuse of power. ``by`` names one actor, or two who act together."""

    title: str
    by: tuple[str, ...]
    gains: str
    stopped_by: str
    clause: str
    """The citation of the clause, the name of the check, or the rule that stops it."""
    says: str
    """What the refusal or the check says, in part."""
    at: str = ""
    """The stage of the register, or the model of the published one."""
    attempt: Play | None = None
    forge: Forge | None = None
    lawful: Play | None = None
    """The control; by default the attempt itself, at ``lawful_at``."""
    lawful_at: str = ""
    also: tuple[str, ...] = ()
    """Further clauses on which it is refused."""
    honest: Forge | None = None
    """The control of a forgery; by default: publish what there is."""
    works: str = ""
    """Why it works, where it does: an abuse that is known and not mended."""


def refused(
    title: str,
    by: tuple[str, ...],
    gains: str,
    at: str,
    attempt: Play,
    clause: str,
    says: str,
    *,
    lawful: Play | None = None,
    lawful_at: str = "",
    also: tuple[str, ...] = (),
    works: str = "",
) -> Scenario:
    """An abuse that the law refuses on ``clause``, and on no other but those in ``also``."""
    return Scenario(
        title,
        by,
        gains,
        "refused",
        clause,
        says,
        at=at,
        attempt=attempt,
        lawful=lawful,
        lawful_at=lawful_at,
        also=also,
        works=works,
    )


def by_record(
    title: str,
    by: tuple[str, ...],
    gains: str,
    at: str,
    attempt: Play,
    rule: str,
    says: str,
    lawful: Play,
) -> Scenario:
    """An abuse that the record refuses before any law is asked; ``rule`` is a page of ours."""
    return Scenario(title, by, gains, "register", rule, says, at=at, attempt=attempt, lawful=lawful)


def answered(
    title: str,
    by: tuple[str, ...],
    gains: str,
    at: str,
    attempt: Play,
    clause: str,
    says: str,
    lawful: Play,
) -> Scenario:
    """An abuse that ends by an act of the other side, or by itself.

    ``attempt`` plays the abuse and asserts that it is over; ``lawful`` that it is not before.
    ``says`` is what ends it, in words, for readers.
    """
    return Scenario(
        title, by, gains, "answered", clause, says, at=at, attempt=attempt, lawful=lawful
    )


def visible(
    title: str,
    by: tuple[str, ...],
    gains: str,
    at: str,
    attempt: Play,
    where: str,
    says: str,
    lawful: Play,
) -> Scenario:
    """An abuse that nothing stops. ``attempt`` asserts that the record shows it.

    ``lawful`` asserts that the record does not show it where there is none.
    """
    return Scenario(title, by, gains, "visible", where, says, at=at, attempt=attempt, lawful=lawful)


def forged(
    title: str,
    by: tuple[str, ...],
    gains: str,
    at: str,
    forge: Forge,
    check: str,
    says: str,
    *,
    how: str = "verify",
    honest: Forge | None = None,
) -> Scenario:
    """An abuse of whoever publishes: ``check`` fails, saying ``says``."""
    return Scenario(title, by, gains, how, check, says, at=at, forge=forge, honest=honest)
