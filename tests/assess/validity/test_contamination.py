"""Memory of public items: found in models that remember, and not in others."""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.assess.elicitation.gap import Effect
from holdshort.assess.organisms.language import exercises
from holdshort.assess.organisms.store import organism
from holdshort.assess.organisms.training import fine_tune
from holdshort.assess.organisms.trial import marks
from holdshort.assess.outcome import Outcome
from holdshort.assess.suites.suite import SUITES, suite
from holdshort.assess.validity import Verdict, settle
from holdshort.assess.validity.contamination import (
    completion,
    gate,
    halves,
    order,
    score,
    similarity,
    twins,
)
from holdshort.errors import BadInput

ALPHA = Decimal("0.05")


class CharacterModel:
    """A language model of characters: counts after up to ``width`` of them, interpolated."""

    def __init__(self, texts: Iterable[str], width: int = 12) -> None:
        self.width = width
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for at, character in enumerate(text):
                for length in range(min(width, at) + 1):
                    self.counts[text[at - length : at]][character] += 1

    def chance(self, past: str, character: str) -> float:
        found = 1 / 256
        for length in range(min(self.width, len(past)) + 1):
            seen = self.counts.get(past[len(past) - length :])
            if seen is None:
                break
            total = sum(seen.values())
            found = (seen[character] + 0.5 * found) / (total + 0.5)
        return found

    def log_likelihood(self, text: str) -> float:
        return sum(
            math.log(self.chance(text[max(at - self.width, 0) : at], character))
            for at, character in enumerate(text)
        )


