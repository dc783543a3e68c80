"""Whether a law may be adopted: proven, published, not looking back, and fit for the register."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from holdshort.docket.checks import computable
from holdshort.docket.enrolment import POWERS, reached
from holdshort.docket.fields import is_digest
from holdshort.docket.law import fault
from holdshort.docket.state import Case
from holdshort.errors import RulebookError
from holdshort.register.act import Act
from holdshort.register.canonical import Json
from holdshort.rulebook.model import Rulebook, SignedWith
from holdshort.rulebook.soundness import OF_PARTIES

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket


def adoption_fault(docket: "Docket", case: Case, act: Act) -> str | None:
    """What stands against the adoption that ``act`` is, in ``case``, the register's own."""
    named, effective = act.fields["rulebook"], str(act.fields["effective"])
    digest, newest = named_digest(named), docket.law.newest
    if not is_digest(digest):
        return "The field rulebook names it by its id, version and digest (hex SHA-256)."
    if digest == newest.book.digest:
        return "This law is adopted already."
    if effective < act.at:
        return f"It would take effect at {effective}, before it is adopted: no law looks back."
    if effective <= newest.effective:
        return f"The law adopted last takes effect at {newest.effective}; this one is to follow it."
    if digest not in {artefact.sha256 for artefact in act.artefacts}:
        return "Its text is not published with the act: attach it."
    found = fault(docket.law, digest)
    if found:
        return f"It is not proven. {found}"
    return _unfit(docket, case, docket.law.text(digest), named)


def _unfit(docket: "Docket", case: Case, book: Rulebook, named: Json) -> str | None:
    """Why the register could not go on under a law."""
    if isinstance(named, dict) and (named.get("id"), named.get("version")) != (
        book.id,
        book.version,
    ):
        return f"The text is that of {book.id}, version {book.version}."
    if case.kind not in book.cases or case.state not in book.cases[case.kind].states:
        return f"It has no case {case.kind!r} with the state {case.state!r}: the register's own."
    if found := _other_offices(docket.law.newest.book, book, case.kind):
        return found
    register = docket.charter.register.role
    stating = [each for each in book.cases[case.kind].acts.values() if each.effect == "snapshot"]
    if not any(case.state in each.origin and each.permits(register) for each in stating):
        return "Under it the register could not state any more where clearances stand."
    try:
        computable(book, docket.checks)
    except RulebookError as error:
        return str(error)
    return None


def _other_offices(old: Rulebook, new: Rulebook, kind: str) -> str | None:
    """Whether a law would give power over the register itself to another office.

    A registrar adopts laws; it must not adopt one that makes it its own root.
    """
    roles = set(old.roles) & set(new.roles)
    before, after = (_powers(book, kind, roles) for book in (old, new))
    if changed := before ^ after:
        act = min(power.act for power in changed)
        return (
            f"It would place {kind}.{act} in other hands: who holds the register's own powers does "
            "not change while it is open."
        )
    return None


class Power(NamedTuple):
    """Who may do an act to the register, or to its parties of a role."""

    act: str
    over: str | None
    by: str
    who: str | None
    not_by: tuple[str, ...]
    origin: tuple[str, ...]
    effect: str
    signed_with: SignedWith | None


def _powers(book: Rulebook, kind: str, roles: Iterable[str]) -> set[Power]:
    """The powers over the register, and over those of its parties who have one of the roles."""
    return {
        Power(act.name, over, act.by, act.who, act.not_by, act.origin, act.effect, act.signed_with)
        for act in book.cases[kind].acts.values()
        if act.effect in POWERS
        for over in (reached(book, act, roles) if act.effect in OF_PARTIES else [None])
    }


def named_digest(rulebook: Json) -> str:
    """The digest in the field that names a law; empty if there is none."""
    return str(rulebook.get("digest")) if isinstance(rulebook, dict) else ""
