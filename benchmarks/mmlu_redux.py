"""MMLU-Redux answers of 14 models as per-item results: the table that `determination` takes.

    python -m benchmarks.mmlu_redux ../shared/data/assess/mmlu_redux_responses.csv > table.csv

An answer is correct when it is the published key. With ``--bank-size N`` the items are dealt, by
their hashes, into banks of N: pools of the size that assessors have.
"""

import argparse
import csv
import sys
from pathlib import Path

_OTHERS = ("item", "key", "error_type")


def main() -> None:
    """Write the table to standard output."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("responses", type=Path)
    parser.add_argument("--bank-size", type=int, default=0, help="0: one bank of all items")
    args = parser.parse_args()
    with args.responses.open(newline="", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["item"])
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["item", "model", "correct", "bank", "developer"])
    whole = len(rows) - (len(rows) % args.bank_size if args.bank_size else 0)
    for number, row in enumerate(rows[:whole]):
        bank = f"{number // args.bank_size:03d}" if args.bank_size else "all"
        for model, answer in row.items():
            if model not in _OTHERS:
                developer = model.partition("_")[0]
                out.writerow([row["item"], model, int(answer == row["key"]), bank, developer])


if __name__ == "__main__":
    main()
