"""Deciding the limits of a book: a small one's one after the other, a large one's in processes."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

from holdshort.processes import processors, spawned
from holdshort.rulebook.load import read_rulebook
from holdshort.rulebook.model import Limit, Rulebook
from holdshort.rulebook.proof.equal import Unequal, unequal
from holdshort.rulebook.proof.forms import Breach, Undecidable, breaches, roots
from holdshort.rulebook.proof.kept import Lore
from holdshort.rulebook.proof.reads import Cases
from holdshort.rulebook.proof.result import PROVEN, REFUTED, TOO_WEAK, UNDECIDED, Proof, Result
from holdshort.rulebook.proof.solve import (
    DEEPEST,
    GLANCE_MS,
    PATIENCE_MS,
    Invariant,
    Open,
    Way,
    proven,
    shortest,
)
from holdshort.rulebook.proof.story import Story
from holdshort.rulebook.proof.strength import weakness
from holdshort.rulebook.proof.table import System
from holdshort.rulebook.proof.witness import Differs, story


@dataclass(frozen=True)
class Case:
    """A limit as formulas: its system, and what must never come about."""

    lore: Lore
    limit: Limit
    system: System

    @cached_property
    def breaches(self) -> list[Breach]:
        """What must never come about."""
        return breaches(self.system, self.limit)


def layers_of(lore: Lore, limit: Limit) -> list[Case]:
    """A limit that is not of the form ``equal``, as formulas: on more and more of what it rests on.

    What a system leaves out may be anything in it, so what holds on one layer holds on the next.
    The last leaves nothing out, and alone can refute the limit.

    Raises:
        Undecidable: it cannot be put into formulas that Z3 decides.
    """
    cases = Cases(lore.book, limit.kind)
    found = []
    for keys in cases.layers(roots(cases, limit)):
        system = System(lore, cases, keys)
        found.append(Case(lore, limit, system))
    return found


@dataclass(frozen=True)
class Decision:
    """What was decided of a limit, before it is asked whether it says enough."""

    verdict: str
    story: Story | None = None
    why: str | None = None
    invariant: Invariant | None = None
    case: Case | None = None  # the layer on which it is proven


def decide(layers: Sequence[Case]) -> Decision:
    """Prove a limit on the first layer on which it holds, or refute it on the last.

    Spacer proves fast and refutes slowly, unrolling the other way round: so each has its turn.
    """
    for case in layers:
        found = proven(case.system, case.breaches, GLANCE_MS)
        if isinstance(found, Invariant):
            return Decision(PROVEN, invariant=found, case=case)
    last = layers[-1]
    way = shortest(last.system, last.breaches, DEEPEST)
    if isinstance(way, Way):
        return told(last, way)
    for case in layers:
        found = proven(case.system, case.breaches, PATIENCE_MS)
        if isinstance(found, Invariant):
            return Decision(PROVEN, invariant=found, case=case)
    return Decision(UNDECIDED, why=found.why if isinstance(found, Open) else None)


def refute(case: Case, deepest: int) -> Decision:
    """Look for a story of at most so many deeds, on the last layer."""
    way = shortest(case.system, case.breaches, deepest)
    return told(case, way) if isinstance(way, Way) else Decision(UNDECIDED, why=way.why)


def told(case: Case, way: Way) -> Decision:
    """The story of a way, unless the closures do not follow it."""
    try:
        found = story(case.lore, case.system.cases, case.system.keys, case.limit, way)
    except Differs as differs:
        why = f"Z3 finds a history in which it fails, but the closures do not follow it: {differs}"
        return Decision(UNDECIDED, why=why)
    return Decision(REFUTED, story=found)


def _equal(lore: Lore, limit: Limit) -> Decision:
    found: Unequal | None = unequal(lore, limit.kind)
    if found is None:
        return Decision(PROVEN)
    if found.undecided:
        return Decision(UNDECIDED, why=f"Z3 cannot compare the guards of {found.act.type}.")
    read = ", ".join(found.reads)
    why = f"{found.act.type} can be lawful for one party and not for its equal; it reads {read}."
    return Decision(REFUTED, why=why)


def result(lore: Lore, limit: Limit) -> Result:
    """The verdict on one limit."""
    began = time.perf_counter()
    try:
        found = _equal(lore, limit) if limit.equal else decide(layers_of(lore, limit))
    except Undecidable as undecidable:
        found = Decision(UNDECIDED, why=f"{str(undecidable).capitalize()}.")
    verdict, why = found.verdict, found.why
    if verdict == PROVEN and (weak := weakness(lore, limit)):
        verdict, why = TOO_WEAK, weak
    return Result(limit, verdict, found.story, why, time.perf_counter() - began)


WORTH_IT = 25
"""Limits that a process has to decide to be worth its start: it loads Z3 and reads the book."""


def prove(book: Rulebook, progress: Callable[[Result], None] | None) -> Proof:
    """Decide every limit of a book."""
    results = []
    for each in _decided(book):
        results.append(each)
        if progress:
            progress(each)
    return Proof(book, tuple(results))


def _decided(book: Rulebook) -> Iterator[Result]:
    """The verdict on every limit, in the book's order."""
    limits = list(book.limits.values())
    done = 0
    processes = min(processors(), len(limits) // WORTH_IT)
    if processes > 1:
        try:
            for each in _beside(book, limits, processes):
                yield each
                done += 1
        except (OSError, BrokenProcessPool):
            pass  # where there can be no other process
    lore = Lore(book)
    for limit in limits[done:]:
        yield result(lore, limit)


def _beside(book: Rulebook, limits: Sequence[Limit], processes: int) -> Iterator[Result]:
    """The same, decided in further processes; a limit is sent by its id."""
    with spawned(processes) as pool:
        try:
            found = pool.map(partial(_alone, book.text), [limit.id for limit in limits])
            for limit, (verdict, story, why, seconds) in zip(limits, found, strict=True):
                yield Result(limit, verdict, story, why, seconds)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _alone(text: bytes, limit: str) -> tuple[str, Story | None, str | None, float]:
    """The verdict on one limit of the book of this text, as another process can send it."""
    lore = _lore(text)
    found = result(lore, lore.book.limits[limit])
    return found.verdict, found.story, found.why, found.seconds


@lru_cache(maxsize=1)
def _lore(text: bytes) -> Lore:
    return Lore(read_rulebook(text, "rulebook"))
