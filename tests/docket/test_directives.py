"""Directives to what is in service: told by the Agency, put in force by the court, tracked."""

from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.directives import affected, lineage
from holdshort.register.status import Status

if TYPE_CHECKING:
    from tests.docket.conftest import World

UNSAFE, CHILD, GRANDCHILD = "aa" * 32, "ab" * 32, "ac" * 32
PETITION = "ef" * 32
SAID: dict[str, Any] = {
    "ground": "finding",
    "area": "cybersecurity",
    "record": "bad",
    "weights": [],
    "models": [],
    "descendants_of": [UNSAFE],
    "time": "30-days",
    "alternatives": True,
}


@pytest.fixture
def unsafe(world: "World") -> "World":
    """A review with an unacceptable finding, and a cleared model trained from its weights."""
    world.weights = UNSAFE
    world.assessed({"cybersecurity": "unacceptable"}, case="bad")
    world.weights = CHILD
    declare = world.declare
    world.declare = lambda case="r", by="acme", **said: declare(  # type: ignore[method-assign]
        case, by, **({"model": "Sable 2", "parents": [UNSAFE]} | said)
    )
    world.cleared()
    return world


def draft(world: "World", case: str = "d", **said: Any) -> None:
    world.file("directive.draft", by="officer", case=case, **(SAID | said))


def issue(world: "World", case: str = "d", *, imminent: bool = False, **said: Any) -> None:
    draft(world, case, **said)
    world.file("directive.issue-immediately", by="officer", case=case, imminent=imminent)


def petition(world: "World", case: str = "d") -> None:
    for act, by in (
        ("draft-petition", "officer"),
        ("countersign", "counsel"),
        ("review-petition", "reviewer"),
        ("file-petition", "officer"),
    ):
        world.file(f"directive.{act}", by=by, case=case, petition=PETITION)


def in_force(world: "World", case: str = "d", **said: Any) -> None:
    issue(world, case, **said)
    petition(world, case)
    world.file("directive.put-in-force", by="judge", case=case)


def serve(world: "World", directive: str = "d", **said: Any) -> None:
    fields = {"concerns": "r", "directive": directive} | said
    world.file("compliance.serve", by="officer", case="c", **fields)


def ordered(world: "World") -> None:
    in_force(world)
    serve(world)
    world.file("compliance.answer", by="acme", case="c")
    world.file("compliance.order-within-30-days", by="judge", case="c")


def overdue(world: "World") -> None:
    ordered(world)
    world.later(days=31)
    assert world.state("c") == "overdue"


class TestWhatADirectiveIs:
    """An unsafe condition that the record bears out, stated with whom it concerns."""

    def test_an_unacceptable_finding_or_a_reported_incident_bears_it_out(
        self, unsafe: "World"
    ) -> None:
        draft(unsafe)
        told = {"discovered_at": unsafe.now, "class": "weights", "internal_use": False}
        unsafe.file("incident.report", by="rival", case="i", report="ab" * 32, **told)
        draft(unsafe, "d2", ground="incident", record="i")
        assert unsafe.state("d2") == "drafted"

    @pytest.mark.parametrize(
        "said",
        [
            {"area": "automated_rnd"},
            {"record": "r"},
            {"record": "nothing"},
            {"ground": "incident"},
        ],
    )
    def test_nothing_else_does(self, unsafe: "World", said: dict[str, Any]) -> None:
        refusal = unsafe.refused("directive.draft", by="officer", case="d", **(SAID | said))
        assert "bears out the unsafe condition" in refusal

    @pytest.mark.parametrize(
        "said",
        [
            {"descendants_of": []},
            {"descendants_of": ["Sable"]},
            {"weights": ["abc"]},
            {"models": ["Sable"]},
            {"models": [{"model": "Sable", "versions": "2"}]},
            {"models": [{"model": " "}]},
            {"supersedes": "bad"},
        ],
    )
    def test_it_says_to_what_it_applies(self, unsafe: "World", said: dict[str, Any]) -> None:
        refusal = unsafe.refused("directive.draft", by="officer", case="d", **(SAID | said))
        assert "names weights, models, or ancestors" in refusal

    def test_comments_are_asked_for_thirty_days_and_answered(self, unsafe: "World") -> None:
        draft(unsafe)
        unsafe.file("directive.open-comment", by="officer", case="d")
        unsafe.file("directive.comment", by="rival", case="d")
        assert "needs the state heard" in unsafe.refused("directive.issue", by="officer", case="d")
        unsafe.later(days=31)
        unsafe.file("directive.issue", by="officer", case="d")
        assert unsafe.state("d") == "issued"


