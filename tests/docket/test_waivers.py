"""Waivers: of a deadline or a form, on a listed ground, in public, by name, for a time."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.docket.clocks import Due, stamp
from holdshort.docket.docket import Docket
from holdshort.docket.state import Case, Lapse, Step
from holdshort.docket.waivers import put_off, read_duties
from holdshort.rulebook.model import Rulebook

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.docket.conftest import World

SAID: dict[str, Any] = {
    "concerns": "r",
    "what": "deadline",
    "of": "risk-report",
    "ground": "force-majeure",
}
DUE_IN = 182  # days from the declaration to the first risk report, and some hours


@pytest.fixture
def declared(world: "World") -> "World":
    """A covered model whose first risk report is due in ten days."""
    world.declare()
    world.later(days=DUE_IN - 12)
    return world


def apply(world: "World", case: str = "w", by: str = "acme", **said: Any) -> None:
    world.file("waiver.apply", by=by, case=case, **(SAID | said))


def grant(world: "World", case: str = "w", **said: Any) -> None:
    world.file("waiver.grant", by="decider", case=case, **({"comparables": []} | said))


def report(world: "World") -> tuple[str, str]:
    """How the first risk report stands, and until when."""
    owed = next(each for each in world.docket.duties(world.now) if each.duty.id == "risk-report")
    assert owed.due
    return owed.status, f"{owed.due.at:%Y-%m-%d}"


class TestWhatCanBeWaived:
    """A listed filing, on which nothing turns; nothing else can even be asked for."""

    @pytest.mark.parametrize(
        "what", ["finding", "grounds", "appeal", "gate", "pre-deployment-testing", "consent"]
    )
    def test_no_finding_no_limit_no_appeal_no_consent_and_not_the_gate(
        self, declared: "World", what: str
    ) -> None:
        refusal = declared.refused("waiver.apply", by="acme", case="w", **(SAID | {"of": what}))
        assert "is not one of" in refusal
        assert "[house, what may be waived, and why, is listed]" in refusal

    def test_a_deadline_that_is_counted_from_a_release_cannot(self, declared: "World") -> None:
        said = SAID | {"of": "system-card"}
        refusal = declared.refused("waiver.apply", by="acme", case="w", **said)
        assert "has no deadline that is counted from an act" in refusal
        apply(declared, of="system-card", what="form")

    @pytest.mark.parametrize(
        ("of", "why"),
        [
            ("protocol", "is no filing of a developer"),
            ("security-detail", "is no filing of a developer"),
            ("incident-report", "is not filed in a review"),
        ],
    )
    def test_a_book_that_lists_more_gets_no_more(
        self,
        amended: "Callable[..., Rulebook]",
        make_world: "Callable[[Rulebook], World]",
        of: str,
        why: str,
    ) -> None:
        listed = "values: [compliance-certification, risk-report, system-card]\n"
        wider = listed.replace("[", f"[{of}, ")
        fact, field = "        says: The filing of the developer", "            says: The filing.\n"
        world = make_world(amended((listed + fact, wider + fact), (listed + field, wider + field)))
        world.declare()
        refusal = world.refused("waiver.apply", by="acme", case="w", **(SAID | {"of": of}))
        assert why in refusal

    def test_nor_one_in_which_an_act_turns_on_the_deadline(
        self,
        amended: "Callable[..., Rulebook]",
        make_world: "Callable[[Rulebook], World]",
    ) -> None:
        before = "        must_state: [accountable_officer, statement, known_departures]\n"
        turns = """        requires:
          - {if: 'duty["risk-report"] != "late"', says: Reports first., cite: house}
