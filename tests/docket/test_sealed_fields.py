"""The docket takes a sealed value where the law lets it be sealed, and nowhere else."""

import inspect
import re
from collections.abc import Mapping

import pytest

from holdshort.docket.checks import CHECKS
from holdshort.docket.effects import EFFECTS as PROCEDURES
from holdshort.docket.fields import objections, readable
from holdshort.register.canonical import Json
from holdshort.register.sealing.values import Opening, Sealed, Setting
from holdshort.rulebook.confidentiality import READ_BY_CHECKS, READ_BY_EFFECTS
from holdshort.rulebook.load import open_rulebook
from holdshort.rulebook.soundness import EFFECTS

BOOK = open_rulebook("us-ca-sb53")
REDACT = BOOK.act("review.redact")
OPENING = Opening.fresh("unredacted", "cd" * 32)
COMMITMENT = OPENING.commitment(Setting("r.example", "review-1", "review.redact", "acme").to_json())
SEALED = Sealed(COMMITMENT, "trade-secret", ("acme", "oes"), "ab" * 32)
SAID: Mapping[str, Json] = {
    "document": "ab" * 32,
    "unredacted": SEALED.to_json(),
    "ground": "trade secrets",
    "character": "A training recipe.",
    "justification": "Rivals would copy it.",
}


def against(parties: tuple[str, ...] | None = ("acme", "oes"), **other: Json) -> list[str]:
    return [each.says for each in objections(REDACT, {**SAID, **other}, BOOK, parties)]


def with_sealed(**other: Json) -> Json:
    inner = SEALED.to_json()["sealed"]
    assert isinstance(inner, dict)
    return {"sealed": {**inner, **other}}


def test_a_sealed_value_stands_for_one_of_any_type_where_it_may() -> None:
    assert against() == []
    assert against(None) == []


@pytest.mark.parametrize("field", ["document", "ground", "character", "justification"])
def test_elsewhere_a_sealed_value_is_refused(field: str) -> None:
    sealed: dict[str, Json] = {field: SEALED.to_json()}
    (says,) = [each.says for each in objections(REDACT, {**SAID, **sealed}, BOOK)]
    assert says == f"{field} cannot be sealed: no ground of this book keeps it from the public."


def test_what_the_rulebook_does_not_ask_for_cannot_be_sealed_either() -> None:
    (says,) = against(more=SEALED.to_json())
    assert says == "more cannot be sealed: no ground of this book keeps it from the public."
    assert against(more={"sealed": True}) == [says]


def test_a_book_that_names_no_ground_lets_nothing_be_sealed() -> None:
    book = open_rulebook("us-s2938")
    rule = book.act("review.provide-materials")
    found = objections(rule, {"manifest": SEALED.to_json()}, book, ("acme", "oes"))
    assert any("manifest cannot be sealed" in each.says for each in found)


def test_the_ground_is_one_on_which_this_matter_may_be_sealed() -> None:
    for ground in ("spite", "in-confidence"):
        (says,) = against(unredacted=with_sealed(ground=ground))
        assert f"not on {ground!r}" in says
        assert "trade-secret, cybersecurity" in says


def test_it_is_held_by_parties_that_are_enrolled() -> None:
    (says,) = against(("acme",))
    assert says == "unredacted is sealed to 'oes', and there is no such party."


def test_what_its_readers_open_is_filed_with_the_act() -> None:
    assert objections(REDACT, SAID, BOOK, None, {"ab" * 32}) == []
    (says,) = [each.says for each in objections(REDACT, SAID, BOOK, None, {"cd" * 32})]
    assert says == "unredacted is sealed in a file that is not filed with the act."


@pytest.mark.parametrize(
    "broken",
    [
        {"commitment": "guess"},
        {"held_by": []},
        {"held_by": ["oes", "acme"]},
        {"blob": None},
        {"value": "ab" * 32},
    ],
)
def test_a_malformed_sealed_value_is_refused_with_the_clause(broken: dict[str, Json]) -> None:
    found = objections(REDACT, {**SAID, "unredacted": with_sealed(**broken)}, BOOK, ("acme",))
    assert [each.cite for each in found] == ["bpc, 22757.12(f)"]


def test_no_condition_reads_a_sealed_value() -> None:
    assert "unredacted" not in readable(REDACT, SAID)
    assert readable(REDACT, SAID)["ground"] == "trade secrets"


_READS = re.compile(r'fields(?:\.get\(|\[)"(\w+)"')


def test_no_book_can_seal_what_a_check_of_the_record_reads() -> None:
    assert set(READ_BY_CHECKS) == set(CHECKS)
    for name, procedure in CHECKS.items():
        source = inspect.getsource(procedure)
        reads = set(_READS.findall(source)) | ({"assessor"} if "_assessor(" in source else set())
        assert reads <= set(READ_BY_CHECKS[name]), name


def test_no_book_can_seal_what_an_effect_reads() -> None:
    for name, procedure in PROCEDURES.items():
        reads = set(_READS.findall(inspect.getsource(procedure)))
        assert reads <= {*EFFECTS[name], *READ_BY_EFFECTS.get(name, ())}, name
