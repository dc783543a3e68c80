"""Whether these weights may run.

A gate trusts nothing but the register's charter, and not even that blindly: pin its hash. From
there it follows signatures and inclusion proofs:

    weights ─▶ manifest digest ─▶ index ─▶ clearance ─▶ status ─▶ yes or no
                                    ▲           ▲          ▲
                              named by the   logged,   the newest snapshot,
                                snapshot      signed    logged, signed, fresh

It reads a handful of files and asks nobody. It fails closed: whatever is missing, stale, forged or
not understood is a refusal with its reason. Whether the register itself kept to the law is not the
gate's to judge but `holdshort verify`'s. Rules kept here:

- The newest snapshot is the newest: every entry after it is proven to be something else, so that a
  mirror cannot hide a suspension behind another entry.
- A checkpoint counts if the witnesses stand behind it whom the root named, or the gate itself.
- A register that a gate has seen may grow and do nothing else (`holdshort.gate.memory`).
- Where a partial bar restricts a clearance, or the clearance is limited itself, the answer depends
  on the audience and the territory (`holdshort.gate.scope`).
- Of several clearances for the same weights one that stands is enough, unless another is suspended
  or restricted: a bar is not evaded by having the same weights reviewed under a second name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from holdshort.errors import BadInput, HoldshortError, RegisterError
from holdshort.gate.manifest import Manifest
from holdshort.gate.scope import Deployment, limited, restricted, restrictions
from holdshort.register.canonical import Json, parse
from holdshort.register.charter import Charter, read_charter
from holdshort.register.checkpoint import Checkpoint, open_checkpoint
from holdshort.register.clearance import EXTENSION, SVR
from holdshort.register.entry import Entry
from holdshort.register.folder import Folder
from holdshort.register.merkle import Tree, leaf_hash, verify_consistency, verify_inclusion
from holdshort.register.policy import Policy
from holdshort.register.status import Status, StatusSnapshot
from holdshort.register.tiles import WIDTH

SNAPSHOT = "register.snapshot"
WITNESSES = "register.witnesses"

NOT_TOLD = Deployment()
"""A deployment of which nothing is told."""

_MOST_SHOWN = 10


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
    deployment: Deployment = NOT_TOLD
    restrictions: tuple[Mapping[str, Json], ...] = ()
    """The partial bars on the clearance, whether they bar this deployment or not."""
    restricted: bool = False
    """Whether one of them does."""

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
            "audiences": list(self.deployment.audiences),
            "territories": list(self.deployment.territories),
            "restrictions": [dict(each) for each in self.restrictions],
        }


class RegisterView:
    """A published register as a gate reads it: every entry is proven before it is believed."""

    def __init__(
        self, folder: Folder, charter_hash: str | None = None, policy: Policy | None = None
    ) -> None:
        """Open the register.

        ``policy`` says who must have cosigned its checkpoint; without one, it is the register's
        own, as its root stated it.

        Raises:
            RegisterError: no register there, its charter is not the pinned one, it is damaged, or
                too few witnesses stand behind its checkpoint.
        """
        self._folder = folder
        first = Entry.parse(0, folder.leaf(0))
        self.charter: Charter = read_charter(first)
        if charter_hash is not None and charter_hash != self.charter.leaf_hash:
            raise RegisterError(
                f"The charter is {self.charter.leaf_hash}, not the pinned {charter_hash}.",
                where=str(folder.path),
            )
        self.signed = folder.checkpoint()
        """The checkpoint as it was signed, for a gate to remember."""
        self.checkpoint: Checkpoint = open_checkpoint(
            self.signed, [self.charter.verifier], strict=False
        )
        if self.checkpoint.origin != self.charter.origin:
            raise RegisterError("The checkpoint is another log's.", where="checkpoint")
        self._prove(first)
        self._named: Entry | None = None
        self._snapshot = self._newest_snapshot()
        (policy or self._policy()).check(self.signed, self.charter.verifier)

    def entry(self, index: int) -> Entry:
        """Entry ``index``, in the log under the checkpoint."""
        entry = Entry.parse(index, self._folder.leaf(index))
        self._prove(entry)
        return entry

    def clearance(self, row: Mapping[str, Json]) -> Entry:
        """The entry that a row of the index names."""
        index = row["entry"]
        if not isinstance(index, int) or not 0 <= index < self.checkpoint.size:
            raise RegisterError(f"The index names entry {index}, which is not in the log.")
        return self.entry(index)

    def by_register(self, entry: Entry) -> Entry:
        """``entry``, signed by the register itself."""
        register = self.charter.register
        if entry.act.by != register.id:
            raise RegisterError(
                "The entry is not the register's own.", where=f"entry {entry.index}"
            )
        register.vouch(entry.envelope)
        return entry

    def newest_snapshot(self) -> StatusSnapshot:
        """The last status snapshot in the log.

        Raises:
            RegisterError: there is none.
        """
        if self._snapshot is None:
            raise RegisterError(
                "The register has stated no status yet.", do="Nothing has been cleared on it."
            )
        return self._snapshot

    def _newest_snapshot(self) -> StatusSnapshot | None:
        for start in range((self.checkpoint.size - 1) // WIDTH * WIDTH, -1, -WIDTH):
            leaves = self._bundle(start)
            for index in range(start + len(leaves) - 1, start - 1, -1):
                entry = Entry.parse(index, leaves[index - start])
                if entry.act.type == WITNESSES and self._named is None:
                    self._named = entry  # after the snapshot, which could not know of it
                if entry.act.type == SNAPSHOT:
                    self.by_register(entry)
                    return _snapshot(entry)
        return None

    def _policy(self) -> Policy:
        """Who must cosign, as the root stated it last."""
        text, where = self.charter.witness_policy, "entry 0, witness_policy"
        stated = self._snapshot.witnesses if self._snapshot else 0
        entry = self._named or (self.entry(stated) if stated else None)
        if entry:
            where = f"entry {entry.index}, witness_policy"
            if entry.act.type != WITNESSES or entry.act.by != self.charter.root.id:
                raise RegisterError("It names no witnesses.", where=where)
            try:
                self.charter.root.vouch(entry.envelope)
            except RegisterError as error:
                raise RegisterError(
                    f"The root's keys in the charter did not name these witnesses. {error.what}",
                    where=where,
                    do="If the root changed its keys, say whom this gate trusts: --policy FILE.",
                ) from None
            text = str(entry.act.fields.get("witness_policy"))
        try:
            return Policy.parse(text, where)
        except BadInput as error:
            raise RegisterError(error.what, where=error.where) from None

    def index(self, snapshot: StatusSnapshot) -> list[Mapping[str, Json]]:
        """Which clearance stands at each place of the status list."""
        where = f"index {snapshot.index[:12]}"
        try:
            value = parse(self._folder.read_blob(snapshot.index), where)
        except BadInput as error:
            raise RegisterError(error.what, where=error.where) from None
        rows = value if isinstance(value, list) else []
        whole: list[Mapping[str, Json]] = [
            row for row in rows if isinstance(row, dict) and isinstance(row.get("entry"), int)
        ]
        if not len(whole) == len(rows) == len(snapshot.statuses):
            raise RegisterError("The index does not match the status list.", where=where)
        return whole

    def continues(self, seen: bytes) -> None:
        """Check that this register continues the one whose signed checkpoint was ``seen`` before.

        Raises:
            RegisterError: it is another one, it went back, or it forked.
        """
        before = open_checkpoint(
            seen, [self.charter.verifier], strict=False, where="the checkpoint seen before"
        )
        if before.size > self.checkpoint.size:
            raise RegisterError(
                f"The register went back: {self.checkpoint.size} entries are published, "
                f"{before.size} were seen before.",
                where=str(self._folder.path),
                do="Read it from its origin; this may be an old copy that hides what came after.",
            )
        proof = self._folder.prove_consistency(before.size, self.checkpoint.size)
        verify_consistency(
            before.size, self.checkpoint.size, proof, before.root, self.checkpoint.root
        )

    def manifest(self, weights: str) -> Manifest:
        """The published manifest of cleared weights."""
        return Manifest.from_json(self._folder.read_blob(weights), where=f"manifest {weights[:12]}")

    def _bundle(self, start: int) -> list[bytes]:
        """The leaves from ``start``, a multiple of 256, to the end of its bundle, all proven.

        The first leaf's audit path begins with the hashes of all others in the bundle, so one
        proof that agrees with them proves every one.
        """
        size = self.checkpoint.size
        leaves = list(self._folder.leaves(start, min(start + WIDTH, size)))
        hashes = [leaf_hash(leaf) for leaf in leaves]
        proof = self._folder.prove(start, size)
        verify_inclusion(hashes[0], start, size, proof, self.checkpoint.root)
        inner = Tree(hashes).inclusion(0)
        if proof[: len(inner)] != inner:
            raise RegisterError(
                f"Among the entries {start} to {start + len(leaves) - 1} is one that the log did "
                "not commit to.",
                where=str(self._folder.path),
                do="Run `holdshort verify` on it: that names the entry.",
            )
        return leaves

    def _prove(self, entry: Entry) -> None:
        proof = self._folder.prove(entry.index, self.checkpoint.size)
        size, root = self.checkpoint.size, self.checkpoint.root
        verify_inclusion(entry.leaf_hash, entry.index, size, proof, root)


def check(
    manifest: Manifest,
    register: RegisterView,
    *,
    deployment: Deployment = NOT_TOLD,
    allow_rehearsal: bool = False,
    now: datetime | None = None,
) -> Decision:
    """Decide on weights that are to run for what ``deployment`` says.

    Raises:
        RegisterError: the register is damaged or forged; nothing of it can be relied on.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    snapshot = register.newest_snapshot()
    rows = register.index(snapshot)
    found = [place for place, row in enumerate(rows) if row.get("weights") == manifest.digest]
    if not found:
        return Decision(
            False,
            ("These weights hold no clearance.", *_nearest(manifest, register, rows)),
            manifest.digest,
            log_size=register.checkpoint.size,
            deployment=deployment,
        )
    asked = _Asked(manifest, register, snapshot, deployment, moment, allow_rehearsal)
    decisions = [_decide(asked, place, rows[place]) for place in found]
    answer = max(decisions, key=_precedence)  # of equals the first
    return answer if _precedence(answer) else decisions[-1]


