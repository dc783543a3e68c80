"""Outcomes in comparable numbers: of each choice, what can be held against the same of another.

================ ==================================================================================
``severity``     how hard the act chosen is on the party, where acts of different weight were open
``unusual``      another act than most like matters got (0 or 1), where several were open
``wait``         how long the party waited for an office to act; what it still waits for counts as
                 longer than it has waited
``haste``        how soon a step against the party came, where nothing else could be done but leave
                 it; a step that has not come counts as coming later
``overdue``      a duty that an office owed in the party's case was not met in time (0 or 1)
``fine``         the amount of a fine for a like violation
``conditions``   how many conditions, areas or items an act imposes
``duration``     for how long an act binds
================ ==================================================================================

More is worse for the party in each; so ``haste`` is the time turned round.

An *observation* has a *step*, the point of the proceedings where it belongs, and a *stratum*: the
law, the step, and every fact that the law could see. Only observations of one stratum are compared.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from holdshort.docket.fairness.record import Choice, Record
from holdshort.docket.fairness.situations import seconds

MEASURES = {
    "severity": "how hard the act chosen was",
    "unusual": "how often another act was chosen than in most like matters",
    "wait": "how long the party waited for an office",
    "haste": "how soon a step against the party came",
    "overdue": "how often an office met its duty late",
    "fine": "how high the fine was",
    "conditions": "how many conditions were imposed",
    "duration": "how long what was imposed lasts",
}
SHARES = ("severity", "unusual", "overdue")
"""Measures of which a share of outcomes can be made worse; the others can be made larger."""

DAY = 86400  # seconds


@dataclass(frozen=True)
class Observation:
    """One outcome. ``value`` is exact; if ``open_ended``, the true one is at least that large.

    ``worst`` is the worst value that was lawful, where that is known. ``unit`` is the matter: one
    matter's observations depend on each other. ``entry`` is the act's, None if it is still to come.
    """

    measure: str
    step: str
    stratum: Hashable
    unit: str
    party: str
    value: Fraction
    open_ended: bool = False
    worst: Fraction | None = None
    entry: int | None = None


def observations(record: Record) -> list[Observation]:
    """Everything in a record that can be compared."""
    found = [each for choice in record.choices for each in _of_choice(choice)]
    found += list(_unusual(record.choices))
    for each in record.services:
        stratum = (each.law, each.duty)
        late = Fraction(each.late)
        found.append(
            Observation(
                "overdue", each.duty, stratum, each.matter, each.party, late, worst=Fraction(1)
            )
        )
    return found


def step_of(choice: Choice) -> str:
    """The point of the proceedings: the state, and what could be done in it."""
    acts = ", ".join(choice.open)
    return f"{choice.kind} {choice.state}: {acts}"


def stratum_of(choice: Choice) -> Hashable:
    """All that the law could see, and what it left open."""
    return (choice.law, choice.role, step_of(choice), choice.facts)


def _of_choice(choice: Choice) -> Iterator[Observation]:
    base = Observation(
        "", step_of(choice), stratum_of(choice), choice.matter, choice.party, Fraction(0),
        entry=choice.entry,
    )  # fmt: skip
    elapsed = Fraction(seconds(choice.since, choice.at))
    measure = "haste" if choice.against else "wait"
    yield replace(base, measure=measure, value=elapsed, open_ended=choice.act is None)
    if choice.act is None:
        return
    weights = choice.weights.values()
    if len(set(weights)) > 1:
        value = Fraction(choice.weights[choice.act])
        yield replace(base, measure="severity", value=value, worst=Fraction(max(weights)))
    for name, value in choice.burdens:
        kind, _, field = name.partition(" ")
        measure = {"money": "fine", "hours": "duration", "count": "conditions"}[kind]
        step = f"{choice.act} {field}".strip()
        stratum = (choice.law, step, choice.state, choice.facts)
        yield replace(base, measure=measure, step=step, stratum=stratum, value=value)


def _unusual(choices: Iterable[Choice]) -> Iterator[Observation]:
    """Whether another act was chosen than the one chosen most in the stratum; a tie is none."""
    strata: defaultdict[Hashable, list[Choice]] = defaultdict(list)
    for each in choices:
        if each.act is not None and len(each.open) > 1:
            strata[stratum_of(each)].append(each)
    for stratum, alike in strata.items():
        (usual, most), *others = Counter(str(each.act) for each in alike).most_common()
        if not others or others[0][1] == most:
            continue
        for each in alike:
            value = Fraction(each.act != usual)
            yield Observation(
                "unusual", step_of(each), stratum, each.matter, each.party, value,
                worst=Fraction(1), entry=each.entry,
            )  # fmt: skip
