"""What changes from one rulebook to another, in words, and for whom.

Provisions are matched by their ids; duties without a match of their id are matched by what kind of
document meets them and who owes it, so that two regimes can be compared too. What is compared is
what the law says; sentences and citations that read otherwise and say the same are not a change.

Whether a limit on power weakens does not show in its words: see `holdshort.rulebook.proof`, which
asks each limit of the old book of the new one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from holdshort.rulebook.condition import Condition
from holdshort.rulebook.expression import show, unparse
from holdshort.rulebook.model import (
    ActRule,
    Amount,
    Checklist,
    ChecklistCondition,
    Duty,
    Limit,
    Matter,
    Retention,
    Rulebook,
    Value,
)

T = TypeVar("T")

_DAYS = {
    "hours": 1 / 24,
    "days": 1.0,
    "business days": 7 / 5,
    "weeks": 7.0,
    "months": 365.25 / 12,
    "years": 365.25,
}
"""Mean length of a unit in days, to tell the longer of two times that are counted differently."""

EVERYONE = "everyone"


@dataclass(frozen=True)
class Change:
    """One thing that is otherwise.

    ``section`` is that of the book, ``whom`` the role that it changes something for, and ``verb``
    one of starts, stops, shortens, lengthens, tightens, loosens, changes.
    """

    section: str
    whom: str
    verb: str
    id: str
    says: str


def compare(old: Rulebook, new: Rulebook) -> list[Change]:
    """Every change from ``old`` to ``new``, section by section."""
    return [
        *_head(old, new),
        *_coverage(old, new),
        *_values(old, new),
        *_duties(old, new),
        *_acts(old, new),
        *_gate(old, new),
        *_limits(old, new),
        *_penalties(old, new),
        *_confidentiality(old, new),
        *_checklists(old, new),
    ]


def _pairs(old: Mapping[str, T], new: Mapping[str, T]) -> Iterator[tuple[str, T | None, T | None]]:
    for id_ in dict.fromkeys([*old, *new]):
        yield id_, old.get(id_), new.get(id_)


def _head(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    phases = [[f"{phase.status} from {phase.since}" for phase in b.phases] for b in (old, new)]
    for what, before, after in (
        ("the jurisdiction", old.jurisdiction, new.jurisdiction),
        ("its standing", ", ".join(phases[0]), ", ".join(phases[1])),
        ("how days end", f"{old.clocks.zone} {old.clocks.day_ends}", _days_end(new)),
        ("the risk areas", ", ".join(old.areas), ", ".join(new.areas)),
    ):
        if before != after:
            yield Change("head", EVERYONE, "changes", what, f"{before} → {after}")


def _days_end(book: Rulebook) -> str:
    return f"{book.clocks.zone} {book.clocks.day_ends}"


def _coverage(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    yield from _condition("coverage", "who is covered", old.coverage.when, new.coverage.when)
    for id_, before, after in _pairs(old.coverage.classes, new.coverage.classes):
        if before and after:
            yield from _condition("coverage", f"the class {id_}", before.when, after.when)
        elif after:
            yield _change("coverage", "starts", id_, f"a class of those covered: {id_}")
        else:
            yield _change("coverage", "stops", id_, f"the class {id_} of those covered")
    counts = ((b.coverage.compute.counts, tuple(b.coverage.compute.totals)) for b in (old, new))
    (before_counts, before_totals), (after_counts, after_totals) = counts
    for activity, stated, restated in _pairs(before_counts, after_counts):
        was = _counted(stated.totals if stated else None, before_totals)
        now = _counted(restated.totals if restated else None, after_totals)
        if was != now:
            yield _change(
                "coverage", "changes", activity, f"counts as training compute: {was} → {now}"
            )


def _counted(totals: tuple[str, ...] | None, known: tuple[str, ...]) -> str:
    """Whether an activity counts; the totals are named where a regime has several."""
    if totals is None:
        return "unknown"
    if not totals:
        return "no"
    return "yes" if len(known) == 1 else f"in {', '.join(totals)}"


def _change(section: str, verb: str, id_: str, says: str, whom: str = EVERYONE) -> Change:
    return Change(section, whom, verb, id_, says)


def _condition(
    section: str, what: str, old: Condition, new: Condition, whom: str = EVERYONE
) -> Iterator[Change]:
    if old.tree != new.tree:
        says = f"`{_one_line(old)}` → `{_one_line(new)}`"
        yield Change(section, whom, "changes", what, says)


def _one_line(condition: Condition) -> str:
    return unparse(condition.tree)


def _values(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for id_, before, after in _pairs(old.values, new.values):
        was, now = _history(before), _history(after)
        if was == now and before and after and before.unit == after.unit:
            continue
        verb = "changes" if before and after else "starts" if after else "stops"
        yield _change("values", verb, id_, f"{was or 'not there'} → {now or 'gone'}")


def _history(value: Value | None) -> str:
    if value is None:
        return ""
    steps = (f"{show(dated.value)} {value.unit} from {dated.since}" for dated in value.history)
    return ", ".join(steps)


# --- duties -------------------------------------------------------------------------------------


def _duties(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    matched: dict[str, Duty] = {}
    left = dict(new.duties)
    for same in (_same_id, _same_filing):
        for id_, duty in old.duties.items():
            if id_ not in matched:
                other = next((each for each in left.values() if same(duty, each)), None)
                if other:
                    matched[id_] = left.pop(other.id)
    for id_, duty in old.duties.items():
        if id_ in matched:
            yield from _duty(duty, matched[id_])
        else:
            says = f"no longer owes {duty.owed_to}: {duty.clause.says} ({_time(duty)})"
            yield Change("duties", duty.owed_by, "stops", id_, says)
    for duty in left.values():
        says = f"owes {duty.owed_to}: {duty.clause.says} ({_time(duty)}) [{duty.clause.cite}]"
        yield Change("duties", duty.owed_by, "starts", duty.id, says)


def _same_id(old: Duty, new: Duty) -> bool:
    return old.id == new.id


def _same_filing(old: Duty, new: Duty) -> bool:
    return bool(old.filing) and (old.filing, old.owed_by) == (new.filing, new.owed_by)


def _time(duty: Duty) -> str:
    if duty.ahead is not None:
        return f"{duty.ahead} ahead" if duty.ahead.number else "no later than the event"
    if duty.keeps is not None:
        return f"kept for {duty.keeps}"
    within = f"within {duty.within}" if duty.within else "no time is set"
    every = f", then every {duty.every}" if duty.every else ""
    return within + every + (f", not before {duty.not_before}" if duty.not_before else "")


def _duty(old: Duty, new: Duty) -> Iterator[Change]:
    name = old.id if old.id == new.id else f"{old.id} → {new.id}"
    if _time(old) != _time(new):
        verb = _longer(old, new)
        says = f"{new.clause.says} {_time(old)} → {_time(new)} [{new.clause.cite}]"
        yield Change("duties", new.owed_by, verb, name, says)
    for what, read in _TERMS:
        before, after = read(old), read(new)
        if before != after:
            says = f"{new.clause.says} {what}: {before} → {after} [{new.clause.cite}]"
            yield Change("duties", new.owed_by, "changes", name, says)


def _whose(duty: Duty) -> str:
    return f"{duty.owed_by} ({duty.of})" if duty.of else duty.owed_by


_TERMS: tuple[tuple[str, Callable[[Duty], str]], ...] = (
    ("who owes it", _whose),
    ("owed to", lambda duty: duty.owed_to),
    ("it starts with", lambda duty: duty.event or ", ".join(s.act for s in duty.starts)),
    ("it is owed if", lambda duty: _one_line(duty.when) if duty.when else "always"),
    ("left undone it costs", lambda duty: duty.consequence or "nothing that is stated"),
)


def _longer(old: Duty, new: Duty) -> str:
    """Whether a duty's time shortens; "changes" where its kind does, or one is not set."""
    for before, after in ((old.within, new.within), (old.ahead, new.ahead), (old.keeps, new.keeps)):
        if before is not None and after is not None and before != after:
            return "shortens" if length(after) < length(before) else "lengthens"
    if old.within == new.within and old.every and new.every and old.every != new.every:
        return "shortens" if length(new.every) < length(old.every) else "lengthens"
    return "changes"


