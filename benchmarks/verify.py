"""Speed of a stranger's check of a whole register, beside the machine's raw signature rate.

Makes a register of signed, lawful acts (declarations of models and of interests), then
times each stage of ``holdshort verify`` on it, in µs an act, and the whole beside a program that
does nothing but verify as many Ed25519 signatures. ``benchmarks/README.md`` says how to read it.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from holdshort.cli.verification.place import Subject
from holdshort.cli.verification.register import RegisterCheck
from holdshort.docket.docket import Docket
from holdshort.processes import processors
from holdshort.register.act import Act
from holdshort.register.audit import audit_log
from holdshort.register.charter import NO_WITNESSES, read_charter
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.folder import Folder
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import NoteSigner
from holdshort.rulebook.load import open_rulebook
from holdshort.rulebook.model import Rulebook
from holdshort.rulebook.proof import prove

ORIGIN = "holdshort.example/benchmark"
AT = "2026-11-02T14:00:00Z"
LABS = 4
CAST = {
    "acme": "developer",
    **{f"lab-{number}": "assessor" for number in range(LABS)},
}
INTERESTS = {
    "conflict": False,
    "ownership": False,
    "control": False,
    "contingent_pay": False,
    "personal_equity": False,
    "equity_recused": False,
    "funding_share": "0",
    "dual_roles": False,
    "shared_model_lineage": False,
    "paid_by_competitor": False,
    "separate_agreements": False,
    "funding": "A fixed fee.",
    "statement": "None.",
}
MESSAGE = b"x" * 700  # about as long as an act


@dataclass(frozen=True)
class Row:
    """One stage, in µs an act: by the clock, and of processors' time in all processes."""

    stage: str
    wall: float
    cpu: float


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.directory) as temporary:
        os.environ["XDG_CACHE_HOME"] = str(Path(temporary) / "cache")
        folder = Folder(Path(temporary) / "register")
        size = _make(folder, options.acts, options.per_case)
        rows, rates = _measure(folder, size)
    if options.json:
        json.dump({"acts": size, "rows": [asdict(row) for row in rows], **rates}, sys.stdout)
        return
    table = Table(
        "stage", "µs an act, clock", "processors", title=f"{size:,} acts, {processors()} processors"
    )
    for row in rows:
        table.add_row(row.stage, f"{row.wall:.1f}", f"{row.cpu:.1f}")
    console = Console()
    console.print(table)
    for name, value in rates.items():
        console.print(f"{name}: {value:,.2f}")


# ---------------------------------------------------------------------- the register


def _key(party: str) -> PrivateKey:
    return PrivateKey.from_seed(hashlib.sha256(f"key of {party}".encode()).digest())


def _make(folder: Folder, acts: int, per_case: int) -> int:
    book = open_rulebook("aaif")
    leaves = [
        sign(act.to_payload(), [_key(act.by)]).to_bytes() for act in _acts(book, acts, per_case)
    ]
    signer = NoteSigner(ORIGIN, _key("register"))
    head = Checkpoint(ORIGIN, len(leaves), Tree(map(leaf_hash, leaves)).root())
    folder.put_blob(book.text)
    folder.publish(leaves, sign_checkpoint(head, signer))
    return len(leaves)


def _acts(book: Rulebook, count: int, per_case: int) -> Iterator[Act]:
    def act(type_: str, by: str, case: str, **fields: Any) -> Act:
        kind, _, name = type_.partition(".")
        return Act(ORIGIN, book.digest, kind, name, case, by, AT, fields)

    def party(id_: str, role: str, as_: str = "id") -> dict[str, Any]:
        return {as_: id_, "name": id_, "role": role, "keys": [_key(id_).public.to_json()]}

    yield act(
        "register.charter",
        "root",
        "register",
        title="Benchmark",
        rehearsal=True,
        rulebook={"id": book.id, "digest": book.digest},
        witness_policy=NO_WITNESSES,
        status_minutes=60,
        root=party("root", "authority.root"),
        registrar=party("registrar", "authority.registrar"),
        log_key=party("register", "register"),
    )
    for id_, role in CAST.items():
        yield act("register.enrol", "registrar", "register", **party(id_, role, "party"))
    for number in range((count - 1 - len(CAST)) // per_case):
        case, weights = f"review-{number}", hashlib.sha256(f"{number}".encode()).hexdigest()
        yield act("review.declare", "acme", case, model=case, weights=weights, facts={})
        for nth in range(per_case - 1):
            said = INTERESTS | {"statement": f"None, said for the {nth + 1}th time."}
            yield act("review.declare-interests", f"lab-{nth % LABS}", case, **said)


# ---------------------------------------------------------------------- the stages


def _measure(folder: Folder, size: int) -> tuple[list[Row], dict[str, float]]:
    charter = read_charter(Entry.parse(0, folder.leaf(0)))

    def each(stage: str, work: Callable[[], object]) -> Row:
        began, used = time.perf_counter(), _cpu()
        work()
        wall, cpu = time.perf_counter() - began, _cpu() - used
        return Row(stage, wall / size * 1e6, cpu / size * 1e6)

    leaves = list(folder.leaves())
    entries: list[Entry] = []
    book = open_rulebook("aaif")
    rows = [
        each("prove the limits of the law, once", lambda: prove(book)),
        each(
            "read and hash all entries, check all tiles",
            lambda: audit_log(folder, [charter.verifier], acts=False, blobs=False),
        ),
        each(
            "read entries as acts",
            lambda: entries.extend(Entry.parse(at, leaf) for at, leaf in enumerate(leaves)),
        ),
        each("fold, signatures aside", lambda: _fold(book, entries)),
        each("raw signatures, one processor", lambda: _verify_raw(size)),
        each("raw signatures, all processors", lambda: _raw(size)),
        each("verify, the whole", lambda: _verify(folder, size)),
        each("verify once more, nothing new", lambda: _verify(folder, size, again=True)),
    ]
    _, _, _, _, one, every, whole, _ = rows
    return rows, {
        "acts/s": 1e6 / whole.wall,
        "raw signatures ÷ verify, one processor, by the clock": one.wall / whole.wall,
        "raw signatures ÷ verify, all processors, by the clock": every.wall / whole.wall,
        "raw signatures ÷ verify, processors' time": one.cpu / whole.cpu,
    }


def _cpu() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _fold(book: Rulebook, entries: list[Entry]) -> None:
    docket = Docket(book)
    for entry in entries:
        docket.admit(entry, signed=True)


def _verify(folder: Folder, size: int, *, again: bool = False) -> None:
    check = RegisterCheck(Subject(folder, None), None, None, fresh=not again, quiet=True)
    wrong = [line for line in check.lines() if not line.ok]
    if wrong:
        raise SystemExit(f"the register does not hold: {wrong}")
    if again != (check.resumed == size):
        raise SystemExit("it was resumed when it should not, or not when it should")
    check.remember()


def _raw(count: int) -> None:
    """Verify that many signatures in as many processes as there are processors."""
    processes = processors()
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        list(pool.map(_verify_raw, [count // processes] * processes))


def _verify_raw(count: int) -> None:
    key = _key("acme")
    signature, public = key.sign(MESSAGE), key.public
    for _ in range(count):
        public.verify(signature, MESSAGE)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=100_000)
    parser.add_argument("--directory", type=Path, help="for the register; default: temporary")
    parser.add_argument("--per-case", type=int, default=40, help="acts of a case")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
