"""What is claimed of a bundle, by itself or by a register, and every check of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.errors import BadInput, EvidenceError

if TYPE_CHECKING:
    from holdshort.assess.verify import Check, Claims


@dataclass
class Claimed:
    """A bundle and what it is to be held against; ``claims`` are known once that was read."""

    bundle: Path
    place: str | None
    case: str | None
    charter: str | None
    quiet: bool
    digest: str = ""
    claims: "Claims | None" = None
    rehearsal: bool = False
    """Whether one person played all parties of the register that was read."""
    copy_of: str | None = None
    """Of a public copy: the SHA-256 of the full bundle, as the copy says."""
    missing: tuple[tuple[str, str], ...] = ()
    """What evidence of a lower grade lacks, and why that matters."""

    def __post_init__(self) -> None:
        from holdshort.cli.assess.record import sha256

        if self.place is None and (self.case or self.charter):
            raise click.UsageError("--case and --charter go with --register.")
        self.digest = sha256(self.bundle)
        self.copy_of = _copied(self.bundle)

    def must_be_full(self) -> None:
        """Refuse a public copy: a document about evidence is of all of it."""
        if self.copy_of is not None:
            raise BadInput(
                "Parts of it are sealed.",
                where=str(self.bundle),
                do="Get the full bundle first: holdshort assess restore.",
            )

    def checks(self) -> "Iterator[Check]":
        """Every check, as it is done.

        Raises:
            RegisterError: the register does not hold.
            BadInput: there is no such bundle or case.
        """
        from holdshort.assess.faults import Fault, Faulty
        from holdshort.assess.imported import imported_checks, is_imported, missing_in
        from holdshort.assess.redacted_check import copy_checks
        from holdshort.assess.verify import Check, Claims, checks_of
        from holdshort.cli.assess.record import on_record

        if is_imported(self.bundle):
            if self.place is not None:
                raise BadInput(
                    "Evidence that was imported rests on no protocol: no register knows of it.",
                    where=str(self.bundle),
                    do="Verify it without --register.",
                )
            sound = True
            for check in imported_checks(self.bundle):
                sound = sound and check.ok
                yield check
            self.missing = missing_in(self.bundle) if sound else ()
            return
        if self.place is None:
            try:
                self.claims = Claims.of(self.bundle)
            except EvidenceError as error:
                fault = error.fault if isinstance(error, Faulty) else Fault.ARCHIVE
                yield Check("bundle", False, str(error), fault)
                return
        else:
            named = self.copy_of or self.digest
            record = on_record(self.place, self.case, self.charter, named, quiet=self.quiet)
            self.claims, self.rehearsal = record.claims, record.rehearsal
            for check in record.checks:
                yield check if self.copy_of is None else _of_copy(check)
        if self.copy_of is None:
            yield from checks_of(self.bundle, self.claims)
        else:
            yield from copy_checks(self.bundle, self.claims)


def _copied(bundle: Path) -> str | None:
    from holdshort.assess.redacted import Copy, is_copy

    try:
        if not is_copy(bundle):
            return None
        with Copy(bundle) as copy:
            return copy.of
    except EvidenceError:
        return None  # its checks will say


def _of_copy(check: "Check") -> "Check":
    """A copy only says of which bundle it is: the key shows it."""
    if not check.ok:
        return check
    detail = f"{check.detail}, if it is the bundle that this copy is said to be of"
    return replace(check, detail=detail, unchecked=True)