class TestTheCourt:
    """A directive informs. Only the court makes it bind."""

    def test_the_agency_puts_nothing_in_force(self, unsafe: "World") -> None:
        issue(unsafe)
        petition(unsafe)
        for act in ("put-in-force", "order-provisionally"):
            refusal = unsafe.refused(f"directive.{act}", by="officer", case="d")
            assert "Only the court may do this" in refusal

    def test_nor_does_the_court_without_every_countersignature(self, unsafe: "World") -> None:
        issue(unsafe)
        refusal = unsafe.refused("directive.put-in-force", by="judge", case="d")
        assert "has petitioned, with every countersignature" in refusal

    def test_an_emergency_is_in_force_on_receipt_and_ends_unless_confirmed(
        self, unsafe: "World"
    ) -> None:
        issue(unsafe, imminent=True)
        petition(unsafe)
        unsafe.file("directive.order-provisionally", by="judge", case="d")
        assert unsafe.state("d") == "provisional"
        unsafe.later(days=15)
        assert unsafe.state("d") == "issued"
        refusal = unsafe.refused("directive.order-provisionally", by="judge", case="d")
        assert "has petitioned" in refusal

    def test_what_was_confirmed_with_a_hearing_stands_for_a_year(self, unsafe: "World") -> None:
        issue(unsafe, imminent=True)
        petition(unsafe)
        unsafe.file("directive.order-provisionally", by="judge", case="d")
        assert "hearing" in unsafe.refused(
            "directive.put-in-force", by="judge", case="d", hearing=""
        )
        unsafe.file("directive.put-in-force", by="judge", case="d")
        unsafe.later(days=200)
        assert unsafe.state("d") == "in_force"
        unsafe.later(days=200)
        assert unsafe.state("d") == "issued"

    def test_a_directive_that_is_not_in_force_bars_nobody(self, unsafe: "World") -> None:
        issue(unsafe)
        serve(unsafe)
        unsafe.file("compliance.answer", by="acme", case="c")
        for act in ("order-within-30-days", "order-provisionally"):
            said = {"imminent": True} if act == "order-provisionally" else {}
            refusal = unsafe.refused(f"compliance.{act}", by="judge", case="c", **said)
            assert "The court has put the directive in force" in refusal
        assert unsafe.status() is Status.VALID


