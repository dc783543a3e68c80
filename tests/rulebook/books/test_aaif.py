"""The Advanced AI Framework: its numbers, whom it covers, and a walk through its cases.

The review before deployment and the restriction are walked through in ``tests/docket``.
"""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from holdshort.rulebook.expression import Unknown
from holdshort.rulebook.load import open_rulebook
from holdshort.rulebook.model import Duty, Rulebook
from holdshort.rulebook.render import render

if TYPE_CHECKING:
    from tests.rulebook.books.conftest import MakeRegister, Register

OPENED = "2026-11-02T14:00:00Z"  # nine in the morning of a Monday in New York
COVERED: dict[str, Any] = {"training_compute": "3e25", "ai_revenue": "1e9"}
NEW_MODEL: dict[str, Any] = {"more_capable": True, "weaker_safeguards": False}
SOUGHT: dict[str, Any] = {
    "remedy": "bar-further",
    "considered": ["conditions", "fine"],
    "less_restrictive_options": {"conditions": "Were not kept.", "fine": "Was paid."},
}
INCIDENT: dict[str, Any] = {"class": "deception", "internal_use": True}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return open_rulebook("aaif")


@pytest.fixture
def register(make_register: "MakeRegister") -> "Register":
    """A register on which a covered developer has declared a model."""
    made = make_register("aaif", OPENED, rival="developer", other="assessor")
    made.file("review.declare", by="developer", **COVERED)
    return made


# ------------------------------------------------------------------ the numbers


def time(duty: Duty) -> str:
    """The time of a duty in words."""
    kinds = {"within": duty.within, "ahead": duty.ahead, "keeps": duty.keeps}
    return next((f"{kind} {amount}" for kind, amount in kinds.items() if amount), "within unknown")