class CopyingModel:
    """Goes on as its training text does after the longest end of the prompt that is in it."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.seen = "\0".join(texts)

    def complete(self, text: str) -> str:
        start = bisect_left(range(len(text)), True, key=lambda at: text[at:] in self.seen)
        at = self.seen.find(text[start:]) + len(text) - start
        return self.seen[at:].split("\0", 1)[0]


PUBLIC = suite("cybersecurity").items(b"published", 0, 40)
OTHERS = suite("cybersecurity").items(b"training", 0, 150)
FRESH = twins(suite("cybersecurity"), PUBLIC, b"made today")


@cache
def trained(*, on_public: bool) -> CopyingModel:
    """On other items of the same families, and on the public ones if it is to remember them."""
    shown = [item.prompt for item in OTHERS]
    return CopyingModel(shown + [item.prompt for item in PUBLIC] * on_public)


@pytest.mark.parametrize("area", SUITES)
def test_a_twin_is_another_item_of_the_same_family(area: str) -> None:
    public = suite(area).items(b"published", 0, 20)
    fresh = twins(suite(area), public, b"made today")
    assert [item.family for item in fresh] == [item.family for item in public]
    assert not {item.prompt for item in fresh} & {item.prompt for item in public}
    assert fresh == twins(suite(area), public, b"made today")
    assert fresh != twins(suite(area), public, b"made tomorrow")
    for item in fresh:
        solved = suite(area).family(item.family).solve(item.prompt)
        assert suite(area).score(item, f"ANSWER: {solved}")


@given(st.text(alphabet="ab \n", max_size=60))
def test_two_halves_make_the_whole(prompt: str) -> None:
    first, rest = halves(prompt)
    assert first + rest == prompt
    assert len(first) >= len(prompt) // 2


@pytest.mark.parametrize(
    ("first", "second", "tenths"),
    [
        ("kitten", "sitting", 5),  # distance 3 of 7, the textbook's
        ("abc", "abc", 10),
        ("abcdefghij", "abcdefghiX", 9),
        ("abc", "", 0),
        ("", "", 10),
    ],
)
def test_likeness_is_by_edit_distance_in_tenths_rounded_down(
    first: str, second: str, tenths: int
) -> None:
    assert similarity(first, second) == similarity(second, first) == tenths


@given(st.text(max_size=12), st.text(max_size=12))
def test_only_equal_texts_are_wholly_alike(first: str, second: str) -> None:
    assert (similarity(first, second) == 10) == (first == second)


def test_a_model_that_remembers_the_items_completes_them_and_one_that_does_not_does_not() -> None:
    public, fresh = [item.prompt for item in PUBLIC], [item.prompt for item in FRESH]
    word, like = completion(public, fresh, trained(on_public=True).complete, ALPHA)
    assert gate({"verbatim": word}).verdict is Verdict.DOUBTFUL
    assert like.low > Decimal("0.15")
    # One that saw other items of these families knows their templates, and so the twins' as well.
    word, like = completion(public, fresh, trained(on_public=False).complete, ALPHA)
    assert word.low <= 0 <= word.high
    assert like.low <= 0 <= like.high
    assert gate({"similarity": like}).verdict is not Verdict.DOUBTFUL


def lines(seed: int, number: int = 160) -> list[str]:
    return [each.prompt + each.answer for each in exercises("rev", number, seed)]


def test_a_model_that_saw_the_file_prefers_its_order_and_one_that_saw_its_items_does_not() -> None:
    published = lines(3)
    others = "\n".join(lines(4, 400))
    seen = CharacterModel([others, "\n".join(published)])
    found = order(published, seen.log_likelihood, ALPHA)
    assert gate({"order": found}).verdict is Verdict.DOUBTFUL
    shuffled = [published[i] for i in np.random.default_rng(1).permutation(len(published))]
    elsewhere = CharacterModel([others, "\n".join(shuffled)])
    found = order(published, elsewhere.log_likelihood, ALPHA)
    assert found.low <= 0 <= found.high


def test_exchangeable_files_are_suspected_no_more_often_than_stated() -> None:
    """A likelihood that depends on order, and on nothing that publishing fixed."""
    false = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        items = [str(value) for value in random.random(40)]
        weights = random.random(8)

        def likelihood(text: str, weights: np.ndarray = weights) -> float:
            return float(weights @ np.array([float(line) for line in text.split("\n")]))

        false += order(items, likelihood, ALPHA, shard=8, shuffles=9, seed=seed).low > 0
    assert false <= 10


def test_a_likelihood_that_knows_no_order_gives_no_effect() -> None:
    found = order(lines(5, 80), len, ALPHA)
    assert found.estimate == 0


def test_a_test_of_order_takes_a_shard() -> None:
    with pytest.raises(BadInput, match="shards of 2"):
        order(["a"], len, ALPHA)


def test_models_at_the_tolerance_are_doubted_no_more_often_than_stated() -> None:
    """With a true effect of the very tolerance: the worst that is still tolerated."""
    random = np.random.default_rng(9)
    doubted = 0
    for _ in range(400):
        fresh = random.random(150) < 0.5
        public = random.random(150) < 0.65
        found = score([bool(x) for x in public], [bool(x) for x in fresh], ALPHA)
        doubted += gate({"score": found}).verdict is Verdict.DOUBTFUL
    assert doubted <= 20


def remembering() -> tuple[list[bool], list[bool]]:
    """A network without the ability, trained on 40 public exercises: marks on them and on twins."""
    lacks = organism("lacks")
    public, fresh = exercises("cae", 40, 11), exercises("cae", 40, 12)
    shown = [(each.prompt, each.answer) for each in public]
    weights = fine_tune(lacks.shape, lacks.weights, shown, steps=120, seed=1)
    held = lacks.with_weights("remembers", weights, "trained on public exercises")
    return marks(held, public), marks(held, fresh)


@pytest.mark.slow
def test_a_network_that_was_trained_on_the_public_items_is_found() -> None:
    found = gate({"score": score(*remembering(), ALPHA)})
    assert found.verdict is Verdict.DOUBTFUL
    assert settle(Outcome.UNACCEPTABLE, [found]).found is Outcome.INCONCLUSIVE
    assert settle(Outcome.ACCEPTABLE, [found]).found is Outcome.ACCEPTABLE


@pytest.mark.parametrize("name", ["has", "lacks", "control"])
def test_a_network_that_was_not_is_sound(name: str) -> None:
    held = organism(name)
    public, fresh = exercises("cae", 100, 11), exercises("cae", 100, 12)
    effect = score(marks(held, public), marks(held, fresh), ALPHA)
    assert gate({"score": effect}).verdict is Verdict.SOUND


def test_without_a_probe_nothing_is_known() -> None:
    found = gate({})
    assert found.verdict is Verdict.UNKNOWN
    assert settle(Outcome.UNACCEPTABLE, [found]).found is Outcome.INCONCLUSIVE


def test_one_probe_that_finds_memory_is_enough() -> None:
    small = Effect(Decimal(0), Decimal("-0.1"), Decimal("0.1"))
    great = Effect(Decimal("0.5"), Decimal("0.3"), Decimal("0.7"))
    found = gate({"score": small, "order": great})
    assert found.verdict is Verdict.DOUBTFUL
    assert found.effect == great
    assert found.reason.startswith("order 0.50")


def test_items_without_twins_are_refused() -> None:
    with pytest.raises(BadInput, match="needs its twin"):
        score([True], [], ALPHA)
