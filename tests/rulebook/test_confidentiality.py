"""What a book lets be kept from the public: never what decides something."""

from importlib import resources

import pytest

from holdshort.errors import RulebookError
from holdshort.rulebook.difference import Change, compare
from holdshort.rulebook.load import open_rulebook, read_rulebook, shipped
from holdshort.rulebook.model import Rulebook
from holdshort.rulebook.render import render

AAIF = (resources.files("holdshort.rulebook") / "books" / "aaif.yaml").read_text("utf-8")
SB53 = (resources.files("holdshort.rulebook") / "books" / "us-ca-sb53.yaml").read_text("utf-8")


def with_change(text: str, old: str, new: str) -> Rulebook:
    assert text.count(old) == 1, old
    return read_rulebook(text.replace(old, new).encode(), "changed.yaml")


def only(text: str, old: str, new: str) -> Change:
    (change,) = compare(read_rulebook(text.encode(), "old.yaml"), with_change(text, old, new))
    return change


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_book_says_what_may_be_kept_from_the_public_and_cites_it(name: str) -> None:
    law = open_rulebook(name).confidentiality
    assert law.clause is not None
    clauses = [each.clause for each in law.grounds.values()]
    clauses += [each.clause for each in law.matter.values()]
    clauses += [each.clause for each in law.retention.values()]
    assert all(clause.says and clause.cite for clause in clauses)
    assert "## What may be kept from the public" in render(open_rulebook(name))


@pytest.mark.parametrize("name", shipped())
def test_every_matter_that_may_be_sealed_has_a_rule_of_retention_or_an_unknown_one(
    name: str,
) -> None:
    law = open_rulebook(name).confidentiality
    assert {act for rule in law.retention.values() for act in rule.acts} == set(law.matter)


def test_a_book_without_the_section_keeps_nothing_from_the_public() -> None:
    book = read_rulebook(AAIF[: AAIF.index("\nconfidentiality:")].encode(), "old.yaml")
    assert not book.confidentiality.may_seal("review.report-risk", "whole_report")
    assert "Nothing: this book has no such section." in render(book)
    assert open_rulebook("aaif").confidentiality.may_seal("review.report-risk", "whole_report")


@pytest.mark.parametrize(
    ("act", "field", "why"),
    [
        ("restriction.order", "reasons", "the limit reasons asks"),
        ("restriction.order-provisionally", "evidence", "the limit reasons asks"),
        ("violation.find", "evidence", "the limit violation-court asks"),
        ("review.file-finding", "outcome", "reads it"),
        ("review.declare", "training_compute", "it attests model.training_compute"),
        ("review.declare", "weights", "the effect coverage reads it"),
        ("incident.note", "discovered_at", "clocks start"),
        ("register.enrol", "name", "the register's own acts"),
    ],
)
def test_nobody_is_barred_for_secret_reasons_and_nothing_that_decides_is_sealed(
    act: str, field: str, why: str
) -> None:
    matter = f"    {act}: {{fields: [{field}], says: It is secret., cite: house}}\n"
    with pytest.raises(RulebookError, match=why):
        with_change(AAIF, "  matter:\n", "  matter:\n" + matter)


def test_more_that_may_be_sealed_is_a_change_of_the_law() -> None:
    change = only(AAIF, "fields: [whole_report]", "fields: [whole_report, scope]")
    assert (change.section, change.id, change.verb) == (
        "confidentiality",
        "review.report-risk",
        "changes",
    )
    assert "whole_report, documents on" in change.says
    assert "→ whole_report, scope, documents on" in change.says


def test_a_new_ground_and_another_end_are_changes_of_the_law() -> None:
    ground = "    defence: {says: It serves defence., cite: house}\n"
    started = compare(
        read_rulebook(AAIF.encode(), "a"),
        with_change(AAIF, "  grounds:\n    tr", f"  grounds:\n{ground}    tr"),
    )
    assert started[0].verb == "starts"
    assert "It serves defence." in started[0].says
    ends = only(
        SB53,
        "duty: keep-unredacted\n      destroyed: unknown",
        "duty: keep-unredacted\n      destroyed: must",
    )
    assert (ends.id, ends.verb) == ("unredacted", "changes")
    assert ends.says.endswith("destroyed: must")


def test_the_book_as_a_document_says_who_keeps_what_and_what_follows() -> None:
    text = render(open_rulebook("us-ca-sb53"))
    assert "Ground **trade-secret**" in text
    assert "Of **review.redact**: `unredacted`, documents filed with it." in text
    assert "**unredacted**, kept as the duty keep-unredacted says" in text
    silent = "kept for a time that is unknown; what becomes of it then is unknown"
    assert silent in text
