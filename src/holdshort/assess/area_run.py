"""One area of a running campaign: its test, and the record that feeds it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.assess.finding import AreaResult
from holdshort.assess.item_run import ItemRun
from holdshort.assess.ledger import Line, area_folder
from holdshort.assess.protocol import AreaPlan, Protocol
from holdshort.assess.statistics import Decision
from holdshort.assess.stopping import OrderedTest
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from inspect_ai.model import Model
    from pydantic import JsonValue


@dataclass(frozen=True)
class Progress:
    """Where an area's test stands; the figures of a finding, so far.

    ``tokens`` are those of every sample on record, counted by the test or not.
    """

    area: str
    done: int
    max_items: int
    successes: int
    e_below: Decimal
    e_above: Decimal
    interval: tuple[Decimal, Decimal]
    decision: Decision | None
    tokens: int


class AreaRun:
    """One area of a running campaign; what is on record is counted at once."""

    def __init__(
        self,
        protocol: Protocol,
        plan: AreaPlan,
        seed: bytes,
        folder: Path,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self.plan = plan
        self.folder = area_folder(folder, plan.area)
        self._progress = progress
        self._items = ItemRun(protocol, plan.area, seed, self.folder, range(plan.max_items))
        self.ledger = self._items.ledger
        lines = self.ledger.lines.values()
        self.test = counted(plan, lines)
        self.tokens = sum(line.tokens for line in lines)

    def run(self, model: "Model", max_connections: int, spent: Callable[[], str | None]) -> None:
        """Ask the items that are not on record, in order, until the test decides.

        ``spent`` gives the reason to stop before that, once there is one.
        """

        def halt() -> str | None:
            decision = self.test.decision
            return spent() if decision is None else f"decided: {decision}"

        def summary() -> "dict[str, JsonValue]":
            test = self.test.test
            decision = test.decision.value if test.decision else None
            return {"counted": test.n, "successes": test.successes, "decision": decision}

        self.report()
        self._items.run(model, max_connections, halt=halt, taken=self._count, summary=summary)

    def take(self, lines: Sequence[Line]) -> None:
        """Put on record, and count, what a unit of work brought."""
        for line in lines:
            if line.index not in self.ledger.lines:
                self.ledger.append(line)
                self._count(line)

    def result(self) -> AreaResult:
        """The result, once the test has decided."""
        return area_result(self.plan.area, self.test)

    def report(self) -> None:
        """Tell where the test stands."""
        if self._progress is None:
            return
        test = self.test.test
        self._progress(
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

    def _count(self, line: Line) -> None:
        self.tokens += line.tokens
        if self.test.add(line.index, line.correct):
            self.report()


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