def length(amount: Amount) -> float:
    """Mean length in days."""
    return amount.number * _DAYS[amount.unit]


# --- the transition table -----------------------------------------------------------------------


def _acts(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for kind, before_kind, after_kind in _pairs(old.cases, new.cases):
        before = before_kind.acts if before_kind else {}
        after = after_kind.acts if after_kind else {}
        for name, was, now in _pairs(before, after):
            id_ = f"{kind}.{name}"
            if was and now:
                yield from _act(id_, was, now)
            elif now:
                says = f"may: {now.clause.says} [{now.clause.cite}]"
                yield Change("cases", now.by, "starts", id_, says)
            elif was:
                yield Change("cases", was.by, "stops", id_, f"may no longer: {was.clause.says}")


def _act(id_: str, old: ActRule, new: ActRule) -> Iterator[Change]:
    for what, read in _ROWS:
        before, after = read(old), read(new)
        if before != after:
            says = f"{new.title}: {what}: {before} → {after}"
            yield Change("cases", new.by, "changes", id_, says)
    conditions = ({each.condition.tree: each for each in act.requires} for act in (old, new))
    before_needs, after_needs = conditions
    for tree, requirement in before_needs.items():
        if tree not in after_needs:
            says = f"{new.title}: no longer needed: {requirement.clause.says}"
            yield Change("cases", new.by, "loosens", id_, says)
    for tree, requirement in after_needs.items():
        if tree not in before_needs:
            clause = requirement.clause
            says = f"{new.title}: now needed: {clause.says} [{clause.cite}]"
            yield Change("cases", new.by, "tightens", id_, says)
    for statement in set(old.must_state) - set(new.must_state):
        says = f"{new.title}: need no longer state {statement.replace('_', ' ')}"
        yield Change("cases", new.by, "loosens", id_, says)
    for statement in set(new.must_state) - set(old.must_state):
        says = f"{new.title}: must now state {statement.replace('_', ' ')}"
        yield Change("cases", new.by, "tightens", id_, says)
    was, now = (set(act.signed_with.keys if act.signed_with else ()) for act in (old, new))
    for key in sorted(was - now):
        says = f"{new.title}: needs no longer be signed with a key of the type {key}"
        yield Change("cases", new.by, "loosens", id_, says)
    for key in sorted(now - was):
        says = f"{new.title}: must now be signed with a key of the type {key}"
        yield Change("cases", new.by, "tightens", id_, says)


def _settings(act: ActRule) -> str:
    return ", ".join(
        f"{each.fact}{f'[{each.index.source}]' if each.index else ''} = {_one_line(each.value)}"
        for each in act.sets
    )


_ROWS: tuple[tuple[str, Callable[[ActRule], str]], ...] = (
    ("by", lambda act: act.by),
    ("only as", lambda act: act.who or "anyone in that role"),
    ("about", lambda act: ", ".join(act.about) or "any role that no other act is about"),
    ("not by", lambda act: ", ".join(act.not_by) or "nobody excluded"),
    ("from", lambda act: " or ".join(act.origin)),
    ("to", lambda act: act.to or "the same state"),
    ("what it changes", lambda act: _settings(act) or "nothing"),
    ("ends by itself", lambda act: str(act.expires.within) if act.expires else "never"),
)


# --- gate, limits, penalties, confidentiality ---------------------------------------------------


def _gate(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    bars = [
        ", ".join(f"{kind} {' or '.join(each.states)}" for kind, each in b.gate.bars.items())
        for b in (old, new)
    ]
    rows = (
        ("how weights come to be served", old.gate.regime, new.gate.regime),
        ("what bars them", bars[0] or "nothing", bars[1] or "nothing"),
        ("served", ", ".join(old.gate.serve) or "any", ", ".join(new.gate.serve) or "any"),
        ("where nothing was decided", old.gate.undecided, new.gate.undecided),
    )
    for what, before, after in rows:
        if before != after:
            yield _change("gate", "changes", what, f"{before} → {after}")
    for kind, was, now in _pairs(old.gate.clearances, new.gate.clearances):
        if _worth(was) != _worth(now):
            says = f"{_worth(was)} → {_worth(now)}"
            yield _change("gate", "changes", f"the clearance of a {kind}", says)


def _worth(lines: tuple[tuple[str, Condition], ...] | None) -> str:
    """What a clearance is: ``suspended if `case.held`, valid if …``."""
    if lines is None:
        return "none"
    return ", ".join(f"{status} if `{_one_line(condition)}`" for status, condition in lines)


def _limits(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for id_, before, after in _pairs(old.limits, new.limits):
        if before and after:
            if _formula(before) != _formula(after):
                says = f"{after.clause.says} {_formula(before)} → {_formula(after)}"
                yield _change("limits", "changes", id_, says)
        elif after:
            yield _change("limits", "starts", id_, f"{after.clause.says} [{after.clause.cite}]")
        elif before:
            yield _change("limits", "stops", id_, f"no longer stated: {before.clause.says}")


def _formula(limit: Limit) -> str:
    if limit.always:
        return f"`{_one_line(limit.always)}`"
    if limit.enabled:
        return f"`{limit.enabled.act}` is open while `{_one_line(limit.enabled.while_)}`"
    if limit.entering:
        entering = limit.entering
        parts = (
            f"into {' or '.join(entering.states)}",
            f"by {' or '.join(entering.by)}" if entering.by else "",
            f"stating {', '.join(entering.must_state)}" if entering.must_state else "",
            "ending by itself" if entering.lapses else "",
        )
        return " ".join(part for part in parts if part)
    return "equal facts, equal acts"


def _penalties(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for id_, before, after in _pairs(old.penalties, new.penalties):
        amounts = [
            f"{each.bound} {_one_line(each.amount)} {each.unit}" if each and each.amount else ""
            for each in (before, after)
        ]
        if before and after:
            if amounts[0] != amounts[1]:
                says = f"{after.clause.says} {amounts[0] or 'unknown'} → {amounts[1] or 'unknown'}"
                yield _change("penalties", "changes", id_, says)
        elif after:
            says = f"{after.clause.says} {amounts[1] or 'amount unknown'} [{after.clause.cite}]"
            yield _change("penalties", "starts", id_, says)
        elif before:
            yield _change("penalties", "stops", id_, f"no longer: {before.clause.says}")


def _confidentiality(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    laws = old.confidentiality, new.confidentiality
    for id_, _, after in _pairs(laws[0].grounds, laws[1].grounds):
        if id_ not in laws[0].grounds and after:
            says = f"a ground to keep matter from the public: {after.clause.says}"
            yield _change("confidentiality", "starts", id_, f"{says} [{after.clause.cite}]")
        elif after is None:
            yield _change("confidentiality", "stops", id_, f"no longer a ground: {id_}")
    for act, was, now in _pairs(laws[0].matter, laws[1].matter):
        before, after_ = _sealable(was), _sealable(now)
        if before != after_:
            # The public reads less where more may be sealed.
            verb = "starts" if was is None else "stops" if now is None else "changes"
            says = f"may be sealed: {before or 'nothing'} → {after_ or 'nothing'}"
            yield _change("confidentiality", verb, act, says)
    for kind, had, has in _pairs(laws[0].public, laws[1].public):
        if (had is None) != (has is None):
            verb = "stops" if has is None else "starts"
            says = f"{'no longer ' if has is None else ''}wholly public: every {kind}"
            yield _change("confidentiality", verb, kind, says)
    for id_, held, keeps in _pairs(laws[0].retention, laws[1].retention):
        before, after_ = _kept(held), _kept(keeps)
        if before != after_:
            verb = "starts" if held is None else "stops" if keeps is None else "changes"
            says = f"{before or 'not said'} → {after_ or 'not said'}"
            yield _change("confidentiality", verb, id_, says)


def _sealable(matter: Matter | None) -> str:
    if matter is None:
        return ""
    what = [*matter.fields, *(["documents"] if matter.documents else [])]
    return f"{', '.join(what)} on {' or '.join(matter.grounds)}"


def _kept(kept: Retention | None) -> str:
    if kept is None:
        return ""
    duty = f"as the duty {kept.duty} says" if kept.duty else "for a time that is unknown"
    return f"{', '.join(kept.acts)} kept {duty}, then destroyed: {kept.destroyed}"


# --- checklists ---------------------------------------------------------------------------------


def _checklists(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for id_, before, after in _pairs(old.checklists, new.checklists):
        if before and after:
            yield from _checklist(before, after)
        elif after:
            says = f"a checklist of {len(after.conditions)} conditions: {after.title}"
            yield _change("checklists", "starts", id_, f"{says} [{after.clause.cite}]")
        elif before:
            yield _change("checklists", "stops", id_, f"no longer a checklist: {before.title}")


def _checklist(old: Checklist, new: Checklist) -> Iterator[Change]:
    for name, before, after in _pairs(old.conditions, new.conditions):
        id_ = f"{new.id} {name}"
        if before and after:
            if before.required != after.required:
                says = f"{after.clause.says} {_rank(before)} → {_rank(after)}"
                yield _change("checklists", "changes", id_, says)
        elif after:
            says = f"{after.clause.says} ({_rank(after)}) [{after.clause.cite}]"
            yield _change("checklists", "starts", id_, says)
        elif before:
            yield _change("checklists", "stops", id_, f"no longer asked: {before.clause.says}")
    outcomes = [
        ", ".join(f"{each.id}{' (justified)' if each.justified else ''}" for each in outcome)
        for outcome in (old.outcomes.values(), new.outcomes.values())
    ]
    if outcomes[0] != outcomes[1]:
        says = f"outcomes: {outcomes[0]} → {outcomes[1]}"
        yield _change("checklists", "changes", new.id, says)


def _rank(condition: ChecklistCondition) -> str:
    return "required" if condition.required else "recommended"