# duty | by whom | from what on | time | again | filing
DUTIES = """
pre-deployment-testing   | developer | covered                      | within unknown   | |
results-before-release   | developer | placed-on-market             | ahead 0 days     | |
system-card              | developer | placed-on-market             | ahead 0 days     | | transparency-report
risk-report              | developer | covered                      | within 6 months  | 6 months | risk-report
compliance-certification | developer | covered                      | within 12 months | 12 months | certification
safety-framework         | developer | programme.open               | within unknown   | | framework
security-programme       | developer | programme.open               | within unknown   | |
security-detail          | developer | programme.ask-for-security-detail | within unknown | |
flow-down                | developer | programme.open               | within unknown   | |
whistleblower-channel    | developer | programme.open               | within unknown   | |
evaluator-engagement     | developer | programme.open               | within unknown   | | audit
evaluator-access         | developer | programme.accept-engagement  | within unknown   | |
evaluator-review         | assessor  | programme.give-access        | within unknown   | | audit
incident-report          | developer | incident-discovered          | within 15 days   | | incident-initial
criteria-review          | authority.case-officer | criteria.open   | within 12 months | 12 months |
determination            | authority.decision-maker | review.conclude | within 20 business days (us-federal) | |
answer-to-notice         | developer | restriction.give-notice      | within 10 business days (us-federal) | |
answer-to-allegation     | developer | violation.give-notice        | within 10 business days (us-federal) | |
answer-to-notice-of-order | developer | restriction.give-notice-of-order | within 5 business days (us-federal) | |
authority-commitment     | authority.case-officer | review.commit-developer | within 5 business days (us-federal) | |
authority-reveal         | authority.case-officer | review.witness-draw | within 2 business days (us-federal) | |
developer-reveal         | developer | authority-revealed           | within 2 business days (us-federal) | |
assignment               | authority.case-officer | review.reveal-developer | within 2 business days (us-federal) | |
protocol                 | assessor  | review.assign                | within 20 business days (us-federal) | |
testing                  | assessor  | review.contribute-seed       | within 60 business days (us-federal) | |
proficiency-answer       | assessor  | proficiency.plant            | within 20 business days (us-federal) | |
proficiency-score        | authority.accreditor | proficiency.answer | within 10 business days (us-federal) | |
rating-renewal           | authority.accreditor | rating.publish    | within 12 months | 12 months |
hearing-on-provisional-order | court  | restriction.order-provisionally | within 7 days | |
answer-to-stay           | court     | restriction.apply-for-stay   | within 3 business days (us-federal) | |
decision-on-appeal       | court     | restriction.appeal           | within 30 days   | |
answer-to-correction     | court     | restriction.report-correction | within 10 business days (us-federal) | |
answer-to-stay-of-bar    | court     | violation.apply-for-stay     | within 3 business days (us-federal) | |
decision-on-violation-appeal | court | violation.appeal             | within 30 days   | |
answer-to-violation-correction | court | violation.correct          | within 10 business days (us-federal) | |
decision-on-determination-appeal | court | determination-appealed   | within 30 days   | |
new-determination        | authority.decision-maker | review.remit  | within 10 business days (us-federal) | |
record-of-contact        | authority | contact-received             | within 2 business days (us-federal) | |
similarity-answer         | assessor  | similarity.claim             | within 20 business days (us-federal) | |
similarity-determination  | authority.decision-maker | similarity.confirm | within 10 business days (us-federal) | |
review-after-loss         | developer | similarity.note-loss         | within 6 months  | |
answer-for-base           | developer | change.file                  | within 10 business days (us-federal) | |
change-class              | assessor  | change.file                  | within 20 business days (us-federal) | |
change-testing            | assessor  | change.contribute-seed       | within 60 business days (us-federal) | |
change-determination      | authority.decision-maker | change.conclude | within 10 business days (us-federal) | |
answer-to-contest         | developer | change.contest               | within 10 business days (us-federal) | |
decision-on-change-appeal | court     | change.appeal                | within 30 days   | |
document-review           | authority.accreditor | accreditation.apply | within 30 days  | |
accreditation-decision    | authority.accreditor | accreditation.review-documents | within 6 months | |
surveillance              | authority.accreditor | accreditation.grant | within 24 months | 24 months |
accreditation-renewal     | assessor  | accreditation-runs           | within 12 months | |
major-change              | assessor  | assessor-changed             | within 30 days   | |
answer-to-accreditation-notice | assessor | accreditation.give-notice | within 30 days  | |
hearing-on-suspension     | authority.accreditor | accreditation.suspend-at-once | within 45 days | |
decision-on-accreditation-appeal | court | accreditation.appeal      | within 30 days   | |
answer-to-starvation      | developer | engagement.record-starvation | within 5 business days (us-federal) | |
acknowledgement          | developer | directive-served             | within 2 business days (us-federal) | |
answer-to-directive      | developer | directive-served             | within 10 business days (us-federal) | |
answer-to-compliance-report | authority.case-officer | compliance-reported | within 10 business days (us-federal) | |
answer-to-compliance-claim | authority.case-officer | compliance.claim-compliance | within 5 business days (us-federal) | |
answer-to-alternative-means | authority.case-officer | compliance.propose-alternative-means | within 10 business days (us-federal) | |
answer-to-stay-of-compliance | court | compliance.apply-for-stay    | within 3 business days (us-federal) | |
decision-on-compliance-appeal | court | compliance.appeal           | within 30 days   | |
decision-on-special-condition | court | special-condition.appeal    | within 30 days   | |
position-of-developer    | developer | issue-paper.open-by-authority | within 15 business days (us-federal) | |
position-of-authority    | authority.case-officer | issue-paper.open-by-developer | within 15 business days (us-federal) | |
answer-to-waiver         | authority.decision-maker | waiver-sought | within 10 business days (us-federal) | |
decision-on-waiver       | court     | waiver.appeal                | within 30 days   | |
"""  # noqa: E501


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


