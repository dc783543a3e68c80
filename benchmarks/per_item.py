"""Per-item results of models, as `determination` reads them: one case for every model and bank."""

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One pool of one model."""

    model: str
    bank: str
    scores: Scores
    others: Scores | None = None
    """Answers of other developers' models to these items (models × items, NaN where not asked)."""

    @property
    def rate(self) -> float:
        """The pool's true rate."""
        return float(self.scores.mean())


def read(path: Path, *, with_others: bool = False) -> list[Case]:
    """The cases of a table; exits with 2, naming the line, where it cannot be read."""
    pools: dict[tuple[str, str], list[float]] = defaultdict(list)
    asked: dict[tuple[str, str], list[str]] = defaultdict(list)
    developers: dict[str, str] = {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        missing = {"item", "model", "correct"} - set(rows.fieldnames or ())
        if missing:
            refuse(f"{path}: no column {', '.join(sorted(missing))}")
        for number, row in enumerate(rows, 2):
            try:
                score = float(row["correct"])
            except (TypeError, ValueError):
                score = -1.0
            if not 0 <= score <= 1:
                refuse(f"{path}, line {number}: correct is {row['correct']!r}, not in 0 to 1")
            case = row["model"], row.get("bank") or "all"
            pools[case].append(score)
            asked[case].append(row["item"])
            developers[row["model"]] = row.get("developer") or row["model"]
    if not pools:
        refuse(f"{path}: no rows")
    others = _others(pools, asked, developers) if with_others else {}
    return [Case(*case, np.array(pool), others.get(case)) for case, pool in sorted(pools.items())]


def _others(
    pools: Mapping[tuple[str, str], Sequence[float]],
    asked: Mapping[tuple[str, str], Sequence[str]],
    developers: Mapping[str, str],
) -> dict[tuple[str, str], Scores]:
    """For each case the answers of other developers' models to its items (models × items)."""
    places: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for case, items in asked.items():
        times: Counter[str] = Counter()
        places[case] = []
        for item in items:
            times[item] += 1
            places[case].append((item, times[item]))  # the n-th row of an item meets the n-th
    answers = {case: dict(zip(places[case], pools[case], strict=True)) for case in pools}
    found = {}
    for model, bank in pools:
        rows = [
            [given.get(place, np.nan) for place in places[model, bank]]
            for (other, where), given in answers.items()
            if where == bank and developers[other] != developers[model]
        ]
        found[model, bank] = np.array(rows).reshape(len(rows), len(asked[model, bank]))
        if np.isnan(found[model, bank]).all(axis=0).any():
            refuse(f"no other developer's model answered every item that {model} did in {bank}")
    return found


def refuse(what: str) -> NoReturn:
    """Say why nothing is measured, and exit with 2."""
    print(f"determination: {what}", file=sys.stderr)
    raise SystemExit(2)