def _precedence(decision: Decision) -> int:
    """Which of several decisions on the same weights is the answer."""
    if decision.status == Status.SUSPENDED.name.lower():
        return 3
    if decision.restricted:
        return 2
    return 1 if decision.served else 0


@dataclass(frozen=True)
class _Asked:
    """What is the same for every clearance that is looked at."""

    manifest: Manifest
    register: RegisterView
    snapshot: StatusSnapshot
    deployment: Deployment
    moment: str
    allow_rehearsal: bool


def _decide(asked: _Asked, place: int, row: Mapping[str, Json]) -> Decision:
    manifest, register, snapshot = asked.manifest, asked.register, asked.snapshot
    entry = register.by_register(register.clearance(row))
    status = Status(snapshot.statuses[place])
    refusals = _refusals(manifest, entry, row, place, status)
    bars = restrictions(row, f"index {snapshot.index[:12]}")
    barred = restricted(bars, manifest.digest, asked.deployment)
    refusals += [*barred, *limited(_stated(entry), asked.deployment)]
    if asked.moment > snapshot.next_update:
        refusals.append(
            f"The register's last word is stale: a newer one was due at {snapshot.next_update}."
        )
    if asked.moment < snapshot.issued_at:
        refusals.append(
            f"The register's last word is of {snapshot.issued_at}; this clock says {asked.moment}."
        )
    if register.charter.rehearsal and not asked.allow_rehearsal:
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
        asked.deployment,
        tuple(bars),
        bool(barred),
    )


