"""Who may test: accreditation, conflicts of interest, and what an office may not do."""

from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.checks import is_accredited
from holdshort.docket.drawing import lot, pool

if TYPE_CHECKING:
    from tests.docket.conftest import World


ALL = ["cybersecurity", "biological_weapons", "loss_of_control", "automated_rnd"]


@pytest.fixture
def applied(world: "World") -> str:
    """An application for all areas, two methods and tier 3, with its documents reviewed."""
    world.enrol("lab-c", "assessor")
    return world.apply("lab-c", **world.box(methods=METHODS, tier=3))


METHODS = ["capability-testing", "red-teaming"]


def give_notice(world: "World", case: str, *, answered: bool = True) -> None:
    world.later(seconds=1)
    world.file("accreditation.give-notice", by="accreditor", case=case)
    if answered:
        world.file("accreditation.answer", by=world.case(case).bound["holder"], case=case)


def suspended(world: "World") -> str:
    """An accreditation that was suspended after notice."""
    case = "accreditation-lab-a"
    give_notice(world, case)
    world.file("accreditation.suspend", by="accreditor", case=case)
    return case


def revoked(world: "World") -> str:
    case = suspended(world)
    give_notice(world, case)
    world.file("accreditation.revoke", by="accreditor", case=case)
    return case


def appeal(world: "World", case: str) -> None:
    world.later(seconds=1)
    world.file("accreditation.appeal", by=world.case(case).bound["holder"], case=case)


class TestGrant:
    """How an assessor comes to be accredited, and how it does not."""

    def test_nobody_accredits_itself(self, world: "World", applied: str) -> None:
        says = world.refused("accreditation.grant", by="lab-c", case=applied, **world.box())
        assert "Only the authority's accreditor may do this; lab-c is the assessor" in says

    @pytest.mark.parametrize("party", ["officer", "decider", "registrar", "acme", "lab-a", "judge"])
    def test_no_other_office_accredits(self, world: "World", applied: str, party: str) -> None:
        says = world.refused("accreditation.grant", by=party, case=applied, **world.box())
        assert "Only the authority's accreditor" in says

    def test_the_accreditor_neither_assigns_nor_tests_nor_decides(self, world: "World") -> None:
        for kind, acts in world.book.cases.items():
            by = {rule.by for rule in acts.acts.values()}
            assert ("authority.accreditor" in by) == (kind in ("accreditation", "proficiency"))

    def test_an_accreditation_is_for_areas_and_methods_that_there_are(
        self, world: "World", applied: str
    ) -> None:
        world.prove_proficiency(applied)
        scopes: tuple[Any, ...] = ([], ["weather"], "cybersecurity", [["cybersecurity"]], [{}])
        for wrong in (
            *({"scope": each} for each in scopes),
            {"methods": []},
            {"methods": ["luck"]},
        ):
            said = world.box() | wrong
            world.refused("accreditation.grant", by="accreditor", case=applied, **said)

    def test_reasons_are_part_of_the_decision(self, world: "World", applied: str) -> None:
        world.prove_proficiency(applied)
        for act in ("accreditation.grant", "accreditation.refuse"):
            said = world.box() if act.endswith("grant") else {}
            says = world.refused(act, by="accreditor", case=applied, reasons=None, **said)
            assert "must state 'reasons'" in says

    def test_nothing_is_granted_before_the_documents_are_reviewed(self, world: "World") -> None:
        world.enrol("lab-c", "assessor")
        case, box = "accreditation-lab-c", world.box()
        world.file("accreditation.apply", by="lab-c", case=case, statement="Able.", **box)
        world.prove_proficiency(case)
        says = world.refused("accreditation.grant", by="accreditor", case=case, **box)
        assert "It needs the state documents_reviewed" in says

    def test_nothing_is_granted_without_proficiency_in_every_area(
        self, world: "World", applied: str
    ) -> None:
        world.prove_proficiency(applied, ALL[:3])
        says = world.refused("accreditation.grant", by="accreditor", case=applied, **world.box())
        assert "No test that still counts was passed in automated_rnd." in says
        world.file("accreditation.grant", by="accreditor", case=applied, **world.box(ALL[:3]))

    def test_a_test_that_is_filed_but_not_scored_proves_nothing(
        self, world: "World", applied: str
    ) -> None:
        world.plant(applied, "test")
        world.answer(applied, "test", ALL)
        assert "No test that still counts" in world.refused(
            "accreditation.grant", by="accreditor", case=applied, **world.box()
        )

    def test_the_test_of_one_assessor_proves_nothing_of_another(
        self, world: "World", applied: str
    ) -> None:
        world.prove_proficiency("accreditation-lab-a")
        assert "No test that still counts" in world.refused(
            "accreditation.grant", by="accreditor", case=applied, **world.box()
        )

    def test_proficiency_runs_out(self, world: "World", applied: str) -> None:
        world.prove_proficiency(applied)
        world.later(days=366 + 1)
        assert "No test that still counts" in world.refused(
            "accreditation.grant", by="accreditor", case=applied, **world.box()
        )

    @pytest.mark.parametrize(
        "more",
        [{"methods": ["process-audit"]}, {"tier": 4}, {"methods": [*METHODS, "process-audit"]}],
    )
    def test_no_more_is_granted_than_was_applied_for(
        self, world: "World", applied: str, more: dict[str, Any]
    ) -> None:
        world.prove_proficiency(applied)
        said = world.box() | more
        says = world.refused("accreditation.grant", by="accreditor", case=applied, **said)
        assert "No more is granted than was applied for" in says

    def test_there_is_no_tier_above_the_highest(self, world: "World") -> None:
        world.enrol("lab-c", "assessor")
        says = world.refused(
            "accreditation.apply", by="lab-c", case="a", statement="Able.", **world.box(tier=8)
        )
        assert "no access tier above the highest" in says

    def test_an_application_that_waits_is_counted_against_the_accreditor(
        self, world: "World"
    ) -> None:
        world.enrol("lab-c", "assessor")
        world.file("accreditation.apply", by="lab-c", case="a", statement="Able.", **world.box())
        world.later(days=32)
        late = {owed.duty.id for owed in world.docket.duties(world.now) if owed.status == "late"}
        assert late == {"document-review"}


