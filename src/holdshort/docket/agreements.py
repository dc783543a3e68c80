"""Agreements on mutual recognition: which other register is relied on, how far, on which proofs.

An agreement is a case in which the Agency has said it, once and for everybody: the register (its
charter, pinned by its hash), the law under which it clears, whose cosignatures on its log are asked
for, the areas of this law that its testing covers, in which others an imported finding will do, and
how the two laws differ. What it said is read from the act that proposed it (effect ``record``).
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from holdshort.docket.directives import stated
from holdshort.docket.entitlement import concerned
from holdshort.docket.state import Case
from holdshort.errors import HoldshortError, RegisterError
from holdshort.register.canonical import Json
from holdshort.register.entry import Entry
from holdshort.register.foreign import Trusted, trust
from holdshort.register.witness.fork import check_fork

if TYPE_CHECKING:
    from holdshort.docket.checks import Question

AGREEMENT = "agreement"
IN_FORCE = "in_force"
STANDING = (IN_FORCE, "ending")
"""States of an agreement in which a status can be shown anew."""
ENDED = "ended"


# ---------------------------------------------------------------------- checks


def foreign_charter_pinned(question: "Question") -> bool:
    """The charter carried is the one whose hash is pinned, and is that of the origin named."""
    return fault(question, _pinned) is None


def why_not_pinned(question: "Question") -> str | None:
    """What does not hold of the charter that an agreement carries."""
    return fault(question, _pinned)


def differences_stated(question: "Question") -> bool:
    """Each difference has an id of its own and its words, and names areas of this law alone.

    ``{"id": …, "says": …}``, and ``"test": AREA`` where it is settled by a finding here. The
    equivalents lead from areas of the other law to areas of this one.
    """
    areas, fields = question.book.areas, question.fields
    listed = items(fields.get("differences"))
    found = [each for each in listed if isinstance(each, dict)]
    names = [each.get("id") for each in found]
    equivalents = fields.get("equivalents")
    return (
        len(found) == len(listed)
        and len({str(name) for name in names}) == len(names)
        and all(is_text(each.get("id")) and is_text(each.get("says")) for each in found)
        and all(set(each) <= {"id", "says", "test"} for each in found)
        and all(each.get("test") in (None, *areas) for each in found)
        and (equivalents is None or isinstance(equivalents, dict))
        and all(area in areas for area in members(equivalents).values())
    )


def agreement_in_force(question: "Question") -> bool:
    """The agreement concerned is in force."""
    return _agreement_state(question) == IN_FORCE


def agreement_stands(question: "Question") -> bool:
    """The agreement concerned is in force, or runs out after notice."""
    return _agreement_state(question) in STANDING


def agreement_ended(question: "Question") -> bool:
    """The agreement concerned has ended."""
    return _agreement_state(question) == ENDED


def foreign_log_forked(question: "Question") -> bool:
    """The log of the agreement's register signed two trees of one size: both are in the act."""

    def forked(question: "Question") -> None:
        if question.case is None:
            raise RegisterError("There is no agreement.")
        one, other = (
            str(question.fields.get(name)).encode()
            for name in ("first_checkpoint", "second_checkpoint")
        )
        if check_fork(one, other, trusted(question.case).charter.verifier) is None:
            raise RegisterError("The two checkpoints are of the same tree.")

    return fault(question, forked) is None


# ---------------------------------------------------------------------- reading


def trusted(agreement: Case) -> Trusted:
    """The register that an agreement relies on.

    Raises:
        HoldshortError: the agreement does not pin one.
    """
    return relied_on(stated(agreement))


def agreement_of(question: "Question") -> Case:
    """The agreement that a case, or the act that opens it, concerns; RegisterError if none."""
    found = concerned(question.docket, question.case, question.act)
    if found is None:
        raise RegisterError("No agreement is named.", where="concerns")
    return found


def differences(agreement: Case) -> list[Mapping[str, Json]]:
    """The differences that an agreement lists."""
    return [each for each in items(stated(agreement).get("differences")) if isinstance(each, dict)]


def shown(other: Trusted, fields: Mapping[str, Json], name: str, now: str) -> Entry:
    """The entry that an act carries in the field ``name``, by its proof in ``name_proof``.

    Raises:
        RegisterError: it is not proven.
    """
    return other.entry(str(fields.get(name)), str(fields.get(f"{name}_proof")), now, name)


def fault(question: "Question", of: Callable[["Question"], None]) -> str | None:
    """What a procedure finds wrong, in words; None if nothing is."""
    try:
        of(question)
    except HoldshortError as error:
        return f"{error.where}: {error.what}" if error.where else error.what
    return None


def items(value: Json) -> list[Json]:
    """The elements of a list; none of anything else."""
    return list(value) if isinstance(value, list | tuple) else []


def members(value: object) -> Mapping[str, Json]:
    """The members of an object; none of anything else."""
    return value if isinstance(value, dict) else {}


def is_text(value: Json) -> bool:
    """Whether a value is a text that is not empty."""
    return isinstance(value, str) and bool(value.strip())


def _pinned(question: "Question") -> None:
    found, origin = relied_on(question.fields), question.fields.get("origin")
    if found.charter.origin != origin:
        raise RegisterError(f"The charter is that of {found.charter.origin}.", where="origin")
    if origin == question.docket.charter.origin:
        raise RegisterError("That is this register.", where="origin")
    if found.charter.rehearsal and not question.docket.charter.rehearsal:
        raise RegisterError("It is a rehearsal: no authority stands behind it.", where="charter")


def relied_on(told: Mapping[str, Json]) -> Trusted:
    """The register that the fields of a proposal name; HoldshortError if they pin none."""
    charter, leaf, policy = (
        str(told.get(name)) for name in ("charter", "charter_entry", "witness_policy")
    )
    return trust(charter, leaf, policy)


def _agreement_state(question: "Question") -> str | None:
    found = concerned(question.docket, question.case, question.act)
    return question.docket.state(found, question.act.at) if found else None