class TestWhomItConcerns:
    """The docket computes it from weights, names and descent, whether or not anyone is served."""

    @pytest.mark.parametrize(
        ("said", "because"),
        [
            ({"weights": [CHILD]}, "by its weights"),
            ({"models": [{"model": "Sable"}]}, "by its name"),
            ({"models": [{"model": "Sable", "versions": ["1", "2"]}]}, "by its name"),
            ({"descendants_of": [UNSAFE]}, "by descent"),
        ],
    )
    def test_by_weights_by_name_and_by_descent(
        self, unsafe: "World", said: dict[str, Any], because: str
    ) -> None:
        issue(unsafe, **({"descendants_of": []} | said))
        (found,) = affected(unsafe.docket, unsafe.case("d"), unsafe.now)
        assert (found.review, found.holder, found.state) == ("r", "acme", "not served")
        assert found.because.startswith(because)
        serve(unsafe)
        (found,) = affected(unsafe.docket, unsafe.case("d"), unsafe.now)
        assert (found.served, found.state) == ("c", "served")

    @pytest.mark.parametrize(
        "said",
        [
            {"weights": [GRANDCHILD]},
            {"models": [{"model": "Sab"}]},
            {"models": [{"model": "Sable", "versions": ["3"]}]},
            {"descendants_of": [CHILD]},
        ],
    )
    def test_others_are_not_served(self, unsafe: "World", said: dict[str, Any]) -> None:
        issue(unsafe, **({"descendants_of": []} | said))
        assert affected(unsafe.docket, unsafe.case("d"), unsafe.now) == []
        refusal = unsafe.refused(
            "compliance.serve", by="officer", case="c", concerns="r", directive="d"
        )
        assert "d does not apply to Sable 2" in refusal

    def test_descent_is_followed_through_every_declaration(self, unsafe: "World") -> None:
        unsafe.declare("r2", weights=GRANDCHILD, parents=[CHILD], model="Other")
        assert lineage(unsafe.docket, unsafe.case("r2")) == [CHILD, UNSAFE]

    def test_descent_that_turns_in_a_circle_ends(self, unsafe: "World") -> None:
        unsafe.declare("r2", weights=GRANDCHILD, parents=[GRANDCHILD, CHILD], model="Other")
        assert lineage(unsafe.docket, unsafe.case("r2")) == [GRANDCHILD, CHILD, UNSAFE]

    def test_a_model_without_a_clearance_is_not_in_service(self, unsafe: "World") -> None:
        issue(unsafe)
        refusal = unsafe.refused(
            "compliance.serve", by="officer", case="c", concerns="bad", directive="d"
        )
        assert "bad holds no clearance" in refusal

    def test_nobody_is_served_twice(self, unsafe: "World") -> None:
        issue(unsafe)
        serve(unsafe)
        refusal = unsafe.refused(
            "compliance.serve-by-register", by="register", case="c2", concerns="r", directive="d"
        )
        assert "It is served on it already, as c." in refusal


class TestTheClock:
    """After its time a bar begins by itself; compliance, other means and a stay end it."""

    def test_the_court_gives_the_time_that_the_directive_states(self, unsafe: "World") -> None:
        in_force(unsafe)
        serve(unsafe)
        unsafe.file("compliance.answer", by="acme", case="c")
        refusal = unsafe.refused("compliance.order-within-72-hours", by="judge", case="c")
        assert "the one that the directive states" in refusal

    def test_nobody_is_ordered_before_it_has_answered_or_its_time_is_out(
        self, unsafe: "World"
    ) -> None:
        in_force(unsafe)
        serve(unsafe)
        refusal = unsafe.refused("compliance.order-within-30-days", by="judge", case="c")
        assert "has answered, or its time has run out" in refusal
        unsafe.later(days=20)
        unsafe.file("compliance.order-within-30-days", by="judge", case="c")

    def test_a_bar_begins_by_itself_when_the_time_is_over(self, unsafe: "World") -> None:
        ordered(unsafe)
        unsafe.later(days=29)
        assert unsafe.status() is Status.VALID
        unsafe.later(days=2)
        assert unsafe.state("c") == "overdue"
        assert unsafe.status() is Status.SUSPENDED
        (found,) = affected(unsafe.docket, unsafe.case("d"), unsafe.now)
        assert found.late

    def test_late_compliance_ends_it_at_once(self, unsafe: "World") -> None:
        overdue(unsafe)
        unsafe.file("compliance.report-late-compliance", by="acme", case="c", evidence="cd" * 32)
        assert unsafe.status() is Status.VALID
        unsafe.file("compliance.accept-compliance", by="officer", case="c")
        (found,) = affected(unsafe.docket, unsafe.case("d"), unsafe.now)
        assert found.complied

    def test_a_second_report_ends_it_when_it_is_accepted(self, unsafe: "World") -> None:
        ordered(unsafe)
        unsafe.file("compliance.report-compliance", by="acme", case="c", evidence="cd" * 32)
        unsafe.file("compliance.reject-compliance", by="officer", case="c")
        unsafe.later(minutes=1)
        unsafe.file("compliance.order-within-30-days", by="judge", case="c")
        unsafe.later(days=31)
        refusal = unsafe.refused(
            "compliance.report-late-compliance", by="acme", case="c", evidence="cd" * 32
        )
        assert "No earlier report in this case was rejected" in refusal
        unsafe.file("compliance.claim-compliance", by="acme", case="c", evidence="ce" * 32)
        assert unsafe.status() is Status.SUSPENDED
        unsafe.later(days=10)
        unsafe.file("compliance.take-stay", by="acme", case="c")
        assert unsafe.status() is Status.VALID

    def test_more_time_is_given_with_reasons(self, unsafe: "World") -> None:
        ordered(unsafe)
        assert "More time was asked for" in unsafe.refused(
            "compliance.extend", by="judge", case="c"
        )
        unsafe.file("compliance.ask-extension", by="acme", case="c")
        unsafe.later(days=20)
        unsafe.file("compliance.extend", by="judge", case="c")
        unsafe.later(days=20)
        assert unsafe.state("c") == "ordered"

    def test_other_means_meet_it_where_the_directive_allows_them(self, unsafe: "World") -> None:
        overdue(unsafe)
        unsafe.file("compliance.propose-alternative-means", by="acme", case="c")
        unsafe.file("compliance.approve-alternative", by="officer", case="c")
        assert unsafe.status() is Status.VALID

    def test_and_nowhere_else(self, unsafe: "World") -> None:
        issue(unsafe, alternatives=False)
        serve(unsafe)
        refusal = unsafe.refused("compliance.propose-alternative-means", by="acme", case="c")
        assert "allows other means" in refusal

    def test_a_provisional_order_bars_at_once_and_ends_by_itself(self, unsafe: "World") -> None:
        issue(unsafe, imminent=True)
        petition(unsafe)
        unsafe.file("directive.order-provisionally", by="judge", case="d")
        serve(unsafe)
        unsafe.file("compliance.order-provisionally", by="judge", case="c", imminent=True)
        assert unsafe.status() is Status.SUSPENDED
        unsafe.later(days=8)
        assert unsafe.status() is Status.VALID
        refusal = unsafe.refused(
            "compliance.order-provisionally", by="judge", case="c", imminent=True
        )
        assert "A case has one provisional order" in refusal


