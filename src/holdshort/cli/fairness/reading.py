"""What the audit reads: a published register, whole and intact, and the user's groups.

The log is checked against its checkpoint, every act against the law and its signer's keys. What
``holdshort verify`` does beyond that (witnesses, the past, findings) stays its own.
"""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.cli.verification.place import fetched, home_of, local
from holdshort.cli.verification.progress import Bar
from holdshort.errors import BadInput, RegisterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdshort.docket.fairness import Record
    from holdshort.register.entry import Entry


def read_register(place: str, heard: Bar) -> "tuple[str, Record]":
    """The register's name, and what its record holds of choices.

    Raises:
        BadInput: nothing is published there.
        RegisterError: the log contradicts itself.
        HoldshortError: an act does not hold.
    """
    from holdshort.docket.fairness import read_record
    from holdshort.docket.law import read_text
    from holdshort.register.audit import audit_log
    from holdshort.register.charter import read_charter
    from holdshort.register.entry import Entry
    from holdshort.register.mirror import protocol

    if protocol(place) is None:
        folder = local(Path(place)).folder
    else:
        folder = fetched(place, home_of(place, None), heard, documents=True, fresh=False).folder
    charter = read_charter(Entry.parse(0, folder.leaf(0)))
    log = audit_log(
        folder,
        [charter.verifier],
        acts=False,
        heard=lambda done, total: heard("hashing entries", done, total),
    )
    for check in log.checks:
        if not check.ok:
            raise RegisterError(
                f"{check.name}: {check.detail}",
                where=check.where or place,
                do=f"Run `holdshort verify {place}`.",
            )

    def entries() -> "Iterator[Entry]":
        return (Entry.parse(index, leaf) for index, leaf in enumerate(log.read()))

    record = read_record(
        entries(),
        read_text(folder.read_blob(charter.rulebook), charter.rulebook),
        folder.read_blob,
        heard=lambda done: heard("reading choices", done, log.sound),
    )
    return charter.origin, record


def read_groups(path: Path, record: "Record") -> dict[str, str]:
    """By party, the group that the file gives it.

    Raises:
        BadInput: the file cannot be read, or names nobody, or the same one twice.
    """
    try:
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise BadInput(f"The groups cannot be read: {why}.", where=str(path)) from None
    groups: dict[str, str] = {}
    for number, row in enumerate(rows, 2):
        where = f"{path}, line {number}"
        party, group = row.get("party"), row.get("group")
        if not party or not group:
            raise BadInput("A line has a party and a group.", where=where, do="Head: party,group")
        if party.strip() not in record.docket.parties:
            known = ", ".join(sorted(record.docket.parties))
            raise BadInput(f"There is no party {party!r}.", where=where, do=f"Enrolled: {known}.")
        if party.strip() in groups:
            raise BadInput(f"{party!r} is in a group already.", where=where)
        groups[party.strip()] = group.strip()
    if len(set(groups.values())) < 2:
        raise BadInput("There are fewer than two groups to compare.", where=str(path))
    return groups
