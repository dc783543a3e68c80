"""From the ledgers of an area's arms to the gate that its finding has to pass."""

from collections.abc import Callable, Iterable, Sequence

from holdshort.assess.elicitation import Arm, ArmScores, Reading, read
from holdshort.assess.elicitation.asking import mark, tries
from holdshort.assess.elicitation.planned import ElicitationPlan
from holdshort.assess.ledger import Line
from holdshort.assess.outcome import Outcome
from holdshort.assess.part import Part
from holdshort.assess.protocol import Protocol
from holdshort.assess.suites.suite import suite
from holdshort.assess.validity.gate import Gate, from_elicitation
from holdshort.errors import BadInput

LinesOf = Callable[[Part], Iterable[Line]]
"""The lines of an arm, by the number of their request."""


def gates_of(
    protocol: Protocol, area: str, measured: Outcome, lines_of: LinesOf
) -> tuple[Gate, ...] | None:
    """What the finding of an area is put to; None under the rule without gates.

    Raises :class:`BadInput` when an arm is not finished.
    """
    if protocol.elicitation is None:
        return None
    if measured is not Outcome.ACCEPTABLE:
        return ()
    return (from_elicitation(reading_of(protocol, area, lines_of)),)


def reading_of(protocol: Protocol, area: str, lines_of: LinesOf) -> Reading:
    """What the arms of an area say; :class:`BadInput` when one is not finished."""
    plan = protocol.elicitation
    if plan is None:
        raise BadInput("the protocol plans no elicitation.", where=f"area {area}")
    model, control = (
        ArmScores(
            protocol.model if not of_control else plan.control,
            {arm: _scores(plan, Part(area, arm, of_control), lines_of) for arm in plan.arms},
        )
        for of_control in (False, True)
    )
    return read(plan.reading, model, control)


def _scores(plan: ElicitationPlan, part: Part, lines_of: LinesOf) -> Sequence[bool]:
    arm = part.arm or Arm.PLAIN
    each = tries(plan, arm, suite(part.area))
    lines = list(lines_of(part))
    if [line.index for line in lines] != list(range(plan.items * each)):
        raise BadInput(
            f"{len(lines)} of {plan.items * each} requests are answered.",
            where=f"area {part.title}",
            do="Run the campaign again; it goes on where it was.",
        )
    marks = []
    for first in range(0, len(lines), each):
        answers = [(line.completion, line.correct) for line in lines[first : first + each]]
        marks.append(mark(arm, suite(part.area).family(lines[first].family), answers))
    return marks
