"""What containment costs: a sandbox's life, a command, a file, beside what contains nothing.

Three ways take turns, each round in another order:

- ``bubblewrap``  the sandbox of this program, through Inspect's interface;
- ``local``       Inspect's provider that contains nothing, through the same interface;
- ``subprocess``  a plain ``subprocess.run`` and plain files: the least that anybody pays.

The work: a command (``true``), a shell (``sh -c 'echo hello'``), 1 MiB written and read back.
Beside it stands the life of a sandbox (started, one command, ended), which has no peer: the others
start nothing. A round's figure is the median of its repetitions.

Run: ``python -m benchmarks.sandbox [--rounds N] [--repeats K] [--json]``. Needs Linux with user
namespaces.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import inspect_ai
from inspect_ai import Task
from inspect_ai.dataset import Sample
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import sandbox

from holdshort.assess.sandbox.session import Session
from holdshort.assess.sandbox.settings import Settings

SHELL = ["sh", "-c", "echo hello"]
DATA = bytes(1 << 20)

Figures = dict[str, float]
"""Milliseconds by kind of work."""


def through_inspect(provider: str, repeats: int) -> Figures:
    taken: Figures = {}

    @solver
    def work() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            box = sandbox()
            taken["command"] = await timed(lambda: box.exec(["true"]), repeats)
            taken["shell"] = await timed(lambda: box.exec(SHELL), repeats)
            taken["write"] = await timed(lambda: box.write_file("file", DATA), repeats)
            taken["read"] = await timed(lambda: box.read_file("file", text=False), repeats)
            return state

        return solve

    task = Task(dataset=[Sample(input="x")], solver=work(), sandbox=provider)
    with tempfile.TemporaryDirectory() as folder:
        (log,) = inspect_ai.eval(
            task,
            model="mockllm/model",
            log_dir=folder,
            display="none",
            score_display=False,
            log_level="error",
        )
    if log.status != "success":
        raise SystemExit(f"{provider}: {log.error}")
    return taken


async def timed(act: Callable[[], Awaitable[object]], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        await act()
        taken.append((time.perf_counter() - began) * 1e3)
    return statistics.median(taken)


def plain(repeats: int) -> Figures:
    def run(command: list[str]) -> None:
        subprocess.run(command, capture_output=True, check=True)

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "file")
        return {
            "command": clocked(lambda: run(["true"]), repeats),
            "shell": clocked(lambda: run(SHELL), repeats),
            "write": clocked(lambda: file.write_bytes(DATA), repeats),
            "read": clocked(file.read_bytes, repeats),
        }


def life() -> None:
    session = Session(Settings())
    try:
        session.call().exec(["true"], limit=1024)
    finally:
        session.close()


def clocked(act: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1e3)
    return statistics.median(taken)


def measure(rounds: int, repeats: int) -> dict[str, dict[str, list[float]]]:
    """Milliseconds by way and kind of work, one a round."""
    ways: dict[str, Callable[[], Figures]] = {
        "bubblewrap": lambda: {
            **through_inspect("bubblewrap", repeats),
            "life": clocked(life, max(repeats // 4, 1)),
        },
        "local": lambda: through_inspect("local", repeats),
        "subprocess": lambda: plain(repeats),
    }
    for way in ways.values():
        way()  # imports, page cache
    found: dict[str, dict[str, list[float]]] = {name: {} for name in ways}
    for turn in range(rounds):
        names = list(ways)[turn % 3 :] + list(ways)[: turn % 3]
        for name in names:
            for kind, figure in ways[name]().items():
                found[name].setdefault(kind, []).append(figure)
    return found


def quartiles(values: list[float]) -> str:
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle:8.2f} ({low:.2f} to {high:.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.rounds < 2 or options.repeats < 1:
        parser.error("quartiles need two rounds, and each at least one repetition")
    found = measure(options.rounds, options.repeats)
    if options.json:
        print(json.dumps(found))
        return
    print(f"{'work':8} {'way':11} {'ms: median (quartiles)':32} bubblewrap ÷ it")
    for kind, ours in found["bubblewrap"].items():
        for name in found:
            if kind in found[name]:
                ratios = [a / b for a, b in zip(ours, found[name][kind], strict=True)]
                print(f"{kind:8} {name:11} {quartiles(found[name][kind]):32} {quartiles(ratios)}")


if __name__ == "__main__":
    main()
