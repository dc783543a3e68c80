"""Whether these weights may run.

A gate trusts nothing but the register's charter, and not even that blindly: pin its hash. From
there it follows signatures and inclusion proofs:

    weights ─▶ manifest digest ─▶ index ─▶ clearance ─▶ status ─▶ yes or no
                                    ▲           ▲          ▲
                              named by the   logged,   the newest snapshot,
                                snapshot      signed    logged, signed, fresh

It reads a handful of files, never the whole log, and asks nobody. It fails closed: whatever is
missing, stale, forged or not understood is a refusal with its reason. Whether the register itself
kept to the law is not the gate's to judge but `holdshort verify`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from holdshort.errors import RegisterError
from holdshort.gate.manifest import Manifest
from holdshort.register.canonical import Json, parse
from holdshort.register.charter import Charter, read_charter
from holdshort.register.checkpoint import Checkpoint, open_checkpoint
from holdshort.register.clearance import EXTENSION
from holdshort.register.entry import Entry
from holdshort.register.envelope import verify
from holdshort.register.folder import Folder
from holdshort.register.merkle import verify_inclusion
from holdshort.register.status import Status, StatusSnapshot

CLEARANCE = "review.issue-clearance"
SNAPSHOT = "register.snapshot"


@dataclass(frozen=True)
class Decision:
    """The gate's answer. ``reasons`` says why, best first; ``case`` names the clearance's case."""

    served: bool
    reasons: tuple[str, ...]
    weights: str
    case: str | None = None
    entry: int | None = None
    status: str | None = None
    rehearsal: bool = False
    log_size: int | None = None
    snapshot_valid_until: str | None = None

    def to_json(self) -> dict[str, Json]:
        """As ``--json`` prints it."""
        return {
            "served": self.served,
            "reasons": list(self.reasons),
            "weights": self.weights,
            "case": self.case,
            "entry": self.entry,
            "status": self.status,
            "rehearsal": self.rehearsal,
            "log_size": self.log_size,
            "snapshot_valid_until": self.snapshot_valid_until,
        }


class RegisterView:
    """A published register as a gate reads it: every entry is proven before it is believed."""

    def __init__(self, folder: Folder, charter_hash: str | None = None) -> None:
        """Open the register.

        Raises:
            RegisterError: no register there, its charter is not the pinned one, or it is damaged.
        """
        self._folder = folder
        first = Entry.parse(0, folder.leaf(0))
        self.charter: Charter = read_charter(first)
        if charter_hash is not None and charter_hash != self.charter.leaf_hash:
            raise RegisterError(
                f"The charter is {self.charter.leaf_hash}, not the pinned {charter_hash}.",
                where=str(folder.path),
            )
        data = folder.checkpoint()
        self.checkpoint: Checkpoint = open_checkpoint(data, [self.charter.verifier])
        if self.checkpoint.origin != self.charter.origin:
            raise RegisterError("The checkpoint is another log's.", where="checkpoint")
        self._prove(first)

    def entry(self, index: int) -> Entry:
        """Entry ``index``, in the log under the checkpoint."""
        entry = Entry.parse(index, self._folder.leaf(index))
        self._prove(entry)
        return entry

    def by_register(self, entry: Entry) -> Entry:
        """``entry``, signed by the register itself."""
        register = self.charter.register
        if entry.act.by != register.id:
            raise RegisterError(
                "The entry is not the register's own.", where=f"entry {entry.index}"
            )
        verify(entry.envelope, {register.key.keyid: register.key})
        return entry

    def newest_snapshot(self) -> StatusSnapshot:
        """The last status snapshot in the log.

        Raises:
            RegisterError: there is none.
        """
        for index in range(self.checkpoint.size - 1, -1, -1):
            entry = Entry.parse(index, self._folder.leaf(index))
            if entry.act.type == SNAPSHOT:
                self._prove(entry)
                self.by_register(entry)
                return StatusSnapshot.from_fields(entry.act.fields, f"entry {index}")
        raise RegisterError(
            "The register has stated no status yet.", do="Nothing has been cleared on it."
        )

    def index(self, snapshot: StatusSnapshot) -> list[Mapping[str, Json]]:
        """Which clearance stands at each place of the status list."""
        data = self._folder.read_blob(snapshot.index)
        value = parse(data, f"index {snapshot.index[:12]}")
        rows: list[Mapping[str, Json]] = (
            [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        )
        if len(rows) != len(snapshot.statuses):
            raise RegisterError("The index does not match the status list.", where=snapshot.index)
        return rows

    def manifest(self, weights: str) -> Manifest:
        """The published manifest of cleared weights."""
        return Manifest.from_json(self._folder.read_blob(weights), where=f"manifest {weights[:12]}")

    def _prove(self, entry: Entry) -> None:
        proof = self._folder.prove(entry.index, self.checkpoint.size)
        size, root = self.checkpoint.size, self.checkpoint.root
        verify_inclusion(entry.leaf_hash, entry.index, size, proof, root)


def check(
    manifest: Manifest,
    register: RegisterView,
    *,
    allow_rehearsal: bool = False,
    now: datetime | None = None,
) -> Decision:
    """Decide on weights.

    Raises:
        RegisterError: the register is damaged or forged; nothing of it can be relied on.
    """
    moment = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    snapshot = register.newest_snapshot()
    rows = register.index(snapshot)
    found = [place for place, row in enumerate(rows) if row.get("weights") == manifest.digest]
    if not found:
        return Decision(
            False,
            ("These weights hold no clearance.", *_nearest(manifest, register, rows)),
            manifest.digest,
            log_size=register.checkpoint.size,
        )
    decisions = [
        _decide(manifest, register, snapshot, place, rows[place], moment, allow_rehearsal)
        for place in found
    ]
    return next((decision for decision in decisions if decision.served), decisions[-1])


def _decide(
    manifest: Manifest,
    register: RegisterView,
    snapshot: StatusSnapshot,
    place: int,
    row: Mapping[str, Json],
    moment: str,
    allow_rehearsal: bool,
) -> Decision:
    entry = register.by_register(register.entry(int(str(row["entry"]))))
    clearance = entry.act.fields.get("clearance")
    extension = clearance.get(EXTENSION) if isinstance(clearance, dict) else None
    stated = extension if isinstance(extension, dict) else {}
    status = Status(snapshot.statuses[place])
    refusals = list(_refusals(manifest, entry, stated, place, status))
    if moment > snapshot.next_update:
        refusals.append(
            f"The register's last word is stale: a newer one was due at {snapshot.next_update}."
        )
    if moment < snapshot.issued_at:
        refusals.append(
            f"The register's last word is of {snapshot.issued_at}; this clock says {moment}."
        )
    if register.charter.rehearsal and not allow_rehearsal:
        refusals.append(
            "The register is a rehearsal: one person played all parties. "
            "Give --allow-rehearsal to honour it all the same."
        )
    cleared = f"Cleared in {entry.act.case} (entry {entry.index}), status {status.name.lower()}."
    return Decision(
        not refusals,
        tuple(refusals) or (cleared,),
        manifest.digest,
        entry.act.case,
        entry.index,
        status.name.lower(),
        register.charter.rehearsal,
        register.checkpoint.size,
        snapshot.next_update,
    )


def _refusals(
    manifest: Manifest,
    entry: Entry,
    stated: Mapping[str, Json],
    place: int,
    status: Status,
) -> list[str]:
    found = []
    if entry.act.type != CLEARANCE:
        found.append(f"Entry {entry.index} is no clearance.")
    if stated.get("weights") != manifest.digest or stated.get("status_index") != place:
        found.append(f"The clearance in entry {entry.index} is for other weights.")
    served = stated.get("serve")
    if status.name.lower() not in (served if isinstance(served, list) else []):
        found.append(f"The clearance of {entry.act.case} is {status.name.lower()}.")
    return found


def _nearest(
    manifest: Manifest, register: RegisterView, rows: list[Mapping[str, Json]]
) -> list[str]:
    """How these weights differ from the cleared ones that they are closest to."""
    nearest: tuple[int, str, list[str]] | None = None
    for row in rows:
        weights = row.get("weights")
        if not isinstance(weights, str):
            continue
        cleared = register.manifest(weights)
        names = {file.path for file in cleared.files} & {file.path for file in manifest.files}
        if names and (nearest is None or len(names) > nearest[0]):
            differences = cleared.describe_difference(manifest)
            nearest = (len(names), str(row["case"]), differences)
    if nearest is None:
        return []
    return [f"Compared with what {nearest[1]} cleared: {line}" for line in nearest[2][:10]]
