"""A finding with and without the items that reviewers struck."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from holdshort.assess.outcome import Outcome
from holdshort.assess.statistics import RatePlan
from holdshort.assess.validity import OnDifference, Record, Verdict, settle
from holdshort.assess.validity.audit import (
    Answered,
    Audited,
    AuditPlan,
    Queue,
    Suspect,
    audited,
    shift,
)
from holdshort.assess.validity.record import START, Ruling
from holdshort.errors import EvidenceError

RATE = RatePlan(Decimal("0.50"), Decimal("0.10"), Decimal("0.05"), 100, 10)
ITEMS = 100
SUSPECT = 20
"""The first 20 items of the queue are to be reviewed."""

PLAN = AuditPlan(RATE)
QUEUE = Queue(
    "tested",
    ("a", "b", "c"),
    "none",
    Decimal("0.20"),
    tuple(Suspect(f"i{n}", "A", "B", Decimal(-n)) for n in range(ITEMS)),
)


def ruled(decisions: dict[str, tuple[str, str]], queue: Queue = QUEUE) -> Record:
    previous, lines = START, []
    for item, (decision, value) in decisions.items():
        lines.append(Ruling(queue.digest, item, "ada", decision, value, "read", "then", previous))
        previous = lines[-1].digest
    return Record(queue.digest, lines)


def answers(right: int, on_suspects: str) -> list[Answered]:
    """``right`` right answers among the 80 good items, spread evenly; one answer to suspects."""
    good = [(n * right) // 80 != ((n + 1) * right) // 80 for n in range(80)]
    plain = [Answered(f"i{n + 20}", "A", "A" if ok else "C") for n, ok in enumerate(good)]
    mixed: list[Answered] = []
    for n in range(SUSPECT):
        mixed += [*plain[4 * n : 4 * n + 4], Answered(f"i{n}", "A", on_suspects)]
    return mixed


def run(decision: str, on_suspects: str, right: int, plan: AuditPlan = PLAN) -> Audited:
    value = "B" if decision == "rekey" else ""
    record = ruled({f"i{n}": (decision, value) for n in range(SUSPECT)})
    return audited(plan, QUEUE, record, answers(right, on_suspects))


def test_items_that_are_kept_change_nothing() -> None:
    found = run("keep", "A", 80)
    assert found.as_keyed == found.reviewed
    assert found.gate.verdict is Verdict.SOUND
    assert found.gate.effect is not None
    assert found.gate.effect.estimate == 0


def test_items_keyed_anew_are_marked_by_their_new_key() -> None:
    found = run("rekey", "B", 60)
    assert found.rekeyed == SUSPECT
    assert found.reviewed.interval[0] > found.as_keyed.interval[0]
    assert found.gate.effect is not None
    assert found.gate.effect.estimate == Decimal("0.200")


def test_a_finding_that_hangs_on_bad_keys_is_inconclusive() -> None:
    # 55 % of the good items and none of the bad: as keyed 44 %, reviewed by the new keys 64 %.
    found = run("rekey", "B", 44)
    assert found.as_keyed.outcome is not found.reviewed.outcome
    assert found.gate.verdict is Verdict.DOUBTFUL
    kept = settle(found.found, [found.gate])
    assert kept.found is Outcome.INCONCLUSIVE


def test_a_protocol_may_say_beforehand_that_the_reviewed_finding_counts() -> None:
    plan = AuditPlan(RATE, OnDifference.REVIEWED)
    found = run("rekey", "B", 70, plan)
    assert found.found is found.reviewed.outcome
    assert found.gate.verdict is Verdict.SOUND


def test_suspect_items_that_nobody_reviewed_leave_a_finding_unknown_if_it_depends_on_them() -> None:
    depends = audited(PLAN, QUEUE, ruled({}), answers(44, "C"))
    assert depends.gate.verdict is Verdict.UNKNOWN
    assert len(depends.pending) == SUSPECT
    few = replace(QUEUE, share=Decimal("0.01"))
    clear = audited(PLAN, few, ruled({}, few), answers(80, "A"))
    assert clear.gate.verdict is Verdict.SOUND


def test_an_item_on_which_reviewers_differ_is_pending() -> None:
    lines = list(ruled({"i0": ("drop", "")}).rulings)
    lines.append(Ruling(QUEUE.digest, "i0", "bob", "keep", "", "r", "t", lines[-1].digest))
    found = audited(PLAN, QUEUE, Record(QUEUE.digest, lines), answers(80, "A"))
    assert "i0" in found.pending


@pytest.mark.parametrize(
    ("decisions", "told"),
    [
        ({"i50": ("drop", "")}, "not among those to be reviewed"),
        ({"i0": ("strike", "")}, "is no decision"),
        ({"i0": ("rekey", "")}, "new key goes with"),
        ({"i0": ("drop", "B")}, "new key goes with"),
        ({"i0": ("rekey", "A")}, "is the old one"),
    ],
)
def test_a_review_that_is_none_is_refused(decisions: dict[str, tuple[str, str]], told: str) -> None:
    with pytest.raises(EvidenceError, match=told):
        audited(PLAN, QUEUE, ruled(decisions), answers(80, "A"))


def test_answers_to_other_items_or_keys_are_refused() -> None:
    for wrong in (Answered("x", "A", "A"), Answered("i0", "B", "A")):
        with pytest.raises(EvidenceError, match="not the bank's"):
            audited(PLAN, QUEUE, ruled({}), [wrong])


def test_reviews_of_another_queue_are_refused() -> None:
    other = replace(QUEUE, models=("a", "b"))
    with pytest.raises(EvidenceError, match="another queue"):
        audited(PLAN, other, ruled({}), answers(80, "A"))


def test_the_interval_of_the_shift_covers_it_as_often_as_it_says() -> None:
    random = np.random.default_rng(5)
    # Of all items 6 % are dropped (a third of them right), 4 % keyed anew (half of them to right).
    kinds: list[tuple[bool, bool | None]] = [
        (True, True), (False, False), (True, None), (False, None), (False, True), (True, False),
    ]  # fmt: skip
    chances = np.array([0.5, 0.4, 0.02, 0.04, 0.03, 0.01])
    true = (0.5 + 0.03) / 0.94 - (0.5 + 0.02 + 0.01)
    missed = 0
    for _ in range(300):
        drawn = [kinds[k] for k in random.choice(6, 150, p=chances)]
        found = shift([b for b, _ in drawn], [a for _, a in drawn], Decimal("0.05"))
        missed += not float(found.low) <= true <= float(found.high)
    assert missed <= 15


def test_blind_striking_keeps_the_error_rate_of_the_test() -> None:
    """At the edge of the zone, with a tenth struck at random: wrong at most as often as stated."""
    random = np.random.default_rng(6)
    queue = replace(QUEUE, share=Decimal("0.10"))
    record = ruled({f"i{n}": ("drop", "") for n in range(10)}, queue)
    wrong = 0
    for _ in range(400):
        order = random.permutation(ITEMS)
        given = [Answered(f"i{n}", "A", "A" if random.random() < 0.6 else "C") for n in order]
        found = audited(PLAN, queue, record, given)
        wrong += found.reviewed.outcome is Outcome.ACCEPTABLE
    assert wrong <= 30  # 5 % of 400, and 2.5 standard errors
