"""The docket replays a prover's story: two programs that must come to the same end.

The prover reads the rulebook as formulas, the docket runs it. A story is a claim of the prover's
about what the docket would do, so the docket does it: with real keys, real signed acts and a real
clock, deed by deed, and says whether it comes to the same end.

- The docket keeps the limits of its book while it runs. To see the end of a story it has to be let
  go without them; whether a limit of the form ``always`` would then have stopped the last act is
  tried on a second docket that has that limit alone.
- ``enabled``: at the end, the act is tried by whoever can be entitled to it with every choice of
  its fields; to each there is an answer of the record on which the docket refuses it.
- ``entering``: the act is on the register although it is none that the limit allows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import prod
from typing import TypeGuard
from zoneinfo import ZoneInfo

from holdshort.docket.casting import Casting
from holdshort.docket.environment import of_limit
from holdshort.docket.law import values_on
from holdshort.docket.refusal import Unlawful
from holdshort.docket.stage import Player, Said, read, readable_fields
from holdshort.docket.state import Case
from holdshort.docket.telling import Differs, Done, OutOfTime, Telling, told
from holdshort.errors import BadInput
from holdshort.register.act import Act
from holdshort.rulebook.entering import wrong_lapses
from holdshort.rulebook.expression import Literal, Node, Unknown, Value, children
from holdshort.rulebook.model import (
    WORD_LISTS,
    ActRule,
    Enabled,
    Entering,
    Field,
    Limit,
    Rulebook,
)
from holdshort.rulebook.proof.story import CONCERNED, SUBJECT, Story

_MORNING = time(9)
_LONG = timedelta(days=10 * 366)
NO_YES = (False, True)
_MOST = 20_000  # candidates for one act: beyond it, not every choice is tried


@dataclass(frozen=True)
class Replay:
    """What the docket makes of a story: whether it comes to the same end, and how it went.

    ``untimely``: no act was refused for itself, but there are no times at which all could be done.
    """

    agrees: bool
    says: str
    steps: tuple[Done, ...] = ()
    untimely: bool = False


def replay(book: Rulebook, story: Story) -> Replay:
    """Play a story with real acts under its book.

    Raises:
        BadInput: the book has no such limit, or the story no deeds.
    """
    limit = book.limits.get(story.limit)
    if limit is None:
        known = ", ".join(book.limits)
        raise BadInput(f"The book has no limit {story.limit!r}.", do=f"It has: {known}.")
    if not story.deeds:
        raise BadInput("A story has at least one deed.")
    if limit.equal:
        return Replay(False, "What differs between two parties is no history: nothing is replayed.")
    replays = (_replayed(book, story, limit, casting) for casting in _castings(book, limit))
    first = next(replays)
    return first if first.agrees else next((each for each in replays if each.agrees), first)


def _castings(book: Rulebook, limit: Limit) -> list[Casting]:
    rule = book.cases[limit.kind].acts[limit.enabled.act] if limit.enabled else None
    return list(Casting) if rule and rule.who and rule.not_by else [Casting.APART]


def _replayed(book: Rulebook, story: Story, limit: Limit, casting: Casting) -> Replay:
    try:
        telling = _told(book, story, limit, casting)
    except Differs as differs:
        return Replay(False, str(differs), untimely=isinstance(differs, OutOfTime))
    try:
        return Replay(True, _end(book, limit, telling), tuple(telling.done))
    except Differs as differs:
        says = f"{differs}{_besides(telling)}"
        return Replay(False, says, tuple(telling.done), untimely=bool(telling.besides))


def _told(book: Rulebook, story: Story, limit: Limit, casting: Casting) -> Telling:
    """The story told without limits, from the day it names, or from when its values came.

    If there are no times for it, it may be that it leaves running what does not matter to it, a
    duty or the state of the case concerned: then it is told with that late or lapsed.
    """
    bystanders = _bystanders(book, limit)
    bare = replace(book, limits={limit.id: replace(limit, always=None)})
    ways = [(False, _morning), (False, _epoch), (True, _morning), (True, _epoch)]
    failed: list[Differs] = []
    for lenient, opening in ways:
        if lenient and not isinstance(failed[0], OutOfTime):
            break
        try:
            times = _times(book, story, opening)
            return told(bare, story, times, bystanders, lenient=lenient, casting=casting)
        except Differs as differs:
            failed.append(differs)
    raise failed[0]


def _times(
    book: Rulebook, story: Story, opening: Callable[[Rulebook, date], datetime]
) -> list[datetime]:
    """When each deed is done at the earliest: from the opening of its case on the day told."""
    times, at = [], opening(book, story.concerned_basis or story.basis)
    opened = {SUBJECT: story.basis, CONCERNED: story.concerned_basis or story.basis}
    for deed in story.deeds:
        at = max(at, opening(book, opened[deed.of]))
        times.append(at)
    return times


def _morning(book: Rulebook, day: date) -> datetime:
    return datetime.combine(day, _MORNING, ZoneInfo(book.clocks.zone)).astimezone(UTC)


def _epoch(book: Rulebook, day: date) -> datetime:
    """When the values of a day came into force; long before, if there were none."""
    dates = [dated.since for value in book.values.values() for dated in value.history]
    past = [since for since in dates if since <= day]
    if past:
        return datetime.combine(max(past), time(), ZoneInfo(book.clocks.zone)).astimezone(UTC)
    return _morning(book, day - _LONG)


def _bystanders(book: Rulebook, limit: Limit) -> list[Player]:
    """Someone of every role in which the act of an ``enabled`` limit can be done."""
    if limit.enabled is None:
        return []
    rule = book.cases[limit.kind].acts[limit.enabled.act]
    roles = [role for role in book.roles if rule.permits(role)]
    return [Player(900 + number, [role]) for number, role in enumerate(roles)]


# ---------------------------------------------------------------------- the end


def _end(book: Rulebook, limit: Limit, telling: Telling) -> str:
    """What is wrong at the end, in words.

    Raises:
        Differs: nothing is.
    """
    if limit.enabled:
        wrong = _closed(telling, limit.enabled)
    elif limit.entering:
        wrong = _entered(telling, limit.entering)
    else:
        wrong = _broken(book, telling, limit)
    acts = sum(done.entry is not None for done in telling.done)
    signed = f"{acts} signed act{'' if acts == 1 else 's'}"
    return f"The docket comes to the same end with {signed}: {wrong}{_besides(telling)}"


def _besides(telling: Telling) -> str:
    besides = [f"by deed {deed + 1} {what}" for what, deed in telling.besides.items()]
    return f" Other than told, {' and '.join(besides)}." if besides else ""


def _subject(telling: Telling) -> Case:
    if SUBJECT not in telling.standing:
        raise Differs("The story ends before the case that it is about is open.")
    return telling.case(SUBJECT)


def _broken(book: Rulebook, telling: Telling, limit: Limit) -> str:
    subject, stage = _subject(telling), telling.stage
    env = of_limit(stage.docket, subject, stage.now)
    answer = limit.always.decide(env) if limit.always else True
    if answer is True:
        raise Differs(f"At the end of the story the limit {limit.id!r} holds on the docket.")
    fails = "cannot be told" if isinstance(answer, Unknown) else "does not hold"
    state = stage.docket.state(subject, stage.now)
    at = f"the limit {limit.id!r} {fails} of the {subject.kind}, which is {state}."
    if telling.story.deeds[-1].act is None:
        return f"{at} Time alone leads there, so there is no act that the limit could stop."
    return f"{at} {_stopped(book, telling, limit)}"


def _stopped(book: Rulebook, telling: Telling, limit: Limit) -> str:
    """That the limit, in force, stops the last act and nothing before it."""
    kept = replace(book, limits={limit.id: limit})
    again = Telling(kept, telling.story, list(telling.times), lenient=telling.lenient)
    last = len(telling.story.deeds) - 1
    for number in range(last):
        again.step(number)
    try:
        again.step(last)
    except Differs as refused:
        if isinstance(refused.__cause__, Unlawful) and f"limit {limit.id!r}" in str(refused):
            return "With the limit in force, it refuses the last act."
        raise
    raise Differs(f"The limit {limit.id!r}, in force, does not stop the last act.")


def _entered(telling: Telling, entering: Entering) -> str:
    subject, done, docket = _subject(telling), telling.done[-1], telling.stage.docket
    state = docket.state(subject, telling.stage.now)
    moves = done.deed.lapses or (done.deed.act and docket.book.act(done.deed.act).to)
    if done.deed.of != SUBJECT or state not in entering.states or not moves:
        raise Differs(f"The last deed does not lead into {' or '.join(entering.states)}.")
    wrong = []
    if done.entry is None:
        book = docket.law_of(subject, telling.stage.now)
        closed = wrong_lapses(book, book.cases[subject.kind], entering)
        wrong += [closed[state]] if state in closed else []
    else:
        role = docket.parties[done.entry.act.by].role
        if not entering.permits(role):
            wrong.append(f"that is done by the {role}")
        said = done.entry.act.fields
        wrong += [f"the act states no {each}" for each in entering.must_state if each not in said]
        if entering.lapses and (subject.lapse is None or subject.lapse.to in entering.states):
            wrong.append("it does not end by itself")
    if not wrong:
        raise Differs("The last act comes with all that the limit asks for.")
    return f"the {subject.kind} is {state}, and {', '.join(wrong)}."


# ---------------------------------------------------------------------- what is open at the end


def _closed(telling: Telling, enabled: Enabled) -> str:
    subject, stage = _subject(telling), telling.stage
    if enabled.while_.decide(of_limit(stage.docket, subject, stage.now)) is False:
        raise Differs("At the end of the story the act need not be open.")
    rule = stage.book.cases[subject.kind].acts[enabled.act]
    way = next((said for said in _choices(rule, telling) if _open(rule, telling, said)), None)
    if way is not None:
        raise Differs(f"At the end of the story the docket takes the act {rule.type}.")
    return (
        f"the {subject.kind} is {stage.docket.state(subject, stage.now)}, and nobody can do "
        f"{rule.name!r}, whatever it states."
    )


def _open(rule: ActRule, telling: Telling, said: Mapping[str, Value]) -> bool:
    """Whether somebody can do an act that says this, whatever the record answers."""
    stage, subject = telling.stage, telling.ids[SUBJECT]
    fields = stage.fields(rule, Said(said))
    asked = sorted(read(rule, "check"))
    for party in stage.docket.parties.values():
        if not rule.permits(party.role):
            continue
        act = stage.act(rule, party.id, subject, fields)
        answers = (
            dict(zip(asked, each, strict=True)) for each in product(NO_YES, repeat=len(asked))
        )
        if all(_takes(telling, act, each) for each in answers):
            return True
    return False


def _takes(telling: Telling, act: Act, answers: Mapping[str, bool]) -> bool:
    telling.stage.answers = answers
    try:
        telling.stage.docket.check(act)
    except Unlawful:
        return False
    return True


def _choices(rule: ActRule, telling: Telling) -> Iterator[Mapping[str, Value]]:
    """Every choice of the fields that the act's requirements read, as far as it can matter.

    Raises:
        Differs: there are too many.
    """
    stated = read(rule, "act")
    numbers = _landmarks(rule, telling)
    choices: dict[str, list[Value | None]] = {
        each.name: [
            *_values(each, telling, numbers),
            *([None] if each.optional else []),
        ]
        for each in readable_fields(rule)
        if each.name in stated
    }
    if prod(len(values) for values in choices.values()) > _MOST:
        raise Differs(f"The act {rule.type} can be done in more ways than can be tried.")
    for values in product(*choices.values()):
        said = zip(choices, values, strict=True)
        yield {name: value for name, value in said if value is not None}


def _values(told: Field, telling: Telling, numbers: Sequence[Fraction]) -> list[Value]:
    words = told.type.words(telling.book.areas)
    match told.type.name:
        case "bool":
            return [True, False]
        case "one_of" | "area":
            return list(words)
        case name if name in WORD_LISTS:
            sizes = range(len(words) + 1)
            return [list(some) for size in sizes for some in combinations(words, size)]
        case "integer":
            return [int(number) for number in numbers if number.denominator == 1]
        case "decimal":
            return list(numbers)
        case _:
            return [telling.stage.now]


def _landmarks(rule: ActRule, telling: Telling) -> list[Fraction]:
    """Numbers on either side of, between, and at all those that the act could be compared with."""
    found = {Fraction(0), Fraction(1)}
    for of in telling.standing:
        case = telling.case(of)
        said = [*case.facts.values(), *values_on(telling.book, case.basis).values()]
        found |= {Fraction(each) for each in said if _is_number(each)}
    for each in rule.requires:
        found |= {Fraction(number) for number in _literals(each.condition.tree)}
    around = {number + step for number in found for step in (-1, 0, 1)}
    ordered = sorted(around)
    between = {(one + other) / 2 for one, other in pairwise(ordered)}
    return sorted(number for number in around | between if number >= 0)


def _is_number(value: object) -> TypeGuard[int | Decimal | Fraction]:
    return isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool)


def _literals(node: Node) -> Iterator[int | Decimal | Fraction]:
    if isinstance(node, Literal) and _is_number(node.value):
        yield node.value
    for child in children(node):
        yield from _literals(child)