def _refusals(
    manifest: Manifest,
    entry: Entry,
    row: Mapping[str, Json],
    place: int,
    status: Status,
) -> list[str]:
    found = []
    stated = _stated(entry)
    if not stated:
        found.append(f"Entry {entry.index} is no clearance.")
    elif not (row.get("case") == entry.act.case == stated.get("case")) or not (
        row.get("kind") == entry.act.kind == stated.get("kind")
    ):
        found.append(f"The clearance in entry {entry.index} is another case's.")
    if stated.get("weights") != manifest.digest or stated.get("status_index") != place:
        found.append(f"The clearance in entry {entry.index} is for other weights.")
    served = stated.get("serve")
    if status.name.lower() not in (served if isinstance(served, list) else []):
        found.append(f"The clearance of {entry.act.case} is {status.name.lower()}.")
    return found


def _stated(entry: Entry) -> Mapping[str, Json]:
    """What the clearance in an act of the register says to gates; nothing if it is no clearance.

    Which act issues clearances, and in which kinds of case, the law says, and a gate does not read
    the law. Nor need it: an act that carries a clearance and is none is unlawful, whoever signs it
    (`docket.fields`), and on the register for everyone to see, like a clearance without a review.
    """
    clearance = entry.act.fields.get("clearance")
    if not isinstance(clearance, dict) or clearance.get("predicateType") != SVR:
        return {}
    extension = clearance.get(EXTENSION)
    return extension if isinstance(extension, dict) else {}


def _nearest(
    manifest: Manifest, register: RegisterView, rows: list[Mapping[str, Json]]
) -> list[str]:
    """How these weights differ from the cleared ones that they are closest to."""
    nearest: tuple[tuple[int, int], str, Manifest] | None = None
    for row in rows:
        weights = row.get("weights")
        if not isinstance(weights, str):
            continue
        try:
            cleared = register.manifest(weights)
        except HoldshortError:
            continue  # no comparison; the refusal stands without it
        likeness = _likeness(cleared, manifest)
        if likeness > (0, 0) and (nearest is None or likeness > nearest[0]):
            nearest = (likeness, str(row.get("case")), cleared)
    if nearest is None:
        return []
    _, case, cleared = nearest
    found = cleared.describe_difference(manifest)
    more = [f"… and {len(found) - _MOST_SHOWN} more differences"] * (len(found) > _MOST_SHOWN)
    return [f"Compared with what {case} cleared: {each}" for each in found[:_MOST_SHOWN] + more]


def _likeness(one: Manifest, other: Manifest) -> tuple[int, int]:
    """How many chunks stand equal at the same place, and how many files have the same name."""
    files = {file.path: file.chunks for file in other.files}
    shared = [(file.chunks, files[file.path]) for file in one.files if file.path in files]
    equal = sum(a == b for mine, theirs in shared for a, b in zip(mine, theirs, strict=False))
    return equal, len(shared)


def _snapshot(entry: Entry) -> StatusSnapshot:
    try:
        return StatusSnapshot.from_fields(entry.act.fields, f"entry {entry.index}")
    except BadInput as error:
        raise RegisterError(error.what, where=error.where) from None
