"""How many bad keys a reviewer finds who follows the queue: precision and recall by budget.

Takes a CSV of answers (columns ``item``, ``key``, ``error_type``, then one a model). Keys that
people found bad are those whose ``error_type`` says that the key is not the one right answer. Half
of the items, by a hash of their id, calibrate the score; the other half is queued and "reviewed"
down to 1, 2, 5 and 10 %. Each model in turn is the one under test, and the audit is blind to it.

    python -m benchmarks.item_audit ../shared/data/assess/mmlu_redux_responses.csv [--json]

Beside it, on the same items: disagreement alone, item-total correlation alone, and chance. The
spread is that of resampled items (bootstrap, fixed seed). A simulation over data: how busy the
machine is changes no figure.
"""

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from holdshort.assess.validity.audit.suspicion import (
    SIGNALS,
    Calibration,
    Floats,
    Responses,
    calibrate,
    signals,
)

BUDGETS = (0.01, 0.02, 0.05, 0.10)
BAD_KEY = ("wrong_groundtruth", "no_correct_answer", "multiple_correct_answers")
OURS = "holdshort"
_NOT_MODELS = ("item", "key", "error_type")

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Found:
    """Shares, and the ends of their bootstrap intervals (2.5 % and 97.5 %)."""

    precision: float
    precision_low: float
    precision_high: float
    recall: float
    recall_low: float
    recall_high: float


def read(path: Path) -> tuple[Responses, Bools, Bools]:
    """Answers, whether the key is bad, and whether the item calibrates; each item once."""
    if not path.is_file():
        _refuse(f"{path}: no such file")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list({row["item"]: row for row in csv.DictReader(file)}.values())
    if not rows or missing(rows[0]):
        _refuse(f"{path}: no rows, or no column {', '.join(missing(rows[0] if rows else {}))}")
    models = tuple(name for name in rows[0] if name not in _NOT_MODELS)
    responses = Responses(
        tuple(row["item"] for row in rows),
        tuple(row["key"] for row in rows),
        models,
        tuple(tuple(row[model] for model in models) for row in rows),
    )
    bad = np.array([row["error_type"] in BAD_KEY for row in rows])
    first = [hashlib.sha256(row["item"].encode()).digest()[0] % 2 == 0 for row in rows]
    return responses, bad, np.array(first)


def missing(row: Mapping[str, str]) -> list[str]:
    return [name for name in _NOT_MODELS if name not in row]


def chosen(responses: Responses, of: Bools) -> Responses:
    """A part of the items, so that nothing of the other part enters the signals."""
    at = np.flatnonzero(of)
    return Responses(
        tuple(responses.items[i] for i in at),
        tuple(responses.keys[i] for i in at),
        responses.models,
        tuple(responses.answers[i] for i in at),
    )


def scores(
    responses: Responses, bad: Bools, first: Bools, random: np.random.Generator
) -> tuple[Calibration, Mapping[str, Floats]]:
    """The calibration, and each way of sorting the held-out half: high is suspect."""
    calibration = calibrate(signals(chosen(responses, first)), bad[first], "this half")
    held = signals(chosen(responses, ~first))
    column = dict(zip(SIGNALS, held.values.T, strict=True))
    return calibration, {
        OURS: calibration.score(held),
        "disagreement alone": column["disagreement"],
        "item-total correlation alone": column["reversal"],
        "chance": random.random(len(held.others)),
    }


def reviewed(score: Floats, bad: Bools, random: np.random.Generator) -> list[tuple[float, float]]:
    """Precision and recall at each budget; ties are broken by chance."""
    order = np.lexsort((random.random(len(score)), -score))
    hits = np.cumsum(bad[order])
    asked = [ceil(budget * len(score)) for budget in BUDGETS]
    return [(hits[n - 1] / n, hits[n - 1] / max(hits[-1], 1)) for n in asked]


def measure(
    responses: Responses, bad: Bools, first: Bools, resamples: int
) -> dict[str, dict[str, Found]]:
    """Means over the models under test, with the spread of resampled items."""
    random = np.random.default_rng(20261124)
    held = bad[~first]
    draws = [random.integers(0, len(held), len(held)) for _ in range(resamples)]
    points: dict[str, list[Floats]] = {}
    spread: dict[str, list[Floats]] = {}
    for model in responses.models:
        _, sorted_by = scores(responses.without([model]), bad, first, random)
        for name, score in sorted_by.items():
            points.setdefault(name, []).append(np.array(reviewed(score, held, random)))
            spread.setdefault(name, []).append(
                np.array([reviewed(score[at], held[at], random) for at in draws])
            )
    return {
        name: _found(np.mean(points[name], axis=0), np.mean(spread[name], axis=0))
        for name in points
    }


def _found(mean: Floats, drawn: Floats) -> dict[str, Found]:
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    told = {}
    for i, budget in enumerate(BUDGETS):
        values = [v for j in (0, 1) for v in (mean[i, j], low[i, j], high[i, j])]
        told[f"{budget:.0%}"] = Found(*map(float, values))
    return told


def show(told: Mapping[str, Mapping[str, Found]], items: int, bad: int) -> None:
    """The table: precision and recall, with their intervals."""
    table = Table(title=f"{items} held-out items, {bad} bad keys: precision / recall")
    for head in ("sorted by", *(f"{budget:.0%} reviewed" for budget in BUDGETS)):
        table.add_column(head)
    for name, row in told.items():
        cells = [
            f"{f.precision:.2f} [{f.precision_low:.2f}, {f.precision_high:.2f}] / "
            f"{f.recall:.2f} [{f.recall_low:.2f}, {f.recall_high:.2f}]"
            for f in row.values()
        ]
        table.add_row(name, *cells)
    Console(width=140).print(table)


def _refuse(what: str) -> None:
    print(f"item_audit: {what}", file=sys.stderr)
    raise SystemExit(2)


def main(args: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("responses", type=Path)
    parser.add_argument("--resamples", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(args)
    if given.resamples < 1:
        parser.error("--resamples must be 1 or more")
    responses, bad, first = read(given.responses)
    told = measure(responses, bad, first, given.resamples)
    if given.json:
        held = {name: {b: asdict(f) for b, f in row.items()} for name, row in told.items()}
        ours = held.pop(OURS)
        calibration, _ = scores(responses, bad, first, np.random.default_rng(0))
        print(json.dumps({**ours, "peers": held, "calibration": asdict(calibration)}))
    else:
        show(told, int((~first).sum()), int(bad[~first].sum()))


if __name__ == "__main__":
    main()
