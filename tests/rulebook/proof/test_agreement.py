"""Prover and docket read the same book alike: random books, each asked of both.

- What the prover refutes, the docket replays with real acts to the same end.
- Of what the prover proves, no history that the docket can be led through shows the contrary.

The books are `random_books`, the histories `explorer`. The prover has no times, the docket has: a
story whose deeds no times allow is told so by the docket, and must stay rare.
"""

import importlib.util
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings

from holdshort.docket.stories import replay
from holdshort.rulebook.load import read_rulebook
from holdshort.rulebook.proof import prove

if TYPE_CHECKING:
    from tests.rulebook.proof import explorer, random_books


def _beside(name: str) -> ModuleType:
    """A module in this folder, which is no package."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"proof_{name}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


if not TYPE_CHECKING:
    explorer, random_books = _beside("explorer"), _beside("random_books")

HOLD = settings(suppress_health_check=list(HealthCheck))
BRIEF = settings(HOLD, max_examples=8)
# Found once, a book is worth the hours that making it smaller can take only by hand.
LONG = settings(HOLD, max_examples=60, phases=(Phase.explicit, Phase.reuse, Phase.generate))

DEEPEST = 6
"""Deeds of the longest history that is tried."""


def compare(text: bytes, budget: int) -> Counter[str]:
    """Hold prover and docket against each other on one book; how often what came out."""
    book = read_rulebook(text, "random.yaml")
    note(text.decode())
    results = {result.limit.id: result for result in prove(book).results}
    assert results.keys() == book.limits.keys()
    count: Counter[str] = Counter()
    for id_, result in results.items():
        assert result.verdict in ("proven", "refuted"), (id_, result.verdict, result.why)
        assert (result.story is None) is (result.verdict == "proven"), (id_, result.why)
        count[result.verdict] += 1
        if result.story:
            replayed = replay(book, result.story)
            assert replayed.agrees or replayed.untimely, (id_, replayed.says, result.story)
            count["in no time"] += replayed.untimely
    for kind in sorted({limit.kind for limit in book.limits.values()}):
        explored = explorer.explore(book, kind, DEEPEST, budget)
        count["tried"] += explored.tried
        for id_, story in explored.broken.items():
            assert results[id_].verdict == "refuted", (id_, story)
    return count


@BRIEF
@given(random_books.texts())
def test_prover_and_docket_agree(text: bytes) -> None:
    compare(text, budget=2_000)


@pytest.mark.slow
def test_prover_and_docket_agree_on_many_books_nearly_always_in_time() -> None:
    total: Counter[str] = Counter()

    @LONG
    @given(random_books.texts())
    def agree(text: bytes) -> None:
        total.update(compare(text, budget=8_000))

    agree()
    # Both verdicts are met with, and seldom has a story no times.
    assert total["proven"] > 10
    assert total["refuted"] > 10
    assert total["in no time"] <= 1 + total["refuted"] / 50


@settings(HOLD, max_examples=12)
@given(random_books.texts())
def test_what_the_search_finds_the_docket_replays(text: bytes) -> None:
    book = read_rulebook(text, "random.yaml")
    note(text.decode())
    for kind in sorted({limit.kind for limit in book.limits.values()}):
        for story in explorer.explore(book, kind, DEEPEST, 2_000).broken.values():
            replayed = replay(book, story)
            assert replayed.agrees, (replayed.says, story)