class TestBox:
    """An accreditation covers areas × methods × access tier."""

    def test_an_assessor_needs_every_area(self, world: "World") -> None:
        world.enrol("lab-c", "assessor")
        world.accredit("lab-c", ["cybersecurity"])
        assert not is_accredited(world.docket, "lab-c", world.now)

    def test_two_accreditations_may_make_up_one(self, world: "World") -> None:
        world.enrol("lab-c", "assessor")
        world.accredit("lab-c", ALL[:2], case="one")
        world.accredit("lab-c", ALL[2:], case="two")
        assert is_accredited(world.docket, "lab-c", world.now)
        world.file("accreditation.withdraw", by="lab-c", case="two")
        assert not is_accredited(world.docket, "lab-c", world.now)

    def test_areas_of_one_box_do_not_lend_their_method_or_tier_to_another(
        self, world: "World"
    ) -> None:
        world.enrol("lab-c", "assessor")
        world.accredit("lab-c", ALL[:2], case="one")
        for other in ({"methods": ["process-audit"]}, {"tier": 0}):
            world.accredit("lab-c", ALL[2:], case=f"two-{len(world.entries)}", **other)
        assert not is_accredited(world.docket, "lab-c", world.now)

    def test_findings_need_the_method_and_the_tier_that_were_agreed(self, world: "World") -> None:
        assessor = world.assign()
        world.lock()
        finding = world.finding("cybersecurity", "acceptable")
        for agreed in ({"tier": 4}, {"methods": ["capability-testing", "red-teaming"]}):
            terms = world.terms(**agreed)
            world.file("engagement.agree-terms", by=assessor, case="engagement-r", **terms)
            says = world.refused("review.file-finding", by=assessor, **finding)
            assert f"{assessor} holds none for " in says
        assert "cybersecurity by red-teaming" in says
        world.accredit(assessor, case="more", methods=METHODS, tier=1)
        world.file("review.file-finding", by=assessor, **finding)


