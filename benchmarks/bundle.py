"""How fast evidence is recomputed, beside reading the same log with plain Inspect.

Campaigns of ``reference/noisy-0.5`` (answered in this process; its test cannot decide) are packed,
and two contenders take turns on each:

- ``verify``    this program: digests, form, every item generated and every answer marked again, the
  test run again, every sample held against Inspect's log, nothing kept in memory;
- ``inspect``   ``inspect_ai.log.read_eval_log`` of the very log that is in the bundle: it believes
  what it reads and keeps all of it.

So the ratio says what trusting nobody costs over opening the file. Peak memory is that of a fresh
process for each, less that of one that only imports.

Run: ``python -m benchmarks.bundle [--samples N …] [--repeats K] [--json]``.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

AREA = "cybersecurity"
NONCES = (b"\0" * 32, b"\1" * 32)
UNDECIDABLE = Decimal("0.000001")

PEAK = """
import sys
from pathlib import Path
from benchmarks.bundle import CONTENDERS
CONTENDERS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
# Not ru_maxrss: a child begins with its parent's.
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


def make(folder: Path, samples: int) -> tuple[Path, Path]:
    """A bundle of so many samples, and the one log that is in it."""
    from holdshort.assess.bundle import pack
    from holdshort.assess.campaign import run
    from holdshort.assess.protocol import commitment, draft, item_seed

    protocol = draft(
        "reference/noisy-0.5",
        commitment(NONCES[0]),
        areas=(AREA,),
        total_error_rate=UNDECIDABLE,
        max_items=samples,
        min_items=samples,
    )
    run(protocol, item_seed(*NONCES, protocol.digest), folder / "campaign", max_connections=10)
    bundle = folder / "evidence.tar"
    pack(folder / "campaign", bundle, assessor_nonce=NONCES[0], developer_nonce=NONCES[1])
    (log,) = (folder / "campaign" / "areas" / AREA / "logs").glob("*.eval")
    return bundle, log


def verify(bundle: Path, log: Path) -> None:
    from holdshort.assess.verify import Claims, checks_of

    failed = [check for check in checks_of(bundle, Claims.of(bundle)) if not check.ok]
    if failed:
        sys.exit(f"the bundle does not hold: {failed[0].detail}")


def inspect(bundle: Path, log: Path) -> None:
    from inspect_ai.log import read_eval_log

    if not read_eval_log(str(log)).samples:
        sys.exit("plain Inspect read no sample")


def nothing(bundle: Path, log: Path) -> None:
    import inspect_ai.log  # noqa: F401 - what both contenders import

    import holdshort.assess.verify  # noqa: F401 - and ours on top


CONTENDERS: dict[str, Callable[[Path, Path], None]] = {
    "verify": verify,
    "inspect": inspect,
    "nothing": nothing,
}


def once(name: str, bundle: Path, log: Path) -> float:
    """Wall seconds."""
    began = time.perf_counter()
    CONTENDERS[name](bundle, log)
    return time.perf_counter() - began


def peak(name: str, bundle: Path, log: Path) -> int:
    """KiB of a fresh process at its peak."""
    command = [sys.executable, "-c", PEAK, name, str(bundle), str(log)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def quartiles(values: list[float]) -> dict[str, float]:
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"q1": round(low, 3), "median": round(middle, 3), "q3": round(high, 3)}


def measure(samples: int, repeats: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        bundle, log = make(Path(folder), samples)
        names = ["verify", "inspect"]
        for name in names:
            once(name, bundle, log)  # imports, compiled models, page cache
        taken: dict[str, list[float]] = {name: [] for name in names}
        for turn in range(repeats):
            for name in names if turn % 2 == 0 else reversed(names):
                taken[name].append(once(name, bundle, log))
        empty = peak("nothing", bundle, log)
        return {
            "samples": samples,
            "repeats": repeats,
            "bundle_bytes": bundle.stat().st_size,
            **{
                name: {
                    "samples_per_second": quartiles([samples / each for each in taken[name]]),
                    "memory_mib": round((peak(name, bundle, log) - empty) / 1024, 1),
                }
                for name in names
            },
            "verify_over_inspect": quartiles(
                [a / b for a, b in zip(taken["verify"], taken["inspect"], strict=True)]
            ),
        }


def show(report: dict[str, object]) -> None:
    print(f"{report['samples']} samples, {report['repeats']} rounds")
    for name in ("verify", "inspect"):
        found = report[name]
        assert isinstance(found, dict)
        rate = found["samples_per_second"]
        print(
            f"  {name:8} {rate['median']:8.0f} samples/s ({rate['q1']:.0f} to {rate['q3']:.0f}),"
            f" {found['memory_mib']:.0f} MiB over the imports"
        )
    ratio = report["verify_over_inspect"]
    assert isinstance(ratio, dict)
    print(f"  verify takes {ratio['median']} × ({ratio['q1']} to {ratio['q3']}) as long")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--samples", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.repeats < 2 or min(arguments.samples) < 1:
        parser.error("two repeats and one sample are the least")
    reports = []
    for samples in arguments.samples:
        reports.append(measure(samples, arguments.repeats))
        if not arguments.json:
            show(reports[-1])
    if arguments.json:
        print(json.dumps(reports, indent=2))


if __name__ == "__main__":
    main()
