"""What a determination costs: items used to decide whether a model reaches a threshold.

Takes a CSV of per-item results (columns ``item``, ``model``, ``correct`` in [0, 1], optional
``bank`` and ``developer``; ``family`` may stand there and is not needed: a random order asks
nothing of alike items).
Every model × bank is one case: its pool is the bank's items, its true rate
their mean. For each of 8 thresholds and 20 random orders of the items, each way of testing asks
items until it decides. Told are the share of the pool used, of wrong decisions (against the
pool's true rate) and of undecided ones (not before the last item), over all and by the distance
of the true rate to the threshold.

    python -m benchmarks.mmlu_redux ../shared/data/assess/mmlu_redux_responses.csv > table.csv
    python -m benchmarks.determination table.csv [--with-predictions] [--planned] [--json]

``--with-predictions`` adds the test that bets with predictions of single items: the share of the
models of *other* developers (of other models, without that column) that passed the item.
``--planned`` adds the one that also asks in an order planned by what those models tell of items.

A table may repeat an item of a model: each row is an item of the pool.
"""

import argparse
import csv
import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import pairwise
from math import ceil, log
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.stats import beta

from holdshort.assess.statistics.boundaries import Boundaries, pool_boundaries, pool_rate_crossing
from holdshort.assess.statistics.bounded import pool_mean_crossing
from holdshort.assess.statistics.control_variate import predicted_pool_crossing, predicted_worlds
from holdshort.assess.statistics.irt import fit
from holdshort.assess.statistics.planning import ability_worlds, item_weights, planned_order
from holdshort.errors import BadInput

THRESHOLDS = tuple(tenth / 10 for tenth in range(2, 10))
ORDERS = 20
DISTANCES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)
SPRT_ZONE = 0.05
OURS = "holdshort"
PREDICTED = "holdshort, with predictions"
PLANNED = "holdshort, planned order"

Scores = NDArray[np.float64]
Places = NDArray[np.int64]
Rows = NDArray[np.float64]
"""Determinations × (distance, share of the pool used, 1 if wrong, 1 if undecided)."""

Said = tuple[NDArray[np.int64], NDArray[np.bool_]]
"""For each order: items used, and whether *above*."""

Rule = Callable[[Scores, float, float], Said]
"""(orders × items, threshold, error rate) → what is said."""


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


@dataclass(frozen=True)
class Cost:
    """Shares over ``cases`` determinations."""

    items_used: float
    wrong: float
    undecided: float
    cases: int


