"""Mutual recognition: another register's clearance, accepted on its proofs and lost with them."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.docket.foreign import Abroad

from holdshort.register.keys import PrivateKey
from holdshort.register.status import Status, encode_list

if TYPE_CHECKING:
    from tests.docket.conftest import World

AREAS = ["cybersecurity", "biological_weapons", "loss_of_control", "automated_rnd"]


def agree(world: "World", abroad: Abroad, case: str = "a", **said: Any) -> None:
    """An agreement in force."""
    propose(world, abroad, case, **said)
    world.file("agreement.conclude", by="decider", case=case)


def propose(world: "World", abroad: Abroad, case: str = "a", **said: Any) -> None:
    world.file("agreement.propose", by="officer", case=case, **abroad.agreement(**said))


def apply(world: "World", abroad: Abroad, case: str = "n", **said: Any) -> None:
    told = {"concerns": "a", **abroad.bundle(), **said}
    world.file("recognition.apply", by="acme", case=case, **told)


def refused(world: "World", abroad: Abroad, **said: Any) -> str:
    told = {"concerns": "a", **abroad.bundle(), **said}
    return world.refused("recognition.apply", by="acme", case="n", **told)


def answer(world: "World", case: str = "n", **answers: str) -> None:
    world.file("recognition.answer-differences", by="acme", case=case, answers=answers)


def recognise(world: "World", case: str = "n") -> None:
    world.file("recognition.recognise", by="register", case=case, clearance={})


def recognised(world: "World", abroad: Abroad, case: str = "n") -> None:
    apply(world, abroad, case)
    answer(world, case)
    recognise(world, case)


def show(world: "World", abroad: Abroad, status: str = "valid", by: str = "acme") -> None:
    world.later(minutes=1)
    world.file("recognition.show-status", by=by, case="n", **abroad.status(status))


@pytest.fixture
def abroad(world: "World") -> Abroad:
    """A register in Europe that has cleared the weights which were declared here."""
    world.declare()
    made = Abroad(world)
    made.cleared()
    world.later(hours=1)
    return made


@pytest.fixture
def agreed(world: "World", abroad: Abroad) -> Abroad:
    agree(world, abroad)
    return abroad


@pytest.fixture
def in_service(world: "World", agreed: Abroad) -> Abroad:
    """A recognised clearance."""
    recognised(world, agreed)
    return agreed


class TestTheAgreement:
    """On which proofs, and how far: once, for everybody, by two offices."""

    def test_one_office_proposes_and_another_concludes(
        self, world: "World", abroad: Abroad
    ) -> None:
        propose(world, abroad)
        refusal = world.refused("agreement.conclude", by="officer", case="a")
        assert "Only the authority's decision maker may do this" in refusal
        world.file("agreement.comment", by="rival", case="a")
        world.file("agreement.conclude", by="decider", case="a")
        assert world.state("a") == "in_force"

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ({"charter": "ab" * 32}, "not the pinned abab"),
            ({"charter_entry": "{}"}, "An envelope has exactly the members"),
            ({"origin": "register.example/other"}, "The charter is that of register.example/eu"),
            ({"witness_policy": "quorum nobody\n"}, "nobody"),
            ({"witness_policy": "log x\nquorum none\n"}, "witness_policy"),
        ],
    )
    def test_it_pins_the_charter_that_it_carries(
        self, world: "World", abroad: Abroad, said: dict[str, Any], why: str
    ) -> None:
        refusal = world.refused(
            "agreement.propose", by="officer", case="a", **abroad.agreement(**said)
        )
        assert "carries the charter whose hash it pins" in refusal
        assert why in refusal

    def test_a_charter_that_its_root_did_not_sign_is_none(
        self, world: "World", abroad: Abroad
    ) -> None:
        from holdshort.register.entry import Entry
        from holdshort.register.envelope import sign

        act = abroad.entries[0].act
        forged = Entry.parse(0, sign(act.to_payload(), [abroad.key("somebody")]).to_bytes())
        said = {"charter": forged.leaf_hash.hex(), "charter_entry": forged.leaf.decode()}
        refusal = world.refused(
            "agreement.propose", by="officer", case="a", **abroad.agreement(**said)
        )
        assert "is not known here" in refusal

    def test_a_register_does_not_recognise_itself(self, world: "World", abroad: Abroad) -> None:
        own = world.entries[0]
        said = {
            "origin": own.act.register,
            "charter": own.leaf_hash.hex(),
            "charter_entry": own.leaf.decode(),
        }
        refusal = world.refused(
            "agreement.propose", by="officer", case="a", **abroad.agreement(**said)
        )
        assert "That is this register" in refusal

    @pytest.mark.parametrize(
        "said",
        [
            {"differences": ["they differ"]},
            {"differences": [{"id": "d"}]},
            {"differences": [{"id": "d", "says": " "}]},
            {"differences": [{"id": "d", "says": "One."}, {"id": "d", "says": "Two."}]},
            {"differences": [{"id": "d", "says": "One.", "test": "weather"}]},
            {"differences": [{"id": "d", "says": "One.", "more": "x"}]},
            {"equivalents": {"cbrn": "weather"}},
        ],
    )
    def test_its_differences_have_their_form(
        self, world: "World", abroad: Abroad, said: dict[str, Any]
    ) -> None:
        refusal = world.refused(
            "agreement.propose", by="officer", case="a", **abroad.agreement(**said)
        )
        assert "Each difference has an id of its own" in refusal

    @pytest.mark.parametrize("hours", [0, 73])
    def test_how_old_a_status_may_be_has_a_bound(
        self, world: "World", abroad: Abroad, hours: int
    ) -> None:
        told = abroad.agreement(status_hours=hours)
        refusal = world.refused("agreement.propose", by="officer", case="a", **told)
        assert "may be so old and no older" in refusal

    def test_it_lapses_unless_it_is_renewed(self, world: "World", agreed: Abroad) -> None:
        world.later(days=700)
        world.file("agreement.renew", by="decider", case="a")
        world.later(days=700)
        assert world.state("a") == "in_force"
        world.later(days=60)
        assert world.state("a") == "ended"


class TestTheProofs:
    """A clearance counts by its proofs alone."""

    def test_a_proven_clearance_is_taken_up(self, world: "World", agreed: Abroad) -> None:
        apply(world, agreed)
        assert world.state("n") == "applied"
        assert world.case("n").memory["weights"] == world.weights

    def test_only_while_the_agreement_is_in_force(self, world: "World", abroad: Abroad) -> None:
        propose(world, abroad)
        assert "The agreement is in force" in refused(world, abroad)

    def test_another_registers_clearance_is_none(self, world: "World", agreed: Abroad) -> None:
        other = Abroad(world, "register.example/other")
        other.cleared()
        refusal = refused(world, agreed, **other.bundle())
        assert "register.example/other itself did not sign, or is not a known log" in refusal

    def test_nor_is_one_of_a_log_of_the_same_name(self, world: "World", agreed: Abroad) -> None:
        key = PrivateKey.from_seed(bytes(32))
        refusal = refused(world, agreed, **agreed.bundle(key=key))
        assert "itself did not sign" in refusal

    def test_an_entry_that_was_changed_is_not_in_the_log(
        self, world: "World", agreed: Abroad
    ) -> None:
        proof = agreed.bundle()
        other = agreed.find("review.declare")
        proof["foreign_clearance"] = other.leaf.decode()
        assert "foreign_clearance_proof" in refused(world, agreed, **proof)

    def test_an_entry_that_is_no_clearance_is_none(self, world: "World", agreed: Abroad) -> None:
        shown = agreed.shown(agreed.find("review.declare"), "foreign_clearance")
        assert "The act is by developer, not the register's" in refused(world, agreed, **shown)
        shown = agreed.shown(agreed.find("register.snapshot"), "foreign_clearance")
        assert "is no clearance" in refused(world, agreed, **shown)

    def test_a_clearance_that_another_key_signed_is_none(
        self, world: "World", agreed: Abroad
    ) -> None:
        """Whoever can write to that log cannot sign for its register."""
        act = agreed.find("review.issue-clearance").act
        from holdshort.register.entry import Entry
        from holdshort.register.envelope import sign

        envelope = sign(act.to_payload(), [agreed.key("developer")])
        forged = agreed.log(Entry.parse(len(agreed.entries), envelope.to_bytes()))
        shown = agreed.shown(forged, "foreign_clearance")
        assert "is not known here" in refused(world, agreed, **shown)

    def test_it_is_of_the_weights_that_are_named(self, world: "World", agreed: Abroad) -> None:
        world.weights = "cd" * 32
        world.declare("r2")
        refusal = refused(world, agreed, weights=world.weights)
        assert "It is of the weights abab" in refusal

    def test_and_under_the_law_that_the_agreement_names(
        self, world: "World", abroad: Abroad
    ) -> None:
        agree(world, abroad, rulebook="ab" * 32)
        assert "under another law than the agreement names" in refused(world, abroad)

    def test_one_that_is_limited_there_is_not_recognised(
        self, world: "World", agreed: Abroad
    ) -> None:
        from holdshort.register.clearance import EXTENSION

        stated: Any = agreed.find("review.issue-clearance").act.fields["clearance"]
        bounds = [{"case": "model-1", "audiences": ["laboratory"], "territories": []}]
        limited = {**stated, EXTENSION: {**stated[EXTENSION], "limitations": bounds}}
        said: dict[str, Any] = {"clearance": limited}
        agreed.log(agreed.entry("review.issue-clearance", "register", **said))
        assert "It is limited there" in refused(world, agreed)

    @pytest.mark.parametrize("broken", ["", "x", "c2sp.org/tlog-proof@v1\nindex 1\n\nx"])
    def test_what_is_no_proof_is_refused_in_words(
        self, world: "World", agreed: Abroad, broken: str
    ) -> None:
        assert "foreign_clearance_proof" in refused(world, agreed, foreign_clearance_proof=broken)

    def test_the_witnesses_are_those_whom_the_agreement_asks_for(
        self, world: "World", abroad: Abroad
    ) -> None:
        policy = f"witness w {abroad.witness.verifier.vkey}\nquorum w\n"
        agree(world, abroad, witness_policy=policy)
        assert "The quorum of witnesses is not met" in refused(world, abroad)
        apply(world, abroad, **abroad.bundle(cosigned=True))
        assert world.state("n") == "applied"

    def test_a_clearance_is_recognised_once(self, world: "World", agreed: Abroad) -> None:
        apply(world, agreed)
        told = {"concerns": "a", **agreed.bundle()}
        refusal = world.refused("recognition.apply", by="acme", case="n2", **told)
        assert "It is before this register already, in n." in refusal
        world.file("recognition.withdraw", by="acme", case="n")
        apply(world, agreed, "n2")

    def test_the_weights_are_declared_here_by_the_same_developer(
        self, world: "World", agreed: Abroad
    ) -> None:
        told = {"concerns": "a", **agreed.bundle()}
        refusal = world.refused("recognition.apply", by="rival", case="n", **told)
        assert "has declared these very weights in a review here" in refusal


class TestTheStatus:
    """A clearance is worth what the newest snapshot says, and no snapshot counts for long."""

    def test_the_status_is_that_of_the_snapshot(self, world: "World", agreed: Abroad) -> None:
        agreed.hold()
        world.later(minutes=1)
        assert "The snapshot says suspended" in refused(world, agreed)
        refusal = refused(world, agreed, **agreed.status("suspended"))
        assert "There, what is suspended is not served" in refusal

    def test_a_stale_one_does_not_count(self, world: "World", agreed: Abroad) -> None:
        world.later(hours=24)
        assert "the agreement takes 24 hours at most" in refused(world, agreed)

    def test_nor_one_from_before_the_clearance(self, world: "World", agreed: Abroad) -> None:
        older = agreed.find("register.snapshot")
        agreed.cleared("model-2")
        world.later(minutes=1)
        shown = agreed.shown(older, "foreign_status")
        assert "The snapshot is older than the clearance" in refused(world, agreed, **shown)

    def test_nor_one_from_the_future(self, world: "World", agreed: Abroad) -> None:
        world.moment += timedelta(hours=2)
        agreed.state()
        world.moment -= timedelta(hours=2)
        assert "which is yet to come" in refused(world, agreed)

    def test_nor_what_is_no_snapshot_or_not_at_its_place(
        self, world: "World", agreed: Abroad
    ) -> None:
        shown = agreed.shown(agreed.find("review.issue-clearance"), "foreign_status")
        assert "no snapshot" in refused(world, agreed, **shown)
        agreed.state(log_size=len(agreed.entries) - 1)
        assert "of another size than its place says" in refused(world, agreed)

    def test_nobody_hides_a_suspension_behind_an_older_snapshot(
        self, world: "World", in_service: Abroad
    ) -> None:
        """Not even in a second case about another clearance of the same register."""
        good = in_service.status()
        in_service.hold()
        world.later(minutes=1)
        shown = in_service.status("suspended")
        world.file("recognition.report-foreign-status", by="rival", case="n", **shown)
        refusal = world.refused("recognition.show-status", by="acme", case="n", **good)
        assert "was shown before" in refusal
        world.file("recognition.withdraw", by="acme", case="n")
        told = {"concerns": "a", **in_service.bundle(), **good}
        refusal = world.refused("recognition.apply", by="acme", case="n2", **told)
        assert "of that register is known" in refusal


class TestWhatIsAskedForHere:
    """Nobody decides on a single recognition; what is asked for follows from the agreement."""

    def test_without_differences_or_gaps_the_register_recognises(
        self, world: "World", agreed: Abroad
    ) -> None:
        apply(world, agreed)
        for party in ("decider", "officer", "judge"):
            refusal = world.refused("recognition.recognise", by=party, case="n", clearance={})
            assert "Only the register may do this" in refusal
        answer(world)
        recognise(world)
        assert world.state("n") == "recognised"
        assert world.status("n") is Status.VALID

    def test_every_difference_is_answered_and_no_other(
        self, world: "World", abroad: Abroad
    ) -> None:
        agree(world, abroad, differences=[{"id": "internal-use", "says": "It is not covered."}])
        apply(world, abroad)
        act: dict[str, Any] = {"by": "register", "case": "n", "clearance": {}}
        assert "Every difference is answered" in world.refused("recognition.recognise", **act)
        for wrong in ({}, {"internal-use": ""}, {"internal-use": "So.", "other": "So."}):
            refusal = world.refused(
                "recognition.answer-differences", by="acme", case="n", answers=wrong
            )
            assert "Every difference that the agreement lists" in refusal
        answer(world, **{"internal-use": "It is covered by our framework."})
        recognise(world)

    def test_an_area_that_is_not_accepted_is_tested_here_first(
        self, world: "World", abroad: Abroad
    ) -> None:
        agree(world, abroad, areas=AREAS[:3])
        apply(world, abroad)
        answer(world)
        act: dict[str, Any] = {"by": "register", "case": "n", "clearance": {}}
        refusal = world.refused("recognition.recognise", **act)
        assert "Still to be tested: automated_rnd." in refusal
        assess(world, automated_rnd="acceptable")
        fresh(world, abroad)
        recognise(world)
        assert world.status("n") is Status.VALID

    def test_so_is_one_that_a_difference_has_tested(self, world: "World", abroad: Abroad) -> None:
        listed = [{"id": "cyber", "says": "Ranges are harder here.", "test": "cybersecurity"}]
        agree(world, abroad, differences=listed)
        apply(world, abroad)
        answer(world, cyber="It was tested here.")
        refusal = world.refused("recognition.recognise", by="register", case="n", clearance={})
        assert "Still to be tested: cybersecurity." in refusal
        assess(world, cybersecurity="acceptable")
        fresh(world, abroad)
        recognise(world)

    def test_an_unacceptable_finding_here_stands_in_the_way(
        self, world: "World", agreed: Abroad
    ) -> None:
        apply(world, agreed)
        answer(world)
        assess(world, cybersecurity="unacceptable")
        fresh(world, agreed)
        refusal = world.refused("recognition.recognise", by="register", case="n", clearance={})
        assert "No area of a review of these weights here has an unacceptable finding" in refusal

    def test_what_was_shown_long_ago_is_shown_anew_first(
        self, world: "World", agreed: Abroad
    ) -> None:
        apply(world, agreed)
        answer(world)
        world.later(hours=25)
        refusal = world.refused("recognition.recognise", by="register", case="n", clearance={})
        assert "as recent as the agreement asks" in refusal
        fresh(world, agreed)
        recognise(world)


def assess(world: "World", **found: str) -> None:
    """The review here goes on to findings in some areas."""
    for assessor in ("lab-a", "lab-b"):
        world.declare_interests(assessor)
    world.commit()
    world.reveal()
    world.file("review.assign", by="officer", **world.assignment())
    world.lock()
    world.find(found)


def fresh(world: "World", abroad: Abroad) -> None:
    """A newer status is on record before recognition."""
    abroad.state()
    world.later(minutes=1)
    world.file("recognition.update-status", by="acme", case="n", **abroad.status())


class TestImportedFindings:
    """Findings made there are marked as such, and fill a gap only where the agreement says so."""

    @pytest.fixture
    def sister(self, world: "World") -> Abroad:
        """A register under the very same law, in which an assessor has filed findings."""
        world.declare()
        return found_abroad(world)

    def test_an_imported_finding_fills_a_gap_that_the_agreement_leaves_to_it(
        self, world: "World", sister: Abroad
    ) -> None:
        agree(world, sister, areas=AREAS[:3], findings=["automated_rnd"])
        apply(world, sister)
        answer(world)
        import_finding(world, sister, "automated_rnd", "acceptable")
        recognise(world)
        kept: Any = world.case("n").memory["imported_findings"]
        assert kept["automated_rnd"]["imported"] is True
        assert world.case("r").facts["finding"]["automated_rnd"] == "none"  # type: ignore[index]

    def test_it_is_never_the_only_basis_elsewhere(self, world: "World", sister: Abroad) -> None:
        agree(world, sister, areas=AREAS[:3])
        apply(world, sister)
        answer(world)
        import_finding(world, sister, "automated_rnd", "acceptable")
        refusal = world.refused("recognition.recognise", by="register", case="n", clearance={})
        assert "Still to be tested: automated_rnd." in refusal

    def test_an_unacceptable_one_stands_in_the_way_and_anybody_can_show_it(
        self, world: "World", sister: Abroad
    ) -> None:
        agree(world, sister)
        apply(world, sister)
        answer(world)
        import_finding(world, sister, "cybersecurity", "unacceptable", by="rival")
        refusal = world.refused("recognition.recognise", by="register", case="n", clearance={})
        assert "No imported finding is unacceptable" in refusal

    @pytest.mark.parametrize(
        ("area", "outcome", "why"),
        [
            ("automated_rnd", "inconclusive", "The finding is acceptable"),
            ("loss_of_control", "acceptable", "The finding is in automated_rnd"),
        ],
    )
    def test_it_says_what_it_said_there(
        self, world: "World", sister: Abroad, area: str, outcome: str, why: str
    ) -> None:
        agree(world, sister)
        apply(world, sister)
        told = sister.shown(finding(sister, "automated_rnd"), "foreign_finding")
        refusal = world.refused(
            "recognition.import-finding", by="acme", case="n", area=area, outcome=outcome, **told
        )
        assert why in refusal

    def test_one_about_another_model_is_none(self, world: "World", sister: Abroad) -> None:
        agree(world, sister)
        apply(world, sister)
        said = finding(sister, "automated_rnd").act.fields
        other = sister.log(sister.entry("review.file-finding", "assessor", "model-2", **said))
        told = sister.shown(other, "foreign_finding")
        refusal = world.refused(
            "recognition.import-finding",
            by="acme",
            case="n",
            area="automated_rnd",
            outcome="acceptable",
            **told,
        )
        assert "no finding in model-1" in refusal


def found_abroad(world: "World") -> Abroad:
    """A log under `aaif` abroad, with findings and a clearance that its operator wrote."""
    made = Abroad(world, "register.example/sister", "aaif")
    for area in AREAS:
        outcome = "unacceptable" if area == "cybersecurity" else "acceptable"
        said = {**world.finding(area, outcome), "area": area, "outcome": outcome}
        made.log(made.entry("review.file-finding", "assessor", **said))
    made.issued_unchecked()
    world.later(hours=1)
    return made


def finding(abroad: Abroad, area: str) -> Any:
    return next(
        each
        for each in abroad.entries
        if each.act.name == "file-finding" and each.act.fields["area"] == area
    )


def import_finding(
    world: "World", abroad: Abroad, area: str, outcome: str, by: str = "acme"
) -> None:
    told = abroad.shown(finding(abroad, area), "foreign_finding")
    said = {"area": area, "outcome": outcome}
    world.file("recognition.import-finding", by=by, case="n", **said, **told)


class TestPropagation:
    """What ends there ends here, by proof, and begins again in the same way."""

    @pytest.fixture(params=["suspended", "revoked"])
    def end(self, request: pytest.FixtureRequest) -> Callable[[Abroad], str]:
        def suspended(abroad: Abroad) -> str:
            abroad.hold()
            return "suspended"

        def revoked(abroad: Abroad) -> str:
            listed = {"bits": 2, "lst": encode_list([Status.INVALID])}
            changes = [{"index": 0, "status": int(Status.INVALID)}]
            abroad.state(status_list=listed, changes=changes)
            return "invalid"

        return {"suspended": suspended, "revoked": revoked}[request.param]

    def test_whoever_shows_it_suspends_it_at_once(
        self, world: "World", in_service: Abroad, end: Callable[[Abroad], str]
    ) -> None:
        status = end(in_service)
        world.later(minutes=1)
        told = in_service.status(status)
        world.file("recognition.report-foreign-status", by="rival", case="n", **told)
        assert world.status("n") is Status.SUSPENDED
        world.snapshot()
        assert world.docket.last_snapshot
        assert world.docket.last_snapshot.statuses == (Status.SUSPENDED,)

    def test_what_stands_again_is_reinstated(self, world: "World", in_service: Abroad) -> None:
        in_service.hold()
        world.later(minutes=1)
        told = in_service.status("suspended")
        world.file("recognition.report-foreign-status", by="rival", case="n", **told)
        world.later(minutes=1)
        in_service.release()
        show(world, in_service, by="rival")
        assert world.status("n") is Status.VALID

    def test_a_report_without_proof_suspends_nothing(
        self, world: "World", in_service: Abroad
    ) -> None:
        in_service.state()
        world.later(minutes=1)
        told = in_service.status("suspended")
        refusal = world.refused("recognition.report-foreign-status", by="rival", case="n", **told)
        assert "The snapshot says valid" in refusal
        told = in_service.status("valid")
        refusal = world.refused("recognition.report-foreign-status", by="rival", case="n", **told)
        assert "The foreign clearance does not stand" in refusal

    def test_an_old_suspension_does_not_come_back(self, world: "World", in_service: Abroad) -> None:
        in_service.hold()
        old = in_service.status("suspended")
        world.later(minutes=1)
        in_service.release()
        show(world, in_service)
        refusal = world.refused("recognition.report-foreign-status", by="rival", case="n", **old)
        assert "was shown before" in refusal

    def test_what_is_not_shown_for_a_week_is_not_served(
        self, world: "World", in_service: Abroad
    ) -> None:
        world.later(days=8)
        assert world.state("n") == "lapsed"
        assert world.status("n") is Status.INVALID
        in_service.state()
        show(world, in_service)
        assert world.status("n") is Status.VALID
        world.later(days=6)
        in_service.state()
        show(world, in_service)
        world.later(days=6)
        assert world.status("n") is Status.VALID

    def test_conditions_are_accepted_if_the_agreement_says_so(
        self, world: "World", abroad: Abroad
    ) -> None:
        """Whatever the other law serves under conditions is a clearance under conditions here."""
        sister = found_abroad(world)
        listed = {"bits": 2, "lst": encode_list([Status.CONDITIONAL])}
        changes = [{"index": 0, "status": int(Status.CONDITIONAL)}]
        sister.state(count=1, status_list=listed, changes=changes)
        world.later(minutes=1)
        agree(world, sister)
        apply(world, sister, **sister.status("conditional"))
        answer(world)
        refusal = world.refused("recognition.recognise", by="register", case="n", clearance={})
        assert "without conditions unless the agreement accepts them" in refusal
        agree(world, sister, "a2", conditional=True)
        world.file("recognition.withdraw", by="acme", case="n")
        apply(world, sister, "n2", concerns="a2", **sister.status("conditional"))
        answer(world, "n2")
        recognise(world, "n2")
        assert world.status("n2") is Status.CONDITIONAL


class TestTheEnd:
    """An agreement ends with notice; by proof of two histories, at once."""

    def test_notice_leaves_time_for_a_review(self, world: "World", in_service: Abroad) -> None:
        world.file("agreement.terminate", by="decider", case="a")
        in_service.state()
        show(world, in_service)
        assert world.status("n") is Status.VALID
        refusal = world.refused("recognition.close", by="rival", case="n")
        assert "The agreement has ended" in refusal
        told = {"concerns": "a", **in_service.bundle()}
        refusal = world.refused("recognition.apply", by="acme", case="n2", **told)
        assert "The agreement is in force" in refusal
        world.later(days=91)
        assert world.state("a") == "ended"
        in_service.state()
        world.later(minutes=1)
        told = in_service.status()
        refusal = world.refused("recognition.show-status", by="acme", case="n", **told)
        assert "or its notice is running" in refusal
        world.file("recognition.close", by="rival", case="n")
        assert world.status("n") is Status.INVALID

    def test_a_log_with_two_histories_proves_nothing(
        self, world: "World", in_service: Abroad
    ) -> None:
        one = in_service.checkpoint().decode()
        kept = in_service.entries.pop()
        in_service.log(in_service.entry("review.hold", "developer"))
        other = in_service.checkpoint().decode()
        in_service.entries[-1] = kept
        twice = {"first_checkpoint": one, "second_checkpoint": one}
        refusal = world.refused("agreement.report-fork", by="rival", case="a", **twice)
        assert "has signed two histories" in refusal
        forked = {"first_checkpoint": one, "second_checkpoint": other}
        world.file("agreement.report-fork", by="rival", case="a", **forked)
        world.file("recognition.close", by="rival", case="n")
        assert world.status("n") is Status.INVALID


class TestThePowersHere:
    """What this law can do with every model it can do with a recognised one."""

    def test_a_bar_on_the_weights_bars_it(self, world: "World", in_service: Abroad) -> None:
        assess(world, cybersecurity="unacceptable")
        assert world.status("n") is Status.VALID  # a finding alone is no bar: the court's order is
        world.restrict()
        world.file("restriction.order-provisionally", by="judge", case="bar", imminent=True)
        assert world.status("n") is Status.SUSPENDED

    def test_a_directive_reaches_it(self, world: "World", in_service: Abroad) -> None:
        from holdshort.docket.directives import affected

        told = {"discovered_at": world.now, "class": "weights", "internal_use": False}
        world.file("incident.report", by="rival", case="i", report="ab" * 32, **told)
        said: dict[str, Any] = {
            "ground": "incident",
            "area": "cybersecurity",
            "record": "i",
            "weights": [],
            "models": [{"model": "M"}],
            "descendants_of": [],
            "time": "30-days",
            "alternatives": True,
        }
        world.file("directive.draft", by="officer", case="d", **said)
        world.file("directive.issue-immediately", by="officer", case="d", imminent=False)
        (found,) = affected(world.docket, world.case("d"), world.now)
        assert (found.review, found.state) == ("n", "not served")
        served = {"concerns": "r", "directive": "d"}
        world.file("compliance.serve", by="officer", case="c", **served)
        (found,) = affected(world.docket, world.case("d"), world.now)
        assert (found.review, found.served) == ("n", "c")


class TestImportedDirectives:
    """What another authority found unsafe is told here, and binds nobody without the court."""

    SAID: dict[str, Any] = {  # noqa: RUF012  nobody writes in it
        "ground": "incident",
        "weights": [],
        "models": [{"model": "M"}],
        "descendants_of": [],
        "time": "30-days",
        "alternatives": True,
        "unsafe_condition": "The filter can be bypassed.",
        "likely_in_others": "Every copy has the same one.",
        "required_action": "Replace it.",
    }

    @pytest.fixture
    def sister(self, world: "World") -> Abroad:
        made = Abroad(world, "register.example/sister", "aaif")
        said = {**self.SAID, "area": "cybersecurity", "record": "incident-1"}
        made.log(made.entry("directive.draft", "officer", "d-1", **said))
        made.log(made.entry("directive.issue-immediately", "officer", "d-1", imminent=False))
        return made

    def told(self, abroad: Abroad, **said: Any) -> dict[str, Any]:
        drafted = abroad.shown(abroad.find("directive.draft"), "foreign_directive")
        issued = abroad.shown(abroad.find("directive.issue-immediately"), "foreign_issue")
        return {"agreement": "a", "area": "cybersecurity", **self.SAID, **drafted, **issued, **said}

    def test_it_goes_the_way_of_every_other_one(self, world: "World", sister: Abroad) -> None:
        world.cleared()
        agree(world, sister, directives=True)
        world.file("directive.import", by="officer", case="d", **self.told(sister))
        world.file("directive.issue-immediately", by="officer", case="d", imminent=False)
        refusal = world.refused("directive.put-in-force", by="judge", case="d")
        assert "has petitioned, with every countersignature" in refusal
        from holdshort.docket.directives import affected

        (found,) = affected(world.docket, world.case("d"), world.now)
        assert (found.review, found.because) == ("r", "by its name, M")

    def test_an_agreement_may_not_accept_any(self, world: "World", sister: Abroad) -> None:
        agree(world, sister)
        refusal = world.refused("directive.import", by="officer", case="d", **self.told(sister))
        assert "The agreement does not accept directives" in refusal

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ({"models": [{"model": "Rival"}]}, "models: The directive says something else there"),
            ({"required_action": "Stop."}, "required_action: The directive says something else"),
            ({"area": "automated_rnd"}, "The directive is about cybersecurity"),
            ({"agreement": "b"}, "There is no such agreement in force"),
        ],
    )
    def test_it_says_what_it_says_there(
        self, world: "World", sister: Abroad, said: dict[str, Any], why: str
    ) -> None:
        agree(world, sister, directives=True)
        told = self.told(sister, **said)
        assert why in world.refused("directive.import", by="officer", case="d", **told)

    def test_one_that_was_not_issued_there_is_none(self, world: "World", sister: Abroad) -> None:
        agree(world, sister, directives=True)
        sister.log(sister.entry("directive.issue-immediately", "officer", "d-2", imminent=False))
        told = self.told(sister)
        refusal = world.refused("directive.import", by="officer", case="d", **told)
        assert "does not issue d-1" in refusal

    def test_names_of_areas_are_translated(self, world: "World") -> None:
        abroad = Abroad(world, "register.example/sister", "aaif")
        said = {**self.SAID, "area": "cyber_offence", "record": "incident-1"}
        abroad.log(abroad.entry("directive.draft", "officer", "d-1", **said))
        abroad.log(abroad.entry("directive.issue-immediately", "officer", "d-1", imminent=False))
        agree(world, abroad, directives=True, equivalents={"cyber_offence": "cybersecurity"})
        world.file("directive.import", by="officer", case="d", **self.told(abroad))
        assert world.state("d") == "drafted"