@pytest.mark.parametrize("row", rows(DUTIES), ids=lambda row: row[0])
def test_each_duty_is_that_of_the_proposal(book: Rulebook, row: list[str]) -> None:
    id_, by, starts, stated, every, filing = row
    duty = book.duties[id_]
    assert duty.owed_by == by
    assert starts in (duty.event, duty.starts[0].act)
    assert time(duty) == stated
    assert str(duty.every or "") == every
    assert (duty.filing or "") == filing


def test_there_is_no_other_duty(book: Rulebook) -> None:
    assert {row[0] for row in rows(DUTIES)} == set(book.duties)


def test_every_time_that_no_source_sets_is_marked_or_unknown(book: Rulebook) -> None:
    """Numbers of our own are cited as choices; the rest is the proposal's."""
    chosen = {id_ for id_, duty in book.duties.items() if duty.clause.source_id == "house"}
    assert {id_ for id_ in chosen if book.duties[id_].within} == {
        "determination",
        "answer-to-notice",
        "answer-to-allegation",
        "answer-to-notice-of-order",
        "authority-commitment",
        "authority-reveal",
        "developer-reveal",
        "assignment",
        "protocol",
        "testing",
        "proficiency-answer",
        "proficiency-score",
        "rating-renewal",
        "hearing-on-provisional-order",
        "answer-to-stay",
        "decision-on-appeal",
        "answer-to-correction",
        "answer-to-stay-of-bar",
        "decision-on-violation-appeal",
        "answer-to-violation-correction",
        "decision-on-determination-appeal",
        "new-determination",
        "record-of-contact",
        "similarity-answer",
        "similarity-determination",
        "review-after-loss",
        "answer-for-base",
        "change-class",
        "change-testing",
        "change-determination",
        "answer-to-contest",
        "decision-on-change-appeal",
        "document-review",
        "accreditation-decision",
        "hearing-on-suspension",
        "answer-to-starvation",
        "acknowledgement",
        "answer-to-directive",
        "answer-to-compliance-report",
        "answer-to-compliance-claim",
        "answer-to-alternative-means",
        "answer-to-stay-of-compliance",
        "decision-on-compliance-appeal",
        "decision-on-special-condition",
        "position-of-developer",
        "position-of-authority",
        "answer-to-waiver",
        "decision-on-waiver",
    }


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("compute_threshold", "1e25"),
        ("revenue_threshold", "5e8"),
        ("rnd_threshold", "1e9"),
        ("tickets_high", "4"),
        ("tickets_standard", "2"),
        ("tickets_new", "1"),
        ("tickets_low", "0"),
        ("proficiency_percent", "80"),
        ("rating_high_percent", "90"),
        ("rating_low_percent", "70"),
        ("rating_reversals", "1"),
        ("rating_late", "2"),
    ],
)
def test_each_threshold_is_that_of_the_proposal(book: Rulebook, value: str, number: str) -> None:
    in_force = book.values[value].on(date(2026, 11, 2))
    assert in_force is not None
    assert in_force.value == Decimal(number)


def test_no_penalty_has_a_number_for_no_source_gives_one(book: Rulebook) -> None:
    assert set(book.penalties) == {
        "false-statement",
        "inadequate-mitigation",
        "duty-undone",
        "starved-evaluation",
        "retaliation",
    }
    for penalty in book.penalties.values():
        assert penalty.amount is None
        assert "percentage" in (penalty.clause.conflict or "")


# ------------------------------------------------------------------ coverage


