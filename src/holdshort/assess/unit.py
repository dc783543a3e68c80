"""A unit of work: some requests of one part, asked by a fresh process that writes its own log.

The unit is (task, model, item range, seed). Its folder holds what it is and, when it has ended,
what came of it::

    unit.json        protocol, part, requests [start, stop), model arguments; no seed
    stop             once it is there, no further item is asked
    samples.jsonl    its own ledger, `<eval id>.spool.jsonl` while it runs
    logs/*.eval      Inspect's log of every attempt
    done.json        digests of the ledger and the logs, once it has ended cleanly
    failed.json      the error that ended it otherwise; `stderr.txt` what its process said
    unit.lock        held while a process is at work

A folder can be carried to another machine and back. A process that dies leaves no ``done.json``;
run again on the same folder it goes on where it was.

``python -m holdshort.assess.unit FOLDER`` is the one entry point, whoever starts it: a pool of
processes, a Ray worker, a Kubernetes Job (which names a `wave` in place of the folder, and the
unit's place in it). The item seed is secret until the evidence is published,
so it never lies in the folder: it comes in the environment variable ``HOLDSHORT_ITEM_SEED``, or as
the first line of standard input. In the second case the process asks no more once the input ends:
a unit does not outlive whoever started it.
"""

import fcntl
import hashlib
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdshort.assess.fields import Fields
from holdshort.assess.item_run import LOGS, ItemRun, resolve_model
from holdshort.assess.ledger import LEDGER, Line, read_lines
from holdshort.assess.part import Part
from holdshort.assess.protocol import Protocol
from holdshort.assess.suite_check import check_suites
from holdshort.assess.wave import unit_of
from holdshort.errors import BadInput, EvidenceError, HoldshortError
from holdshort.register.canonical import Json, canonical, digest, parse

UNIT = "unit.json"
STOP = "stop"
DONE = "done.json"
FAILED = "failed.json"
LOCK = "unit.lock"
STDERR = "stderr.txt"
SEED_VARIABLE = "HOLDSHORT_ITEM_SEED"

_NAMES = (
    "protocol",
    "area",
    "arm",
    "of_control",
    "start",
    "stop",
    "model_args",
    "max_connections",
)


@dataclass(frozen=True)
class Unit:
    """The requests start ≤ number < stop of a part of a protocol."""

    protocol: Protocol
    part: Part
    start: int
    stop: int
    model_args: Mapping[str, Any]
    max_connections: int

    def to_fields(self) -> dict[str, Json]:
        """The unit as JSON values."""
        return {
            "protocol": self.protocol.to_fields(),
            **self.part.to_fields(),
            "start": self.start,
            "stop": self.stop,
            "model_args": dict(self.model_args),
            "max_connections": self.max_connections,
        }

    @classmethod
    def read(cls, folder: Path) -> "Unit":
        """The unit that a folder holds; :class:`BadInput` naming the field."""
        path = folder / UNIT
        if not path.exists():
            raise BadInput("there is no unit of work here.", where=str(folder))
        value = parse(path.read_bytes(), str(path))
        fields = Fields(value, UNIT).only(_NAMES)
        raw = value if isinstance(value, dict) else {}
        locked, arguments = raw.get("protocol"), raw.get("model_args")
        if not isinstance(locked, dict) or not isinstance(arguments, dict):
            raise BadInput("protocol and model_args must be objects.", where=str(path))
        protocol = Protocol.from_fields(locked, f"{UNIT}.protocol")
        unit = cls(
            protocol=protocol,
            part=Part.from_fields(fields),
            start=fields.whole("start"),
            stop=fields.whole("stop", least=1),
            model_args=arguments,
            max_connections=fields.whole("max_connections", least=1),
        )
        if not unit.start < unit.stop <= unit.part.requests(protocol):
            raise BadInput("holds no requests of its part.", where=f"{path}: start, stop")
        return unit

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON."""
        return digest(self.to_fields())


@dataclass(frozen=True)
class Done:
    """What a unit brought: its lines in order of completion, and its logs by digest."""

    unit: str
    ledger: str
    logs: Mapping[str, str]
    lines: tuple[Line, ...]

    def to_fields(self) -> dict[str, Json]:
        """``done.json``."""
        return {"unit": self.unit, "ledger": self.ledger, "logs": dict(self.logs)}


def prepare(unit: Unit, folder: Path) -> None:
    """Lay out a unit's folder; what an earlier process left in it stays."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STOP).unlink(missing_ok=True)
    (folder / FAILED).unlink(missing_ok=True)
    _write(folder / UNIT, canonical(unit.to_fields()))


