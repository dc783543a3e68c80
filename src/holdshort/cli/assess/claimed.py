"""What is claimed of a bundle, by itself or by a register, and every check of it."""

from collections.abc import Iterator
from dataclasses import dataclass
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
    missing: tuple[tuple[str, str], ...] = ()
    """What evidence of a lower grade lacks, and why that matters."""

    def __post_init__(self) -> None:
        from holdshort.cli.assess.record import sha256

        if self.place is None and (self.case or self.charter):
            raise click.UsageError("--case and --charter go with --register.")
        self.digest = sha256(self.bundle)

    def checks(self) -> "Iterator[Check]":
        """Every check, as it is done.

        Raises:
            RegisterError: the register does not hold.
            BadInput: there is no such bundle or case.
        """
        from holdshort.assess.faults import Fault, Faulty
        from holdshort.assess.imported import imported_checks, is_imported, missing_in
        from holdshort.assess.verify import Check, Claims, checks_of
        from holdshort.cli.assess.record import on_record

        if is_imported(self.bundle):
            if self.place is not None:
                raise BadInput(
                    "Evidence that was imported rests on no protocol: no register knows of it.",
                    where=str(self.bundle),
                    do="Verify it without --register.",
                )
            yield from imported_checks(self.bundle)
            self.missing = missing_in(self.bundle)
            return
        if self.place is None:
            try:
                self.claims = Claims.of(self.bundle)
            except EvidenceError as error:
                fault = error.fault if isinstance(error, Faulty) else Fault.ARCHIVE
                yield Check("bundle", False, str(error), fault)
                return
        else:
            record = on_record(self.place, self.case, self.charter, self.digest, quiet=self.quiet)
            self.claims, self.rehearsal = record.claims, record.rehearsal
            yield from record.checks
        yield from checks_of(self.bundle, self.claims)
