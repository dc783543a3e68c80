"""What changes from one book to another is said in words, and for whom."""

from importlib import resources

from holdshort.rulebook.difference import Change, compare
from holdshort.rulebook.load import open_rulebook, read_rulebook, shipped
from holdshort.rulebook.model import Rulebook

AAIF = (resources.files("holdshort.rulebook") / "books" / "aaif.yaml").read_text("utf-8")
OLD = read_rulebook(AAIF.encode(), "aaif.yaml")


def with_change(*changes: tuple[str, str]) -> Rulebook:
    text = AAIF
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return read_rulebook(text.encode(), "changed.yaml")


def only(*changes: tuple[str, str]) -> Change:
    (change,) = compare(OLD, with_change(*changes))
    return change


def test_a_book_does_not_differ_from_itself() -> None:
    assert compare(OLD, OLD) == []


def test_other_words_and_other_citations_are_no_change_of_the_law() -> None:
    assert compare(OLD, with_change(("says: The developer answers.", "says: It replies."))) == []


def test_every_two_shipped_books_can_be_compared() -> None:
    books = [open_rulebook(name) for name in shipped()]
    for old in books:
        for new in books:
            changes = compare(old, new)
            assert bool(changes) == (old is not new)
            assert all(change.says and change.whom and change.id for change in changes)


def test_a_threshold_that_moves_is_a_change_of_a_number() -> None:
    change = only(("value: 1e25,", "value: 1e26,"))
    assert (change.section, change.id) == ("values", "compute_threshold")
    assert change.says.endswith("1e25 FLOP from 2026-06-10 → 1e26 FLOP from 2026-06-10")


def test_a_duty_whose_time_shrinks_shortens_for_whom_it_rests_on() -> None:
    change = only(("within: {amount: 15, unit: days}", "within: {amount: 72, unit: hours}"))
    assert (change.section, change.whom, change.verb) == ("duties", "developer", "shortens")
    assert "within 15 days → within 72 hours" in change.says


def test_ten_business_days_are_longer_than_ten_days() -> None:
    change = only(("within: {amount: 5, unit: business days, calendar: us-federal}", DAYS))
    assert change.verb == "shortens"
    again = compare(with_change((FIVE, DAYS)), OLD)
    assert [each.verb for each in again] == ["lengthens"]


FIVE = "within: {amount: 5, unit: business days, calendar: us-federal}"
DAYS = "within: {amount: 5, unit: days}"


def test_a_condition_that_goes_loosens_the_act_for_whom_it_was_kept_from() -> None:
    change = only((NOTICED, ""))
    assert (change.section, change.whom, change.verb) == ("cases", "court", "loosens")
    assert "No bar without notice." in change.says


NOTICED = """\
          - if: case.noticed
            says: No bar without notice.
            cite: "aaif, process: fair"
"""


def test_a_type_of_key_that_is_asked_for_tightens_the_act() -> None:
    signed = "signed_with: {keys: [ed25519, ml-dsa-65],"
    fewer = with_change((signed, "signed_with: {keys: [ed25519],"))
    loosened = compare(OLD, fewer)
    assert [(change.verb, change.id) for change in loosened] == [("loosens", "review.clear")]
    assert all("key of the type ml-dsa-65" in change.says for change in loosened)
    assert {change.verb for change in compare(fewer, OLD)} == {"tightens"}


def test_a_statement_that_is_asked_for_tightens_the_act() -> None:
    change = only(
        (
            "must_state: [reasons, evidence, scope, criteria_for_lifting]",
            "must_state: [reasons, evidence, scope, criteria_for_lifting, costs]",
        ),
    )
    assert (change.verb, change.id) == ("tightens", "restriction.order")
    assert "must now state costs" in change.says


def test_an_act_in_other_hands_is_told() -> None:
    change = only(
        (
            "      lift:\n        title: Lift the order\n        by: court\n",
            "      lift:\n        title: Lift the order\n        by: authority.decision-maker\n",
        ),
    )
    assert (change.id, change.verb) == ("restriction.lift", "changes")
    assert "by: court → authority.decision-maker" in change.says


def test_a_limit_in_other_words_of_the_same_formula_is_the_same_limit() -> None:
    assert not compare(
        OLD,
        with_change(
            ("always: \"!(state in ['ordered', 'stayed', 'conditioned']) || case.heard\"", SAME)
        ),
    )
    change = only(
        (
            "always: \"!(state in ['ordered', 'stayed', 'conditioned']) || case.heard\"",
            'always: "true"',
        )
    )
    assert (change.section, change.id) == ("limits", "hearing")


SAME = "always: (!(state in ['ordered', 'stayed', 'conditioned']) || case.heard)"


def test_who_is_covered_and_what_counts_are_compared() -> None:
    counts = only(("      recomputation: unknown\n", RECOMPUTATION))
    assert (counts.section, counts.id) == ("coverage", "recomputation")
    assert "unknown → no" in counts.says
    wider = only(("|| developer.ai_rnd_spend > value.rnd_threshold", ""))
    assert wider.id == "who is covered"


RECOMPUTATION = "      recomputation: {in: [], says: Computed again it counts once., cite: house}\n"


def test_duties_of_two_regimes_are_matched_by_what_is_filed() -> None:
    renamed = AAIF.replace("  incident-report:\n", "  report-of-incident:\n")
    assert renamed != AAIF
    changed = renamed.replace(
        "within: {amount: 15, unit: days}", "within: {amount: 72, unit: hours}"
    )
    changes = compare(OLD, read_rulebook(changed.encode(), "other.yaml"))
    (duty,) = [change for change in changes if change.section == "duties"]
    assert (duty.verb, duty.id) == ("shortens", "incident-report → report-of-incident")
