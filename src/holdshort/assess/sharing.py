"""How a part of a campaign is cut into units of work, in the locked order of its requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdshort.assess.part import Asked
from holdshort.assess.part_run import PartRun
from holdshort.assess.protocol import Protocol
from holdshort.assess.unit import Unit

UNITS = "units"


@dataclass(frozen=True)
class Share:
    """How a campaign is cut: requests a unit, what each unit's process is given.

    ``model_args`` are Inspect's, by whom they are for.
    """

    items: int
    model_args: Mapping[Asked, Mapping[str, Any]]
    max_connections: int


def cut(run: PartRun, first: int, items: int) -> range | None:
    """The next ``items`` requests from ``first`` that are not on record; None if none is wanted."""
    if not run.wanted:
        return None
    last, known = run.requests, run.ledger.lines
    start = next((i for i in range(first, last) if i not in known), last)
    stop = next((i for i in range(start, last) if i in known), last)
    return range(start, min(stop, start + items)) if start < last else None


def share_of(run: PartRun, protocol: Protocol, span: range, share: Share) -> Unit:
    """The unit that asks so many requests of a part."""
    arguments = share.model_args.get(run.part.asked, {})
    return Unit(protocol, run.part, span.start, span.stop, arguments, share.max_connections)


def unit_folder(run: PartRun, made: Unit) -> Path:
    """Where a unit of a part lies until it is taken in."""
    return run.folder / UNITS / f"{made.start:05d}"


def deal(
    runs: Sequence[PartRun], protocol: Protocol, share: Share, units: int
) -> list[tuple[Path, Unit]]:
    """The next units of every part, at most so many of each; parts take turns.

    However few of them run at a time, the first requests of every part then come first.
    """
    first = dict.fromkeys(runs, 0)
    dealt = []
    for _ in range(units):
        for run in runs:
            if span := cut(run, first[run], share.items):
                made = share_of(run, protocol, span, share)
                dealt.append((unit_folder(run, made), made))
                first[run] = span.stop
    return dealt