def read(path: Path, *, with_others: bool = False) -> list[Case]:
    """The cases of a table; exits with 2, naming the line, where it cannot be read."""
    pools: dict[tuple[str, str], list[float]] = defaultdict(list)
    asked: dict[tuple[str, str], list[str]] = defaultdict(list)
    developers: dict[str, str] = {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        missing = {"item", "model", "correct"} - set(rows.fieldnames or ())
        if missing:
            _refuse(f"{path}: no column {', '.join(sorted(missing))}")
        for number, row in enumerate(rows, 2):
            try:
                score = float(row["correct"])
            except (TypeError, ValueError):
                score = -1.0
            if not 0 <= score <= 1:
                _refuse(f"{path}, line {number}: correct is {row['correct']!r}, not in 0 to 1")
            case = row["model"], row.get("bank") or "all"
            pools[case].append(score)
            asked[case].append(row["item"])
            developers[row["model"]] = row.get("developer") or row["model"]
    if not pools:
        _refuse(f"{path}: no rows")
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
            _refuse(f"no other developer's model answered every item that {model} did in {bank}")
    return found


def designed(scores: Scores, threshold: float, error_rate: float) -> Said:
    """Ours: boundaries of low cost for 0/1 scores, betting for others."""
    if not np.isin(scores[0], (0.0, 1.0)).all():
        return pool_mean_crossing(scores, threshold, error_rate)
    items = scores.shape[1]
    fewest = ceil(threshold * items - 1e-9)
    return pool_rate_crossing(_design(items, fewest, error_rate), scores > 0.5)


@cache
def _design(items: int, fewest: int, error_rate: float) -> Boundaries:
    return pool_boundaries(items, fewest, error_rate)


def repeated_interval(scores: Scores, threshold: float, error_rate: float) -> Said:
    """Clopper–Pearson after every item, as if it were the only look."""
    n = np.arange(1, scores.shape[1] + 1)
    passes = np.cumsum(scores, axis=1)
    low = np.nan_to_num(beta.ppf(error_rate, passes, n - passes + 1), nan=0.0)
    high = np.nan_to_num(beta.ppf(1 - error_rate, passes + 1, n - passes), nan=1.0)
    return _first(low > threshold, high < threshold, scores, threshold)


def sprt(scores: Scores, threshold: float, error_rate: float) -> Said:
    """Wald's test of τ − 0.05 against τ + 0.05, as if items were drawn with replacement."""
    low, high = max(threshold - SPRT_ZONE, 0.001), min(threshold + SPRT_ZONE, 0.999)
    steps = scores * log(high / low) + (1 - scores) * log((1 - high) / (1 - low))
    evidence = np.cumsum(steps, axis=1)
    bar = log((1 - error_rate) / error_rate)
    return _first(evidence >= bar, evidence <= -bar, scores, threshold)


RULES: Mapping[str, Rule] = {
    OURS: designed,
    "betting, without replacement": pool_mean_crossing,
    "Clopper–Pearson, repeated": repeated_interval,
    f"SPRT, ± {SPRT_ZONE}": sprt,
}


def _predicted(case: Case, places: Places) -> Rule:
    """Ours, with predictions of the pool's items; the order must be known, not only the scores."""
    assert case.others is not None
    worlds = predicted_worlds(np.nanmean(case.others, axis=0))

    def rule(_: Scores, threshold: float, error_rate: float) -> Said:
        return predicted_pool_crossing(case.scores, places, worlds, threshold, error_rate)

    return rule


def _planned(case: Case, count: int) -> Rule:
    """Ours, in orders of its own: planned by a bank fitted to other developers' models."""
    assert case.others is not None
    worlds = ability_worlds(fit(case.others))

    def rule(_: Scores, threshold: float, error_rate: float) -> Said:
        weights = item_weights(worlds, threshold)
        order = planned_order(weights, _random(case), count)
        return predicted_pool_crossing(
            case.scores, order, worlds, threshold, error_rate, weights=weights
        )

    return rule


def _first(
    above: NDArray[np.bool_], below: NDArray[np.bool_], scores: Scores, threshold: float
) -> Said:
    stops = above | below
    stops[:, -1] = True
    at = stops.argmax(axis=1)
    said = above[np.arange(len(at)), at]
    full = at == scores.shape[1] - 1
    return at + 1, np.where(full, scores.mean(axis=1) >= threshold, said)


def orders(case: Case, count: int) -> Places:
    """The pool's places in ``count`` random orders, the same in every run and for every rule."""
    random = _random(case)
    return np.stack([random.permutation(len(case.scores)) for _ in range(count)])


def _random(case: Case) -> np.random.Generator:
    named = hashlib.sha256(f"{case.model}\0{case.bank}".encode()).digest()
    return np.random.default_rng(int.from_bytes(named[:8], "big"))


def measure(
    cases: Sequence[Case],
    thresholds: Sequence[float],
    count: int,
    error_rate: float,
    *,
    told: Sequence[str] = (),
) -> dict[str, dict[str, Cost]]:
    """For each rule the cost over all cases (``all``) and by distance.

    ``told`` names rules beside the plain ones: those that know other models' answers.
    """
    found: dict[str, list[Rows]] = defaultdict(list)
    fixed: list[Fixed] = []
    for case in track(cases, "cases", console=Console(stderr=True), transient=True):
        places, size = orders(case, count), len(case.scores)
        drawn = case.scores[places]
        rules = dict(RULES)
        if case.others is not None and PREDICTED in told:
            rules[PREDICTED] = _predicted(case, places)
        if case.others is not None and PLANNED in told:
            rules[PLANNED] = _planned(case, count)
        for threshold in thresholds:
            true = case.rate >= threshold - 1e-12
            gap = np.full(count, abs(case.rate - threshold))
            for name, rule in rules.items():
                used, above = rule(drawn, threshold, error_rate)
                found[name].append(np.column_stack((gap, used / size, above != true, used == size)))
            fixed.append(Fixed(gap, *_fixed(drawn, threshold, true)))
    rows = {name: np.concatenate(each) for name, each in found.items()}
    rows["fixed size"] = _of_equal_error(fixed, float(rows[OURS][:, 2].mean()))
    return {name: _by_distance(each) for name, each in rows.items()}


@dataclass(frozen=True)
class Fixed:
    """Plans that ask a fixed share of one pool, for each per cent of it."""

    gap: Scores
    used: Scores
    """Share of the pool, by plan."""
    wrong: NDArray[np.bool_]
    """Orders × plans."""


def _fixed(drawn: Scores, threshold: float, true: bool) -> tuple[Scores, NDArray[np.bool_]]:
    size = drawn.shape[1]
    asked = np.maximum(np.round(size * np.arange(1, 101) / 100).astype(np.int64), 1)
    rates = np.cumsum(drawn, axis=1)[:, asked - 1] / asked
    return asked / size, (rates >= threshold - 1e-12) != true


def _of_equal_error(fixed: Sequence[Fixed], wrong: float) -> Rows:
    """The smallest fixed share that is wrong no more often over these very cases."""
    shares = np.concatenate([each.wrong for each in fixed]).mean(axis=0)
    plan = int(np.argmax(shares <= wrong + 1e-12))  # the last is never wrong: it asks every item
    return np.concatenate(
        [
            np.column_stack(
                (
                    each.gap,
                    np.full(len(each.gap), each.used[plan]),
                    each.wrong[:, plan],
                    0 * each.gap,
                )
            )
            for each in fixed
        ]
    )


def _by_distance(rows: Rows) -> dict[str, Cost]:
    told = {"all": _cost(rows)}
    for low, high in pairwise(DISTANCES):
        chosen = rows[(rows[:, 0] >= low) & (rows[:, 0] < high)]
        if len(chosen):
            told[f"{low:g}–{high:g}"] = _cost(chosen)
    return told


def _cost(rows: Rows) -> Cost:
    used, wrong, undecided = (float(rows[:, column].mean()) for column in (1, 2, 3))
    return Cost(used, wrong, undecided, len(rows))


def _refuse(what: str) -> NoReturn:
    print(f"determination: {what}", file=sys.stderr)
    raise SystemExit(2)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("table", type=Path, help="CSV of per-item results")
    parser.add_argument("--error-rate", type=float, default=0.05)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--thresholds", type=float, nargs="+", default=THRESHOLDS)
    parser.add_argument("--with-predictions", action="store_true")
    parser.add_argument("--planned", action="store_true", help="answers of 0 and 1 only")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if not (0 < args.error_rate < 0.5 and args.orders >= 1):
        parser.error("--error-rate must lie between 0 and 0.5, and --orders be 1 or more")
    if not all(0 < threshold < 1 for threshold in args.thresholds):
        parser.error("--thresholds must lie strictly between 0 and 1")
    if not args.table.is_file():
        _refuse(f"{args.table}: no such file")
    wanted = {PREDICTED: args.with_predictions, PLANNED: args.planned}
    informed = [name for name, asked in wanted.items() if asked]
    cases = read(args.table, with_others=bool(informed))
    try:
        told = measure(cases, args.thresholds, args.orders, args.error_rate, told=informed)
    except BadInput as wrong:
        _refuse(f"{args.table}: {wrong}")
    if args.json:
        ours = {name: asdict(cost) for name, cost in told[OURS].items()}
        peers = {
            name: {part: asdict(cost) for part, cost in costs.items()}
            for name, costs in told.items()
            if name != OURS
        }
        overall = ours.pop("all")
        print(json.dumps({**overall, "by_distance": ours, "peers": peers}, ensure_ascii=False))
        return
    table = Table(title=f"Items to a determination, error {args.error_rate:g} each way")
    table.add_column("distance")
    table.add_column("cases", justify="right")
    for name in told:
        table.add_column(f"{name}\nused / wrong / undecided", justify="right")
    for part in told[OURS]:
        cells = [
            f"{c.items_used:.1%} / {c.wrong:.2%} / {c.undecided:.1%}"
            for costs in told.values()
            if (c := costs[part])
        ]
        table.add_row(part, str(told[OURS][part].cases), *cells)
    Console(width=180).print(table)


if __name__ == "__main__":
    main()
