"""How hard an act is on the party whom it concerns, by nothing but the book's transition table.

A state weighs

- 5, lasting bar: the gate names it so, or it is a bar on further models (an act with the effect
  ``bar-further`` leads to it);
- 4, provisional bar: the gate names it so;
- 3, adverse: weights are withheld and nobody but the party can move the case; or a limit promises
  the party a way to contest it while nobody is late (to answer what is owed contests nothing yet);
- 2, conditional: weights can be served, under conditions;
- 1, pending: someone else has still to act;
- 0, free: weights can be served, or the case has ended with nothing left.

An act weighs as the state in which it leaves the case; one that fixes an amount of money weighs 3
at least. So lifting < conditions < fine < bar. Acts between which the table shows no difference
weigh the same, and the audit compares them only by which of them was chosen.
"""

import re
from collections.abc import Collection, Mapping

from holdshort.rulebook.condition import Condition
from holdshort.rulebook.model import ActRule, CaseKind, Rulebook

FREE, PENDING, CONDITIONAL, ADVERSE, PROVISIONAL, LASTING = range(6)
WEIGHTS = ("free", "pending", "conditional", "adverse or fined", "barred provisionally", "barred")

_CURRENCY = re.compile(r"[A-Z]{3}")  # ISO 4217; a rate has the unit USD/year


def money(rule: ActRule) -> str | None:
    """The field in which an act fixes an amount of money, if it does."""
    found = (
        name
        for name, field in rule.fields.items()
        if field.type.name in ("decimal", "integer") and _CURRENCY.fullmatch(field.unit or "")
    )
    return next(found, None)


class Scale:
    """The weights of one book's states and acts."""

    def __init__(self, book: Rulebook, offices: Collection[str]) -> None:
        """``offices`` are the roles that use public power (`holdshort.docket.choices.offices`)."""
        self._book = book
        self._offices = offices
        self._states: dict[tuple[str, str], int] = {}

    def of_state(self, kind: str, state: str) -> int:
        """The weight of a state."""
        known = self._states.get((kind, state))
        if known is None:
            known = self._states[kind, state] = self._weigh(self._book.cases[kind], state)
        return known

    def of_act(self, rule: ActRule, state: str) -> int:
        """The weight of an act that is done in ``state``."""
        after = self.of_state(rule.kind, rule.to or state)
        return max(after, ADVERSE) if money(rule) else after

    def adverse(self, rule: ActRule, state: str) -> bool:
        """Whether an act leaves the party worse off than ``state``, or opens a case against it."""
        if state == "none":
            return True
        return money(rule) is not None or self.of_act(rule, state) > self.of_state(rule.kind, state)

    def _weigh(self, kind: CaseKind, state: str) -> int:
        bars = self._book.gate.bars.get(kind.name)
        if bars and state in bars.states:
            return LASTING if state in bars.lasting else PROVISIONAL
        if any(rule.effect == "bar-further" and rule.to == state for rule in kind.acts.values()):
            return LASTING
        served = self._served(kind, state)
        if served is not None:
            return served
        if self._contestable(kind, state):
            return ADVERSE
        leaving = [rule for rule in kind.acts.values() if state in rule.origin]
        if any(rule.to not in (None, state) and not _own(rule) for rule in leaving):
            return PENDING
        return ADVERSE if leaving and self._gated(kind) else FREE

    def _contestable(self, kind: CaseKind, state: str) -> bool:
        """Whether a limit keeps an act of the party open in ``state`` that is no mere answer."""
        owed = {act for duty in self._book.duties.values() for act in duty.met_by}
        for limit in self._book.limits.values():
            if limit.kind != kind.name or not limit.enabled:
                continue
            rule = kind.acts[limit.enabled.act]
            if any(map(rule.permits, self._offices)) or rule.type in owed:
                continue
            if self._possible(limit.enabled.while_, {"state": state}):
                return True
        return False

    def _served(self, kind: CaseKind, state: str) -> int | None:
        """FREE or CONDITIONAL where a clearance can be worth so much in ``state``, else None."""
        if not self._gated(kind):
            return None
        environment = {"state": state, "barred": False, "barred_itself": False}
        for status, weight in (("valid", FREE), ("conditional", CONDITIONAL)):
            for named, condition in self._book.gate.clearances[kind.name]:
                if named == status and self._possible(condition, environment):
                    return weight if status in self._book.gate.serve else None
        return None

    def _gated(self, kind: CaseKind) -> bool:
        """Whether the gate reads cases of this kind: those in which a clearance is issued."""
        return bool(self._book.gate.clearances.get(kind.name))

    def _possible(self, condition: Condition, environment: Mapping[str, object]) -> bool:
        """Whether a condition can hold while nobody is late, whatever a case remembers."""
        duties = dict.fromkeys(self._book.duties, "running")
        known = {"case": {}, "areas": self._book.area_words, "duty": duties, **environment}
        return condition.decide(known) is not False


def _own(rule: ActRule) -> bool:
    """Whether the act belongs to the party whose case it is."""
    return rule.who is not None and rule.who.rpartition(".")[2] == "holder"
