"""Going through a bundle's ledger once: order, items, marks, root and the test, line by line."""

from collections.abc import Iterator
from typing import IO

from holdshort.assess.area_run import area_result
from holdshort.assess.faults import Fault, Faulty
from holdshort.assess.finding import Finding, find
from holdshort.assess.ledger import Line, lines_in, prompt_digest
from holdshort.assess.ordered import Positions
from holdshort.assess.protocol import AreaPlan
from holdshort.assess.stopping import OrderedTest
from holdshort.assess.suites.suite import suite
from holdshort.register.merkle import Frontier, leaf_hash


class LedgerCheck:
    """One area's ledger, recomputed. Of each kind of fault the first is kept.

    Raises :class:`BadInput` for what is no ledger at all.
    """

    def __init__(self, plan: AreaPlan, seed: bytes, file: IO[bytes], name: str) -> None:
        self.plan = plan
        self.positions = Positions()
        """Of the lines; only of use if the order is in order."""
        self.faults: dict[Fault, Faulty] = {}
        self._seed = seed
        self._tests = suite(plan.area)
        self._test = OrderedTest(plan.rate_plan)
        self._tree = Frontier()
        self._last: int | None = None
        self._gap: int | None = None
        for begin, line in _with_offsets(file, name):
            self._take(line, begin)
        if self._test.decision is None:
            missing = self._test.test.n if self._gap is None else self._gap
            self._fault(
                Fault.MISSING, "the sample is missing and the test does not end without it", missing
            )

    @property
    def root(self) -> str:
        """RFC 6962 root over the lines without their newlines; hexadecimal."""
        return self._tree.root().hex()

    @property
    def samples(self) -> int:
        """Lines."""
        return len(self.positions)

    @property
    def in_order(self) -> bool:
        """Whether `positions` can be searched."""
        return not {Fault.ORDER, Fault.REPEATED} & set(self.faults)

    @property
    def finding(self) -> Finding | None:
        """What the answers give; None if the test has not ended."""
        if self._test.decision is None:
            return None
        return find(area_result(self.plan.area, self._test), self.plan)

    def _take(self, line: Line, begin: int) -> None:
        self._tree.append(leaf_hash(line.to_bytes().rstrip(b"\n")))
        self.positions.append(line.index, begin)
        self._check_order(line)
        right = self._check_item(line)
        # The answer's own mark is what counts, whatever the line says. Indices rise, so what is
        # missing now stays missing: nothing after a gap can enter the test.
        if self._test.decision is None and self._gap is None:
            if line.index > self._test.test.n:
                self._gap = self._test.test.n
            elif line.index == self._test.test.n:
                self._test.add(line.index, right)

    def _check_order(self, line: Line) -> None:
        if self._last is not None and line.index == self._last:
            self._fault(Fault.REPEATED, "the sample is there twice", line.index)
        if self._last is not None and line.index < self._last:
            self._fault(Fault.ORDER, "the samples are out of order", line.index)
        if line.index >= self.plan.max_items:
            self._fault(Fault.EXTRA, f"the protocol allows {self.plan.max_items} items", line.index)
        self._last = line.index

    def _check_item(self, line: Line) -> bool:
        item = self._tests.item(self._seed, line.index)
        if line.prompt_sha256 != prompt_digest(item.prompt) or line.family != item.family:
            self._fault(Fault.ITEM, "the prompt is not the one that the seed gives", line.index)
        right = self._tests.score(item, line.completion)
        if line.correct != right:
            said, is_ = ("right", "wrong") if line.correct else ("wrong", "right")
            self._fault(Fault.SCORE, f"the answer is marked {said} but is {is_}", line.index)
        return right

    def _fault(self, fault: Fault, what: str, index: int) -> None:
        where = f"area {self.plan.area}, sample {index:05d}"
        self.faults.setdefault(fault, Faulty(fault, f"{what}.", where=where))


def _with_offsets(file: IO[bytes], name: str) -> Iterator[tuple[int, Line]]:
    begin = 0
    for line in lines_in(file, name):
        yield begin, line
        begin = file.tell()
