"""Whether an assessor is independent of a developer: what it declares, held against the record.

An assessor declares its interests in each review. Beside that, developers and assessors keep files
of their financial ties (cases of the kind ``ties``). Whether a tie disqualifies the book decides,
where it is declared; here it is only asked whether one stands between the two, whichever of them
declared it. Then the assessor is in conflict, whatever it declared itself.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdshort.docket.state import Case
from holdshort.register.act import Act
from holdshort.register.canonical import Json
from holdshort.register.entry import Entry
from holdshort.rulebook.model import ActRule

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

TIES = "ties"


@dataclass(frozen=True)
class Tie:
    """A tie on record. ``share`` is in percent, as it was written; ``since`` an instant."""

    case: str
    entry: int
    holder: str
    other: str
    kind: str
    share: str
    disqualifying: bool
    since: str

    def __str__(self) -> str:
        return (
            f"{self.holder} has on record {self.kind} of {self.share} % with {self.other} "
            f"({self.case}, entry {self.entry})"
        )


def why_conflicted(docket: "Docket", review: Case, party: str) -> str | None:
    """Why ``party`` is not independent in a review, in words; None if it is."""
    interests = review.memory.get("interests")
    declared = interests.get(party) if isinstance(interests, dict) else None
    if not isinstance(declared, dict):
        return f"{party} has declared no interests in {review.id}."
    if declared.get("conflict") is not False:
        return f"{party} has declared a conflict."
    tie = next((tie for tie in ties_between(docket, review, party) if tie.disqualifying), None)
    return f"{party} declared no conflict, but {tie}." if tie else None


def ties_between(docket: "Docket", review: Case, party: str) -> list[Tie]:
    """The ties that stand between ``party`` and the developer of a review."""
    pair = {party, review.bound.get("holder")}
    return [tie for tie in ties_of(docket, party) if {tie.holder, tie.other} == pair]


def ties_of(docket: "Docket", party: str) -> list[Tie]:
    """The ties that ``party`` has declared, and those that others have declared with it."""
    return [
        tie
        for case in docket.noted(TIES, party)
        for tie in _standing(case)
        if party in (tie.holder, tie.other)
    ]


def declare_tie(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A tie stands; one of the same kind with the same party takes the place of the last."""
    fields = entry.act.fields
    kept: dict[str, Json] = {
        "entry": entry.index,
        "since": entry.act.at,
        "holder": entry.act.by,
        **{name: fields[name] for name in ("other", "kind", "share", "disqualifying")},
    }
    case.memory[TIES] = {**_shelf(case), _key(entry.act): kept}
    for party in (entry.act.by, str(fields["other"])):
        docket.note(TIES, party, case)


def end_tie(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A tie stands no more."""
    ended = _key(entry.act)
    case.memory[TIES] = {key: tie for key, tie in _shelf(case).items() if key != ended}


def end_tie_fault(docket: "Docket", rule: ActRule, act: Act) -> str | None:
    """Why a tie cannot be ended: it is not there."""
    if _key(act) in _shelf(docket.cases[act.case]):
        return None
    return f"No tie of the kind {act.fields['kind']} with {act.fields['other']} stands here."


def _key(act: Act) -> str:
    return f"{act.fields['other']}/{act.fields['kind']}"


def _shelf(case: Case) -> dict[str, Json]:
    kept = case.memory.get(TIES)
    return dict(kept) if isinstance(kept, dict) else {}


def _standing(case: Case) -> list[Tie]:
    return [
        Tie(
            case.id,
            int(str(each["entry"])),
            str(each["holder"]),
            str(each["other"]),
            str(each["kind"]),
            str(each["share"]),
            each["disqualifying"] is True,
            str(each["since"]),
        )
        for each in _shelf(case).values()
        if isinstance(each, dict)
    ]
