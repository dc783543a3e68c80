"""What is filed beside the test: redactions with their grounds, whole copies, reviews of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.refusal import Unlawful
from holdshort.register.act import Act, Artefact
from holdshort.register.canonical import Json
from holdshort.register.sealing.redaction import Passage, redact
from holdshort.register.sealing.values import Opening, Sealed, Setting, content_digest

if TYPE_CHECKING:
    from tests.docket.conftest import World

TEXT = "The model was tested. The recipe is secret. Nothing was found."
PASSAGE = Passage(22, 43, "trade-secret", "A training recipe.")


def redacted(ground: str = "trade-secret") -> tuple[str, Mapping[str, Json]]:
    """A public copy and its statement."""
    passage = Passage(PASSAGE.start, PASSAGE.stop, ground, PASSAGE.character)
    made = redact("report.md", TEXT, [passage], ["acme", "officer"])
    return content_digest(made.public.encode()), made.statement


def sealed(*readers: str, ground: str = "trade-secret") -> Json:
    opening = Opening.fresh("whole_report", "cd" * 32)
    setting = Setting("r.example", "r", "review.report-risk", "acme").to_json()
    return Sealed(opening.commitment(setting), ground, tuple(sorted(readers)), "ab" * 32).to_json()


def report(*readers: str, ground: str = "trade-secret", **other: Any) -> dict[str, Any]:
    """The fields of a report of which a passage is left out for the public."""
    public, statement = redacted(ground)
    said = {
        "public_report": public,
        "whole_report": sealed(*(readers or ("acme", "officer"))),
        "redacted": True,
        "redactions": statement,
    }
    return {**said, **other}


@pytest.fixture
def declared(world: "World") -> "World":
    world.declare()
    return world


def reporting(world: "World", **said: Any) -> Act:
    """The act, with the file that holds what is sealed in it."""
    act = world.act("review.report-risk", "acme", **said)
    return replace(act, artefacts=(Artefact("openings", "ab" * 32),))


def refused(world: "World", **said: Any) -> str:
    with pytest.raises(Unlawful) as refusal:
        world.admit(reporting(world, **said))
    return str(refusal.value)


def filed(world: "World", **said: Any) -> int:
    return world.admit(reporting(world, **said)).index


def test_a_report_is_redacted_on_grounds_and_whole_for_the_agency(declared: "World") -> None:
    filed(declared, **report())


def test_a_ground_that_the_book_does_not_have_is_refused(declared: "World") -> None:
    says = refused(declared, **report(ground="embarrassment"))
    assert "each on a ground on which it may be left out" in says


@pytest.mark.parametrize(
    "other",
    [
        {"redactions": None},
        {"redactions": {}},
        {"redacted": False},
        {"redacted": False, "redactions": None},
        {"public_report": "00" * 32},
    ],
    ids=["unstated", "no statement", "denied", "kept from all in silence", "of another document"],
)
def test_what_is_left_out_is_stated_for_this_very_document(
    declared: "World", other: dict[str, Any]
) -> None:
    says = refused(declared, **report(**other))
    assert "keeps nothing from anybody" in says


def test_a_passage_without_its_ground_is_refused(declared: "World") -> None:
    public, statement = redacted()
    passages = statement["passages"]
    assert isinstance(passages, list)
    assert isinstance(passages[0], dict)
    bare = {key: value for key, value in passages[0].items() if key != "ground"}
    says = refused(
        declared, **report(redactions={**statement, "passages": [bare]}, public_report=public)
    )
    assert "keeps nothing from anybody" in says


def test_a_report_with_nothing_left_out_is_whole_for_everybody(declared: "World") -> None:
    filed(declared, public_report="aa" * 32, whole_report="aa" * 32, redacted=False)


def test_a_whole_report_that_the_agency_cannot_read_is_refused(declared: "World") -> None:
    assert "The Agency can read the whole report" in refused(declared, **report("acme", "rival"))


def test_the_assessor_of_the_review_reads_it_too(world: "World") -> None:
    winner = world.assign()
    assert "so can the assessor of the review" in refused(world, **report())
    filed(world, **report("acme", "officer", winner))


class TestReview:
    """The evaluator's published review is tied to the report that it is of."""

    @pytest.fixture
    def engaged(self, declared: "World") -> "World":
        file = declared.file
        file("programme.open", by="acme", case="p", covered_since=declared.now)
        file("programme.engage-evaluator", by="acme", case="p", evaluator="lab-a")
        file(
            "programme.accept-engagement",
            by="lab-a",
            case="p",
            financial_interest=False,
            major_conflict=False,
        )
        file("programme.give-access", by="acme", case="p", risk_report="aa" * 32)
        return declared

    def review(self, world: "World", entry: int) -> None:
        world.file("programme.publish-review", by="lab-a", case="p", review="aa" * 32, report=entry)

    def test_the_evaluator_engaged_reads_the_whole_report(self, engaged: "World") -> None:
        assert "engaged as its evaluator" in refused(engaged, **report())
        self.review(engaged, filed(engaged, **report("acme", "officer", "lab-a")))

    def test_an_old_report_is_not_reviewed_in_place_of_the_newest(self, engaged: "World") -> None:
        old = filed(engaged, **report("acme", "officer", "lab-a"))
        filed(engaged, **report("acme", "officer", "lab-a"))
        says = engaged.refused(
            "programme.publish-review", by="lab-a", case="p", review="aa" * 32, report=old
        )
        assert "the newest that the developer has filed" in says

    def test_another_developers_report_is_none_of_it(self, engaged: "World") -> None:
        engaged.file("review.declare", by="rival", case="s", model="N", facts={})
        other = engaged.file(
            "review.report-risk",
            by="rival",
            case="s",
            public_report="aa" * 32,
            whole_report="aa" * 32,
            redacted=False,
        )
        says = engaged.refused(
            "programme.publish-review", by="lab-a", case="p", review="aa" * 32, report=other.index
        )
        assert "the newest that the developer has filed" in says