def collect(unit: Unit, folder: Path) -> Done:
    """What an ended unit brought, checked against its digests.

    Raises :class:`EvidenceError` naming what is not as the unit's process left it.
    """
    where = str(folder)
    fields = Fields(parse((folder / DONE).read_bytes(), where), DONE)
    stated = fields.nested("logs")
    logs = {name: stated.hexadecimal(name) for name in stated.names}
    found = done_so_far(unit, folder)
    if fields.hexadecimal("unit") != unit.digest:
        raise EvidenceError("another unit's work lies here.", where=where)
    if fields.hexadecimal("ledger") != found.ledger:
        raise EvidenceError("the ledger is not the one that the unit wrote.", where=where)
    if logs != found.logs:
        raise EvidenceError("the logs are not those that the unit wrote.", where=where)
    for line in found.lines:
        if not unit.start <= line.index < unit.stop:
            raise EvidenceError(f"item {line.index} is not one of the unit's.", where=where)
    return found


def run(folder: Path, seed: bytes, *, orphaned: threading.Event | None = None) -> Done:
    """Ask the unit's items that are not on record; ``orphaned`` ends it as the stop file does.

    Raises :class:`HoldshortError` as a campaign does; what was completed is on record.
    """
    unit = Unit.read(folder)
    check_suites(unit.protocol)
    with (folder / LOCK).open("ab") as lock:
        # Not refused but waited for: whoever holds it lost its starter and is about to end.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / DONE).exists():
            return collect(unit, folder)
        items = ItemRun(unit.protocol, unit.part, seed, folder, range(unit.start, unit.stop))
        try:
            _ask(items, unit, folder, orphaned or threading.Event())
        finally:
            items.ledger.close()
        done = done_so_far(unit, folder)
        _write(folder / DONE, canonical(done.to_fields()))
        return done


def _ask(items: ItemRun, unit: Unit, folder: Path, orphaned: threading.Event) -> None:
    def halt() -> str | None:
        if orphaned.is_set():
            return "whoever started the unit has gone"
        return "the campaign asks no more" if (folder / STOP).exists() else None

    if items.complete or halt():
        return
    name = unit.part.model(unit.protocol)
    model = resolve_model(unit.protocol, unit.model_args, unit.max_connections, name)
    items.run(
        model,
        unit.max_connections,
        halt=halt,
        taken=lambda line: None,
        summary=lambda: {"unit": unit.digest, "recorded": len(items.ledger.lines)},
    )
    if orphaned.is_set() and not items.complete:
        raise HoldshortError("whoever started the unit has gone.", where=str(folder))


def done_so_far(unit: Unit, folder: Path) -> Done:
    """What a unit has on record, from its files; nothing is checked."""
    ledger = folder / LEDGER
    return Done(
        unit=unit.digest,
        ledger=hashlib.sha256(ledger.read_bytes()).hexdigest(),
        logs={path.name: _sha256(path) for path in sorted((folder / LOGS).glob("*.eval"))},
        lines=tuple(read_lines(ledger)),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, data: bytes) -> None:
    partial = path.with_suffix(".partial")
    partial.write_bytes(data)
    partial.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Run one unit; 0 when it ended cleanly, else the error's exit code and ``failed.json``."""
    given = sys.argv[1:] if arguments is None else arguments
    folder = Path(given[0]) if len(given) == 1 else None
    if folder is None:
        sys.stderr.write("usage: python -m holdshort.assess.unit FOLDER|WAVE\n")
        return BadInput.exit_code
    try:
        if folder.is_file():
            folder = unit_of(folder)
        seed, orphaned = _seed()
        run(folder, seed, orphaned=orphaned)
    except HoldshortError as error:
        said: dict[str, Json] = {"what": error.what, "where": error.where, "do": error.do}
        if folder.is_dir():
            _write(folder / FAILED, canonical(said))
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _seed() -> tuple[bytes, threading.Event]:
    """The item seed, and an event that is set once whoever gave it on standard input has gone."""
    orphaned = threading.Event()
    text = os.environ.pop(SEED_VARIABLE, "")
    if not text:
        text = sys.stdin.readline()
        threading.Thread(target=_watch, args=(orphaned,), daemon=True).start()
    try:
        seed = bytes.fromhex(text.strip())
    except ValueError:
        seed = b""
    if not seed:
        raise BadInput(
            "the item seed is missing or not hexadecimal.",
            where=SEED_VARIABLE,
            do="Set it, or give the seed as the first line of standard input.",
        )
    return seed, orphaned


def _watch(orphaned: threading.Event) -> None:
    # read() on the raw descriptor: a buffered reader holds a lock that the exit would wait for.
    while os.read(0, 1024):
        pass
    orphaned.set()


if __name__ == "__main__":
    sys.exit(main())
