"""Drawing lots: repeatable, fair, and bound to what was committed."""

import hashlib
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from holdshort.docket.lots import Draw, commitment, draw

VALUES = st.binary(min_size=32, max_size=32)
POOLS = st.sets(st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True), min_size=1, max_size=8)


def seeded(seed: int, pool: list[str]) -> Draw:
    """A draw of which every secret follows from ``seed``."""
    halves = [hashlib.sha256(f"{seed} {side}".encode()).digest() for side in ("d", "a")]
    return draw(halves[0], halves[1], 40, hashlib.sha256(b"root").digest(), pool)


@given(VALUES, VALUES, st.integers(0, 2**40), VALUES, POOLS)
def test_anyone_can_draw_again_by_hand(
    developer: bytes, authority: bytes, size: int, root: bytes, pool: set[str]
) -> None:
    drawn = draw(developer, authority, size, root, sorted(pool))
    seed = hashlib.sha256(
        b"holdshort-draw\0" + developer + authority + size.to_bytes(8, "big") + root
    ).digest()
    assert drawn.seed == seed.hex()
    tickets = {party: hashlib.sha256(seed + party.encode()).hexdigest() for party in pool}
    assert dict(drawn.tickets) == tickets
    assert drawn.winner == min(tickets, key=lambda party: tickets[party])
    assert drawn.to_json() == {
        "log_size": size,
        "log_root": root.hex(),
        "seed": seed.hex(),
        "tickets": [{"party": party, "ticket": ticket} for party, ticket in drawn.tickets],
    }


@given(VALUES, VALUES, VALUES, POOLS)
def test_the_order_in_which_candidates_are_listed_does_not_matter(
    developer: bytes, authority: bytes, root: bytes, pool: set[str]
) -> None:
    listed = sorted(pool)
    one = draw(developer, authority, 9, root, listed)
    assert one == draw(developer, authority, 9, root, listed[::-1] + listed)


@given(st.integers(0, 10**9), POOLS, POOLS)
def test_a_candidate_more_changes_nobody_elses_ticket(
    seed: int, pool: set[str], more: set[str]
) -> None:
    few, many = seeded(seed, sorted(pool)), seeded(seed, sorted(pool | more))
    assert set(few.tickets) <= set(many.tickets)
    assert many.winner in more or many.winner == few.winner


@given(VALUES, VALUES, st.integers(0, 2**30), VALUES)
def test_every_part_of_the_seed_counts(
    developer: bytes, authority: bytes, size: int, root: bytes
) -> None:
    other = hashlib.sha256(b"other" + developer + authority + root).digest()
    seed = draw(developer, authority, size, root, ["a"]).seed
    assert seed != draw(other, authority, size, root, ["a"]).seed
    assert seed != draw(developer, other, size, root, ["a"]).seed
    assert seed != draw(developer, authority, size + 1, root, ["a"]).seed
    assert seed != draw(developer, authority, size, other, ["a"]).seed


def test_every_candidate_wins_as_often_as_any_other() -> None:
    pool = ["lab-a", "lab-b", "lab-c", "lab-d", "lab-e"]
    draws = 20_000
    won = Counter(seeded(seed, pool).winner for seed in range(draws))
    expected = draws / len(pool)
    chi_square = sum((won[party] - expected) ** 2 / expected for party in pool)
    assert chi_square < 18.47  # 99.9 % of chi-square with 4 degrees of freedom


def test_one_side_alone_cannot_tell_who_wins() -> None:
    # For any value of the developer's, the Agency's value makes either candidate win equally often.
    root = hashlib.sha256(b"root").digest()
    for mine in range(5):
        developer = hashlib.sha256(f"mine {mine}".encode()).digest()
        wins = sum(
            draw(developer, hashlib.sha256(f"{n}".encode()).digest(), 9, root, ["x", "y"]).winner
            == "x"
            for n in range(2_000)
        )
        assert abs(wins - 1_000) < 4 * (2_000 * 0.25) ** 0.5  # four standard deviations


@given(VALUES, VALUES)
def test_a_commitment_binds_to_one_value(one: bytes, other: bytes) -> None:
    assert (commitment(one) == commitment(other)) is (one == other)


def test_a_commitment_is_a_hash_of_its_own_kind() -> None:
    value = bytes(32)
    assert commitment(value) == hashlib.sha256(b"holdshort-commitment\0" + value).hexdigest()
    assert commitment(value) != hashlib.sha256(value).hexdigest()
