"""Draws are reproducible for ever, unbiased, and stay in range."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.assess.suites.draws import Draws


@given(key=st.binary(max_size=40), n=st.integers(1, 2**70))
def test_a_draw_is_in_range_and_repeats_with_its_key(key: bytes, n: int) -> None:
    one, two = Draws(key), Draws(key)
    drawn = [one.below(n) for _ in range(5)]
    assert all(0 <= value < n for value in drawn)
    assert drawn == [two.below(n) for _ in range(5)]


def test_the_stream_is_sha_256_in_counter_mode() -> None:
    stream = b"".join(hashlib.sha256(b"key" + bytes([0] * 7 + [i])).digest() for i in range(2))
    draws = Draws(b"key")
    assert bytes(draws.below(256) for _ in range(64)) == stream


def test_every_value_is_equally_likely_where_rejection_is_needed() -> None:
    draws, count = Draws(b"uniform"), 12_000
    seen = Counter(draws.below(6) for _ in range(count))
    chi_square = sum((seen[v] - count / 6) ** 2 / (count / 6) for v in range(6))
    assert chi_square < 20.5  # 99.9 % point of chi-square with 5 degrees of freedom


def test_every_order_of_three_is_equally_likely() -> None:
    draws, count = Draws(b"orders"), 12_000
    seen = Counter(tuple(draws.shuffled("abc")) for _ in range(count))
    assert len(seen) == 6
    assert sum((n - count / 6) ** 2 / (count / 6) for n in seen.values()) < 20.5


@given(things=st.lists(st.integers(), max_size=30), key=st.binary(max_size=8))
def test_a_shuffle_keeps_all_things_and_a_sample_takes_different_places(
    things: list[int], key: bytes
) -> None:
    assert sorted(Draws(key).shuffled(things)) == sorted(things)
    places = Draws(key).sample(range(len(things)), len(things) // 2)
    assert len(set(places)) == len(things) // 2


def test_drawing_from_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to draw from"):
        Draws(b"").pick([])
