"""The audit for a person's terminal, and as the one JSON document."""

from collections.abc import Sequence
from typing import Any

from holdshort.cli.fairness.told import (
    CAUSE,
    HEADS,
    Told,
    choice_rows,
    decimal,
    power_row,
    sentence,
)
from holdshort.cli.output import next_step, say, table
from holdshort.docket.fairness.measures import MEASURES


def tell(told: Told, written: Sequence[str]) -> None:
    """Print the verdict first, then what it rests on."""
    say(f"{told.register}. {told.summary}")
    if told.sampled():
        say(
            f"{told.sampled()} tests were too large to be counted out; labels were drawn, by the "
            f"seed {told.seed!r}."
        )
    say()
    say(told.verdict)
    for answer in told.audit.found:
        say(f"FOUND  {sentence(answer)}.")
    if told.audit.found:
        say(CAUSE)
    if told.powers:
        say()
        table(
            ("measure", "bias planted", "would have been seen", "seen 4 times of 5 from"),
            [power_row(each) for each in told.powers],
        )
        say(f"By {told.runs} simulated records a measure, seed {told.seed!r}; 95 % intervals.")
    for path in written:
        say(f"Written: {path}")
    if not written:
        next_step("holdshort docket fairness REGISTER --html FILE", "for figures and every choice")


def to_fields(told: Told) -> dict[str, Any]:
    """Everything, numbers as decimal strings."""
    return {
        "register": told.register,
        "entries": told.record.entries,
        "end": told.record.end,
        "verdict": "found" if told.audit.found else "nothing" if told.able else "too short",
        "says": told.verdict,
        "level": decimal(told.audit.level),
        "seed": told.seed,
        "tests": [
            {
                "measure": each.measure,
                "step": each.step,
                "of": each.label,
                "group": each.grouped,
                "matters": each.matters,
                "likes": each.likes,
                "standing": decimal(each.standing),
                "p": decimal(each.outcome.p),
                "adjusted": decimal(each.adjusted),
                "least": decimal(each.outcome.least),
                "counts": each.counts,
                "drawn": each.outcome.draws,
                "direction": "worse" if each.outcome.higher else "better",
                "found": each.found(told.audit.level),
            }
            for each in told.audit.tests
        ],
        "power": [
            {
                "measure": each.measure,
                "says": MEASURES[each.measure],
                "effect": decimal(each.effect),
                "parties": each.parties,
                "runs": each.runs,
                "seen": each.found,
                "power": decimal(each.share),
                "interval": [f"{end:.4f}" for end in each.interval],
                "smallest": None if each.visible is None else decimal(each.visible),
                "by_limit": each.limit,
            }
            for each in told.powers
        ],
        "choices": [dict(zip(HEADS, row, strict=True)) for row in choice_rows(told)],
    }
