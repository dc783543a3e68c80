"""Going through a bundle's ledger once: order, items, marks, root and the test, line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO

from holdshort.assess.area_run import area_result
from holdshort.assess.faults import Fault, Faulty
from holdshort.assess.finding import Finding, find
from holdshort.assess.ledger import Line, lines_in
from holdshort.assess.ordered import Positions
from holdshort.assess.outcome import OUTCOMES, Outcome
from holdshort.assess.part import Part
from holdshort.assess.protocol import Protocol
from holdshort.assess.stopping import OrderedTest
from holdshort.assess.suites.suite import suite
from holdshort.assess.validity.gate import Gate
from holdshort.register.merkle import Frontier, leaf_hash


class LedgerCheck:
    """One part's ledger, recomputed. Of each kind of fault the first is kept.

    Raises :class:`BadInput` for what is no ledger at all.
    """

    def __init__(
        self, protocol: Protocol, part: Part, seed: bytes, file: IO[bytes], name: str
    ) -> None:
        self.part = part
        self.plan = protocol.plan(part.area)
        self.positions = Positions()
        """Of the lines; only of use if the order is in order."""
        self.faults: dict[Fault, Faulty] = {}
        self.answers: list[Line] = []
        """Of an arm: its lines, marked again."""
        self.names: set[str] = set()
        """Under which the model answered."""
        self._protocol = protocol
        self._seed = seed
        self._requests = part.requests(protocol)
        self._tests = suite(part.area)
        self._test = OrderedTest(self.plan.rate_plan)
        self._tree = Frontier()
        self._last: int | None = None
        self._gap: int | None = None
        for begin, line in _with_offsets(file, name):
            self._take(line, begin)
        if self._gap is None and not self._ended:
            self._gap = self._next
        if self._gap is not None and not self._ended:
            what = "the sample is missing and the test does not end without it"
            self._fault(Fault.MISSING, what, self._gap)

    @property
    def _next(self) -> int:
        """The request that is to come next."""
        return self._test.test.n if self.part.arm is None else len(self.answers)

    @property
    def _ended(self) -> bool:
        if self.part.arm is None:
            return self._test.decision is not None
        return self._next == self._requests

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
    def measured(self) -> Outcome | None:
        """What the test of an area gives; None if it has not ended."""
        decision = self._test.decision
        return None if decision is None else OUTCOMES[decision]

    def finding(self, gates: Sequence[Gate] | None) -> Finding:
        """What the answers give, with these gates. Raises :class:`BadInput` if none is measured."""
        return find(area_result(self.plan.area, self._test), self.plan, gates)

    def _take(self, line: Line, begin: int) -> None:
        self._tree.append(leaf_hash(line.to_bytes().rstrip(b"\n")))
        self.positions.append(line.index, begin)
        self.names.add(line.model)
        self._check_order(line)
        right = self._check_item(line)
        # The answer's own mark is what counts, whatever the line says. Indices rise, so what is
        # missing now stays missing: nothing after a gap can enter the test.
        if not self._ended and self._gap is None:
            if line.index > self._next:
                self._gap = self._next
            elif line.index == self._next:
                self._count(line, right)

    def _count(self, line: Line, right: bool) -> None:
        if self.part.arm is None:
            self._test.add(line.index, right)
        else:
            self.answers.append(replace(line, correct=right))

    def _check_order(self, line: Line) -> None:
        if self._last is not None and line.index == self._last:
            self._fault(Fault.REPEATED, "the sample is there twice", line.index)
        if self._last is not None and line.index < self._last:
            self._fault(Fault.ORDER, "the samples are out of order", line.index)
        if line.index >= self._requests:
            self._fault(Fault.EXTRA, f"the protocol allows {self._requests} items", line.index)
        self._last = line.index

    def _check_item(self, line: Line) -> bool:
        item, asked = self.part.question(self._protocol, self._seed, line.index)
        if line.prompt_sha256 != asked or line.family != item.family:
            self._fault(Fault.ITEM, "the prompt is not the one that the seed gives", line.index)
        right = self._tests.score(item, line.completion)
        if line.correct != right:
            said, is_ = ("right", "wrong") if line.correct else ("wrong", "right")
            self._fault(Fault.SCORE, f"the answer is marked {said} but is {is_}", line.index)
        return right

    def _fault(self, fault: Fault, what: str, index: int) -> None:
        where = f"area {self.part.title}, sample {index:05d}"
        self.faults.setdefault(fault, Faulty(fault, f"{what}.", where=where))


def _with_offsets(file: IO[bytes], name: str) -> Iterator[tuple[int, Line]]:
    begin = 0
    for line in lines_in(file, name):
        yield begin, line
        begin = file.tell()
