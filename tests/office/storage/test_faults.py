"""Every call by which the publisher and the log touch the disk, failing or being the last.

A forked process files acts, some with a document; one call of its own goes wrong, systematically
the first, the second, the third …, then at random. It notes each act that it was told is on the
register, and each checkpoint that was signed, before anything else. Whatever happened, the register
is opened again and must hold every act once, be whole with all documents, and show no second
checkpoint of a size.

``HOLDSHORT_CRASHES`` multiplies the numbers; a failure tells the seed to repeat it with
(``HOLDSHORT_CRASH_SEED``).
"""

import errno
import gc
import io
import os
import random
import resource
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from holdshort.docket.replay import replay
from holdshort.errors import HoldshortError
from holdshort.office.door import Document, Filing, Office, Receipt
from holdshort.register.audit import audit_log
from holdshort.register.checkpoint import open_checkpoint
from holdshort.register.folder import CHECKPOINT, Folder

MANY = int(os.environ.get("HOLDSHORT_CRASHES", "1"))
SEED = int(os.environ["HOLDSHORT_CRASH_SEED"])

IN_A_ROW = 30
"""Faults that one register goes through before a fresh one takes its place."""

CALLS = ("fsync", "replace", "rename", "link", "unlink", "open", "mkdir")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


@dataclass
class Fault:
    """The ``at``-th call goes wrong: it fails with ``error``, or the process ends there.

    ``torn`` writes half of the bytes before.
    """

    at: int
    error: int | None
    torn: bool = False
    calls: int = 0

    def meet(self, name: object, half: Callable[[], object] | None = None) -> None:
        self.calls += 1
        if self.calls != self.at:
            return
        if self.torn and half:
            half()
        if self.error is None:
            os._exit(77)
        raise OSError(self.error, os.strerror(self.error), str(name))


