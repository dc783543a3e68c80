"""What a register says that an evidence bundle shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.assess.faults import Fault
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.assess.verify import Check, Claims
    from holdshort.docket.docket import Docket
    from holdshort.docket.state import Case


@dataclass(frozen=True)
class Record:
    """What a register says of a case, and how a bundle stands to it."""

    claims: "Claims"
    checks: "Sequence[Check]"
    rehearsal: bool


def on_record(
    place: str, case: str | None, charter: str | None, bundle: str, *, quiet: bool
) -> Record:
    """What the register's case locked and found, and how the bundle (its SHA-256) stands to it.

    Without ``case``, the case whose findings rest on this very bundle.

    Raises:
        RegisterError: the register does not hold.
        BadInput: there is no such case, or nothing was found in it.
    """
    from holdshort.cli.verification.progress import bar
    from holdshort.cli.verification.proven import proven, subject_at

    with bar(quiet=quiet) as heard:
        docket = proven(subject_at(place, None, heard), charter, heard)[2]
    found = _case(docket, case, bundle)
    return Record(_claims(found), _rests(found, bundle), docket.charter.rehearsal)


def _case(docket: "Docket", name: str | None, bundle: str) -> "Case":
    if name is not None:
        if name not in docket.cases:
            raise BadInput(f"The register has no case {name!r}.", where="--case")
        return docket.cases[name]
    for case in docket.cases.values():
        if bundle in {str(each.get("evidence")) for each in _findings(case).values()}:
            return case
    raise BadInput(
        "No finding on the register rests on this very file.",
        where=f"sha256 {bundle}",
        do="Give --case to compare it with a case all the same.",
    )


def _findings(case: "Case") -> dict[str, dict[str, object]]:
    found = case.memory.get("findings")
    items = found.items() if isinstance(found, dict) else ()
    return {area: dict(item) for area, item in items if isinstance(item, dict)}


def _claims(case: "Case") -> "Claims":
    from holdshort.assess.fields import Fields
    from holdshort.assess.finding import Finding
    from holdshort.assess.protocol import Protocol
    from holdshort.assess.verify import Claims

    found = _findings(case)
    if not found:
        raise BadInput(f"Nothing was found in {case.id}.", where="--case")
    protocol = Fields(case.memory.get("protocol"), f"the protocol of {case.id}")
    findings = {}
    for area, item in found.items():
        where = f"entry {item['entry']}, {area}"
        findings[area] = Finding.from_fields(Fields(item.get("statistics"), where).value, where)
    return Claims(Protocol.from_fields(protocol.value, protocol.where), findings)


def _rests(case: "Case", bundle: str) -> "list[Check]":
    from holdshort.assess.verify import Check

    others = [
        f"entry {item['entry']}: the finding for {area} rests on {str(item['evidence'])[:16]}…,"
        f" this file is {bundle[:16]}…"
        for area, item in _findings(case).items()
        if item["evidence"] != bundle
    ]
    if others:
        return [Check("record", False, each, Fault.RECORD) for each in others]
    return [Check("record", True, f"the findings of {case.id} rest on this very file")]


def sha256(path: Path) -> str:
    """The digest by which an act names a bundle."""
    import hashlib

    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        what = f"The bundle cannot be read: {error.strerror}."
        raise BadInput(what, where=str(path)) from None
