"""Every error that a person is meant to read.

::

    HoldshortError          something is wrong; exit code 2
    ├── BadInput            a file, a value or an option cannot be used as given
    │   ├── RulebookError   a rulebook is malformed (carries file, line and clause)
    │   └── KeyFileError    a key file is missing, damaged or readable by others
    ├── RegisterError       a published register or log is damaged or contradicts itself
    │   ├── EvidenceError   an evidence bundle does not support what is claimed of it
    │   │   └── Faulty      the same, with the kind of fault by name (assess.faults)
    │   ├── Diverged        a witness holds a signed checkpoint that excludes ours (office)
    │   ├── Conflict        a mirror holds one that does (register.mirror)
    │   └── Untrusted       nobody whom we trust signed what a mirror shows (register.mirror)
    ├── StorageError        the disk is full or a file cannot be written
    │   └── Unpublished     an act is on the register, but not published yet (office)
    ├── Unreachable         a mirror or a URL does not answer (register.mirror)
    ├── Busy                another process is at work on the same register
    └── Refused             the answer is no, and lawfully so; exit code 1

Each says what was wrong, where, and what to do. The command line renders them in one place;
no library code prints or exits.
"""


class HoldshortError(Exception):
    """Base of all errors meant for a person.

    ``what`` is one sentence; ``where`` names a file, line, entry or field; ``do`` is the next
    sensible step.
    """

    exit_code = 2

    def __init__(self, what: str, *, where: str | None = None, do: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.do = do

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        gap = "" if (self.do or "").startswith("\n") else " "
        do = f"{gap}{self.do}" if self.do else ""
        return f"{where}{self.what}{self.source}{do}"

    @property
    def source(self) -> str:
        """What stands behind the sentence, in brackets; empty unless a clause does."""
        return ""


class BadInput(HoldshortError):
    """A file, a value or an option cannot be used as given."""


class RulebookError(BadInput):
    """A rulebook is malformed; ``where`` is ``file:line (clause)``."""


class KeyFileError(BadInput):
    """A key file is missing, damaged, or readable by others."""


class RegisterError(HoldshortError):
    """A published register or log is damaged or contradicts itself."""


class EvidenceError(RegisterError):
    """An evidence bundle does not support what is claimed of it."""


class StorageError(HoldshortError):
    """A file could not be written; nothing was half-written."""


class Busy(HoldshortError):
    """Another process is at work on the same register."""


class Refused(HoldshortError):
    """The answer is no. ``clause`` names the provision of the rulebook that says so."""

    exit_code = 1

    def __init__(
        self,
        what: str,
        *,
        clause: str | None = None,
        where: str | None = None,
        do: str | None = None,
    ) -> None:
        super().__init__(what, where=where, do=do)
        self.clause = clause

    @property
    def source(self) -> str:
        """The clause."""
        return f" [{self.clause}]" if self.clause else ""
