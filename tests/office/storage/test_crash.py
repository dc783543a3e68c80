"""What survives a kill, a full disk, and a folder that cannot be written."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from holdshort.docket.replay import replay
from holdshort.office.door import Office
from holdshort.office.opening import Opening, open_register
from holdshort.office.place import Place
from holdshort.register.audit import audit_log
from holdshort.rulebook.model import Rulebook

MANY = int(os.environ.get("HOLDSHORT_CRASHES", "1"))
SEED = int(os.environ["HOLDSHORT_CRASH_SEED"])
KILLS = 12 * MANY
FEWEST_ACTS = 30 * MANY

KILLED = """
import json, os, random, signal, sys, time
from pathlib import Path
from django.db import connections
from holdshort.office.door import Office

root, kills, seed = Path(sys.argv[1]), *map(int, sys.argv[2:])
moments = random.Random(seed)

def file_for_ever(start, say):
    office = Office.open(root)  # so what the last kill left behind does open
    say("open")
    for number in range(start, start + 10_000):
        office.file("review.declare", f"case-{number}", "acme", {"model": "M", "facts": {}})
        say(f"case-{number}")

Office.is_open(root)  # what takes time to import is imported once, before any fork
connections.close_all()
acknowledged = []
for kill in range(kills):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        file_for_ever(kill * 10_000, lambda line: os.write(writing, f"{line}\\n".encode()))
        os._exit(1)
    os.close(writing)
    with open(reading) as told:
        assert told.readline() == "open\\n"
        acknowledged += [told.readline().strip() for _ in range(kill % 6)]
        time.sleep(moments.uniform(0.0, 0.04))
        os.kill(child, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        acknowledged += told.read().split()
print(json.dumps(acknowledged))
"""


def test_a_process_killed_at_any_moment_loses_no_acknowledged_act_and_repeats_none(
    office: Office,
) -> None:
    """After none to five acts, a moment that is drawn from the time that an act or two take."""
    root = office.place.root
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(root), str(KILLS), str(SEED)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    acknowledged = set(json.loads(ran.stdout))
    assert len(acknowledged) >= FEWEST_ACTS
    again = Office.open(root)
    filed = Counter(entry.act.case for entry in again.entries() if entry.act.kind == "review")
    assert set(filed) >= acknowledged, SEED
    assert set(filed.values()) == {1}, SEED
    found = audit_log(again.folder, [again.docket.charter.verifier])
    assert found.ok, (found.failures, SEED)
    assert found.leaves == [entry.leaf for entry in again.entries()]
    assert replay(found.entries, again.book).fault is None


DECLARE = "file review.declare --case {case} --as acme --set model=M --set facts={{}} --data {data}"

# A disk of its own that can be filled; where none can be mounted, files that may not grow.
FULL = """
set -e
if [ "$6" = disk ]; then mount -t tmpfs -o size=768k tmpfs "$1"; fi
cp -a "$2" "$1/data"
"$3" -c "$4" "$1" "$1/data" "$5" "$6"
"""

FILL = """
import json, resource, subprocess, sys
from pathlib import Path

disk, data, command, full = Path(sys.argv[1]), *sys.argv[2:]
holdshort = [sys.executable, "-c", "from holdshort.cli import main; main()"]
said = {"codes": [], "errors": []}

def declare(case):
    ran = subprocess.run(
        [*holdshort, *command.format(case=case, data=data).split()], capture_output=True, text=True
    )
    said["codes"].append(ran.returncode)
    said["errors"].append(ran.stderr)
    return ran.returncode

if full == "disk":
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1024))
        except OSError:
            pass
    declare("while-full")
    ballast.unlink()
else:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, before[1]))
    declare("while-full")
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
declare("with-room")
declare("while-full")
verify = subprocess.run([*holdshort, "verify", data, "--json"], capture_output=True, text=True)
said["sound"] = json.loads(verify.stdout)["sound"]
docket = subprocess.run(
    [*holdshort, "docket", "--data", data, "--json"], capture_output=True, text=True
)
said["cases"] = [each["case"] for each in json.loads(docket.stdout)["cases"]]
said["left"] = sorted(str(each) for each in Path(data).rglob("*.tmp"))
print(json.dumps(said))
"""


def _can_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    probe = 'd=$(mktemp -d) && mount -t tmpfs -o size=64k tmpfs "$d"'
    ran = subprocess.run(["unshare", "-rm", "sh", "-c", probe], capture_output=True, check=False)
    return ran.returncode == 0


def test_a_full_disk_refuses_the_act_and_the_same_command_goes_on_when_there_is_room(
    office: Office, tmp_path: Path
) -> None:
    from django.db import connections

    connections.close_all()
    disk = tmp_path / "disk"
    disk.mkdir()
    full, apart = ("disk", ("unshare", "-rm")) if _can_mount() else ("files", ())
    shell = [*apart, "sh", "-c", FULL, "sh", str(disk), str(office.place.root)]
    ran = subprocess.run(
        [*shell, sys.executable, FILL, DECLARE, full], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["codes"][0] == 2
    assert "Nothing was recorded" in said["errors"][0]
    assert "Traceback" not in "".join(said["errors"])
    assert said["codes"][1:] == [0, 0], said["errors"]
    assert said["cases"][-2:] == ["with-room", "while-full"]
    assert said["sound"]
    assert not said["left"]


def _no_file_grows() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_where_no_byte_can_be_written_nothing_is_recorded(office: Office) -> None:
    """The same for any user and any system: a limit on file sizes stands in for the disk."""
    from django.db import connections

    connections.close_all()
    root = office.place.root
    command = DECLARE.format(case="too-much", data=root).split()
    holdshort = [sys.executable, "-c", "from holdshort.cli import main; main()"]
    ran = subprocess.run(
        [*holdshort, *command],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_no_file_grows,
    )
    assert ran.returncode == 2
    assert "Nothing was recorded" in ran.stderr
    assert "Traceback" not in ran.stderr
    again = subprocess.run([*holdshort, *command], capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert [entry.act.case for entry in Office.open(root).entries()].count("too-much") == 1


@pytest.mark.usefixtures("bound_by_file_modes")
def test_a_folder_of_someone_else_is_refused(tmp_path: Path, book: Rulebook) -> None:
    from holdshort.errors import StorageError

    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageError, match="cannot be written"):
            open_register(Place(tmp_path / "data"), book, Opening("Test", rehearsal=True))
    finally:
        tmp_path.chmod(0o700)