@pytest.mark.parametrize(
    ("compute", "revenue", "spending", "covered"),
    [
        ("1.1e25", "5.1e8", "0", True),
        ("1.1e25", "0", "1.1e9", True),
        ("1.1e25", "5.1e8", None, True),
        ("1e25", "5.1e8", "1.1e9", False),  # at the threshold is not above it
        ("1.1e25", "5e8", "1e9", False),
        ("9e24", None, None, False),
        ("1.1e25", None, None, None),
        (None, "5.1e8", "1.1e9", None),
        ("1.1e25", "4e8", None, None),
    ],
)
def test_coverage_is_compute_and_one_of_two_sizes(
    book: Rulebook,
    compute: str | None,
    revenue: str | None,
    spending: str | None,
    covered: bool | None,
) -> None:
    def known(**facts: str | None) -> dict[str, object]:
        return {name: Decimal(value) for name, value in facts.items() if value is not None}

    values = {name: value.history[-1].value for name, value in book.values.items()}
    decided = book.coverage.when.decide(
        {
            "model": known(training_compute=compute),
            "developer": known(ai_revenue=revenue, ai_rnd_spend=spending),
            "value": values,
        }
    )
    assert (None if isinstance(decided, Unknown) else decided) is covered


# ------------------------------------------------------------------ what comes with a model


class TestRelease:
    """The system card and the results are out when the model is."""

    def place(self, register: "Register", **said: Any) -> None:
        register.file("review.place-on-market", by="developer", placed_at=register.now, **said)

    def test_a_card_published_before_is_in_time(self, register: "Register") -> None:
        register.file("review.publish-system-card", by="developer")
        register.later(days=1)
        self.place(register, **NEW_MODEL)
        assert register.statuses("system-card") == ["met"]

    def test_a_card_published_after_is_late(self, register: "Register") -> None:
        self.place(register, **NEW_MODEL)
        register.later(days=2)
        assert register.statuses("system-card") == ["late"]
        register.file("review.publish-system-card", by="developer")
        assert register.statuses("system-card") == ["late"]

    def test_results_that_are_not_out_at_the_release_are_late(self, register: "Register") -> None:
        self.place(register, **NEW_MODEL)
        register.later(days=2)
        assert register.statuses("results-before-release") == ["late"]

    @pytest.mark.parametrize("weaker", [True, False])
    def test_a_model_no_more_capable_needs_a_card_only_under_weaker_safeguards(
        self, register: "Register", weaker: bool
    ) -> None:
        self.place(register, more_capable=False, weaker_safeguards=weaker)
        assert bool(register.owed("system-card")) is weaker

    def test_only_the_developer_of_the_model_records_its_deployment(
        self, register: "Register"
    ) -> None:
        refusal = register.refused(
            "review.place-on-market", by="rival", placed_at=register.now, **NEW_MODEL
        )
        assert "Only the holder" in refusal


class TestReports:
    """What a covered developer files again and again."""

    def test_a_risk_report_every_six_months_is_in_time(self, register: "Register") -> None:
        for instant in ("2027-04-30T12:00:00Z", "2027-10-30T12:00:00Z"):
            register.until(instant)
            register.file("review.report-risk", by="developer", redacted=False)
        assert register.statuses("risk-report", "2027-11-01T00:00:00Z") == ["met", "met"]

    def test_a_year_without_a_certificate_is_late(self, register: "Register") -> None:
        assert register.dues("compliance-certification") == ["2027-11-03T03:59:59Z"]
        register.until("2027-11-03T04:00:00Z")
        register.file("review.certify", by="developer")
        assert register.statuses("compliance-certification") == ["late", "running"]

    def test_whoever_is_not_covered_owes_none(self, make_register: "MakeRegister") -> None:
        register = make_register("aaif", OPENED)
        register.file("review.declare", by="developer", training_compute="9e24")
        assert register.docket.duties("2028-01-01T00:00:00Z") == []


# ------------------------------------------------------------------ incidents