class Torn:
    """A file whose writes are calls that may go wrong."""

    def __init__(self, file: Any, fault: Fault) -> None:
        self._file, self._fault = file, fault

    def write(self, data: bytes) -> int:
        def half() -> None:
            self._file.write(data[: len(data) // 2])
            self._file.flush()

        self._fault.meet(self._file.name, half)
        return int(self._file.write(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> "Torn":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def arm(fault: Fault) -> None:
    """Let the fault meet every such call of this process, for the rest of its life."""
    for name in CALLS:
        real = getattr(os, name)

        def call(*args: Any, real: Any = real, **more: Any) -> Any:
            fault.meet(args[0])
            return real(*args, **more)

        setattr(os, name, call)
    real_open = io.open

    def open_(file: Any, mode: str = "r", *args: Any, **more: Any) -> Any:
        if "x" not in mode and "w" not in mode:
            return real_open(file, mode, *args, **more)
        fault.meet(file)
        return Torn(real_open(file, mode, *args, **more), fault)

    io.open = open_  # what `Path.open` calls


@dataclass
class Trial:
    """One register on its way through many faults, and all that it ever promised."""

    office: Office
    told: set[str] = field(default_factory=set)
    tried: int = 0
    roots: dict[int, set[bytes]] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.office.place.root

    def go_through(self, spoil: Callable[[], None]) -> int:
        """Fork, spoil, file until something happens; then open again. The child's exit code."""
        connections.close_all()
        reading, writing = os.pipe()
        first = self.tried
        self.tried += 6
        gc.freeze()  # a collection in the child would copy every page
        child = os.fork()
        if child == 0:
            gc.disable()
            os.close(reading)
            self._file(first, writing, spoil)
        os.close(writing)
        said = b""
        while part := os.read(reading, 1 << 16):
            said += part
        os.close(reading)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        lines = said.decode().splitlines()
        self.told |= {line[1:] for line in lines if line.startswith("+")}
        for line in lines:
            if line.startswith("@"):
                size, root = line[1:].split()
                self.roots.setdefault(int(size), set()).add(bytes.fromhex(root))
        self.office = Office.open(self.root)
        self.see()
        return ended

    def see(self) -> None:
        """What the folder shows continues what it showed, and holds what was promised."""
        head = open_checkpoint(
            (self.root / "public" / CHECKPOINT).read_bytes(), [self.office.docket.charter.verifier]
        )
        self.roots.setdefault(head.size, set()).add(head.root)
        assert all(len(roots) == 1 for roots in self.roots.values()), f"a fork; seed {SEED}"
        lost = self.told - self.office.docket.cases.keys()
        assert not lost, f"acknowledged and lost: {sorted(lost)}; seed {SEED}"

    def audit(self) -> None:
        """As a stranger finds it."""
        found = audit_log(self.office.folder, [self.office.docket.charter.verifier])
        assert found.ok, (found.failures, SEED)
        assert found.leaves == [entry.leaf for entry in self.office.entries()], SEED
        assert replay(found.entries, self.office.book).fault is None, SEED
        filed = Counter(each.act.case for each in found.entries if each.act.kind == "review")
        assert set(filed.values()) <= {1}, f"an act is there twice; seed {SEED}"

    def _file(self, first: int, ledger: int, spoil: Callable[[], None]) -> None:
        write, real = os.write, Folder.publish

        def publish(folder: Folder, leaves: Any, signed: bytes, **more: Any) -> None:
            head = open_checkpoint(signed, [self.office.docket.charter.verifier])
            write(ledger, f"@{head.size} {head.root.hex()}\n".encode())
            real(folder, leaves, signed, **more)

        setattr(Folder, "publish", publish)  # noqa: B010 - for this process alone
        try:
            spoil()
            for number in range(first, first + 6, 2):
                cases = [f"case-{number}", f"case-{number + 1}"]
                filings = [
                    Filing(
                        "review.declare",
                        case,
                        "acme",
                        {"model": "M", "facts": {}},
                        [Document("note", f"of {case}".encode())] if at else [],
                    )
                    for at, case in enumerate(cases)
                ]
                try:
                    outcomes = self.office.file_all(filings)
                except HoldshortError:
                    continue
                for case, outcome in zip(cases, outcomes, strict=True):
                    if isinstance(outcome, Receipt):
                        write(ledger, f"+{case}\n".encode())
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - told to the parent, which fails
            write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(99)


Fresh = Callable[[], Trial]


@pytest.fixture
def fresh(office: Office, tmp_path: Path) -> Iterator[Fresh]:
    """A new copy of the register, for as long as the last one has gone through enough."""
    connections.close_all()
    number = 0

    def copy() -> Trial:
        nonlocal number
        connections.close_all()
        number += 1
        to = shutil.copytree(office.place.root, tmp_path / f"copy-{number}")
        return Trial(Office.open(to))

    yield copy
    connections.close_all()


def go(fresh: Fresh, faults: Iterator[Callable[[], None]], allowed: set[int]) -> Counter[int]:
    """Go through all the faults; how often each exit code was seen."""
    ended: Counter[int] = Counter()
    trial = fresh()
    for number, spoil in enumerate(faults):
        if number and number % IN_A_ROW == 0:
            trial.audit()
            shutil.rmtree(trial.root)
            trial = fresh()
        ended[trial.go_through(spoil)] += 1
        assert ended.keys() <= allowed, (ended, SEED)
    trial.audit()
    return ended


FAILING = [(errno.EIO, False), (errno.ENOSPC, True), (None, False), (None, True)]


def test_each_call_fails_or_is_the_last(fresh: Fresh) -> None:
    def faults() -> Iterator[Callable[[], None]]:
        for at in range(1, 46):
            for error, torn in FAILING:
                yield partial(arm, Fault(at, error, torn))

    ended = go(fresh, faults(), {0, 77})
    assert ended[77] > 50, "most calls come up before the last act is filed"


def test_any_call_fails_or_is_the_last(fresh: Fresh) -> None:
    chance = random.Random(SEED)

    def faults() -> Iterator[Callable[[], None]]:
        for _ in range(50 * MANY):
            error, torn = chance.choice(FAILING)
            yield partial(arm, Fault(chance.randrange(1, 60), error, torn))

    go(fresh, faults(), {0, 77})


def limit(size: int, *, deadly: bool) -> None:
    """No file grows beyond ``size``: a write across it is short; the next one fails, or kills."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL if deadly else signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def test_a_file_that_cannot_grow_at_any_byte_tears_no_act(fresh: Fresh) -> None:
    """The write-ahead log too: its frames are cut at any byte, and the process may die of it."""
    chance = random.Random(SEED + 1)

    def faults() -> Iterator[Callable[[], None]]:
        for _ in range(80 * MANY):
            size, deadly = chance.randrange(120_000), chance.random() < 0.5
            yield partial(limit, size, deadly=deadly)

    ended = go(fresh, faults(), {0, -signal.SIGXFSZ})
    # Some died of it and some went on: a limit in the wrong place would try nothing.
    assert ended[-signal.SIGXFSZ] > 0
    assert ended[0] > 0


def test_the_faults_are_found_where_a_rule_is_broken(
    fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test itself can fail: with an acknowledgement before the commit, acts get lost."""
    from holdshort.office.storage.sequencer import Sequencer

    real = Sequencer._enter

    def hasty(self: Sequencer, batch: Any) -> Any:
        rows = real(self, batch)
        self._settle(batch)
        return rows[:0]

    monkeypatch.setattr(Sequencer, "_enter", hasty)
    trial = fresh()
    with pytest.raises(AssertionError, match="acknowledged and lost"):
        trial.go_through(lambda: None)
