"""The Great American AI Act draft: its numbers, whom it covers, and a walk through its cases."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from holdshort.rulebook.expression import Unknown
from holdshort.rulebook.load import open_rulebook
from holdshort.rulebook.model import Duty, Rulebook
from holdshort.rulebook.proof import prove
from holdshort.rulebook.render import render

if TYPE_CHECKING:
    from tests.rulebook.books.conftest import MakeRegister, Register

LARGE = "large-frontier-developer"
OPENED = "2027-03-01T15:00:00Z"  # ten in the morning in Washington
FRONTIER: dict[str, Any] = {
    "training_compute": "2e26",
    "foundation_model": True,
    "gross_revenue": "600e6",
}
SINCE = date(2026, 6, 4)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return open_rulebook("us-gaaia")


@pytest.fixture
def register(make_register: "MakeRegister") -> "Register":
    """A register on which a large frontier developer has declared a frontier model."""
    made = make_register("us-gaaia", OPENED, rival="developer", unlicensed="assessor")
    made.file("review.declare", by="developer", **FRONTIER)
    return made


# ------------------------------------------------------------------ the numbers of the draft


def time(duty: Duty) -> str:
    """The time of a duty in words."""
    kinds = {"within": duty.within, "ahead": duty.ahead, "keeps": duty.keeps}
    return next((f"{kind} {amount}" for kind, amount in kinds.items() if amount), "within unknown")


# duty | on whom | from what on | time | again
TIMES = """
framework             | large | enacted                    | within 1 year   |
framework-review      | large | framework-published        | within 1 year   | 1 year
framework-change      | large | framework-changed          | within 30 days  |
transparency-report   |       | placed-on-market           | ahead 0 days    |
transparency-report-of-modified-model | | materially-changed | ahead 0 days  |
keep-redacted         |       | document-redacted          | keeps 5 years   |
incident-report       |       | incident-discovered        | within 15 days  |
incident-urgent       |       | incident-discovered        | within 24 hours |
incident-urgent-later |       | imminent-risk-discovered   | within 24 hours |
incident-review       |       | incident.report            | within unknown  |
audit                 | large | enacted                    | within 1 year   | 6 months
ad-hoc-audit          | large | review.require-audit       | within unknown  |
audit-access          |       | audit.request-access       | within unknown  |
audit-report          |       | audit.accept               | within unknown  |
post-audit-report     |       | audit.report               | within 30 days  |
post-audit-actions    |       | audit.submit-post-audit-report | within 14 days |
supplemental-report   |       | finding-overtaken          | within 7 days   |
supplemental-response |       | audit.submit-supplement    | within 7 days   |
supplemental-actions  |       | audit.submit-supplement    | within 21 days  |
referral              |       | imminent-noncompliance     | within 7 days   |
audit-records-of-developer |  | audit.report               | keeps 5 years   |
audit-records-of-ivo  |       | audit.report               | keeps 5 years   |
access-to-unredacted  |       | audit.ask-for-unredacted   | within unknown  |
layoff-notice         |       | mass-layoff                | ahead 60 days   |
labor-decision        |       | retaliation.complain       | within 180 days |
answer-to-complaint   |       | enforcement.file           | within 21 days  |
answer-to-state       |       | enforcement.file-for-state | within 21 days  |
center                |       | program-begun              | within 60 days  |
director              |       | program.establish-center   | within 3 months |
incident-mechanism    |       | program-begun              | within 180 days |
risk-mechanism        |       | program-begun              | within 180 days |
incident-statistics   |       | program-begun              | within 1 day    | 1 year
definitions-review    |       | program-begun              | within 1 day    | 1 year
layoff-guidance       |       | program-begun              | within 300 days |
"""
# duty | who owes it | to whom, or how that begins | filing
RECIPIENTS = """
framework             | developer | public                            | framework
framework-review      | developer | public                            | framework-review
framework-change      | developer | public                            | framework-change
transparency-report   | developer | public                            | transparency-report
incident-report       | developer | Director of CAISI                 | incident-initial
incident-urgent       | developer | a law enforcement agency          | incident-urgent
audit                 | developer | Director of CAISI                 | audit
audit-report          | assessor  | Director of CAISI                 |
post-audit-report     | developer | Director of CAISI                 |
post-audit-actions    | developer | the IVO                           |
supplemental-report   | assessor  | Director of CAISI                 |
referral              | assessor  | Attorney General                  |
incident-statistics   | authority.director | Congress and the President |
"""


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in row.split("|")] for row in table.strip().splitlines()]


@pytest.mark.parametrize("row", rows(TIMES), ids=lambda row: row[0])
def test_each_duty_has_the_time_of_the_draft(book: Rulebook, row: list[str]) -> None:
    id_, of, start, within, every = row
    duty = book.duties[id_]
    assert (duty.of or "").removesuffix("-frontier-developer") == of
    assert (duty.event or duty.starts[0].act) == start
    assert time(duty) == within
    assert (str(duty.every) if duty.every else "") == every


def test_no_duty_is_left_out_of_that_table(book: Rulebook) -> None:
    assert {row[0] for row in rows(TIMES)} == book.duties.keys()


@pytest.mark.parametrize("row", rows(RECIPIENTS), ids=lambda row: row[0])
def test_each_duty_goes_to_whom_the_draft_says(book: Rulebook, row: list[str]) -> None:
    id_, owner, to, filing = row
    assert book.duties[id_].owed_by == owner
    assert book.duties[id_].owed_to.startswith(to)
    assert (book.duties[id_].filing or "") == filing


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("compute_threshold", "1e26"),
        ("frontier_revenue", "50e6"),
        ("large_revenue", "500e6"),
        ("penalty_per_violation", "1e6"),
        ("catastrophe_people", "50"),
        ("catastrophe_damage", "1e9"),
    ],
)
def test_each_number_is_that_of_the_draft(book: Rulebook, name: str, value: str) -> None:
    dated = book.values[name].on(SINCE)
    assert dated is not None
    assert dated.value == Decimal(value)
    assert [phase.status for phase in book.phases] == ["proposal"]


@pytest.mark.parametrize("penalty", ["transparency-violation", "audit-violation"])
@pytest.mark.parametrize(("days", "amount"), [(0, 1_000_000), (1, 1_000_000), (30, 30_000_000)])
def test_each_day_of_a_violation_is_another(
    book: Rulebook, penalty: str, days: int, amount: int
) -> None:
    formula = book.penalties[penalty]
    assert formula.amount is not None
    assert (formula.bound, formula.unit) == ("at most", "USD")
    env = {
        "value": {"penalty_per_violation": Decimal("1e6")},
        "violation": {"number": Decimal(4), "days": Decimal(days)},
    }
    assert formula.amount.decide(env) == amount


def test_conflicting_sources_are_in_sight_in_the_document(book: Rulebook) -> None:
    text = render(book)
    assert 'calls IVOs "state-licensed"' in text
    assert "Digests know only the $500 million of large developers" in text
    assert "more frequently than once every 12 months" in text


def test_every_limit_holds_in_every_history(book: Rulebook) -> None:
    found = {result.limit.id: result.verdict for result in prove(book).results}
    assert found == dict.fromkeys(book.limits, "proven")


# ------------------------------------------------------------------ who is covered


@pytest.mark.parametrize(
    ("said", "decision"),
    [
        ({}, "covered"),
        # Both lines are to be exceeded.
        ({"training_compute": "1e26"}, "not covered"),
        ({"training_compute": "100000000000000000000000001"}, "covered"),
        ({"gross_revenue": "50e6"}, "not covered"),
        ({"gross_revenue": "50000000.01"}, "covered"),
        ({"foundation_model": False}, "not covered"),
        # What is missing leaves it open only where it could decide.
        ({"gross_revenue": None}, "indeterminate"),
        ({"gross_revenue": None, "training_compute": "9e25"}, "not covered"),
        ({"training_compute": None}, "indeterminate"),
    ],
)
def test_coverage_is_decided_on_what_was_attested(
    make_register: "MakeRegister", said: dict[str, Any], decision: str
) -> None:
    register = make_register("us-gaaia", OPENED)
    register.file("review.declare", by="developer", **(FRONTIER | said))
    assert register.case().facts["coverage"] == decision


@pytest.mark.parametrize(
    ("revenue", "large"), [("500e6", False), ("500000000.01", True), (None, None)]
)
def test_revenue_makes_a_developer_large_when_it_exceeds_the_line(
    book: Rulebook, revenue: str | None, large: bool | None
) -> None:
    developer = {"gross_revenue": Decimal(revenue)} if revenue else {}
    env = {"developer": developer, "value": {"large_revenue": Decimal("500e6")}}
    decided = book.coverage.classes[LARGE].when.decide(env)
    assert (None if isinstance(decided, Unknown) else decided) == large


def test_a_smaller_frontier_developer_owes_reports_and_no_audit(
    make_register: "MakeRegister",
) -> None:
    register = make_register("us-gaaia", OPENED)
    register.file("review.declare", by="developer", **(FRONTIER | {"gross_revenue": "60e6"}))
    register.file("review.note-enactment", by="director", enacted_at=register.now)
    assert register.owed("audit") == register.owed("framework") == []
    release(register)
    assert register.statuses("transparency-report") == ["running"]


# ------------------------------------------------------------------ releases: nobody can bar one


def release(register: "Register", case: str = "v1", *, modified: bool = False) -> None:
    register.file("release.plan", by="developer", case=case, concerns="r", modified=modified)
    act = "deploy-modified" if modified else "deploy"
    register.file(f"release.{act}", by="developer", case=case, deployed_at=register.now)


def test_the_gate_serves_everything(book: Rulebook) -> None:
    assert (book.gate.regime, book.gate.undecided) == ("none", "serve")
    assert not book.gate.bars
    assert not book.gate.clearances


def test_a_release_without_a_report_is_late_and_not_barred(register: "Register") -> None:
    release(register)
    assert register.state("v1") == "deployed"
    register.later(minutes=1)
    assert register.statuses("transparency-report") == ["late"]


def test_a_release_with_a_report_is_in_time(register: "Register") -> None:
    register.file("release.plan", by="developer", case="v2", concerns="r", modified=True)
    fields = {"release_date": register.now}
    register.file("release.publish-transparency-report", by="developer", case="v2", **fields)
    at = register.now
    register.file("release.deploy-modified", by="developer", case="v2", deployed_at=at)
    assert register.statuses("transparency-report-of-modified-model") == ["met"]
    assert register.owed("transparency-report") == []


def test_no_authority_has_an_act_in_the_case_of_a_release(book: Rulebook) -> None:
    assert {act.by for act in book.cases["release"].acts.values()} == {"developer"}


def test_a_deployed_model_is_not_stopped_by_a_bad_audit(audited: "Register") -> None:
    release(audited)
    assert audited.case("a").facts["deficient"] == ["loss_of_control"]
    assert audited.state("v1") == "deployed"


# ------------------------------------------------------------------ the audit


def licence(register: "Register", **said: Any) -> None:
    areas = list(register.book.areas)
    register.file("accreditation.apply", by="assessor", case="l")
    found = {"independent": True, "plan_adequate": True, "scope": areas} | said
    register.file("accreditation.grant", by="director", case="l", **found)


@pytest.fixture
def audited(register: "Register") -> "Register":
    """An IVO is licensed, retained, and has reported a deficiency."""
    licence(register)
    register.file("review.retain-ivo", by="developer", assessor="assessor")
    register.file("audit.accept", by="assessor", case="a", concerns="r", conflict=False)
    fields = {"accurate": True, "qualified": True, "complied": True}
    register.file("audit.report", by="assessor", case="a", deficient=["loss_of_control"], **fields)
    return register


class TestAudit:
    """Within a year of enactment and every six months, by a licensed IVO."""

    def test_comes_again_every_six_months(self, register: "Register") -> None:
        register.file("review.note-enactment", by="director", enacted_at=register.now)
        assert register.dues("audit") == ["2028-03-02T04:59:59Z"]
        licence(register)
        register.later(days=300)
        register.file("review.retain-ivo", by="developer", assessor="assessor")
        found = register.statuses("audit", "2028-10-01T00:00:00Z")
        assert found == ["met", "late", "running"]
        assert register.dues("framework") == ["2028-03-02T04:59:59Z"]

    def test_is_for_a_licensed_ivo_alone(self, register: "Register") -> None:
        refusal = register.refused("review.retain-ivo", by="developer", assessor="unlicensed")
        assert "holds a licence in force" in refusal
        assert "draft, 112(b) and (c)" in refusal

    @pytest.mark.parametrize("fault", ["independent", "plan_adequate"])
    def test_licence_needs_both_findings(self, register: "Register", fault: str) -> None:
        register.file("accreditation.apply", by="assessor", case="l")
        found = {"independent": True, "plan_adequate": True, "scope": list(register.book.areas)}
        refusal = register.refused(
            "accreditation.grant", by="director", case="l", **(found | {fault: False})
        )
        assert "112(a)(2)(B)" in refusal

    def test_ends_with_the_licence(self, register: "Register") -> None:
        licence(register)
        register.file("review.retain-ivo", by="developer", assessor="assessor")
        register.file("accreditation.revoke", by="director", case="l", ground="methods obsolete")
        refusal = register.refused(
            "audit.accept", by="assessor", case="a", concerns="r", conflict=False
        )
        assert "holds a licence in force" in refusal

    def test_is_refused_by_an_ivo_with_a_conflict(self, register: "Register") -> None:
        licence(register)
        register.file("review.retain-ivo", by="developer", assessor="assessor")
        refusal = register.refused(
            "audit.accept", by="assessor", case="a", concerns="r", conflict=True
        )
        assert "draft, 112(a)(1) and (e)(8)(C)" in refusal

    def test_is_answered_in_thirty_and_fourteen_days(self, audited: "Register") -> None:
        assert audited.dues("post-audit-report") == ["2027-04-01T03:59:59Z"]
        audited.later(days=10)
        audited.file("audit.submit-post-audit-report", by="developer", case="a")
        assert audited.statuses("post-audit-report") == ["met"]
        audited.later(days=15)
        assert audited.statuses("post-audit-actions") == ["late"]

    def test_is_supplemented_in_seven_days_and_answered_in_seven_and_twenty_one(
        self, audited: "Register"
    ) -> None:
        assert "no longer holds" in audited.refused(
            "audit.submit-supplement", by="assessor", case="a"
        )
        determined = {"determined_at": audited.now, "what": "acceptable mitigation"}
        audited.file("audit.overtake", by="assessor", case="a", **determined)
        assert audited.dues("supplemental-report") == ["2027-03-09T04:59:59Z"]
        audited.file("audit.submit-supplement", by="assessor", case="a")
        assert audited.statuses("supplemental-report") == ["met"]
        audited.later(days=8)
        assert audited.statuses("supplemental-response") == ["late"]
        assert audited.statuses("supplemental-actions") == ["running"]

    def test_leads_to_a_referral_in_seven_days_where_risk_is_imminent(
        self, audited: "Register"
    ) -> None:
        audited.file("audit.find-imminent", by="assessor", case="a", determined_at=audited.now)
        audited.later(days=6)
        audited.file("audit.refer", by="assessor", case="a")
        assert audited.statuses("referral") == ["met"]

    def test_is_kept_for_five_years_on_both_sides(self, audited: "Register") -> None:
        for duty in ("audit-records-of-developer", "audit-records-of-ivo"):
            assert audited.dues(duty) == ["2032-03-02T04:59:59Z"]

    def test_may_be_required_ad_hoc(self, register: "Register") -> None:
        register.file("review.require-audit", by="director", purpose="monitor change in risk")
        assert register.statuses("ad-hoc-audit") == ["running"]


# ------------------------------------------------------------------ incidents


def discover(register: "Register", **said: Any) -> None:
    fields = {"concerns": "r", "discovered_at": register.now, "class": "weights", "imminent": False}
    register.file("incident.discover", by="developer", case="i", **(fields | said))


class TestIncident:
    """Fifteen days from discovery, and 24 hours where lives are at imminent risk."""

    @pytest.mark.parametrize(
        ("at", "status"), [("2027-03-17T03:59:59Z", "met"), ("2027-03-17T04:00:00Z", "late")]
    )
    def test_is_reported_by_the_end_of_the_fifteenth_day(
        self, register: "Register", at: str, status: str
    ) -> None:
        discover(register)
        assert register.statuses("incident-report") == ["running"]
        register.until(at)
        fields = {"occurred_at": register.now, "internal_use": True}
        register.file("incident.report", by="developer", case="i", **fields)
        assert register.statuses("incident-report", "2030-01-01T00:00:00Z") == [status]

    def test_that_is_imminent_goes_to_law_enforcement_in_24_hours(
        self, register: "Register"
    ) -> None:
        discover(register, imminent=True)
        assert register.dues("incident-urgent") == ["2027-03-02T15:00:00Z"]
        register.later(hours=25)
        register.file("incident.notify-urgently", by="developer", case="i")
        assert register.statuses("incident-urgent") == ["late"]
        assert register.statuses("incident-report") == ["running"]

    def test_found_to_be_imminent_later_counts_from_then(self, register: "Register") -> None:
        discover(register)
        register.refused("incident.notify-urgently", by="developer", case="i")
        register.later(days=3)
        at = register.now
        register.file("incident.find-imminent", by="developer", case="i", discovered_at=at)
        assert register.dues("incident-urgent-later") == ["2027-03-05T15:00:00Z"]

    def test_is_reported_by_the_developer_of_the_model_and_by_no_other(
        self, register: "Register"
    ) -> None:
        discover(register)
        fields = {"occurred_at": register.now, "internal_use": False}
        refusal = register.refused("incident.report", by="rival", case="i", **fields)
        assert "Only the holder of r may do this." in refusal


# ------------------------------------------------------------------ enforcement and the rest


SUIT: dict[str, Any] = {"concerns": "r", "section": "audits", "statement": False}


class TestEnforcement:
    def test_is_not_for_the_director(self, register: "Register") -> None:
        refusal = register.refused("enforcement.file", by="director", case="e", **SUIT)
        assert "attorney general" in refusal

    def test_takes_a_finding_and_is_capped_by_the_day(self, register: "Register") -> None:
        register.file("enforcement.file", by="attorney-general", case="e", **SUIT)
        found = {"days": 30, "good_faith": False}
        assert "its time has run out" in register.refused(
            "enforcement.find", by="court", case="e", **found
        )
        register.later(days=22)
        register.file("enforcement.find", by="court", case="e", **found)
        refusal = register.refused("enforcement.penalise", by="court", case="e", amount="31e6")
        assert "draft, 111(i)(1) and 112(q)(2)(A)" in refusal
        register.file("enforcement.penalise", by="court", case="e", amount="30e6")
        register.file("enforcement.enjoin", by="court", case="e")
        register.file("enforcement.appeal", by="developer", case="e")
        register.file("enforcement.reverse", by="court", case="e")
        assert register.case("e").facts["enjoined"] is False

    def test_of_the_section_on_audits_reaches_large_developers_alone(
        self, make_register: "MakeRegister"
    ) -> None:
        register = make_register("us-gaaia", OPENED)
        register.file("review.declare", by="developer", **(FRONTIER | {"gross_revenue": "60e6"}))
        refusal = register.refused("enforcement.file", by="attorney-general", case="e", **SUIT)
        assert "section 112 large ones" in refusal
        suit = SUIT | {"section": "transparency"}
        register.file("enforcement.file", by="attorney-general", case="e", **suit)

    @pytest.mark.parametrize(
        ("said", "clause"),
        [
            ({"opted_in": False}, "111(i)(3)(A)"),
            ({"notice": False}, "111(i)(3)(A)"),
            ({"federal_action": True}, "111(i)(3)(D)"),
        ],
    )
    def test_by_a_state_takes_opting_in_and_notice_and_no_federal_action(
        self, register: "Register", said: dict[str, Any], clause: str
    ) -> None:
        fields = SUIT | {"opted_in": True, "notice": True, "federal_action": False}
        by = "state-attorney-general"
        refusal = register.refused("enforcement.file-for-state", by=by, case="e", **(fields | said))
        assert clause in refusal
        register.file("enforcement.file-for-state", by=by, case="e", **fields)
        register.file("enforcement.stay", by="court", case="e")
        register.file("enforcement.lift-stay", by="court", case="e")
        assert register.state("e") == "filed"

    def test_spares_a_statement_in_good_faith(self, register: "Register") -> None:
        suit = SUIT | {"section": "transparency", "statement": True}
        register.file("enforcement.file", by="attorney-general", case="e", **suit)
        register.file("enforcement.answer", by="developer", case="e")
        refusal = register.refused(
            "enforcement.find", by="court", case="e", days=1, good_faith=True
        )
        assert "draft, 111(d)(2)" in refusal


def test_a_complaint_of_retaliation_goes_to_court_after_180_days(register: "Register") -> None:
    register.file("retaliation.complain", by="employee", case="w")
    refusal = register.refused("retaliation.sue", by="employee", case="w")
    assert "180 days" in refusal
    register.later(days=181)
    register.file("retaliation.sue", by="employee", case="w")
    register.file("retaliation.judge", by="court", case="w")
    assert register.statuses("labor-decision") == ["late"]


def test_a_layoff_in_which_ai_was_a_factor_is_announced_as_such(register: "Register") -> None:
    register.file("layoff.plan", by="employer", case="j", ai_factor=True)
    refusal = register.refused("layoff.give-notice", by="employer", case="j", says_ai=False)
    assert "draft, 251" in refusal
    register.file("layoff.give-notice", by="employer", case="j", says_ai=True)
    register.later(days=59)
    register.file("layoff.record", by="employer", case="j", laid_off_at=register.now)
    assert register.statuses("layoff-notice") == ["late"]


class TestProgram:
    @pytest.fixture
    def enacted(self, register: "Register") -> "Register":
        register.file("program.enact", by="congress", case="p", enacted_at=register.now)
        return register

    def test_has_its_own_clocks(self, enacted: "Register") -> None:
        assert enacted.dues("center") == ["2027-05-01T03:59:59Z"]
        assert enacted.dues("incident-mechanism") == ["2027-08-29T03:59:59Z"]
        assert enacted.dues("layoff-guidance") == ["2027-12-27T04:59:59Z"]
        enacted.file("program.establish-center", by="commerce", case="p")
        assert enacted.dues("director") == ["2027-06-02T03:59:59Z"]

    def test_reports_by_2028_and_each_year(self, enacted: "Register") -> None:
        for duty in ("incident-statistics", "definitions-review"):
            assert enacted.dues(duty) == ["2028-01-02T04:59:59Z"]
        enacted.file("program.report-incidents", by="director", case="p")
        found = enacted.statuses("incident-statistics", "2029-06-01T00:00:00Z")
        assert found == ["met", "late", "running"]

    def test_ends_by_itself_after_three_years_unless_reauthorized(
        self, enacted: "Register"
    ) -> None:
        enacted.until("2030-02-01T00:00:00Z")
        enacted.file("program.reauthorize", by="congress", case="p")
        enacted.until("2033-01-31T00:00:00Z")
        assert enacted.state("p") == "in_effect"
        enacted.until("2033-02-01T05:00:00Z")
        assert enacted.state("p") == "ended"
        refusal = enacted.refused("program.reauthorize", by="congress", case="p")
        assert "draft, 111(l)" in refusal
