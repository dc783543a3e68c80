"""The test of one area in a running campaign."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.assess.finding import AreaResult
from holdshort.assess.ledger import Line
from holdshort.assess.part import Part
from holdshort.assess.part_run import Hearing, PartRun, Progress
from holdshort.assess.protocol import AreaPlan, Protocol
from holdshort.assess.stopping import OrderedTest
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from pydantic import JsonValue


class AreaRun(PartRun):
    """The test of an area: it wants items until it has decided."""

    def __init__(
        self,
        protocol: Protocol,
        plan: AreaPlan,
        seed: bytes,
        campaign: Path,
        hear: Hearing | None,
    ) -> None:
        super().__init__(protocol, Part(plan.area), seed, campaign, hear)
        self.plan = plan
        self.test = counted(plan, self.ledger.lines.values())

    @property
    def wanted(self) -> bool:
        """Whether the test has not decided."""
        return self.test.decision is None

    def ended(self) -> str | None:
        """The decision, once there is one."""
        return None if self.wanted else f"decided: {self.test.decision}"

    def summary(self) -> "dict[str, JsonValue]":
        """Where the test stands."""
        test = self.test.test
        decision = test.decision.value if test.decision else None
        return {"counted": test.n, "successes": test.successes, "decision": decision}

    def count(self, line: Line) -> None:
        """Let the test see it, once those before it are in."""
        if self.test.add(line.index, line.correct):
            self.report()

    def result(self) -> AreaResult:
        """The result, once the test has decided."""
        return area_result(self.plan.area, self.test)

    def report(self) -> None:
        """Tell where the test stands."""
        if self.hear is None:
            return
        test = self.test.test
        self.hear(
            Progress(
                area=self.plan.area,
                done=test.n,
                max_items=self.plan.max_items,
                successes=test.successes,
                e_below=test.e_below,
                e_above=test.e_above,
                interval=test.interval(),
                decision=test.decision,
                tokens=self.tokens,
            )
        )


def counted(plan: AreaPlan, lines: Iterable[Line]) -> OrderedTest:
    """The test, fed with what is on record."""
    test = OrderedTest(plan.rate_plan)
    for line in lines:
        test.add(line.index, line.correct)
    return test


def area_result(area: str, ordered: OrderedTest) -> AreaResult:
    """Where a test ended; :class:`BadInput` when it has not."""
    test = ordered.test
    if test.decision is None:
        raise BadInput(
            f"the test is not finished: {test.n} of at most {test.plan.max_items} items.",
            where=f"area {area}",
            do="Run the campaign again; it goes on where it was.",
        )
    return AreaResult(
        area=area,
        items=test.n,
        successes=test.successes,
        decision=test.decision,
        interval=test.interval(),
        e_below=test.e_below,
        e_above=test.e_above,
    )