class TestLife:
    """Visits, renewal, change, and the end by itself."""

    def test_it_lapses_by_itself_when_it_is_not_renewed(self, world: "World") -> None:
        world.later(days=364)
        assert is_accredited(world.docket, "lab-a", world.now)
        world.later(days=2)
        assert world.state("accreditation-lab-a") == "lapsed"
        assert not is_accredited(world.docket, "lab-a", world.now)
        world.file("accreditation.strike-off", by="accreditor", case="accreditation-lab-a")

    def test_it_is_renewed_for_a_year_by_its_holder_and_the_record(self, world: "World") -> None:
        case = "accreditation-lab-a"
        world.later(days=300)
        world.prove_proficiency(case)
        world.file("accreditation.renew", by="lab-a", case=case)
        world.later(days=300)
        assert world.state(case) == "granted"

    def test_it_is_not_renewed_without_proficiency(self, world: "World") -> None:
        case = world.accredit("lab-a", ALL, case="more")
        world.later(days=200)
        world.prove_proficiency(case)
        world.file("accreditation.renew", by="lab-a", case=case)
        world.later(days=200)
        world.file("accreditation.renew", by="lab-a", case=case)
        world.later(days=300)
        says = world.refused("accreditation.renew", by="lab-a", case=case)
        assert "No test that still counts was passed" in says

    def test_nobody_else_renews_it(self, world: "World") -> None:
        for party in ("lab-b", "accreditor"):
            world.refused("accreditation.renew", by=party, case="accreditation-lab-a")

    def test_a_visit_is_due_every_two_years(self, world: "World") -> None:
        case = "accreditation-lab-a"
        for _ in range(2):
            world.later(days=360)
            world.prove_proficiency(case)
            world.file("accreditation.renew", by="lab-a", case=case)
        world.later(days=30)
        said = {"on_site": True, "deficiencies": False}
        late = [d for d in world.docket.duties(world.now) if d.duty.id == "surveillance"]
        assert [d.status for d in late if d.case == case][:1] == ["late"]
        world.file("accreditation.survey", by="accreditor", case=case, **said)

    def test_a_major_change_is_reported_within_thirty_days(self, world: "World") -> None:
        case, changed = "accreditation-lab-a", world.now
        world.later(days=31)
        world.file("accreditation.note-change", by="lab-a", case=case, changed_at=changed)
        (owed,) = (d for d in world.docket.duties(world.now) if d.duty.id == "major-change")
        assert owed.status == "late"

    def test_only_its_holder_gives_an_accreditation_back(self, world: "World") -> None:
        says = world.refused("accreditation.withdraw", by="lab-b", case="accreditation-lab-a")
        assert "Only the holder of accreditation-lab-a" in says


class TestMeasures:
    """Reduction, suspension, revocation: after notice, with reasons and evidence."""

    def test_a_suspended_accreditation_is_none_until_it_is_reinstated(self, world: "World") -> None:
        case = suspended(world)
        assert not is_accredited(world.docket, "lab-a", world.now)
        world.file("accreditation.reinstate", by="accreditor", case=case)
        assert is_accredited(world.docket, "lab-a", world.now)

    def test_nobody_is_suspended_unheard(self, world: "World") -> None:
        case = "accreditation-lab-a"
        unheard = "given notice and has answered or let its time run out"
        assert unheard in world.refused("accreditation.suspend", by="accreditor", case=case)
        give_notice(world, case, answered=False)
        assert unheard in world.refused("accreditation.suspend", by="accreditor", case=case)
        world.later(days=31)
        world.file("accreditation.suspend", by="accreditor", case=case)

    def test_unless_harm_is_imminent_and_then_it_is_heard_afterwards(self, world: "World") -> None:
        case = "accreditation-lab-a"
        world.suspend_at_once(case)
        assert world.state(case) == "granted"
        assert not is_accredited(world.docket, "lab-a", world.now)
        give_notice(world, case)
        world.file("accreditation.suspend", by="accreditor", case=case)
        assert world.state(case) == "suspended"

    def test_what_is_suspended_at_once_can_be_appealed_at_once(self, world: "World") -> None:
        case = "accreditation-lab-a"
        assert "appeal" not in world.open_acts("lab-a", case)
        world.suspend_at_once(case)
        appeal(world, case)
        world.file("accreditation.set-aside-suspension-at-once", by="judge", case=case)
        assert is_accredited(world.docket, "lab-a", world.now)

    def test_the_accreditor_lifts_what_it_ordered(self, world: "World") -> None:
        case = "accreditation-lab-a"
        world.suspend_at_once(case)
        world.file("accreditation.lift", by="accreditor", case=case)
        assert is_accredited(world.docket, "lab-a", world.now)

    def test_without_a_hearing_in_time_the_holder_resumes(self, world: "World") -> None:
        case = "accreditation-lab-a"
        world.suspend_at_once(case)
        says = world.refused("accreditation.resume", by="lab-a", case=case)
        assert "the hearing is late" in says
        world.later(days=46)
        world.file("accreditation.resume", by="lab-a", case=case)
        assert is_accredited(world.docket, "lab-a", world.now)
        assert "once in the year" in world.refused(
            "accreditation.suspend-at-once", by="accreditor", case=case, imminent=True
        )

    @pytest.mark.parametrize("left_out", ["reasons", "evidence"])
    def test_a_measure_states_reasons_and_evidence(self, world: "World", left_out: str) -> None:
        case = "accreditation-lab-a"
        give_notice(world, case)
        said: dict[str, Any] = {left_out: None}
        for act, fields in (("suspend", {}), ("reduce", world.box(ALL[:1]))):
            says = world.refused(
                f"accreditation.{act}", by="accreditor", case=case, **fields, **said
            )
            assert f"must state {left_out!r}" in says

    def test_one_notice_serves_one_measure(self, world: "World") -> None:
        case = suspended(world)
        assert "given notice" in world.refused("accreditation.revoke", by="accreditor", case=case)
        give_notice(world, case)
        world.file("accreditation.revoke", by="accreditor", case=case)
        assert world.state(case) == "revoked"

    def test_nothing_is_revoked_that_was_not_suspended(self, world: "World") -> None:
        give_notice(world, "accreditation-lab-a")
        says = world.refused("accreditation.revoke", by="accreditor", case="accreditation-lab-a")
        assert "It needs the state suspended" in says

    @pytest.mark.parametrize("wider", [{"tier": 2}, {"methods": ["red-teaming"]}])
    def test_a_reduction_widens_nothing(self, world: "World", wider: dict[str, Any]) -> None:
        case = "accreditation-lab-a"
        give_notice(world, case)
        said = world.box(ALL[:2]) | wider
        says = world.refused("accreditation.reduce", by="accreditor", case=case, **said)
        assert "A reduction widens nothing" in says

    def test_a_reduction_takes_areas_out_and_is_none_that_leaves_nothing(
        self, world: "World"
    ) -> None:
        case = "accreditation-lab-a"
        give_notice(world, case)
        nothing = world.box() | {"scope": []}
        says = world.refused("accreditation.reduce", by="accreditor", case=case, **nothing)
        assert "What leaves nothing is a revocation" in says
        world.file("accreditation.reduce", by="accreditor", case=case, **world.box(ALL[:3]))
        assert not is_accredited(world.docket, "lab-a", world.now)