class TestWaysOut:
    """Whoever is ordered appeals, and nothing rests on a directive that has ended."""

    def test_an_appeal_with_a_stay(self, unsafe: "World") -> None:
        overdue(unsafe)
        unsafe.file("compliance.appeal", by="acme", case="c", because="error-of-fact")
        unsafe.file("compliance.apply-for-stay", by="acme", case="c")
        unsafe.file("compliance.grant-stay", by="judge", case="c")
        assert unsafe.status() is Status.VALID
        unsafe.file("compliance.end-stay", by="judge", case="c")
        assert unsafe.state("c") == "ordered"

    def test_a_stay_as_of_right_when_the_court_is_late(self, unsafe: "World") -> None:
        overdue(unsafe)
        unsafe.file("compliance.appeal", by="acme", case="c", because="error-of-fact")
        refusal = unsafe.refused("compliance.take-stay", by="acme", case="c")
        assert "is late with it" in refusal
        unsafe.later(days=31)
        unsafe.file("compliance.take-stay", by="acme", case="c")

    def test_a_superseded_directive_bars_nobody(self, unsafe: "World") -> None:
        overdue(unsafe)
        issue(unsafe, "d2")
        refusal = unsafe.refused("directive.supersede", by="officer", case="d", successor="d2")
        assert "takes the place of this directive" in refusal
        issue(unsafe, "d3", supersedes="d")
        unsafe.file("directive.supersede", by="officer", case="d", successor="d3")
        unsafe.file("compliance.close", by="rival", case="c")
        assert unsafe.status() is Status.VALID

    def test_nobody_closes_while_the_directive_is_in_force(self, unsafe: "World") -> None:
        overdue(unsafe)
        refusal = unsafe.refused("compliance.close", by="acme", case="c")
        assert "superseded or withdrawn" in refusal

    def test_only_the_holder_answers(self, unsafe: "World") -> None:
        ordered(unsafe)
        refusal = unsafe.refused(
            "compliance.report-compliance", by="rival", case="c", evidence="cd" * 32
        )
        assert "Only the holder of r may do this" in refusal
