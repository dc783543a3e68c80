"""The CSV of choices and the page."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from holdshort.cli.fairness.told import (
    CAUSE,
    HEADS,
    Told,
    chance,
    choice_rows,
    percent,
    power_row,
    sentence,
)
from holdshort.docket.fairness.measures import MEASURES
from holdshort.report.fairness import FairnessView, fairness_page
from holdshort.report.figures.fairness import PowerBar, Standing
from holdshort.report.history import PageTable


def files(
    told: Told, csv_file: Path | None, html_file: Path | None
) -> Iterator[tuple[Path, bytes]]:
    """What is to be written, and where."""
    if csv_file:
        yield csv_file, _csv(told).encode()
    if html_file:
        yield html_file, _page(told).encode()


def _csv(told: Told) -> str:
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(HEADS)
    rows.writerows(choice_rows(told))
    return written.getvalue()


def _page(told: Told) -> str:
    found = told.audit.found
    tests = [each for each in told.audit.tests if each.counts]
    view = FairnessView(
        title=told.verdict,
        under=told.register,
        lead=told.summary,
        found=tuple(f"{sentence(each)}." for each in found),
        cause=CAUSE if found else "",
        standings=tuple(
            Standing(
                f"{each.label}: {each.measure}",
                each.step,
                f"{float(each.standing):.4f}",
                each.matters,
                each.likes,
                chance(each.adjusted),
                each.found(told.audit.level),
            )
            for each in sorted(tests, key=lambda one: (one.adjusted, one.outcome.p))[:40]
        ),
        powers=tuple(
            PowerBar(
                each.measure,
                f"{float(each.share):.4f}",
                f"{each.interval[0]:.4f}",
                f"{each.interval[1]:.4f}",
                power_row(each)[3],
            )
            for each in told.powers
        ),
        planted=f"{float(told.effect) * 100:g} points, or {float(told.effect) * 100:g} % more",
    )
    return fairness_page(view, tables=_tables(told))


def _tables(told: Told) -> list[PageTable]:
    return [
        PageTable(
            "Every test",
            "Of each party, among matters of equal facts. “Could tell” is no where even the most "
            "extreme labels would not have been enough."
            if told.audit.tests
            else "None could be made: no two matters of different parties have equal facts.",
            ("measure", "step", "of", "matters", "of like", "worse than", "p alone", "p corrected",
             "could tell"),
            tuple(
                (
                    each.measure,
                    each.step,
                    f"group {each.label}" if each.grouped else each.label,
                    str(each.matters),
                    str(each.likes),
                    percent(each.standing),
                    chance(each.outcome.p),
                    chance(each.adjusted),
                    "yes" if each.counts else "no",
                )
                for each in told.audit.tests
            ),
            range(3, 8),
        ),
        PageTable(
            "Bias planted in this record, and how often it was seen",
            f"{told.runs} simulated records a measure, seed {told.seed!r}; intervals at 95 %.",
            ("measure", "what it is", "bias planted", "would have been seen",
             "seen 4 times of 5 from"),
            tuple(
                (row[0], MEASURES[row[0]], *row[1:]) for row in map(power_row, told.powers)
            ),
            range(0),
        ),
        PageTable(
            "Every choice",
            "What was chosen, what else was open, how long it had been open, what was done where "
            "the facts were equal, and the reasons stated.",
            HEADS,
            tuple(choice_rows(told)),
            range(9, 11),
        ),
    ]  # fmt: skip
