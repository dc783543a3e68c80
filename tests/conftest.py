"""Registers to test on: finished reviews made once and copied, and the command line in-process."""

import ctypes
import itertools
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from holdshort.rulebook.load import open_rulebook
from holdshort.rulebook.model import Rulebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("holdshort", deadline=None)
settings.load_profile("holdshort")


CRASH_SEED = "HOLDSHORT_CRASH_SEED"
"""Whatever kills and faults a run draws, it draws from this; given, it is used again."""


def pytest_configure() -> None:
    """One seed for all processes of the run; Ctrl-C works.

    A shell ignores SIGINT on behalf of what it starts in the background, and its children inherit
    that: the tests that press Ctrl-C would press in vain.
    """
    if not os.environ.get(CRASH_SEED):
        os.environ[CRASH_SEED] = str(int.from_bytes(os.urandom(4), "big"))
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the tests, the slow ones come first, the slowest of all ahead.

    Else whoever gets the review of a real language model last works on alone for minutes.
    """
    if hasattr(config, "workerinput"):
        slow = [item for item in items if item.get_closest_marker("slow")]
        items[:] = slow[::-1] + [item for item in items if item not in set(slow)]


def pytest_report_header() -> str:
    """To repeat a run's kills and faults."""
    return f"{CRASH_SEED}={os.environ[CRASH_SEED]}"


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@pytest.fixture
def bound_by_file_modes() -> Iterator[None]:
    """File modes bind this test even if root runs it: without CAP_DAC_OVERRIDE and its like.

    The capabilities leave the effective set alone, so they can be taken up again (capset(2)).
    """
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = _Header(0x20080522, 0), (_Sets * 2)()
    if libc.capget(ctypes.byref(header), sets) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    before = sets[0].effective
    sets[0].effective = before & ~0b110  # CAP_DAC_OVERRIDE is 1, CAP_DAC_READ_SEARCH is 2
    if libc.capset(ctypes.byref(header), sets) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    yield
    sets[0].effective = before
    if libc.capset(ctypes.byref(header), sets) != 0:
        raise OSError(ctypes.get_errno(), "capset")


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Paths where nothing is yet. Few tests use theirs, so none is made beforehand."""
    root = tmp_path_factory.mktemp("caches")
    return (root / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def own_cache(caches: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command remembers of a register, it remembers for its own test alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(next(caches)))


@dataclass(frozen=True)
class Ran:
    """What a command did: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


Holdshort = Callable[..., Ran]


@pytest.fixture
def holdshort(capsys: pytest.CaptureFixture[str]) -> Holdshort:
    """The command line, in this process: arguments in, exit code and output out."""
    from holdshort.cli import main

    def run(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(each) for each in arguments])
        said = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def book() -> Rulebook:
    """The rulebook that comes first."""
    return open_rulebook("aaif")


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """A real Chromium without a window, for the tests of one module; `scripts/setup dev` brings it.

    Not for the whole session: while Playwright's synchronous interface is open, its event loop
    counts as running in this thread, so ``asyncio.run`` and Django's ORM refuse to work in every
    test that follows. Only one such interface can be open: take this one, open no second.
    """
    from playwright.sync_api import sync_playwright  # 0.2 s, and few tests ask for it

    chromium = shutil.which("chromium")
    assert chromium, "chromium is needed: scripts/setup dev, or apt-get install chromium"
    with sync_playwright() as playwright:
        # Root, as in a container, may not use Chromium's sandbox; these pages are ours.
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


def close_databases() -> None:
    """Leave each database as a process that ends would: its write-ahead log folded in."""
    if "django.conf" in sys.modules:
        from django.conf import settings
        from django.db import connections

        if settings.configured:
            connections.close_all()


@pytest.fixture(autouse=True)
def _closed_databases() -> Iterator[None]:
    yield
    close_databases()


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, book: Rulebook) -> Callable[[str], Path]:
    """The data folder of a whole review of a reference model, made once; not to be changed."""
    made: dict[str, Path] = {}

    def finish(model: str) -> Path:
        from holdshort.office.place import Place
        from holdshort.office.review.review import Review
        from holdshort.office.review.subject import Given, resolve

        if model not in made:
            place = Place(tmp_path_factory.mktemp("finished") / "data")
            Review(place, book, resolve(Given(model), place), lambda event: None).run()
            close_databases()
            made[model] = place.root
        return made[model]

    return finish


@pytest.fixture
def cleared(finished: Callable[[str], Path], tmp_path: Path) -> Path:
    """A copy of a register on which reference/null, which declines everything, was cleared."""
    return Path(shutil.copytree(finished("reference/null"), tmp_path / "cleared"))


@pytest.fixture
def referred(finished: Callable[[str], Path], tmp_path: Path) -> Path:
    """A copy of a register on which reference/solver, which solves everything, was referred."""
    return Path(shutil.copytree(finished("reference/solver"), tmp_path / "referred"))


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch, book: Rulebook) -> Callable[..., Any]:
    """Reviews in a tenth of a second: the answers are scripted, all else is the real thing.

    ``reference/solver`` is always right, ``reference/null`` never, any other in turns, which leaves
    every area inconclusive. The findings follow from these answers by the real statistics; only the
    evidence is none, so `holdshort verify` would not accept it.
    """
    from holdshort.assess.area_run import area_result
    from holdshort.assess.finding import Finding, find
    from holdshort.assess.protocol import AreaPlan, Protocol, draft
    from holdshort.assess.stopping import OrderedTest
    from holdshort.office.place import Place
    from holdshort.office.review import assessment, review
    from holdshort.office.review.subject import Given, resolve

    def in_turns(item: int) -> bool:
        return item % 2 == 0

    rights: dict[str, Callable[[int], bool]] = {
        "reference/null": lambda item: False,
        "reference/solver": lambda item: True,
    }

    class Scripted(assessment.Assessment):
        def run(self, locked: Any, tell: Callable[[Any], None]) -> None:
            self._protocol = Protocol.from_fields(locked, "protocol")

        def bundle(self) -> Path:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / "evidence.tar"
            path.write_bytes(b"answers by script")
            return path

        def findings(self) -> list[Finding]:
            return [find(area_result(p.area, self._answer(p)), p) for p in self.protocol.areas]

        def _answer(self, plan: AreaPlan) -> OrderedTest:
            right = rights.get(self.subject.name, in_turns)
            test = OrderedTest(plan.rate_plan)
            for item in range(plan.max_items):
                test.add(item, right(item))
            return test

    monkeypatch.setattr(review, "Assessment", Scripted)
    monkeypatch.setattr(assessment, "draft", partial(draft, max_items=20, min_items=20))

    def run(
        root: Path,
        model: str = "reference/null",
        tell: Callable[[Any], None] = lambda event: None,
        **given: Any,
    ) -> Any:
        place = Place(root)
        subject = resolve(Given(model, **given), place)
        return review.Review(place, book, subject, tell).run()

    return run
