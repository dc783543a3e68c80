"""Countries and their parts, as bars and clearances name them."""

import pytest

from holdshort.register.territory import COUNTRIES, is_territory, overlap, within


def test_a_country_is_one_that_iso_3166_has_assigned() -> None:
    assert len(COUNTRIES) == 249
    for known in ("US", "DE", "GB", "TW"):
        assert is_territory(known)


@pytest.mark.parametrize("part", ["US-CA", "GB-SCT", "FR-2A", "AD-07", "CN-91"])
def test_a_part_of_one_has_the_form_of_iso_3166_2(part: str) -> None:
    assert is_territory(part)


@pytest.mark.parametrize(
    "word",
    [
        "UK",
        "EU",
        "XX",
        "us",
        "USA",
        "US-",
        "US-CALI",
        "US-ca",
        "US CA",
        "",
        "US-CA\n",
        "U",
        1,
        None,
    ],
)
def test_no_other_word_is_a_territory(word: object) -> None:
    assert not is_territory(word)


def test_a_part_lies_within_its_country_and_overlaps_it() -> None:
    assert within("US-CA", "US")
    assert within("US", "US")
    assert not within("US", "US-CA")
    assert not within("US-CA", "US-C")
    assert overlap("US", "US-CA")
    assert overlap("US-CA", "US")
    assert not overlap("US-CA", "US-NY")
    assert not overlap("US", "DE")
