"""A redacted document says what was taken out and why, and can be put together again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput, RegisterError
from holdshort.register.canonical import Json, canonical, digest
from holdshort.register.sealing.redaction import (
    Passage,
    Redaction,
    check_passage,
    openings_of,
    read_statement,
    redact,
    restore,
)
from holdshort.register.sealing.values import Opening, content_digest

TEXT = "The model is tested.\nIts learning rate is 3e-4.\nÜber allem: 漢字 and 😀.\n"
SECRET = Passage(TEXT.index("3e-4"), TEXT.index("3e-4") + 4, "trade-secret", "training recipe")


def one() -> Redaction:
    return redact("report.md", TEXT, [SECRET], ["acme", "agency"])


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[Passage]]:
    """A text, with marks of redactions in it too, and passages that do not overlap."""
    marked = st.just("[redacted 1: trade secret] stood here before")
    text = draw(st.text(min_size=1, max_size=60) | marked)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=8)))
    grounds = st.sampled_from(["trade-secret", "privacy"])
    spans = zip(cuts[::2], cuts[1::2], strict=False)
    return text, [Passage(start, stop, draw(grounds), "matter") for start, stop in spans]


@given(documents())
def test_public_copy_and_withheld_passages_give_the_original(
    drawn: tuple[str, list[Passage]],
) -> None:
    text, passages = drawn
    redaction = redact("report.md", text, passages, ["acme"])
    assert restore(redaction.public, redaction.statement, redaction.withheld) == text


def test_the_public_copy_marks_what_was_taken_out_and_the_statement_says_why() -> None:
    redaction = one()
    assert "Its learning rate is [redacted 1: trade secret]." in redaction.public
    public = canonical(redaction.statement).decode()
    assert "3e-4" not in redaction.public + public
    (passage,) = json.loads(public)["passages"]
    assert (passage["ground"], passage["character"]) == ("trade-secret", "training recipe")
    assert json.loads(public)["held_by"] == ["acme", "agency"]


def test_neither_content_nor_length_of_a_passage_shows_in_public() -> None:
    longer = redact("report.md", TEXT, [Passage(0, 40, "trade-secret", "recipe")], ["acme"])
    ours = json.loads(canonical(longer.statement))
    again = redact("report.md", TEXT, [Passage(0, 40, "trade-secret", "recipe")], ["acme"])
    theirs = json.loads(canonical(again.statement))
    assert ours["passages"][0]["commitment"] != theirs["passages"][0]["commitment"]
    assert ours["original"] != theirs["original"]
    assert len(longer.withheld) == len(one().withheld) == 4096


def test_one_passage_can_be_disclosed_without_another() -> None:
    passages = [Passage(0, 3, "privacy", "a name"), SECRET]
    redaction = redact("report.md", TEXT, passages, ["acme"])
    shown = openings_of(redaction.withheld)["2"]
    said = check_passage(shown, redaction.public, redaction.statement)
    assert (shown.value, said["ground"]) == ("3e-4", "trade-secret")
    for wrong in (Opening("2", shown.salt, "3e-5"), Opening("1", shown.salt, "3e-4")):
        with pytest.raises(RegisterError, match="not what was taken out"):
            check_passage(wrong, redaction.public, redaction.statement)
    with pytest.raises(RegisterError, match="no passage 9"):
        check_passage(Opening("9", shown.salt, "3e-4"), redaction.public, redaction.statement)


def test_a_public_copy_that_was_changed_elsewhere_is_found_out() -> None:
    redaction = one()
    changed = redaction.public.replace("tested", "untested")
    with pytest.raises(RegisterError, match="public copy"):
        restore(changed, redaction.statement, redaction.withheld)


def test_a_redactor_that_changes_more_than_it_says_is_found_out() -> None:
    """Everything fits together but one thing: the original that was committed to is another."""
    altered = redact("report.md", TEXT.replace("is tested", "was tested"), [SECRET], ["acme"])
    true = Opening.fresh("original", content_digest(TEXT.encode()))
    bound_to = {"document": "report.md", "public": str(altered.statement["public"])}
    statement = {**altered.statement, "original": true.commitment(bound_to)}
    openings = [true, *openings_of(altered.withheld).values()]
    content: dict[str, Json] = {
        "statement": digest(statement),
        "openings": [each.to_json() for each in openings],
    }
    with pytest.raises(RegisterError, match="not the original"):
        restore(altered.public, statement, canonical(content))


def test_passages_of_another_redaction_do_not_fit() -> None:
    with pytest.raises(RegisterError, match="another redaction"):
        restore((mine := one()).public, mine.statement, one().withheld)


def test_damaged_parts_are_refused() -> None:
    redaction = one()
    for withheld in (b"", b"[]", b'{"openings":[]}', redaction.withheld[:100]):
        with pytest.raises(RegisterError):
            restore(redaction.public, redaction.statement, withheld)
    for statement in (b"[]", b"{", b'{"passages":[]}'):
        with pytest.raises(RegisterError):
            read_statement(statement, "file")


@pytest.mark.parametrize(
    ("passages", "why"),
    [
        ([], "Nothing is taken out"),
        ([Passage(3, 3, "privacy", "a name")], "empty or beyond"),
        ([Passage(0, 10_000, "privacy", "a name")], "empty or beyond"),
        ([Passage(0, 5, "privacy", "a name"), Passage(4, 8, "privacy", "a name")], "overlap"),
        ([Passage(0, 5, "privacy", " ")], "of what character"),
    ],
)
def test_what_cannot_be_taken_out_is_refused(passages: list[Passage], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        redact("report.md", TEXT, passages, ["acme"])
