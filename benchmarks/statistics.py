"""What the evidence costs: items a millisecond, with a look after each one.

A test that may stop after any item computes its evidence after every item. Each process of
`holdshort.assess.statistics` does so on the same outcomes as SciPy's exact binomial test, called
after every item as one who looks again and again would: that peer promises its error rate for one
look, ours for all of them, and the table is about time alone. The bounded means are held against
SciPy's interval of a mean by Student's t.

    python -m benchmarks.statistics [--items 200] [--rounds 7] [--json]
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from functools import cache
from time import perf_counter

import numpy as np
from benchmarks.rounds import Row, Way, measure, options, show
from scipy.stats import binomtest, t

from holdshort.assess.statistics.betting import Array, crossing
from holdshort.assess.statistics.boundaries import Boundaries, pool_boundaries
from holdshort.assess.statistics.bounded import pool_mean_crossing
from holdshort.assess.statistics.clusters import family_crossing
from holdshort.assess.statistics.confidence import mean_sequence
from holdshort.assess.statistics.control_variate import predicted_pool_crossing, predicted_worlds
from holdshort.assess.statistics.paired import PairedTest
from holdshort.assess.statistics.sequential import RatePlan, SequentialRateTest

ERROR = 0.05
UNIT = "items/ms"
RATE = 0.5
"""The model's pass rate: at the threshold, so that no process ends early."""

Looks = Callable[[Array], object]
"""Takes in the outcomes one by one, or at once with what is said after each."""


def exact_rate(outcomes: Array) -> object:
    """The process that a campaign runs: two hypotheses, in integers."""
    plan = RatePlan(Decimal("0.50"), Decimal("0.01"), Decimal("1e-9"), len(outcomes))
    test = SequentialRateTest(plan)
    for outcome in outcomes:
        test.update(bool(outcome))
    return test.decision


def repeated_binomial(outcomes: Array) -> object:
    """SciPy's exact test, both ways, after every item."""
    count = 0
    least = 1.0
    for n, outcome in enumerate(outcomes, 1):
        count += int(outcome)
        for side in ("less", "greater"):
            least = min(least, float(binomtest(count, n, RATE, alternative=side).pvalue))
    return least


def boundaries(outcomes: Array) -> object:
    """A finite pool: a look is two comparisons, once the boundaries are made."""
    found, count = _boundaries(len(outcomes)), 0
    for n, outcome in enumerate(outcomes, 1):
        count += int(outcome)
        found.decide(n, count)
    return count


@cache
def _boundaries(items: int) -> Boundaries:
    return pool_boundaries(items, round(items * RATE), ERROR)


def paired(outcomes: Array) -> object:
    """Two models, unlike on every item: the costliest case of the exact paired test."""
    test = PairedTest(Decimal("1e-9"))
    for outcome in outcomes:
        test.update(bool(outcome), not outcome)
    return test.decision


def repeated_interval(outcomes: Array) -> object:
    """SciPy's interval of a mean by Student's t, after every item from the second on."""
    ends = (0.0, 1.0)
    for n in range(2, len(outcomes) + 1):
        seen = outcomes[:n]
        spread = max(float(seen.std(ddof=1)), 1e-9) / n**0.5
        ends = t.interval(1 - ERROR, n - 1, loc=float(seen.mean()), scale=spread)
    return ends


def looks(items: int) -> dict[str, tuple[str, Looks, str, Looks]]:
    """What is measured: a name, ours, the peer's name, the peer."""
    worlds = predicted_worlds(np.random.default_rng(1).random(items))
    order = np.arange(items)[None]
    _boundaries(items)  # made in advance, as a protocol would
    binomial = "SciPy binomtest, repeated", repeated_binomial
    interval = "SciPy t.interval, repeated", repeated_interval
    return {
        "rate, exact": ("e-process in integers", exact_rate, *binomial),
        "finite pool": ("boundaries", boundaries, *binomial),
        "finite pool, predicted": (
            "control variate",
            lambda x: predicted_pool_crossing(x, order, worlds, RATE, 1e-9),
            *binomial,
        ),
        "finite pool of scores": (
            "betting",
            lambda x: pool_mean_crossing(x[None], RATE, 1e-9),
            *interval,
        ),
        "two models": ("paired e-process", paired, *binomial),
        "families": ("betting", lambda x: family_crossing(x[None], RATE, 0.1, ERROR), *interval),
        "scores": ("betting", lambda x: crossing(x[None], 0.4, 0.6, ERROR), *interval),
        "interval of a mean": ("hedged", lambda x: mean_sequence(x, ERROR), *interval),
    }


def way(look: Looks, outcomes: Array) -> Way:
    """Items per millisecond of one pass over the outcomes."""

    def run() -> float:
        begun = perf_counter()
        look(outcomes)
        return len(outcomes) / (perf_counter() - begun) / 1000

    return run


def main() -> None:
    parser = options(__doc__, rounds=7)
    parser.add_argument("--items", type=int, default=200, help="outcomes in a run (default 200)")
    args = parser.parse_args()
    if args.items < 10:
        parser.error(f"--items {args.items}: 10 or more")
    outcomes = (np.random.default_rng(7).permutation(args.items) % 2).astype(float)
    rows: list[Row] = []
    for what, (name, ours, peer, theirs) in looks(args.items).items():
        ways = {name: way(ours, outcomes), peer: way(theirs, outcomes)}
        rows += measure(what, UNIT, ways, args.rounds)
    if args.json:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False))
    else:
        show(f"Evidence after every one of {args.items} items", rows, digits=2)


if __name__ == "__main__":
    main()
