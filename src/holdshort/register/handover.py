"""What a published register hands over, so that another one can rely on it without its files.

Each is a set of fields as the acts of another register carry them: entries as they stand in the
log, each with a tlog-proof under the published checkpoint. Nothing is handed over that was not
verified as whoever receives it will (`holdshort.register.foreign`).
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from holdshort.errors import BadInput, RegisterError
from holdshort.register.canonical import Json, parse
from holdshort.register.charter import NO_WITNESSES, read_charter
from holdshort.register.entry import Entry
from holdshort.register.folder import Folder
from holdshort.register.foreign import (
    SNAPSHOT,
    Trusted,
    read_clearance,
    read_snapshot,
    status_at,
    trust,
)
from holdshort.register.proof import Proof
from holdshort.register.tiles import WIDTH

Fields = dict[str, Json]


class Handover:
    """A published register, read at its present checkpoint."""

    def __init__(self, folder: Folder) -> None:
        """RegisterError if nothing is published there, or its charter is none."""
        self.folder = folder
        self.checkpoint = folder.checkpoint()
        self.size = folder.head().size
        self._charter = Entry.parse(0, folder.leaf(0))
        self._now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        leaf = self._charter.leaf.decode()
        self._trusted: Trusted = trust(self._charter.leaf_hash.hex(), leaf, NO_WITNESSES)

    def charter(self) -> Fields:
        """What an agreement states of this register: whom it pins, and by what."""
        read = read_charter(self._charter)
        return {
            "origin": read.origin,
            "charter": read.leaf_hash,
            "charter_entry": self._charter.leaf.decode(),
            "rulebook": read.rulebook,
            "witness_policy": read.witness_policy,
        }

    def clearance(self, case: str) -> Fields:
        """The newest clearance of a case and its status.

        Raises:
            BadInput: the case holds none.
            RegisterError: what is published does not hold.
        """
        index = self._row(case)
        shown = self._shown(self._entry(index), "foreign_clearance")
        found = read_clearance(self._trusted, self._entry(index), f"entry {index}")
        return {"weights": found.weights, **shown, **self.status(case)}

    def status(self, case: str) -> Fields:
        """The newest status of a case's clearance; raises as :meth:`clearance` does."""
        newest = self._newest()
        snapshot = read_snapshot(self._trusted, newest, f"entry {newest.index}")
        index = self._row(case)
        held = read_clearance(self._trusted, self._entry(index), f"entry {index}")
        status = status_at(snapshot, held.status_index, held.entry)
        return {"status": status.name.lower(), **self._shown(newest, "foreign_status")}

    def _row(self, case: str) -> int:
        """The entry that issued the newest clearance of a case, as the index names it."""
        newest = self._newest()
        snapshot = read_snapshot(self._trusted, newest, f"entry {newest.index}")
        rows = parse(self.folder.read_blob(snapshot.index), f"index {snapshot.index[:12]}")
        listed = rows if isinstance(rows, list) else []
        own = [row for row in listed if isinstance(row, Mapping) and row.get("case") == case]
        index = own[-1].get("entry") if own else None
        if not isinstance(index, int):
            raise BadInput(
                f"{case} holds no clearance on {self._trusted.charter.origin}.",
                where=str(self.folder.path),
                do="Name a case that does: the index of the newest snapshot lists them.",
            )
        return index

    def _newest(self) -> Entry:
        """The newest snapshot in the log."""
        for start in range((self.size - 1) // WIDTH * WIDTH, -1, -WIDTH):
            leaves = list(self.folder.leaves(start, min(start + WIDTH, self.size)))
            for index in range(start + len(leaves) - 1, start - 1, -1):
                entry = Entry.parse(index, leaves[index - start])
                if entry.act.type == SNAPSHOT:
                    return entry
        raise RegisterError(
            "The register has stated no status yet.", do="Nothing has been cleared on it."
        )

    def _entry(self, index: int) -> Entry:
        return Entry.parse(index, self.folder.leaf(index))

    def _shown(self, entry: Entry, name: str) -> Fields:
        """An entry and its proof, found to hold."""
        path = tuple(self.folder.prove(entry.index, self.size))
        proof = Proof(entry.index, path, self.checkpoint).to_bytes().decode()
        leaf = entry.leaf.decode()
        self._trusted.entry(leaf, proof, self._now, name)
        return {name: leaf, f"{name}_proof": proof}
