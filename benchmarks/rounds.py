"""Ways of doing one thing, run in turn, round after round: their rates, beside the first one's.

In turn, so that whatever else the machine does falls on all alike. Every benchmark that compares
rates does it by this module; ``benchmarks/README.md`` says how to read what it prints.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table

FEWEST = 5
"""Rounds: quartiles of fewer say nothing."""

Way = Callable[[], float]
"""Does something; its rate while it did."""


@dataclass(frozen=True)
class Row:
    """One way of doing one thing: its rate, and the first way's median over its median."""

    what: str
    way: str
    unit: str
    low_quartile: float
    median: float
    high_quartile: float
    holdshort_ratio: float


def measure(what: str, unit: str, ways: Mapping[str, Way], rounds: int) -> list[Row]:
    """Rates of all ways in ``unit``; the first is Holdshort's, by which the others are held."""
    rates: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, run in ways.items():
            rates[way].append(run())
    ours = median(next(iter(rates.values())))
    rows = []
    for way, found in rates.items():
        low, middle, high = quantiles(found, n=4, method="inclusive")
        rows.append(Row(what, way, unit, low, middle, high, ours / middle))
    return rows


def show(title: str, rows: Sequence[Row], *, digits: int = 0) -> None:
    """Print the rows as a table; ``digits`` after the point of a rate."""
    table = Table(title=title)
    table.add_column("what")
    table.add_column("by")
    for column in ("rate", "quartiles", "holdshort ÷ it"):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(
            row.what,
            row.way,
            f"{row.median:,.{digits}f} {row.unit}",
            f"{row.low_quartile:,.{digits}f}–{row.high_quartile:,.{digits}f}",
            f"{row.holdshort_ratio:.2f}",
        )
    Console(width=None if sys.stdout.isatty() else 130).print(table)


def options(about: str, rounds: int) -> argparse.ArgumentParser:
    """The options of every such benchmark; the first line of ``about`` says what it measures."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument(
        "--rounds", type=_rounds, default=rounds, help=f"at least {FEWEST} (default {rounds})"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser


def _rounds(text: str) -> int:
    if not text.isdecimal() or int(text) < FEWEST:
        raise argparse.ArgumentTypeError(
            f"{text}: {FEWEST} or more, for quartiles of fewer say nothing"
        )
    return int(text)
