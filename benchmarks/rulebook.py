"""Speed of the law: proving all limits, deciding conditions, replaying history; each beside a peer.

All ways run in turn, round after round, so that whatever else the machine does falls on all alike.
Prints the median with quartiles, and the ratio. ``benchmarks/README.md`` says how to read it.
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import cel
from benchmarks.rounds import Way, measure, options, show

from holdshort.rulebook import history
from holdshort.rulebook.condition import Condition
from holdshort.rulebook.load import open_rulebook, shipped
from holdshort.rulebook.model import Rulebook
from holdshort.rulebook.proof import prove
from holdshort.rulebook.proof.kept import Lore
from holdshort.rulebook.proof.proving import layers_of
from holdshort.rulebook.proof.solve import shortest

DEPTH = 12  # acts: as deep as the longest story of a shipped book that lacks a guard
ALL_IN_FORCE = date(2027, 6, 1)  # every shipped book has its values by then
MODELS = Path("../shared/data/compute/epoch_notable_ai_models_2026-07-19.csv")


def main() -> None:
    given = _options()
    books = [open_rulebook(name) for name in shipped()]
    rows = measure(
        "prove the limits of all books", "limits/s", _timed(_proofs(books)), given.rounds
    )
    seconds = _seconds(books)
    rows += measure("decide coverage", "conditions/s", _timed(_conditions(books)), given.rounds)
    if given.models.is_file():
        rows += measure("replay history", "models/s", _timed(_replays(given.models)), given.rounds)
    if given.json:
        print(json.dumps({"rows": [asdict(row) for row in rows], "proof_seconds": seconds}))
        return
    show("The law", rows)
    print(
        f"All limits of the {len(books)} books are proven in {seconds:.1f} s; the budget is 10 s."
    )
    if not given.models.is_file():
        print(f"{given.models} is not there: no replay of history.", file=sys.stderr)


def _options() -> argparse.Namespace:
    parser = options(__doc__, rounds=5)
    parser.add_argument("--models", type=Path, default=MODELS, help="Epoch AI's CSV of models")
    return parser.parse_args()


def _seconds(books: Sequence[Rulebook]) -> float:
    start = time.perf_counter()
    for book in books:
        assert prove(book).proven, book.id
    return time.perf_counter() - start


Work = Callable[[], int]
"""Does the thing once; how many of its unit that were."""


def _timed(works: Mapping[str, Work]) -> dict[str, Way]:
    """How many of its unit each does a second."""

    def rate(work: Work) -> float:
        start = time.perf_counter()
        done = work()
        return done / (time.perf_counter() - start)

    return {name: partial(rate, work) for name, work in works.items()}


def _proofs(books: Sequence[Rulebook]) -> dict[str, Work]:
    """Every limit that is a formula, for all histories; and with Z3 alone, up to a few acts."""
    asked = [(book, limit) for book in books for limit in book.limits.values() if not limit.equal]

    def ours() -> int:
        for book in books:
            prove(book)
        return len(asked)

    def unrolled() -> int:
        for book, limit in asked:
            whole = layers_of(Lore(book), limit)[-1]
            shortest(whole.system, whole.breaches, DEPTH)
        return len(asked)

    return {
        "holdshort, for all histories": ours,
        f"Z3 unrolled, {DEPTH} acts": unrolled,
    }


def _conditions(books: Sequence[Rulebook]) -> dict[str, Work]:
    """The coverage clauses of all books on the same facts; compiled once, then decided often."""
    clauses = [(book.coverage.when, _facts(book)) for book in books]
    peers = [(cel.compile(when.source), _floats(facts)) for when, facts in clauses]
    often = 2000

    def ours() -> int:
        for _ in range(often):
            for when, facts in clauses:
                when.decide(facts)
        return often * len(clauses)

    def theirs() -> int:
        for _ in range(often):
            for program, facts in peers:
                program.execute(facts)
        return often * len(peers)

    for (when, _), (program, facts) in zip(clauses, peers, strict=True):
        assert _decided(when, clauses) == program.execute(facts), when.source
    return {"holdshort": ours, "common-expression-language": theirs}


def _decided(when: Condition, clauses: Sequence[tuple[Condition, Mapping[str, Any]]]) -> object:
    return next(when.decide(facts) for each, facts in clauses if each is when)


def _facts(book: Rulebook) -> dict[str, Any]:
    """Every fact known, every number far above every threshold."""
    found: dict[str, Any] = {"areas": list(book.areas)}
    for name, fact in book.facts.items():
        record, _, member = name.partition(".")
        value: object = Decimal("4e27") if fact.type == "number" else True
        found.setdefault(record, {})[member] = value
    dated = {name: value.on(ALL_IN_FORCE) for name, value in book.values.items()}
    found["value"] = {name: value.value for name, value in dated.items() if value}
    return found


def _floats(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a runtime whose numbers are floats."""
    return {
        name: {key: float(v) if isinstance(v, Decimal) else v for key, v in value.items()}
        if isinstance(value, dict)
        else value
        for name, value in facts.items()
    }


def _replays(file: Path) -> dict[str, Work]:
    """A law over a table of models, with uncertainty; and the least loop that only compares."""
    content = file.read_bytes()
    law = history.stand(open_rulebook("eu-gpai"), date(2026, 11, 23))
    uncertainty = history.Uncertainty(law.book.coverage.compute.margin)

    def ours() -> int:
        models = history.read_models(content, file.name)
        assumed = history.assume(law.book, ())
        return len(list(history.replay(law, models, assumed, uncertainty)))

    def loop() -> int:
        rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines(keepends=True)))
        column = "Training compute (FLOP)"
        sum(float(row[column] or 0) > 1e25 for row in rows)
        return len(rows)

    return {"holdshort": ours, "csv module and one comparison": loop}


if __name__ == "__main__":
    main()