class TestIncident:
    """A critical safety incident is reported within 15 days of its discovery."""

    def report(self, register: "Register", discovered_at: str) -> None:
        register.file(
            "incident.report", by="developer", case="i", discovered_at=discovered_at, **INCIDENT
        )

    def test_a_report_on_the_fifteenth_day_is_in_time(self, register: "Register") -> None:
        register.until("2026-11-18T03:00:00Z")  # the evening of the 17th in New York
        self.report(register, "2026-11-02T15:00:00Z")
        assert register.dues("incident-report") == ["2026-11-18T04:59:59Z"]
        assert register.statuses("incident-report") == ["met"]

    def test_a_report_on_the_sixteenth_is_late(self, register: "Register") -> None:
        register.until("2026-11-18T05:00:00Z")
        self.report(register, "2026-11-02T15:00:00Z")
        assert register.statuses("incident-report") == ["late"]

    def test_a_note_that_was_withdrawn_in_time_asks_for_no_report(
        self, register: "Register"
    ) -> None:
        register.file(
            "incident.note",
            by="case-officer",
            case="i",
            developer="developer",
            discovered_at=register.now,
        )
        assert register.statuses("incident-report") == ["running"]
        register.file("incident.withdraw-note", by="case-officer", case="i")
        assert register.owed("incident-report", "2030-01-01T00:00:00Z") == []

    def test_what_the_agency_notes_and_nobody_reports_runs_late(self, register: "Register") -> None:
        register.file(
            "incident.note",
            by="case-officer",
            case="i",
            developer="developer",
            discovered_at=register.now,
        )
        (item,) = register.owed("incident-report")
        assert (item.party, item.status) == ("developer", "running")
        register.later(days=16)
        register.file("incident.report-noted", by="developer", case="i", **INCIDENT)
        assert register.statuses("incident-report") == ["late"]

    def test_a_report_can_be_amended_also_after_it_is_over(self, register: "Register") -> None:
        self.report(register, register.now)
        register.file("incident.amend", by="developer", case="i")
        register.file("incident.resolve", by="developer", case="i", resolved_at=register.now)
        register.file("incident.amend", by="developer", case="i")
        assert register.state("i") == "resolved"

    def test_nobody_amends_the_report_of_another(self, register: "Register") -> None:
        self.report(register, register.now)
        refusal = register.refused("incident.amend", by="rival", case="i")
        assert "Only the holder of i may do this." in refusal
        assert "house, as in SB 53" in refusal


# ------------------------------------------------------------------ the standing programme


