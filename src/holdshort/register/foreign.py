"""What another register says, verified offline from its charter alone.

A register that takes over what another one decided trusts nothing of it but the hash of its
charter. From there it follows, as a gate does, and without its files:

    charter (pinned hash) ─▶ key of the log ─▶ checkpoint ─▶ audit path ─▶ the entry
                          └▶ key of the register ─▶ its signature on clearances and snapshots

What is shown are pairs of an entry and a proof that it stands in the log (C2SP tlog-proof). Rules
kept here:

- An entry counts if the log of that charter signed the checkpoint, if the witnesses cosigned it
  whom the *reader* asks for, and if the act in it was meant for that register.
- Clearances and snapshots are the register's own acts, under the key in its charter, which never
  changes (``docs/decisions/0015-keys-over-time.md``). Whether anyone else's act was lawful, and by
  the right key, its own register has judged when it entered it; `holdshort verify` on that
  register tells.
- A proof of inclusion does not show that nothing came later. How old a snapshot may be is the
  reader's to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from holdshort.errors import BadInput, RegisterError
from holdshort.register.canonical import Json
from holdshort.register.charter import Charter, read_charter
from holdshort.register.clearance import EXTENSION, SVR
from holdshort.register.entry import Entry
from holdshort.register.policy import Policy
from holdshort.register.proof import Proof, verify_proof
from holdshort.register.status import Status, StatusSnapshot

SNAPSHOT = "register.snapshot"


@dataclass(frozen=True)
class Trusted:
    """Another register, as far as it is trusted: its charter, and who must cosign its log."""

    charter: Charter
    policy: Policy

    def entry(self, leaf: str, proof: str, now: str, where: str) -> Entry:
        """The entry ``leaf``, once ``proof`` (the text of a tlog-proof) shows it in the log.

        ``now`` is an RFC 3339 instant: a cosignature of a later time does not count.

        Raises:
            RegisterError: what of it does not hold, at ``where``.
        """
        read = Proof.parse(proof.encode(), f"{where}_proof")
        seconds = int(datetime.fromisoformat(now).timestamp())
        data = leaf.encode()
        verify_proof(read, data, self.policy, now=seconds, where=f"{where}_proof")
        entry = Entry.parse(read.index, data)
        if entry.act.register != self.charter.origin:
            raise RegisterError(f"The act is meant for {entry.act.register}.", where=where)
        return entry

    def own(self, entry: Entry, where: str) -> Entry:
        """``entry``, which the register itself has signed.

        Raises:
            RegisterError: it has not.
        """
        register = self.charter.register
        if entry.act.by != register.id:
            raise RegisterError(f"The act is by {entry.act.by}, not the register's.", where=where)
        try:
            register.vouch(entry.envelope)
        except RegisterError as error:
            raise RegisterError(error.what, where=where) from None
        return entry


@dataclass(frozen=True)
class ForeignClearance:
    """A clearance that another register has issued."""

    case: str
    kind: str
    entry: int
    """Its place in that register's log."""
    rulebook: str
    """Hex SHA-256 of the law under which it was issued."""
    weights: str
    model: str | None
    status_index: int
    serve: tuple[str, ...]
    """The statuses under which that law lets the weights be served."""
    limited: bool = False
    """Whether it is limited there to some audiences or territories."""


def trust(charter: str, leaf: str, witness_policy: str) -> Trusted:
    """The register whose first entry is ``leaf``, and hashes to ``charter`` (hexadecimal).

    ``witness_policy`` is a C2SP tlog-policy without its ``log`` line: whose cosignatures the reader
    asks for, whatever the register itself promises.

    Raises:
        RegisterError: it is another charter, or none.
        BadInput: the policy cannot be used.
    """
    entry = Entry.parse(0, leaf.encode())
    if entry.leaf_hash.hex() != charter:
        found = entry.leaf_hash.hex()
        raise RegisterError(f"The charter is {found}, not the pinned {charter}.", where="charter")
    read = read_charter(entry)
    return Trusted(read, Policy.parse(witness_policy, "witness_policy", read.verifier))


def read_clearance(trusted: Trusted, entry: Entry, where: str) -> ForeignClearance:
    """The clearance in an entry that was shown.

    Raises:
        RegisterError: it carries none, is not the register's, or contradicts itself.
    """
    act = trusted.own(entry, where).act
    stated = act.fields.get("clearance")
    clearance = stated if isinstance(stated, dict) else {}
    said = clearance.get(EXTENSION)
    if clearance.get("predicateType") != SVR or not isinstance(said, dict):
        raise RegisterError(f"Entry {entry.index} is no clearance.", where=where)
    index, weights, model = said.get("status_index"), said.get("weights"), said.get("model")
    if type(index) is not int or index < 0 or not isinstance(weights, str):
        raise RegisterError("The clearance names no weights, or no status.", where=where)
    if (said.get("case"), said.get("kind")) != (act.case, act.kind):
        raise RegisterError("The clearance is another case's.", where=where)
    return ForeignClearance(
        act.case,
        act.kind,
        entry.index,
        act.rulebook,
        weights,
        model if isinstance(model, str) else None,
        index,
        _texts(said, "serve"),
        bool(said.get("limitations")),
    )


def read_snapshot(trusted: Trusted, entry: Entry, where: str) -> StatusSnapshot:
    """The status snapshot in an entry that was shown.

    Raises:
        RegisterError: it is none, or is not the register's, or does not stand where it says.
    """
    act = trusted.own(entry, where).act
    if act.type != SNAPSHOT:
        raise RegisterError(f"Entry {entry.index} is {act.type}, no snapshot.", where=where)
    try:
        snapshot = StatusSnapshot.from_fields(act.fields, where)
    except BadInput as error:
        raise RegisterError(error.what, where=error.where) from None
    if snapshot.log_size != entry.index:
        raise RegisterError("The snapshot is of another size than its place says.", where=where)
    return snapshot


def status_at(snapshot: StatusSnapshot, index: int, entry: int) -> Status:
    """The status that a snapshot gives to the clearance in ``entry``, at ``index`` of its list.

    Raises:
        RegisterError: the snapshot is older than the clearance.
    """
    if snapshot.log_size <= entry or index >= len(snapshot.statuses):
        raise RegisterError("The snapshot is older than the clearance.", where="foreign_status")
    return Status(snapshot.statuses[index])


def _texts(said: Mapping[str, Json], name: str) -> tuple[str, ...]:
    value = said.get(name)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
