"""A decision in plain sight: each comparison with the values that it saw."""

from typing import Any

from holdshort.rulebook.expression import UNKNOWN, explain, parse

FACTS: dict[str, Any] = {
    "model": {"training_compute": 38 * 10**24, "open_weights": False},
    "developer": {"revenue": UNKNOWN},
    "areas": ["bio", "cyber"],
    "finding": {"bio": "none", "cyber": "unacceptable"},
    "state": "ordered",
}


def texts(source: str) -> list[str]:
    return [reason.text for reason in explain(parse(source), FACTS)]


def test_every_comparison_is_given_with_its_values_in_source_order() -> None:
    assert texts(
        "model.training_compute > 1e25 && developer.revenue >= 5.0e8 || !model.open_weights"
    ) == [
        "model.training_compute (3.8e25) > 1e25: true",
        "developer.revenue (unknown) >= 5.0e8: unknown (developer.revenue not known)",
        "model.open_weights: false",
    ]


def test_a_sum_is_shown_with_its_total_and_its_brackets() -> None:
    assert texts("2 * (model.training_compute + 1e25) == (1 < 2 ? 9.6e25 : 0)") == [
        "2 * (model.training_compute + 1e25) (9.6e25) == (1 < 2 ? 9.6e25 : 0) (9.6e25): true"
    ]


def test_a_macro_names_the_elements_that_decided_it() -> None:
    exists = 'areas.exists(a, finding[a] == "unacceptable")'
    every = 'areas.all(a, finding[a] == "none")'
    assert texts(f"{exists} && {every}") == [
        f'{exists}: true (a = "cyber")',
        f'{every}: false (a = "cyber")',
    ]


def test_both_outcomes_of_a_conditional_are_explained() -> None:
    assert texts('state in ["ordered"] ? model.open_weights : state == "open"') == [
        'state ("ordered") in ["ordered"]: true',
        "model.open_weights: false",
        'state ("ordered") == "open": false',
    ]


def test_a_reason_carries_its_value_its_place_and_what_is_missing() -> None:
    known, unknown = explain(parse("1 < 2 && developer.revenue > 1"), FACTS)
    assert (known.value, known.offset, known.missing) == (True, 2, ())
    assert (unknown.offset, unknown.missing) == (27, ("developer.revenue",))
