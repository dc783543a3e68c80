"""One error rate over all tests: Holm's correction among the tests that can tell anything."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from holdshort.docket.fairness.family import correct, countable

LEVEL = Fraction(1, 20)
chances = st.fractions(min_value=0, max_value=1, max_denominator=1000)


def test_it_is_holms_where_every_test_can_tell() -> None:
    # Holm's worked numbers as R's p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm") prints them.
    p = [Fraction(n, 100) for n in (1, 2, 3, 4, 5)]
    found = correct(p, [Fraction(1, 10**6)] * 5, LEVEL)
    assert [float(each) for each in found.adjusted] == [0.05, 0.08, 0.09, 0.09, 0.09]


def test_what_cannot_tell_anything_costs_nothing() -> None:
    # Tarone's point: nine tests of which eight could never reach 0.05 count as one.
    p = [Fraction(3, 100), *[Fraction(1)] * 8]
    least = [Fraction(1, 1000), *[Fraction(1, 2)] * 8]
    found = correct(p, least, LEVEL)
    assert list(found.counted) == [0]
    assert found.adjusted[0] == Fraction(3, 100)


def test_where_nothing_can_tell_nothing_counts() -> None:
    found = correct([Fraction(1, 2)], [Fraction(1, 2)], LEVEL)
    assert found.counted == ()
    assert list(found.adjusted) == [Fraction(1)]


@given(st.lists(st.tuples(chances, chances), min_size=1, max_size=20))
def test_a_correction_never_makes_a_p_value_smaller(pairs: list[tuple[Fraction, Fraction]]) -> None:
    p = [max(pair) for pair in pairs]
    found = correct(p, [min(pair) for pair in pairs], LEVEL)
    assert all(one <= other for one, other in zip(p, found.adjusted, strict=True))


@given(st.lists(chances, min_size=1, max_size=20))
def test_the_tests_that_count_are_no_more_than_their_number_allows(least: list[Fraction]) -> None:
    able = countable(least, LEVEL)
    if able:
        number = next(
            n for n in range(1, len(least) + 1)
            if sum(each <= LEVEL / n for each in least) <= n
        )  # fmt: skip
        assert len(able) <= number
        assert all(least[place] <= LEVEL / number for place in able)
