"""What a bundle's samples tell beyond the finding: the course of each test, item by item.

For reports. Nothing here is checked: `verify` does that, and a report is written of evidence that
holds. Each ledger is read once, line by line; what is kept of it is a byte an item and some hundred
points of its course.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from holdshort.assess.archive import Archive
from holdshort.assess.elicitation import Reading
from holdshort.assess.elicited import reading_of
from holdshort.assess.ledger import LEDGER, Line, lines_in
from holdshort.assess.part import Part, arms_of
from holdshort.assess.protocol import AreaPlan, Protocol
from holdshort.assess.statistics.interval import confidence_interval
from holdshort.assess.statistics.sequential import SequentialRateTest

_POINTS = 800
"""Of a course at most. Up to as many items every one is a point; then every other, and so on."""

_FLOOR = Decimal("1e-6")
"""Of an e-value whose logarithm is drawn: it is reported in four places."""

_PLACES = Decimal("0.001")


@dataclass
class AreaAccount:
    """One area, from its ledger.

    ``solved`` holds a byte for each item that the test counted, ``families`` those counted and
    those solved of each family of items. ``course`` holds (items, estimate, low, high), and
    ``evidence`` (items, log10 e_below, log10 e_above), at the same points. ``reading`` is what the
    arms say, if any were run; their tokens and answers are counted apart.
    """

    plan: AreaPlan
    recorded: int = 0
    tokens: int = 0
    first: str = ""
    last: str = ""
    solved: bytearray = field(default_factory=bytearray)
    families: dict[str, tuple[int, int]] = field(default_factory=dict)
    models: Counter[str] = field(default_factory=Counter)
    stops: Counter[str] = field(default_factory=Counter)
    course: list[tuple[int, str, str, str]] = field(default_factory=list)
    evidence: list[tuple[int, str, str]] = field(default_factory=list)
    reading: Reading | None = None
    arm_answers: int = 0
    arm_tokens: int = 0


def accounts(bundle: Path, protocol: Protocol) -> list[AreaAccount]:
    """The account of every area, in the protocol's order."""
    found = []
    with Archive(bundle) as archive:
        for plan in protocol.areas:
            name = f"areas/{plan.area}/{LEDGER}"
            with archive.open(name) as file:
                account = account_of(plan, lines_in(file, name))
            _look_further(account, archive, protocol)
            found.append(account)
    return found


def _look_further(account: AreaAccount, archive: Archive, protocol: Protocol) -> None:
    """Take in what the arms of the area tell, if they were run."""
    area = account.plan.area
    arms = [arm for arm in arms_of(protocol, area) if f"{arm.path}/{LEDGER}" in archive.names]
    if not arms:
        return

    def lines_of(part: Part) -> Iterator[Line]:
        name = f"{part.path}/{LEDGER}"
        with archive.open(name) as file:
            for line in lines_in(file, name):
                account.arm_answers += 1
                account.arm_tokens += line.tokens
                yield line

    account.reading = reading_of(protocol, area, lines_of)


def account_of(plan: AreaPlan, lines: Iterable[Line]) -> AreaAccount:
    """The account of lines in item order, as far as the test counted them."""
    account = AreaAccount(plan)
    test = SequentialRateTest(plan.rate_plan)
    step = 1
    for line in lines:
        _hear(account, line)
        if test.decision is not None or line.index != test.n:
            continue  # asked when the test had decided
        test.update(line.correct)
        account.solved.append(line.correct)
        counted, solved = account.families.get(line.family, (0, 0))
        account.families[line.family] = counted + 1, solved + line.correct
        if test.n % step == 0 or test.decision is not None:
            _point(account, test)
        if len(account.course) > _POINTS:
            del account.course[::2], account.evidence[::2]
            step *= 2
    return account


def _hear(account: AreaAccount, line: Line) -> None:
    account.recorded += 1
    account.tokens += line.tokens
    account.first = min(account.first or line.started, line.started)
    account.last = max(account.last, line.completed)
    account.models[line.model] += 1
    account.stops[line.stop_reason] += 1


def _point(account: AreaAccount, test: SequentialRateTest) -> None:
    low, high = confidence_interval(test.n, test.successes, test.plan.error_rate)
    estimate = min(max((Decimal(test.successes) / test.n).quantize(_PLACES), low), high)
    account.course.append((test.n, str(estimate), str(low), str(high)))
    account.evidence.append((test.n, _log10(test.e_below), _log10(test.e_above)))


def _log10(value: Decimal) -> str:
    return str(max(value, _FLOOR).log10().quantize(_PLACES))