class TestProgramme:
    """Framework, security, channel, evaluator: owed once, with no time that a source sets."""

    MEETS = (
        ("safety-framework", "publish-framework"),
        ("security-programme", "describe-security"),
        ("flow-down", "bind-partners"),
        ("whistleblower-channel", "open-channel"),
    )

    @pytest.fixture
    def programme(self, register: "Register") -> "Register":
        register.file("programme.open", by="developer", case="p", covered_since=register.now)
        return register

    def engage(self, register: "Register", evaluator: str = "assessor") -> None:
        register.file("programme.engage-evaluator", by="developer", case="p", evaluator=evaluator)

    def accept(self, register: "Register", by: str = "assessor") -> None:
        register.file(
            "programme.accept-engagement",
            by=by,
            case="p",
            financial_interest=False,
            major_conflict=False,
        )

    @pytest.mark.parametrize(("duty", "act"), MEETS)
    def test_each_obligation_runs_until_it_is_met_and_is_never_late(
        self, programme: "Register", duty: str, act: str
    ) -> None:
        assert programme.statuses(duty, "2040-01-01T00:00:00Z") == ["running"]
        programme.file(f"programme.{act}", by="developer", case="p")
        assert programme.statuses(duty) == ["met"]

    def test_a_framework_names_the_officer_who_answers_for_it(self, programme: "Register") -> None:
        refusal = programme.refused(
            "programme.publish-framework", by="developer", case="p", accountable_officer=None
        )
        assert "The act must state 'accountable_officer'" in refusal

    def test_security_detail_is_owed_once_the_agency_asks(self, programme: "Register") -> None:
        assert programme.owed("security-detail") == []
        programme.file("programme.ask-for-security-detail", by="case-officer", case="p")
        assert programme.statuses("security-detail") == ["running"]
        programme.file("programme.give-security-detail", by="developer", case="p")
        assert programme.statuses("security-detail") == ["met"]

    def test_the_evaluator_engaged_publishes_its_review(self, programme: "Register") -> None:
        self.engage(programme)
        assert programme.statuses("evaluator-engagement") == ["running"]
        self.accept(programme)
        assert programme.statuses("evaluator-engagement") == ["met"]
        programme.file("programme.give-access", by="developer", case="p")
        (item,) = programme.owed("evaluator-review")
        assert (item.party, item.status) == ("assessor", "running")
        filed = programme.file("review.report-risk", by="developer", redacted=False)
        programme.file("programme.publish-review", by="assessor", case="p", report=filed.index)
        assert programme.statuses("evaluator-review") == ["met"]

    @pytest.mark.parametrize("interest", ["financial_interest", "major_conflict"])
    def test_whoever_has_an_interest_is_no_evaluator(
        self, programme: "Register", interest: str
    ) -> None:
        self.engage(programme)
        said = {"financial_interest": False, "major_conflict": False, interest: True}
        refusal = programme.refused("programme.accept-engagement", by="assessor", case="p", **said)
        assert "aaif, independent evaluation design" in refusal

    def test_nothing_is_reviewed_before_the_whole_report_is_given(
        self, programme: "Register"
    ) -> None:
        self.engage(programme)
        refusal = programme.refused("programme.give-access", by="developer", case="p")
        assert "An evaluator has accepted." in refusal
        self.accept(programme)
        refusal = programme.refused("programme.publish-review", by="assessor", case="p", report=0)
        assert "The evaluator reviews the whole risk report." in refusal

    def test_another_evaluator_starts_afresh(self, programme: "Register") -> None:
        self.engage(programme)
        self.accept(programme)
        programme.file("programme.give-access", by="developer", case="p")
        self.engage(programme, "other")
        self.accept(programme, by="other")
        assert "Only the evaluator of p" in programme.refused(
            "programme.publish-review", by="assessor", case="p", report=0
        )
        assert "reviews the whole risk report" in programme.refused(
            "programme.publish-review", by="other", case="p", report=0
        )


# ------------------------------------------------------------------ violations and remedies