class TestAppeal:
    """Whoever loses something goes to the court, with nobody's leave."""

    def test_there_is_none_where_nothing_was_decided(self, world: "World", applied: str) -> None:
        assert "It needs the state" in world.refused(
            "accreditation.appeal", by="lab-c", case=applied
        )
        assert "to appeal" in world.refused(
            "accreditation.appeal", by="lab-a", case="accreditation-lab-a"
        )

    def test_it_is_open_to_whoever_was_refused_reduced_suspended_or_revoked(
        self, world: "World", applied: str
    ) -> None:
        world.file("accreditation.refuse", by="accreditor", case=applied)
        assert "appeal" in world.open_acts("lab-c", applied)
        give_notice(world, "accreditation-lab-b")
        box = world.box(ALL[:3])
        world.file("accreditation.reduce", by="accreditor", case="accreditation-lab-b", **box)
        assert "appeal" in world.open_acts("lab-b", "accreditation-lab-b")
        assert "appeal" in world.open_acts("lab-a", suspended(world))

    @pytest.mark.parametrize(
        "act", ["uphold", "vary", "set-aside-suspension"], ids=["uphold", "vary", "set-aside"]
    )
    def test_the_court_decides_no_appeal_that_nobody_brought(
        self, world: "World", act: str
    ) -> None:
        case = suspended(world)
        said: dict[str, Any] = world.box() if act == "vary" else {}
        said |= {"how": "quashed"} if act.startswith("set") else {}
        says = world.refused(f"accreditation.{act}", by="judge", case=case, **said)
        assert "An appeal is pending" in says

    def test_upheld_it_stays_and_can_be_appealed_again(self, world: "World") -> None:
        case = revoked(world)
        appeal(world, case)
        world.file("accreditation.uphold", by="judge", case=case)
        assert world.state(case) == "revoked"
        appeal(world, case)

    def test_a_suspension_that_is_quashed_is_void_with_its_notice(self, world: "World") -> None:
        case = suspended(world)
        appeal(world, case)
        world.file("accreditation.set-aside-suspension", by="judge", case=case, how="quashed")
        assert is_accredited(world.docket, "lab-a", world.now)
        assert "given notice" in world.refused("accreditation.suspend", by="accreditor", case=case)

    def test_remitted_it_is_decided_anew_on_the_notice_that_was_given(self, world: "World") -> None:
        case = suspended(world)
        appeal(world, case)
        world.file("accreditation.set-aside-suspension", by="judge", case=case, how="remitted")
        world.later(seconds=1)
        world.file("accreditation.suspend", by="accreditor", case=case)

    def test_a_revocation_set_aside_leaves_the_suspension(self, world: "World") -> None:
        case = revoked(world)
        appeal(world, case)
        world.file("accreditation.set-aside-revocation", by="judge", case=case, how="quashed")
        assert world.state(case) == "suspended"

    def test_a_reduction_set_aside_restores_what_was(self, world: "World") -> None:
        case = "accreditation-lab-a"
        give_notice(world, case)
        world.file("accreditation.reduce", by="accreditor", case=case, **world.box(ALL[:1], tier=0))
        appeal(world, case)
        world.file("accreditation.set-aside-reduction", by="judge", case=case, how="quashed")
        assert is_accredited(world.docket, "lab-a", world.now)
        assert world.case(case).facts["tier"] == 1

    def test_a_refusal_that_was_quashed_is_not_repeated(self, world: "World", applied: str) -> None:
        world.file("accreditation.refuse", by="accreditor", case=applied)
        appeal(world, applied)
        world.file("accreditation.set-aside-refusal", by="judge", case=applied, how="quashed")
        says = world.refused("accreditation.refuse", by="accreditor", case=applied)
        assert "not refused again" in says
        world.prove_proficiency(applied)
        world.file("accreditation.grant", by="accreditor", case=applied, **world.box())

    def test_the_court_varies_within_what_was_held_or_applied_for_and_proven(
        self, world: "World", applied: str
    ) -> None:
        world.file("accreditation.refuse", by="accreditor", case=applied)
        appeal(world, applied)
        vary, court = "accreditation.vary", {"by": "judge", "case": applied}
        assert "No test that still counts" in world.refused(vary, **court, **world.box())
        world.prove_proficiency(applied)
        assert "no more than was held" in world.refused(vary, **court, **world.box(tier=4))
        world.file(vary, **court, **world.box())
        assert is_accredited(world.docket, "lab-c", world.now)

    def test_nobody_but_the_court_decides_it(self, world: "World") -> None:
        case = suspended(world)
        appeal(world, case)
        for party in ("accreditor", "lab-a", "officer", "decider"):
            world.refused("accreditation.uphold", by=party, case=case)


