"""What the law could see of a case when a choice was made: the facts by which cases are alike.

- Every fact that the case remembers, and what its law reads of the case that it concerns: the facts
  by which `holdshort.docket.comparables` finds the earlier cases that were alike.
- A quantity (a number, an instant) only as the law's own comparisons see it: by which of the
  thresholds that its clauses set it lies above. So compute of 2e25 and 3e25 FLOP are alike where
  the line is 1e25.
- Where the duties stand that the clauses of this kind of case read.

Parties, names, free text and digests are no facts (`holdshort.rulebook.vocabulary.READABLE`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, cast

from holdshort.docket.attested import coverage_environment
from holdshort.docket.choices import facts_of
from holdshort.docket.duties import duty_states
from holdshort.docket.environment import of_limit
from holdshort.docket.state import Case
from holdshort.rulebook.condition import Condition
from holdshort.rulebook.expression import (
    Binary,
    Comprehension,
    Node,
    Unknown,
    children,
    compile_closure,
    names,
    unparse,
)
from holdshort.rulebook.model import CaseKind, Rulebook

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

Facts = tuple[tuple[str, str], ...]
"""Name and value of each, in the order of their names."""

QUANTITIES = ("integer", "decimal", "instant")
"""Types of facts that lie on a scale: matched by the law's thresholds, not by their very value."""

_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")

_Decide = Callable[[Mapping[str, object]], object]


def matter_of(docket: "Docket", case: Case) -> Case:
    """The case at the root: a review, with all that concerns it, is one matter."""
    while case.concerns is not None:
        case = docket.cases[case.concerns]
    return case


class Sight:
    """What the clauses of one book can see."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        rules = [book.coverage.when, *(each.when for each in book.coverage.classes.values())]
        self._coverage = _compiled(atom for each in rules for atom in atoms(each.tree))
        self._kinds = {name: _Kind(book, kind) for name, kind in book.cases.items()}

    def facts(self, docket: "Docket", case: Case, now: str) -> Facts:
        """The facts of a case at ``now``, its state not counted."""
        seen = self._kinds[case.kind]
        other = docket.cases[case.concerns] if case.concerns else None
        found = {
            name: _plain(value)
            for name, value in facts_of(self._book, case, other, case.kind).items()
            if name not in seen.quantities
        }
        found |= _truths(seen.comparisons, of_limit(docket, case, now))
        found |= _truths(self._coverage, coverage_environment(matter_of(docket, case)))
        if seen.duties:
            states = duty_states(docket, case, now)
            found |= {f"duty {each}": states[each] for each in seen.duties}
        return tuple(sorted(found.items()))


class _Kind:
    """Of one kind of case: the comparisons that read a quantity, the duties that decide."""

    def __init__(self, book: Rulebook, kind: CaseKind) -> None:
        conditions = _conditions(kind)
        self.quantities = {f"case.{name}" for name in _quantities(kind)}
        if kind.concerns:
            other = book.cases[kind.concerns]
            self.quantities |= {f"{kind.concerns}.{name}" for name in _quantities(other)}
        self.comparisons = _compiled(
            atom
            for each in conditions
            for atom in atoms(each.tree)
            if any(_reads(path, self.quantities) for path in names(atom))
            and not any(path.split(".")[0] in ("act", "check") for path in names(atom))
        )
        read = " ".join(each.source for each in conditions)
        self.duties = [id_ for id_ in book.duties if f'"{id_}"' in read or f"'{id_}'" in read]


def atoms(tree: Node) -> Iterator[Node]:
    """The comparisons of an expression; one inside a comprehension counts with the whole of it."""
    if isinstance(tree, Comprehension) or (isinstance(tree, Binary) and tree.op in _COMPARISONS):
        yield tree
        return
    for child in children(tree):
        yield from atoms(child)


def _conditions(kind: CaseKind) -> list[Condition]:
    required = [each.condition for rule in kind.acts.values() for each in rule.requires]
    return required + [each.value for rule in kind.acts.values() for each in rule.sets]


def _compiled(nodes: Iterable[Node]) -> dict[str, _Decide]:
    """What each comparison says, and how it is decided; the same one once."""
    distinct = {unparse(each): each for each in nodes}
    return {text: cast("_Decide", compile_closure(each)) for text, each in distinct.items()}


def _truths(
    comparisons: Mapping[str, _Decide], environment: Mapping[str, object]
) -> dict[str, str]:
    answers = {text: decide(environment) for text, decide in comparisons.items()}
    return {
        text: "unknown" if isinstance(answer, Unknown) else _plain(answer)
        for text, answer in answers.items()
    }


def _quantities(kind: CaseKind) -> Iterator[str]:
    return (name for name, each in kind.facts.items() if each.type.name in QUANTITIES)


def _reads(path: str, quantities: set[str]) -> bool:
    return any(path == each or path.startswith((f"{each}.", f"{each}[")) for each in quantities)


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(each)}" for key, each in sorted(value.items()))
    if isinstance(value, list | tuple):
        return ", ".join(sorted(map(str, value)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else str(value)
