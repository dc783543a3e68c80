"""What an act says, held against what the rulebook asks of it."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.docket.fields import decimal, expected, fits, objections, readable
from holdshort.rulebook.cases import TYPES
from holdshort.rulebook.load import open_rulebook
from holdshort.rulebook.model import FieldType

if TYPE_CHECKING:
    from holdshort.rulebook.model import Rulebook

DIGEST = "0123456789abcdef" * 4
FITTING: dict[str, list[Any]] = {
    "text": ["x", " x ", "é"],
    "bool": [True, False],
    "integer": [0, 1, 2**53 - 1],
    "decimal": ["0", "0.5", "3.8e25", "1E-7", "10E+3", "12" * 40],
    "identifier": ["a", "0", "lab-a", "a.b_c-d", "a" * 128],
    "digest": [DIGEST],
    "instant": ["2026-11-23T10:15:00Z", "2028-02-29T00:00:00Z"],
    "object": [{}, {"a": 1}],
    "list": [[], [1, "a", {}]],
    "area": ["cybersecurity"],
    "list of area": [[], ["cybersecurity", "automated_rnd"]],
    "list of one_of": [[], ["no"], ["yes", "no"], ["no", "yes"]],
    "role": ["court", "authority.registrar"],
    "one_of": ["yes", "no"],
}
# A list, an object and a number in place of a name must be answered, not stumbled over.
ODD: list[Any] = [[], {}, [[]], [{}], 0, 1, -1, True, "", " ", "weather", ["weather"], [7], 10**15]
NO_NUMBERS = "-1 -0.1 +1 NaN sNaN Infinity 1e 1_0 １ 0x1 1e99999 1e7000 .5 5.".split()
UNFITTING: dict[str, list[Any]] = {
    "text": ["", "  \n", 1, True, [], {}],
    "bool": [0, 1, "true", "", []],
    "integer": [-1, True, False, "1", [], {}],
    "decimal": [*NO_NUMBERS, 1, " 1", "", [], {}],
    "identifier": ["", "A", "-a", "a b", "a" * 129, "a\n", 1, [], {}],
    "digest": [DIGEST[:-1], DIGEST.upper(), DIGEST + "\n", "", 1, [], {}],
    "instant": [
        "2026-11-23T10:15:00",
        "2026-11-23T10:15:00+00:00",
        "2026-11-23T10:15:00.5Z",
        "2026-02-30T10:15:00Z",
        "2026-13-01T10:15:00Z",
        "2026-11-23T24:00:00Z",
        "1899-12-31T23:59:59Z",  # from here rounds of a duty would be counted for ever
        "9999-12-30T00:00:00Z",  # from here no time can be counted at all
        "２026-11-23T10:15:00Z",
        1,
        [],
    ],
    "object": ["{}", [], 1, True],
    "list": ["[]", {}, 1],
    "area": ["weather", "", *ODD],
    "list of area": [
        "cybersecurity",
        {},
        ["weather"],
        ["cybersecurity", []],
        [{}],
        [None],
        1,
        ["cybersecurity", "automated_rnd", "cybersecurity"],
    ],
    "list of one_of": [
        "yes",
        {},
        ["maybe"],
        ["yes", []],
        [{}],
        [None],
        1,
        ["cybersecurity"],
        ["yes", "no", "yes"],
    ],
    "role": ["authority", "king", *ODD],
    "one_of": ["maybe", "", *ODD],
}


@pytest.fixture(scope="module")
def book() -> "Rulebook":
    return open_rulebook("aaif")


def of_type(name: str) -> FieldType:
    return FieldType(name, ("yes", "no") if name.endswith("one_of") else ())


def test_every_type_is_tried() -> None:
    assert set(FITTING) == set(UNFITTING) == set(TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_what_fits_a_type_and_what_does_not(book: "Rulebook", name: str) -> None:
    for value in FITTING[name]:
        assert fits(of_type(name), value, book), value
    for value in UNFITTING[name]:
        assert not fits(of_type(name), value, book), value


@pytest.mark.parametrize("name", TYPES)
def test_every_type_can_be_said_in_words(book: "Rulebook", name: str) -> None:
    assert expected(of_type(name), book)


json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.sampled_from(TYPES), json)
def test_whatever_is_said_is_answered(name: str, value: Any) -> None:
    assert fits(of_type(name), value, open_book()) in (True, False)


@given(st.decimals(min_value=0, allow_nan=False, allow_infinity=False, places=6))
def test_a_number_written_as_text_is_read_exactly(number: Decimal) -> None:
    assert decimal(str(number)) == number


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(["scope", "statement", "else"], json)))
def test_an_act_is_objected_to_for_each_field_that_is_wrong_or_missing(
    fields: dict[str, Any],
) -> None:
    book = open_book()
    rule = book.act("accreditation.apply")
    wrong = [
        name
        for name, field in rule.fields.items()
        if fields.get(name) is None or not fits(field.type, fields[name], book)
    ]
    found = objections(rule, fields, book)
    assert len(found) == len(wrong)
    assert all(objection.cite == rule.clause.cite for objection in found)
    assert all(name in objection.says for name, objection in zip(wrong, found, strict=True))


def test_null_says_nothing(book: "Rulebook") -> None:
    rule = book.act("review.declare")
    fields: dict[str, Any] = {"model": "M", "facts": {}, "weights": None, "ai_revenue": None}
    assert objections(rule, fields, book) == []
    assert readable(rule, fields) == {"model": "M", "facts": {}}


def test_conditions_read_numbers_and_nothing_that_was_not_asked_for(book: "Rulebook") -> None:
    rule = book.act("review.declare")
    read = readable(rule, {"model": "M", "facts": {}, "ai_revenue": "5e8", "more": 1})
    assert read == {"model": "M", "facts": {}, "ai_revenue": Decimal("5e8")}


_BOOKS: list["Rulebook"] = []


def open_book() -> "Rulebook":
    """The book for properties, which take no fixtures of this scope."""
    if not _BOOKS:
        _BOOKS.append(open_rulebook("aaif"))
    return _BOOKS[0]
