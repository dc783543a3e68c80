"""What a campaign costs per sample over plain Inspect: same task, same model, same run.

Three contenders take turns on the same items of one suite, answered in this process by
``reference/noisy-0.5``, which costs next to nothing, so that what is measured is machinery:

- ``campaign``  this program: ledger, spool, test and progress, each sample forced to disk;
- ``inspect``   ``inspect_ai.eval`` as it comes, with its realtime buffer (its own protection
  against a crash), less the running score, which costs more the longer the run is;
- ``bare``      ``inspect_ai.eval`` without that buffer: a crash loses unflushed samples.

The budget (5 %) is over ``inspect``, which protects a run as a campaign does; the ratio to ``bare``
is the price of everything. The plan's error rate is so small that the test cannot decide, so all
run every item.

Run: ``python -m benchmarks.harness_cost [--samples N] [--repeats K] [--json]``.
"""

import argparse
import contextlib
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import inspect_ai

from holdshort.assess.campaign import run
from holdshort.assess.protocol import commitment, draft
from holdshort.assess.suites.tasks import area_task

AREA = "cybersecurity"
SEED = b"benchmark"
UNDECIDABLE = Decimal("0.000001")
NONCE = b"\0" * 32


def campaign(folder: Path, samples: int) -> None:
    protocol = draft(
        "reference/noisy-0.5",
        commitment(NONCE),
        areas=(AREA,),
        total_error_rate=UNDECIDABLE,
        max_items=samples,
    )
    (result,) = run(protocol, SEED, folder, progress=lambda _: None)
    if result.items != samples:
        sys.exit(f"the test decided after {result.items} items: choose fewer samples")


def plain(folder: Path, samples: int, *, realtime: bool | None) -> None:
    (log,) = inspect_ai.eval(
        area_task(AREA, SEED, 0, samples),
        model="reference/noisy-0.5",
        log_dir=str(folder),
        log_format="eval",
        log_realtime=realtime,
        display="none",
        score_display=False,
        max_samples=2,
        max_connections=2,
        temperature=0,
        max_tokens=256,
        seed=0,
    )
    if log.status != "success" or len(log.samples or ()) != samples:
        sys.exit("plain Inspect did not finish")


CONTENDERS: dict[str, Callable[[Path, int], None]] = {
    "campaign": campaign,
    "inspect": lambda folder, samples: plain(folder, samples, realtime=None),
    "bare": lambda folder, samples: plain(folder, samples, realtime=False),
}


def once(name: str, samples: int) -> tuple[float, float]:
    """CPU and wall milliseconds per sample, children of the process included."""
    with tempfile.TemporaryDirectory() as folder:
        cpu, wall = _cpu(), time.perf_counter()
        with contextlib.redirect_stdout(sys.stderr):
            CONTENDERS[name](Path(folder), samples)
        return (_cpu() - cpu) / samples * 1e3, (time.perf_counter() - wall) / samples * 1e3


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def quartiles(values: list[float]) -> dict[str, float]:
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"q1": round(low, 3), "median": round(middle, 3), "q3": round(high, 3)}


def measure(samples: int, repeats: int) -> dict[str, object]:
    for name in CONTENDERS:
        once(name, 20)  # imports, registries, compiled models
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in CONTENDERS}
    for turn in range(repeats):
        # Another order each time: whoever goes last would otherwise always meet the same heap.
        names = list(CONTENDERS)[turn % 3 :] + list(CONTENDERS)[: turn % 3]
        for name in names:
            taken[name].append(once(name, samples))
    report: dict[str, object] = {"samples": samples, "repeats": repeats}
    for name, pairs in taken.items():
        report[name] = {
            "cpu_ms": quartiles([cpu for cpu, _ in pairs]),
            "wall_ms": quartiles([wall for _, wall in pairs]),
        }
    for other in ("inspect", "bare"):
        for i, unit in enumerate(("cpu", "wall")):
            ratios = [
                ours[i] / theirs[i]
                for ours, theirs in zip(taken["campaign"], taken[other], strict=True)
            ]
            report[f"{unit}_over_{other}"] = quartiles(ratios)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--samples", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = measure(options.samples, options.repeats)
    if options.json:
        print(json.dumps(report))
        return
    for name, value in report.items():
        print(f"{name:18} {value}")


if __name__ == "__main__":
    main()
