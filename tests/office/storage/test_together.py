"""Several offices at work on one register: every act once, in one log."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from holdshort.docket.replay import replay
from holdshort.office.door import Office
from holdshort.register.audit import audit_log
from holdshort.register.canonical import Json

ACTS = 15

FILER = """
import sys
from pathlib import Path
from holdshort.office.door import Office
root, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
office = Office.open(root)
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    fields = {"model": f"Model of {name}", "facts": {}}
    receipt = office.file("review.declare", f"{name}-{number}", "acme", fields)
    print(receipt.entry.index, flush=True)
"""

HOLDER = """
import sys
from pathlib import Path
from holdshort.office.door import Office
root, case = Path(sys.argv[1]), sys.argv[2]
office = Office.open(root)
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    for act in ("hold", "release"):
        receipt = office.file(f"review.{act}", case, "developer", {"reasons": f"Drill {number}."})
        print(receipt.entry.index, flush=True)
"""


def start(code: str, *arguments: object) -> "subprocess.Popen[str]":
    """A process that says ready and then waits for a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n", process.communicate()[1]
    return process


def run_together(*processes: "subprocess.Popen[str]") -> list[list[int]]:
    """Let them all go at once; the entries that each was told are on the register."""
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    said = []
    for process in processes:
        with process:
            said.append(process.communicate(timeout=120))
    assert [process.returncode for process in processes] == [0] * len(processes), said
    return [[int(line) for line in out.split()] for out, _ in said]


def check_whole(office: Office) -> None:
    """A stranger finds the log whole, every act lawful, and everything published."""
    found = audit_log(office.folder, [office.docket.charter.verifier])
    assert found.ok, found.failures
    assert found.leaves == [entry.leaf for entry in office.entries()]
    assert replay(found.entries, office.book).fault is None


def test_offices_that_take_turns_see_each_others_acts(office: Office) -> None:
    other = Office.open(office.place.root)
    for number in range(10):
        each = (office, other)[number % 2]
        fields: dict[str, Json] = {"model": "M", "facts": {}}
        receipt = each.file("review.declare", f"case-{number}", "acme", fields)
        assert receipt.entry.index == 7 + number
    office.sync()
    other.sync()
    assert office.docket.frontier.root() == other.docket.frontier.root()
    check_whole(office)


def test_processes_that_file_at_once_lose_nothing_and_repeat_nothing(office: Office) -> None:
    before, root = office.docket.size, office.place.root
    filers = [start(FILER, root, name, ACTS) for name in ("north", "south", "east")]
    told = run_together(*filers)
    again = Office.open(root)
    assert sorted(index for each in told for index in each) == list(
        range(before, before + 3 * ACTS)
    )
    assert Counter(entry.act.case for entry in again.entries() if entry.index >= before) == Counter(
        f"{name}-{number}" for name in ("north", "south", "east") for number in range(ACTS)
    )
    check_whole(again)


def test_standing_that_changes_while_others_file_is_stated_truly(
    tmp_path: Path, scripted: Callable[..., Any]
) -> None:
    """A snapshot states the log that it follows, whoever appended in between."""
    outcome = scripted(tmp_path / "data")
    filer = start(FILER.replace('"acme"', '"developer"'), tmp_path / "data", "busy", ACTS)
    holder = start(HOLDER, tmp_path / "data", outcome.case.id, 5)
    run_together(filer, holder)
    again = Office.open(tmp_path / "data")
    acts = Counter(entry.act.name for entry in again.entries())
    assert acts["hold"] == acts["release"] == 5
    check_whole(again)
    assert again.docket.last_snapshot is not None
    assert again.docket.last_snapshot.statuses == (0,)
