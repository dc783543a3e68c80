"""What conditions may read: of an act in a case, or of a limit on a case.

Each part is computed when a condition asks for it, since most ask for one or two.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from holdshort.docket.checks import CHECKS, EXPLANATIONS, Question
from holdshort.docket.clocks import day_of
from holdshort.docket.duties import duty_states
from holdshort.docket.entitlement import concerned
from holdshort.docket.fields import readable
from holdshort.docket.law import values_on
from holdshort.docket.state import Case
from holdshort.register.act import Act
from holdshort.rulebook.model import ActRule, Rulebook

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket


class Environment(Mapping[str, object]):
    """Parts by name, computed once when asked for."""

    def __init__(self, parts: dict[str, Callable[[], object]]) -> None:
        self._parts = parts
        self._known: dict[str, object] = {}

    def __getitem__(self, name: str) -> object:
        if name not in self._known:
            self._known[name] = self._parts[name]()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)


def of_act(
    docket: "Docket", rule: ActRule, case: Case | None, act: Act | None, now: str
) -> Environment:
    """What the conditions of an act may read. Without an act, its fields are unknown."""
    book = docket.law.of(case, rule.kind, now)
    parts = _of_case(docket, book, case, now)
    parts["act"] = lambda: readable(rule, act.fields) if act else {}
    parts["check"] = lambda: Answers(Question(docket, rule, act, case)) if act else {}
    kind = book.cases[rule.kind].concerns
    if kind:
        parts[kind] = lambda: _facts(concerned(docket, case, act))
    return Environment(parts)


def of_limit(docket: "Docket", case: Case, now: str) -> Environment:
    """What the limits on a case may read."""
    book = docket.law_of(case, now)
    parts = _of_case(docket, book, case, now)
    kind = book.cases[case.kind].concerns
    if kind:
        parts[kind] = lambda: _facts(concerned(docket, case, None))
    return Environment(parts)


def _of_case(
    docket: "Docket", book: Rulebook, case: Case | None, now: str
) -> dict[str, Callable[[], object]]:
    return {
        "state": lambda: docket.state(case, now) if case else "none",
        "case": lambda: _facts(case),
        "areas": lambda: book.area_words,
        "value": lambda: values_on(book, case.basis if case else day_of(now, book.clocks)),
        "duty": lambda: duty_states(docket, case, now) if case else {},
    }


def _facts(case: Case | None) -> dict[str, object]:
    return case.facts if case else {}


class Answers(Mapping[str, bool]):
    """The checks of an act, computed when a condition asks."""

    def __init__(self, question: Question) -> None:
        self._question = question

    def __getitem__(self, name: str) -> bool:
        return self._question.docket.checks[name](self._question)

    def why(self, name: str) -> str | None:
        """What a check found that it answers with no, where it can say so."""
        own = self._question.docket.checks.get(name) is CHECKS.get(name)
        return EXPLANATIONS[name](self._question) if own and name in EXPLANATIONS else None

    def __iter__(self) -> Iterator[str]:
        return iter(self._question.docket.checks)

    def __len__(self) -> int:
        return len(self._question.docket.checks)