"""
        world = make_world(amended((before, turns + before)))
        world.declare()
        refusal = world.refused("waiver.apply", by="acme", case="w", **SAID)
        assert "An act, a limit or a clearance turns on whether risk-report is late" in refusal

    def test_no_power_rests_on_what_the_book_lists(self, aaif: Rulebook) -> None:
        listed = set(aaif.cases["waiver"].facts["of"].type.values)
        assert listed <= {duty.id for duty in aaif.duties.values() if duty.filing}
        assert not listed & read_duties(aaif)
        assert "decision-on-appeal" in read_duties(aaif)

    def test_the_ground_is_one_of_the_list(self, declared: "World") -> None:
        said = SAID | {"ground": "good-relations"}
        assert "is not one of" in declared.refused("waiver.apply", by="acme", case="w", **said)


class TestWhatItDoes:
    """What would be due while it stands is due when it ends."""

    def test_a_deadline_is_put_off_to_the_end_of_the_waiver(self, declared: "World") -> None:
        assert report(declared) == ("running", "2027-05-03")
        declared.later(days=5)
        apply(declared)
        grant(declared)
        declared.later(days=12)
        status, until = report(declared)
        assert (status, until > "2027-05-20") == ("running", True)
        declared.later(days=20)
        assert declared.state("w") == "ended"
        assert report(declared) == ("late", until)

    def test_what_was_late_before_stays_late(self, declared: "World") -> None:
        declared.later(days=20)
        apply(declared)
        grant(declared)
        assert report(declared)[0] == "late"

    def test_the_next_round_is_not_put_off(self, declared: "World") -> None:
        apply(declared)
        grant(declared)
        declared.later(days=200)
        rounds = [
            each.due.at.date().isoformat()
            for each in declared.docket.duties(declared.now)
            if each.duty.id == "risk-report" and each.due
        ]
        assert rounds[1:] == ["2027-11-03", "2028-05-03"][: len(rounds) - 1]

    def test_a_revoked_waiver_puts_off_to_its_end_only(self, declared: "World") -> None:
        declared.later(days=5)
        apply(declared)
        grant(declared)
        declared.later(days=10)
        declared.file("waiver.revoke", by="decider", case="w")
        declared.later(hours=1)
        assert report(declared)[0] == "late"

    def test_of_a_form_it_puts_nothing_off(self, declared: "World") -> None:
        apply(declared, what="form")
        grant(declared)
        assert report(declared) == ("running", "2027-05-03")

    def test_it_moves_no_other_model(self, declared: "World") -> None:
        declared.weights = "ef" * 32
        declared.declare("r2", by="rival")
        apply(declared)
        grant(declared)
        dues = [
            each.due.derivation
            for each in declared.docket.duties(declared.now)
            if each.case == "r2" and each.due
        ]
        assert not any("waiver" in each for each in dues)


START = datetime(2027, 1, 1, tzinfo=UTC)


@given(due=st.integers(0, 100), spans=st.lists(st.tuples(st.integers(0, 100), st.integers(0, 30))))
def test_waivers_put_off_what_falls_due_while_they_stand_and_nothing_else(
    aaif: Rulebook, due: int, spans: list[tuple[int, int]]
) -> None:
    """Whatever waivers there are: never sooner, and never beyond the end of a waiver that stood."""

    def on(day: int) -> datetime:
        return START + timedelta(days=day)

    docket = Docket(aaif)
    review = _case(aaif, "r", "review")
    docket.cases["r"] = review
    for number, (start, length) in enumerate(spans):
        waiver = _case(aaif, f"w{number}", "waiver", what="deadline", of="risk-report")
        waiver.steps.append(Step(0, stamp(on(start)), "grant", "decider", "applied", "granted"))
        waiver.lapse = Lapse(stamp(on(start + length)), "ended", "")
        docket.cases[waiver.id] = waiver
        review.concerned_by.append(waiver.id)
    before = Due(on(due), "counted")
    after = put_off(docket, review, "risk-report", before)
    assert put_off(docket, review, "system-card", before) == before
    assert after.at >= before.at
    if not any(start <= due < start + length for start, length in spans):
        assert after == before
    else:
        assert after.at > before.at
        assert after.at in {on(start + length) for start, length in spans}


def _case(book: Rulebook, id_: str, kind: str, **facts: object) -> Case:
    return Case(id_, kind, "granted", stamp(START), book, START.date(), dict(facts))


class TestHowItIsGiven:
    """By the decision maker, with a name, to likes alike, and not again and again."""

    def test_it_has_an_approver_with_a_name(self, declared: "World") -> None:
        apply(declared)
        refusal = declared.refused(
            "waiver.grant", by="decider", case="w", comparables=[], approver=" "
        )
        assert "approver" in refusal
        assert "Only the authority's decision maker" in declared.refused(
            "waiver.grant", by="officer", case="w", comparables=[]
        )

    def test_every_equal_application_is_named(self, declared: "World") -> None:
        declared.weights = "ef" * 32
        declared.declare("r2", by="rival")
        apply(declared)
        declared.file("waiver.refuse", by="decider", case="w", comparables=[])
        apply(declared, "w2", by="rival", concerns="r2")
        refusal = declared.refused("waiver.grant", by="decider", case="w2", comparables=[])
        assert "Every earlier case that was equal on the facts is named" in refusal
        assert "[aaif, safeguards, consistent treatment]" in refusal
        grant(declared, "w2", comparables=["w"])

    def test_waivers_do_not_chain(self, declared: "World") -> None:
        apply(declared)
        grant(declared)
        declared.later(days=31)
        apply(declared, "w2")
        refusal = declared.refused("waiver.grant", by="decider", case="w2", comparables=["w"])
        assert "The same was not waived for this model within the interval" in refusal
        assert "[house, waivers do not chain]" in refusal
        apply(declared, "w3", of="compliance-certification")
        grant(declared, "w3", comparables=["w"])

    def test_a_year_later_the_same_can_be_waived_again(self, declared: "World") -> None:
        apply(declared)
        grant(declared)
        declared.later(days=370)
        apply(declared, "w2")
        grant(declared, "w2", comparables=["w"])

    def test_silence_waives_nothing_and_can_be_appealed(self, declared: "World") -> None:
        apply(declared)
        declared.later(days=16)
        assert declared.state("w") == "unanswered"
        declared.file("waiver.appeal", by="acme", case="w", because="procedure")
        assert "Only the authority's" in declared.refused(
            "waiver.grant", by="judge", case="w", comparables=[]
        )
        declared.file("waiver.remit", by="judge", case="w")
        grant(declared)

    def test_a_refusal_can_be_appealed_and_upheld(self, declared: "World") -> None:
        apply(declared)
        declared.file("waiver.refuse", by="decider", case="w", comparables=[])
        declared.file("waiver.appeal", by="acme", case="w", because="unlike-treatment")
        declared.file("waiver.uphold", by="judge", case="w")
        assert declared.state("w") == "refused"


class TestItIsPublic:
    """Nothing of a waiver can be sealed, and no later book can say otherwise by a slip."""

    def test_nothing_of_it_is_matter_that_may_be_sealed(self, aaif: Rulebook) -> None:
        law = aaif.confidentiality
        for kind in ("waiver", "special-condition"):
            assert kind in law.public
            acts = aaif.cases[kind].acts.values()
            assert not any(law.may_seal(act.type, name) for act in acts for name in act.fields)
