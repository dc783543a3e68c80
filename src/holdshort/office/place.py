"""Where an embedded register keeps its things.

::

    holdshort-data/
    ├── public/              the register as published: any static web server can serve it
    ├── keys/                private keys of the parties who act from here, mode 0600
    ├── register.toml        settings, if there are any: see `holdshort.office.configuration`
    ├── mirrors.json         what each mirror held: see `holdshort.office.mirrors`
    ├── register.sqlite3     the sequencer's log, unless the settings name a database server
    ├── .drafts/             documents of acts that are being filed
    ├── assessments/         campaigns at work: ledgers and logs, one folder a case
    ├── models/              weights laid out for review
    └── report-<case>.html   reports, made anew at each review
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from holdshort.office.configuration import Settings, read_settings
from holdshort.register.act import check_identifier


@dataclass(frozen=True)
class Place:
    """The folders of one embedded register."""

    root: Path

    @cached_property
    def settings(self) -> Settings:
        """What is set here; BadInput names the line that cannot be used."""
        return read_settings(self.settings_file)

    @property
    def settings_file(self) -> Path:
        """Where settings stand, if there are any."""
        return self.root / "register.toml"

    @property
    def frozen(self) -> Path:
        """A file that says that this is a register as it was once, to be read and not written."""
        return self.root / "FROZEN"

    @property
    def restored(self) -> Path:
        """A file that says that nobody outside was asked yet whether they were shown more."""
        return self.root / "RESTORED"

    @property
    def mirrored(self) -> Path:
        """What each mirror held: see `holdshort.office.mirrors`."""
        return self.root / "mirrors.json"

    @property
    def public(self) -> Path:
        """The published register."""
        return self.root / "public"

    @property
    def keys(self) -> Path:
        """Private keys."""
        return self.root / "keys"

    @property
    def database(self) -> Path:
        """Where to look for the sequencer's log: its file, or the settings that name its server.

        So a place whose database is on a server has one from the moment on that it is set.
        """
        return self.settings_file if self.settings.database else self.root / "register.sqlite3"

    @property
    def models(self) -> Path:
        """Weights laid out for review."""
        return self.root / "models"

    def key(self, party: str) -> Path:
        """Private key of a party; BadInput if the id cannot name one, and so no file either."""
        check_identifier(party, "party id")
        return self.keys / f"{party}.key"

    def assessment(self, case: str) -> Path:
        """Working folder of a case's campaign."""
        return self.root / "assessments" / case

    def report(self, case: str) -> Path:
        """The report of a case."""
        return self.root / f"report-{case}.html"

    @property
    def lock(self) -> Path:
        """Held while the database is made and while a checkpoint is published."""
        return self.root / ".publish.lock"
