"""Where an office had a choice, and what it did: the raw matter of like treatment.

An act of an office is *discretionary* if the office could lawfully have filed another act at that
moment, or none. What it could have filed is asked of the docket as it stood then: the case and the
one that it concerns are set back to where they were, and the same options are computed that
`holdshort docket` would have shown.

Rules kept here:

- An office is a role that is no party to any case and not the register itself: nothing is reserved
  for it, and it opens no case that then is its own. In `aaif` these are the Agency's and the court.
- The case ``register`` is left out. Enrolling parties and keeping their keys in order is done to
  parties, not in cases whose facts could be alike.
- Nothing here reads a name. What parties are called stands beside the facts, for whoever looks for
  favour, and never among them.
- The docket keeps of each such act where its cases stood before it (`Chosen`); everything else is
  computed when it is asked for.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from holdshort.docket.duties import owed
from holdshort.docket.fields import readable
from holdshort.docket.state import Case, Lapse
from holdshort.register.act import Act
from holdshort.rulebook.expression import names
from holdshort.rulebook.model import ANYONE, ActRule, Rulebook
from holdshort.rulebook.soundness import REGISTER

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

WAIT = "wait"
"""In the place of an act: filing none, which was lawful if nothing that was due was late."""


@dataclass(frozen=True)
class Chosen:
    """What the docket keeps of an act of an office: the act, and its cases before and after.

    ``case`` is the case before the act, None if the act opened it. Its steps are shared with the
    case as it went on; the first ``steps`` of them were there. ``concerned`` is the case that it
    concerns, as it stood.
    """

    index: int
    id: str
    rule: ActRule
    by: str
    role: str
    at: str
    state: str
    case: Case | None
    steps: int
    concerned: Case | None
    concerned_steps: int
    after: Mapping[str, object]
    to: str
    lapse: Lapse | None
    said: Mapping[str, object]
    stated: Mapping[str, str]


@dataclass(frozen=True)
class Choice:
    """One discretionary act.

    - ``point`` is where the choice was made: the kind of the case and its state before the act,
      ``restriction: noticed``; every office that acts there has its own choices (``office``).
    - ``alternatives`` are the names of the other acts that were open to the office, and `WAIT` if
      it could lawfully have filed none; at least one of the two.
    - ``facts`` are what clauses could read before the act: ``case.noticed``, ``review.finding``.
      Of the case concerned only what the law of this kind of case reads of it.
    - ``reasons`` holds everything that the act had to state in words, in the order of the book.
    - ``said`` are the act's own fields as far as clauses read them, ``outcome`` the state that it
      led to and the facts that it changed.
    - ``opened_at`` and ``ready_at`` are when the case was opened and when the step before was
      taken (for an act that opens a case: when the case concerned took its last step), so that
      delays can be compared. RFC 3339.
    - ``lapse`` is when what it led to ends by itself.
    """

    act: str
    kind: str
    case: str
    concerns: str | None
    entry: int
    by: str
    office: str
    at: str
    point: str
    alternatives: tuple[str, ...]
    facts: Mapping[str, object]
    reasons: str
    said: Mapping[str, object]
    outcome: Mapping[str, object]
    opened_at: str
    ready_at: str
    lapse: Lapse | None
    stated: Mapping[str, str]


def choices(docket: "Docket", at: str | None = None) -> Iterator[Choice]:
    """Every discretionary act on the register, in the order of the log; or those ``at`` a point."""
    for kept in docket.chosen:
        if at is not None and at != point(kept.rule.kind, kept.state):
            continue
        choice = _choice(docket, kept)
        if choice is not None:
            yield choice


def chosen(docket: "Docket", rule: ActRule, act: Act, before: Case | None) -> Chosen | None:
    """What to keep of an act that was just applied; None if no office had a choice.

    ``before`` is the case as it was before it.
    """
    book = docket.law.of(docket.cases[act.case], rule.kind, act.at)
    party = docket.parties.get(act.by)
    if rule.kind == REGISTER or party is None or party.role not in roles_of_offices(docket, book):
        return None
    case = docket.cases[act.case]
    other = docket.cases.get(case.concerns) if case.concerns else None
    old = before.facts if before else {}
    return Chosen(
        index=case.steps[-1].index,
        id=case.id,
        rule=rule,
        by=act.by,
        role=party.role,
        at=act.at,
        state=case.steps[-1].origin,
        case=before,
        steps=len(case.steps) - 1,
        concerned=other.before() if other else None,
        concerned_steps=len(other.steps) if other else 0,
        after={
            name: value
            for name, value in case.facts.items()
            if name not in old or old[name] != value
        },
        to=case.state,
        lapse=case.lapse if rule.expires else None,
        said=readable(rule, act.fields),
        stated={
            name: text for name in rule.must_state if isinstance(text := act.fields.get(name), str)
        },
    )


def offices(book: Rulebook, register: str | None) -> frozenset[str]:
    """The roles that decide about others: no parties to a case, and not the register."""
    acts = [act for kind in book.cases.values() for act in kind.acts.values()]
    parties = [
        act
        for act in acts
        if act.kind != REGISTER and (act.who or any(c is None for c in act.binds.values()))
    ]
    return frozenset(
        role
        for role in book.roles
        if role != register and not any(act.permits(role) for act in parties if act.by != ANYONE)
    )


def facts_read(book: Rulebook, kind: str) -> frozenset[str]:
    """The facts of the case concerned that the law of a kind of case reads: ``finding``."""
    concerned = book.cases[kind].concerns
    acts = book.cases[kind].acts.values()
    trees = [each.condition.tree for act in acts for each in act.requires]
    trees += [setting.value.tree for act in acts for setting in act.sets]
    trees += [
        limit.always.tree for limit in book.limits.values() if limit.kind == kind and limit.always
    ]
    paths = {path for tree in trees for path in names(tree)}
    own = book.cases[concerned].facts if concerned else {}
    return frozenset(name for name in own if any(_within(path, concerned, name) for path in paths))


def merits(book: Rulebook, kind: str, register: str | None) -> frozenset[str]:
    """The facts of a case that were there for an office to judge: ``ground``, ``appealed``.

    They are stated when the case is opened, or by whoever is no office. What offices put into the
    case later is what they chose, and paperwork: an office that drafts before it gives notice, and
    one that does so after, stand before the same question.
    """
    deciding = offices(book, register)
    acts = [
        act
        for act in book.cases[kind].acts.values()
        if act.origin == ("none",) or not any(act.permits(role) for role in deciding)
    ]
    found = {setting.fact for act in acts for setting in act.sets}
    decided = {"coverage"} if any(act.effect == "coverage" for act in acts) else set()
    return frozenset(found | decided)


def facts_of(
    book: Rulebook, case: Case | None, concerned: Case | None, kind: str
) -> dict[str, object]:
    """What a clause can read of a case and of the one that it concerns, by path."""
    found = {f"case.{name}": value for name, value in case.facts.items()} if case else {}
    if concerned:
        found |= {
            f"{concerned.kind}.{name}": concerned.facts[name]
            for name in sorted(_read(book, kind))
            if name in concerned.facts
        }
    return found


def point(kind: str, state: str) -> str:
    """The name of the place in a kind of case at which something is chosen."""
    return f"{kind}: {state}"


# ---------------------------------------------------------------------- one choice


def _choice(docket: "Docket", kept: Chosen) -> Choice | None:
    case, concerned = _then(kept.case, kept.steps), _then(kept.concerned, kept.concerned_steps)
    now = docket.cases[kept.id]
    book = docket.law.of(now, kept.rule.kind, kept.at)
    alternatives = _alternatives(docket, kept, case, concerned)
    if not alternatives:
        return None
    last = case or concerned
    return Choice(
        act=kept.rule.type,
        kind=kept.rule.kind,
        case=kept.id,
        concerns=now.concerns,
        entry=kept.index,
        by=kept.by,
        office=kept.role,
        at=kept.at,
        point=point(kept.rule.kind, kept.state),
        alternatives=alternatives,
        facts=facts_of(book, case, concerned, kept.rule.kind),
        reasons=" ".join(kept.stated.values()),
        said=kept.said,
        outcome={"state": kept.to, **kept.after},
        opened_at=now.opened_at,
        ready_at=last.steps[-1].at if last and last.steps else kept.at,
        lapse=kept.lapse,
        stated=kept.stated,
    )


def _then(case: Case | None, steps: int) -> Case | None:
    """A case that was kept, with the steps alone that it had then."""
    if case is None:
        return None
    back = copy(case)
    back.steps = case.steps[:steps]
    return back


def _alternatives(
    docket: "Docket", kept: Chosen, case: Case | None, concerned: Case | None
) -> tuple[str, ...]:
    """What else the office could have done at that moment, or `WAIT`."""
    if case is None:
        return (WAIT,)
    overlay = {each.id: each for each in (case, concerned) if each}
    back = copy(docket)
    back.cases = ChainMap(overlay, docket.cases)  # type: ignore[assignment]  # read only, by id
    party = replace(docket.parties[kept.by], suspended=False)  # it filed, so it was not
    found = [
        option.rule.name
        for option in back.options(case, party, kept.at)
        if option.open and option.rule.name != kept.rule.name
    ]
    overdue = any(
        item.status == "late" and kept.rule.type in item.duty.met_by
        for item in owed(back, case, kept.at)
    )
    return tuple(found) if overdue else (*found, WAIT)


# ---------------------------------------------------------------------- the law, once a book


def roles_of_offices(docket: "Docket", book: Rulebook) -> frozenset[str]:
    """The roles that decide about others under a book on this register: see `offices`."""
    charter = docket.charter_
    return _offices(_Same(book), charter.register.role if charter else None)


def _read(book: Rulebook, kind: str) -> frozenset[str]:
    return _facts_read(_Same(book), kind)


@dataclass(frozen=True)
class _Same:
    """A book that is told from others by its digest, so that answers about it are kept."""

    book: Rulebook

    def __hash__(self) -> int:
        return hash(self.book.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.book.digest == other.book.digest


@lru_cache(maxsize=64)
def _offices(same: _Same, register: str | None) -> frozenset[str]:
    return offices(same.book, register)


def merits_of(docket: "Docket", book: Rulebook, kind: str) -> frozenset[str]:
    """The merits of a kind of case under a book on this register: see `merits`."""
    charter = docket.charter_
    return _merits(_Same(book), kind, charter.register.role if charter else None)


@lru_cache(maxsize=256)
def _merits(same: _Same, kind: str, register: str | None) -> frozenset[str]:
    return merits(same.book, kind, register)


@lru_cache(maxsize=256)
def _facts_read(same: _Same, kind: str) -> frozenset[str]:
    return facts_read(same.book, kind)


def _within(path: str, record: str | None, name: str) -> bool:
    read = f"{record}.{name}"
    return path == read or path.startswith((f"{read}.", f"{read}["))
