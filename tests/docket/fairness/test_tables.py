"""Matters side by side: ranks, what waits still, and that whole matters are exchanged."""

from collections.abc import Callable
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from holdshort.docket.fairness import Observation
from holdshort.docket.fairness.tables import COURSE, GRAIN, ranked, regrouped, tables

See = Callable[..., Observation]


@given(st.lists(st.tuples(st.integers(0, 9).map(Fraction), st.booleans()), min_size=1, max_size=12))
def test_ranks_turn_round_with_the_direction(outcomes: list[tuple[Fraction, bool]]) -> None:
    assert ranked(outcomes, worse=1) == [-each for each in ranked(outcomes, worse=-1)]
    assert all(abs(each) <= GRAIN for each in ranked(outcomes, worse=1))


@given(st.lists(st.integers(0, 9).map(Fraction), min_size=1, max_size=12))
def test_without_open_ends_a_rank_is_twice_the_centred_midrank(values: list[Fraction]) -> None:
    from scipy.stats import rankdata

    exact = 2 * rankdata([float(each) for each in values]) - (len(values) + 1)
    found = ranked([(each, False) for each in values], worse=1)
    assert all(
        abs(one - GRAIN * other / len(values)) <= 0.5
        for one, other in zip(found, exact, strict=True)
    )


def test_what_still_waits_has_waited_longer_than_what_was_done_before() -> None:
    waiting, done, late = (Fraction(5), True), (Fraction(3), False), (Fraction(9), False)
    found = ranked([waiting, done, late], worse=1)
    assert found[0] > found[1]
    # Whether it will take longer than nine cannot be told: against that one it has no rank.
    assert found == [GRAIN // 3, -2 * GRAIN // 3, GRAIN // 3]


def test_only_matters_of_equal_facts_are_compared(seen: See) -> None:
    found = [
        seen("wait", "s", 1, "a", 1, facts="red"),
        seen("wait", "s", 2, "b", 2, facts="blue"),
        seen("wait", "s", 3, "a", 3, facts="blue"),
    ]
    [table] = tables(found)
    assert [cell.units for cell in table.cells] == [("m2", "m3")]


def test_a_matter_counts_once_at_a_step(seen: See) -> None:
    found = [seen("wait", "s", 1, "a", each) for each in (1, 9, 9, 9)]
    found += [seen("wait", "s", 2, "b", 5), seen("wait", "s", 3, "a", 7)]
    table = tables(found)[0]
    assert [cell.units for cell in table.cells] == [("m1", "m2", "m3")]


def test_over_the_whole_course_a_matter_is_one_and_keeps_all_its_steps(seen: See) -> None:
    found = [
        seen("wait", step, unit, "ab"[unit % 2], unit)
        for unit in range(6)
        for step in ("one", "two")
    ]
    course = next(table for table in tables(found) if table.step == COURSE)
    [cell] = course.cells
    single = ranked([(Fraction(unit), False) for unit in range(6)], worse=1)
    assert cell.scores == tuple(2 * each for each in single)


def test_matters_of_another_course_are_not_exchanged(seen: See) -> None:
    found = [seen("wait", "one", unit, "ab"[unit % 2], unit) for unit in range(6)]
    found += [seen("wait", "two", unit, "ab"[unit % 2], unit) for unit in (0, 1)]
    course = next(table for table in tables(found) if table.step == COURSE)
    assert [cell.units for cell in course.cells] == [("m0", "m1"), ("m2", "m3", "m4", "m5")]


def test_a_step_against_a_party_is_worse_the_sooner_it_comes(seen: See) -> None:
    [table] = tables([seen("haste", "s", 1, "a", 1), seen("haste", "s", 2, "b", 9)])
    assert table.cells[0].scores[0] > table.cells[0].scores[1]


def test_groups_take_the_place_of_parties(seen: See) -> None:
    [table] = tables([seen("wait", "s", unit, f"p{unit}", unit) for unit in range(4)])
    grouped = regrouped(table, {"p0": "home", "p1": "home", "p3": "abroad"})
    assert grouped is not None
    assert grouped.cells[0].parties == ("home", "home", "abroad")
    assert regrouped(table, {"p0": "home"}) is None