class TestPool:
    """Who can be drawn."""

    def test_a_conflicted_assessor_cannot_be_drawn_or_assigned(self, world: "World") -> None:
        world.declare()
        world.declare_interests("lab-a", conflict=True)
        world.declare_interests("lab-b")
        assert pool(world.docket, world.case(), world.now) == {"lab-b": 1}
        world.commit()
        world.reveal()
        fields = world.assignment()
        assert fields["assessor"] == "lab-b"
        assert "declared no conflict" in world.refused(
            "review.assign", by="officer", **(fields | {"assessor": "lab-a"})
        )

    def test_an_assessor_that_declared_nothing_cannot_be_drawn(self, world: "World") -> None:
        world.declare()
        world.declare_interests("lab-b")
        assert pool(world.docket, world.case(), world.now) == {"lab-b": 1}

    def test_the_last_declaration_counts(self, world: "World") -> None:
        world.declare()
        world.declare_interests("lab-a")
        world.declare_interests("lab-a", conflict=True)
        assert pool(world.docket, world.case(), world.now) == {}

    def test_an_assessor_accredited_in_one_area_cannot_be_drawn(self, world: "World") -> None:
        world.enrol("lab-c", "assessor")
        world.accredit("lab-c", ["cybersecurity"])
        world.declare()
        world.declare_interests("lab-c")
        assert pool(world.docket, world.case(), world.now) == {}

    def test_a_suspended_party_cannot_be_drawn(self, world: "World") -> None:
        world.declare()
        world.declare_interests("lab-a")
        world.declare_interests("lab-b")
        world.file("register.suspend-party", by="registrar", case="register", party="lab-a")
        assert pool(world.docket, world.case(), world.now) == {"lab-b": 1}

    def test_nobody_joins_once_both_sides_have_committed(self, world: "World") -> None:
        world.declare()
        world.declare_interests("lab-a")
        world.commit()
        world.declare_interests("lab-b")
        world.reveal()
        drawn = lot(world.docket, world.case(), world.now)
        assert drawn is not None
        assert [each.party for each in drawn.tickets] == ["lab-a"]

    def test_nobody_commits_while_nobody_can_be_drawn(self, world: "World") -> None:
        world.declare()
        for side, party in (("developer", "acme"), ("authority", "officer")):
            assert "none could be drawn" in world.refused(
                f"review.commit-{side}", by=party, commitment=world.commitment(world.half(party))
            )
        world.declare_interests("lab-b")
        world.commit()
        world.reveal()
        assert world.assignment()["assessor"] == "lab-b"