class TestViolation:
    """The ladder of remedies: the Agency sues, the court decides, and the way out stays open."""

    @pytest.fixture
    def noticed(self, register: "Register") -> "Register":
        self.allege(register)
        register.file("violation.give-notice", by="case-officer", case="v", **SOUGHT)
        register.file("violation.draft-petition", by="case-officer", case="v", **SOUGHT)
        register.file("violation.countersign", by="counsel", case="v")
        register.file("violation.review-petition", by="technical-reviewer", case="v")
        register.file("violation.file-petition", by="case-officer", case="v")
        return register

    def allege(self, register: "Register", case: str = "v") -> None:
        register.file(
            "violation.allege",
            by="case-officer",
            case=case,
            concerns="r",
            violation="inadequate-mitigation",
        )

    @pytest.fixture
    def found(self, noticed: "Register") -> "Register":
        noticed.file("violation.answer", by="developer", case="v")
        noticed.file("violation.find", by="court", case="v")
        return noticed

    def test_further_models_are_barred_until_the_violation_is_corrected(
        self, found: "Register"
    ) -> None:
        found.file("violation.bar-further", by="court", case="v")
        assert found.state("v") == "further_barred"
        found.file("violation.correct", by="developer", case="v")
        found.file("violation.close", by="court", case="v")
        assert found.state("v") == "corrected"

    def test_the_agency_imposes_nothing_itself(self, noticed: "Register") -> None:
        for act in ("find", "dismiss"):
            refusal = noticed.refused(f"violation.{act}", by="case-officer", case="v")
            assert "Only the court may do this" in refusal

    def test_no_finding_before_the_developer_answered_or_its_time_ran_out(
        self, noticed: "Register"
    ) -> None:
        refusal = noticed.refused("violation.find", by="court", case="v")
        assert "The developer has answered or its time has run out. [aaif, process: fair]" in (
            refusal
        )
        # Ten business days, of which Veterans Day (11 November) is none.
        assert noticed.dues("answer-to-allegation") == ["2026-11-18T04:59:59Z"]
        noticed.until("2026-11-18T05:00:00Z")
        noticed.file("violation.find", by="court", case="v")
        assert noticed.state("v") == "found"

    def test_no_fine_and_no_bar_without_a_finding(self, noticed: "Register") -> None:
        for act, said in (("fine", {"amount": "1e6"}), ("bar-further", {})):
            assert "It needs the state found" in noticed.refused(
                f"violation.{act}", by="court", case="v", **said
            )

    def test_one_violation_is_fined_once(self, found: "Register") -> None:
        found.file("violation.fine", by="court", case="v", amount="1e6")
        assert "One violation is fined once." in found.refused(
            "violation.fine", by="court", case="v", amount="1e6"
        )

    def test_a_finding_that_is_quashed_leaves_nothing(self, found: "Register") -> None:
        found.file("violation.fine", by="court", case="v", amount="1e6")
        found.file("violation.bar-further", by="court", case="v")
        assert "An appeal is pending." in found.refused("violation.quash", by="court", case="v")
        found.file("violation.appeal", by="developer", case="v", because="error-of-fact")
        found.file("violation.quash", by="court", case="v")
        assert found.state("v") == "dismissed"
        assert found.case("v").facts["found"] is False
        assert found.case("v").facts["fined"] is False

    def test_whoever_is_not_covered_commits_none(self, make_register: "MakeRegister") -> None:
        register = make_register("aaif", OPENED)
        register.file("review.declare", by="developer", training_compute="9e24")
        for violation in ("duty-undone", "retaliation", "inadequate-mitigation"):
            said = {"concerns": "r", "violation": violation}
            refusal = register.refused("violation.allege", by="case-officer", case="v", **said)
            assert "The violations listed are those of a covered developer" in refusal

    def test_save_by_the_false_statement_that_may_be_why(
        self, make_register: "MakeRegister"
    ) -> None:
        register = make_register("aaif", OPENED)
        register.file("review.declare", by="developer", training_compute="9e24")
        said = {"concerns": "r", "violation": "false-statement"}
        register.file("violation.allege", by="case-officer", case="v", **said)
        assert register.state("v") == "alleged"

    def test_only_the_developer_concerned_answers(self, noticed: "Register") -> None:
        assert "Only the holder of r" in noticed.refused("violation.answer", by="rival", case="v")


# ------------------------------------------------------------------ upkeep of the criteria


def test_the_criteria_are_reviewed_every_year_with_four_groups_heard(register: "Register") -> None:
    register.file("criteria.open", by="case-officer", case="c")
    for group in ("industry", "academia", "government"):
        register.file("criteria.hear", by="case-officer", case="c", group=group)
    refusal = register.refused("criteria.publish", by="case-officer", case="c", change=False)
    assert "All four groups were heard. [aaif, threshold upkeep: input]" in refusal
    register.file("criteria.hear", by="case-officer", case="c", group="civil-society")
    register.file("criteria.publish", by="case-officer", case="c", change=False)
    assert register.statuses("criteria-review") == ["met"]
    # The next round hears them again.
    register.later(days=400)
    assert register.statuses("criteria-review") == ["met", "running"]
    assert "All four groups" in register.refused(
        "criteria.publish", by="case-officer", case="c", change=False
    )


# ------------------------------------------------------------------ what is left open


@pytest.mark.parametrize(
    "open_question",
    [
        "no source gives a percentage",
        "It starts within six months of enactment.",
        "internal deployment",
        "modeldex.dev",
        "No source sets a time; this one is a choice of this book.",
        "What is cleared already stays cleared",
    ],
)
def test_what_sources_leave_open_stands_in_the_document(book: Rulebook, open_question: str) -> None:
    assert open_question in " ".join(render(book).split())
