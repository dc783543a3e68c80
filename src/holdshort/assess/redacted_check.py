"""Every check of a public copy that needs no key, and which ones do.

Where ledgers are sealed, root and test are recomputed from the public marks: the finding follows
from them. That they are the marks of the sealed answers only the key shows.
"""

from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import IO

from holdshort.assess.area_run import area_result
from holdshort.assess.faults import Fault, Faulty
from holdshort.assess.finding import Finding, find
from holdshort.assess.item_run import LOGS
from holdshort.assess.ledger import LEDGER
from holdshort.assess.log_check import LogCheck
from holdshort.assess.part import Part, arms_of
from holdshort.assess.protocol import AreaPlan
from holdshort.assess.redacted import Copy, marks_of, read_marks
from holdshort.assess.stopping import OrderedTest
from holdshort.assess.verify import Check, Claims, Examination, failed, unreadable
from holdshort.errors import BadInput, EvidenceError
from holdshort.register.merkle import Frontier

_WITH_GATES = ("outcome", "gates")
"""What a finding has of its elicitation, whose answers are sealed."""


def copy_checks(copy: Path, claims: Claims) -> Iterator[Check]:
    """Every check of a public copy, as it is done; `Check.unchecked` where it takes the key."""
    try:
        with Copy(copy) as opened:
            yield from CopyExamination(opened, claims).checks()
    except EvidenceError as error:
        yield failed("bundle", error)


class CopyExamination(Examination):
    """The examination of a public copy."""

    def __init__(self, copy: Copy, claims: Claims) -> None:
        super().__init__(copy, claims)
        self._copy = copy

    def _area(self, plan: AreaPlan, seed: bytes) -> Iterator[Check]:
        if Part(plan.area).path + f"/{LEDGER}" in self._copy.sealed:
            yield from self._sealed_area(plan)
        else:
            yield from super()._area(plan, seed)

    def _logs(self, part: Part, check: LogCheck) -> Iterator[Check]:
        yield from self._sealed_logs(part)

    def _sealed_logs(self, part: Part) -> Iterator[Check]:
        prefix = f"{part.path}/{LOGS}/"
        names = [name for name in self._copy.names if name.startswith(prefix)]
        detail = f"{len(names)} sealed; not checked against the ledger"
        yield Check(f"{part.title}: logs", True, detail, unchecked=True)
        units: Mapping[str, str | None] = {name.removeprefix(prefix): None for name in names}
        yield from self._chain(part, prefix, units)

    def _readable_logs(self) -> list[str]:
        return [name for name in super()._readable_logs() if name not in self._copy.sealed]

    def _sealed_area(self, plan: AreaPlan) -> Iterator[Check]:
        arms = list(arms_of(self._protocol, plan.area))
        there = [arm for arm in arms if f"{arm.path}/{LEDGER}" in self._copy.names]
        try:
            for part in (Part(plan.area), *there):
                with self._copy.open(marks_of(f"{part.path}/{LEDGER}")) as file:
                    test = yield from self._marked(part, file)
                if part.arm is None and test is not None:
                    yield from self._from_marks(plan, test, gated=bool(arms))
                yield from self._sealed_logs(part)
        except Faulty as error:
            yield failed(f"{plan.area}: ledger", error)
        except BadInput as error:
            yield failed(f"{plan.area}: ledger", unreadable(error))

    def _marked(self, part: Part, file: IO[bytes]) -> Generator[Check, None, OrderedTest | None]:
        """Root and order of the marks of one part; of an area's, its test over them."""
        name, tree, faults = f"{part.title}: ledger", Frontier(), list[Faulty]()
        test, last = OrderedTest(self._protocol.plan(part.area).rate_plan), -1
        for mark in read_marks(file, marks_of(f"{part.path}/{LEDGER}")):
            tree.append(mark.leaf)
            if mark.index <= last and not faults:
                faults.append(Faulty(Fault.ORDER, "the marks are out of order.", where=part.title))
            last = mark.index
            if part.arm is None and test.decision is None and mark.index == test.test.n:
                test.add(mark.index, mark.correct)
        listed = self._listed(part)
        if (listed.whole("samples"), listed.text("root")) != (tree.size, tree.root().hex()):
            what = "the Merkle root is not that of the samples."
            faults.append(Faulty(Fault.ROOT, what, where=part.title))
        if part.arm is None and test.decision is None:
            what = "the sample is missing and the test does not end without it."
            where = f"area {part.area}, sample {test.test.n:05d}"
            faults.append(Faulty(Fault.MISSING, what, where=where))
        if part.arm is None:
            self._recorded[part.area] = tree.size
        for fault in faults:
            yield failed(name, fault)
        if not faults:
            detail = f"{tree.size} samples in order under the root {tree.root().hex()[:12]}…"
            yield Check(name, True, detail)
        what = "answers are sealed; neither items nor marks were recomputed"
        yield Check(f"{part.title}: items", True, what, unchecked=True)
        return None if faults else test

    def _from_marks(self, plan: AreaPlan, test: OrderedTest, *, gated: bool) -> Iterator[Check]:
        signed = self._claimed.get(plan.area)
        if signed is None:
            return  # said already
        again = find(area_result(plan.area, test), plan, None)
        if not gated:
            self._found[plan.area] = again
        for field in Finding.__dataclass_fields__:
            if gated and field in _WITH_GATES:
                continue
            said, found = getattr(signed, field), getattr(again, field)
            if said != found:
                what = f"the finding says {field} {said}; the marks give {found}."
                fault = Faulty(Fault.FINDING, what, where=f"area {plan.area}")
                yield failed(f"{plan.area}: finding", fault)
                return
        detail = f"{again.items} items and {again.successes} right, recomputed from the marks"
        yield Check(f"{plan.area}: finding", True, detail)
