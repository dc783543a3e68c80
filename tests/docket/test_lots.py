"""Drawing lots: repeatable, exact in its odds, and bound to what was committed."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.docket.lots import MOST_TICKETS, Draw, best_ticket, commitment, draw, seed_of
from holdshort.errors import BadInput

VALUES = st.binary(min_size=32, max_size=32)
IDS = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
POOLS = st.dictionaries(IDS, st.integers(1, 5), min_size=1, max_size=8)
ROOT = hashlib.sha256(b"root").digest()


def seeded(seed: int, pool: dict[str, int]) -> Draw:
    """A draw of which every secret follows from ``seed``."""
    halves = [hashlib.sha256(f"{seed} {side}".encode()).digest() for side in ("d", "a")]
    return draw(halves[0], halves[1], 40, ROOT, pool)


@given(VALUES, VALUES, st.integers(0, 2**40), VALUES, POOLS)
def test_anyone_can_draw_again_by_hand(
    developer: bytes, authority: bytes, size: int, root: bytes, pool: dict[str, int]
) -> None:
    drawn = draw(developer, authority, size, root, pool)
    seed = hashlib.sha256(
        b"holdshort-draw\0" + developer + authority + size.to_bytes(8, "big") + root
    ).digest()
    assert drawn.seed == seed.hex()
    every = {
        (party, number): hashlib.sha256(
            b"holdshort-ticket\0" + seed + number.to_bytes(8, "big") + party.encode()
        ).hexdigest()
        for party, weight in pool.items()
        for number in range(1, weight + 1)
    }
    assert drawn.winner == min(every, key=lambda each: every[each])[0]
    for best in drawn.tickets:
        assert best.ticket == every[best.party, best.number]
        assert best.ticket == min(t for (party, _), t in every.items() if party == best.party)
    listed = [best.ticket for best in drawn.tickets]
    assert listed == sorted(listed)
    assert drawn.to_json() == {
        "log_size": size,
        "log_root": root.hex(),
        "seed": seed.hex(),
        "tickets": [best.to_json() for best in drawn.tickets],
    }


@given(VALUES, VALUES, VALUES, POOLS)
def test_the_order_in_which_candidates_are_listed_does_not_matter(
    developer: bytes, authority: bytes, root: bytes, pool: dict[str, int]
) -> None:
    backwards = dict(reversed(pool.items()))
    assert draw(developer, authority, 9, root, pool) == draw(
        developer, authority, 9, root, backwards
    )


@given(st.integers(0, 10**9), POOLS, POOLS)
def test_a_candidate_more_changes_nobody_elses_ticket(
    seed: int, pool: dict[str, int], more: dict[str, int]
) -> None:
    few, many = seeded(seed, pool), seeded(seed, more | pool)
    assert set(few.tickets) <= set(many.tickets)
    assert many.winner in set(more) - set(pool) or many.winner == few.winner


@given(st.integers(0, 10**9), POOLS)
def test_a_ticket_more_can_only_win_for_its_holder(seed: int, pool: dict[str, int]) -> None:
    before = seeded(seed, pool)
    for party in pool:
        after = seeded(seed, pool | {party: pool[party] + 1})
        assert after.winner in (party, before.winner)


@given(VALUES, VALUES, st.integers(0, 2**30), VALUES)
def test_every_part_of_the_seed_counts(
    developer: bytes, authority: bytes, size: int, root: bytes
) -> None:
    other = hashlib.sha256(b"other" + developer + authority + root).digest()
    seed = seed_of(developer, authority, size, root)
    assert seed != seed_of(other, authority, size, root)
    assert seed != seed_of(developer, other, size, root)
    assert seed != seed_of(developer, authority, size + 1, root)
    assert seed != seed_of(developer, authority, size, other)


def test_each_wins_as_often_as_its_tickets_say() -> None:
    pool = {"lab-a": 1, "lab-b": 2, "lab-c": 4, "lab-d": 4, "lab-e": 1}
    draws = 20_000
    won = Counter(seeded(seed, pool).winner for seed in range(draws))
    total = sum(pool.values())
    expected = {party: draws * weight / total for party, weight in pool.items()}
    chi_square = sum((won[party] - expected[party]) ** 2 / expected[party] for party in pool)
    assert chi_square < 18.47  # 99.9 % of chi-square with 4 degrees of freedom
    # Were the weights left aside, the same test would fail.
    even = draws / len(pool)
    assert sum((won[party] - even) ** 2 / even for party in pool) > 18.47


@pytest.mark.parametrize("weight", [0, -1, MOST_TICKETS + 1])
def test_a_number_of_tickets_that_no_draw_takes_is_refused(weight: int) -> None:
    with pytest.raises(BadInput, match="tickets"):
        best_ticket(ROOT, "lab-a", weight)


@given(VALUES, VALUES)
def test_a_commitment_binds_to_one_value(one: bytes, other: bytes) -> None:
    assert (commitment(one) == commitment(other)) is (one == other)


def test_a_commitment_is_a_hash_of_its_own_kind() -> None:
    value = bytes(32)
    assert commitment(value) == hashlib.sha256(b"holdshort-commitment\0" + value).hexdigest()
    assert commitment(value) != hashlib.sha256(value).hexdigest()
