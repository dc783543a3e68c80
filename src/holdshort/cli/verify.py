"""``holdshort verify``: check a whole register, or any log, as a stranger would.

Nothing is believed but the charter, and that only if it is pinned. What a URL serves is copied
first, and everything is then checked on the copy, without a network. One line a check
(`holdshort.cli.verification`).
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.options import json_option, on
from holdshort.cli.output import emit, next_step, say
from holdshort.cli.verification.page import page_option
from holdshort.office.place import Place

if TYPE_CHECKING:
    from holdshort.cli.verification.line import Line
    from holdshort.cli.verification.log import LogCheck
    from holdshort.cli.verification.place import Subject
    from holdshort.cli.verification.register import RegisterCheck
    from holdshort.register.note import NoteKey


@click.command("verify", short_help="Check a whole register as a stranger would.")
@click.argument("place")
@click.option("--log-only", is_flag=True, help="Check the log alone; any tlog-tiles log will do.")
@click.option(
    "--key",
    "keys",
    multiple=True,
    help="With --log-only: a key of the log, as NAME+HASH+KEY (note verifier key); repeatable.",
)
@click.option(
    "--policy",
    type=click.Path(path_type=Path),
    help="The witnesses whom you trust, and how many of them: a C2SP tlog-policy file.",
)
@click.option("--charter", help="Hash of the charter that is trusted.")
@click.option(
    "--copy",
    type=click.Path(path_type=Path),
    help="Where to keep the copy of a URL; by default in the user's cache.",
)
@click.option("--from-scratch", is_flag=True, help="Check again what was verified before.")
@page_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    place: str,
    log_only: bool,
    keys: tuple[str, ...],
    policy: Path | None,
    charter: str | None,
    copy: Path | None,
    from_scratch: bool,
    as_json: bool,
) -> None:
    """Check the register published at PLACE, a folder or a URL.

    Exit 0: everything holds. 1: something does not. 2: there is nothing to check.
    """
    from holdshort.cli.verification import log, register
    from holdshort.cli.verification.line import Line
    from holdshort.register.mirror import Conflict, Untrusted

    if log_only and charter:
        raise click.UsageError("--charter is for a register, not for --log-only; give --key.")
    if keys and not log_only:
        raise click.UsageError("--key goes with --log-only; a register names its key itself.")
    report = _Report(as_json)
    witnesses = log.read_policy(policy)
    known = log.read_keys(keys, witnesses)
    try:
        asked = _Asked(place, copy, known, charter, log_only, from_scratch)
        subject = asked.subject(report)
    except (Conflict, Untrusted) as error:
        name = error.check if isinstance(error, Untrusted) else "history"
        report.tell(Line(name, False, str(error)), 0)
        ctx.exit(report.end(None, place))
    check: LogCheck | RegisterCheck = (
        log.LogCheck(subject, known, witnesses, fresh=from_scratch, quiet=as_json)
        if log_only
        else register.RegisterCheck(subject, charter, witnesses, fresh=from_scratch, quiet=as_json)
    )
    report.run(check)
    if report.sound:
        check.remember()
    ctx.exit(report.end(subject, place, resumed=check.resumed, log_only=log_only))


@dataclass(frozen=True)
class _Asked:
    """What somebody wants to have checked, and whom he trusts to have made it."""

    place: str
    copy: Path | None
    keys: "Sequence[NoteKey]"
    charter: str | None
    log_only: bool
    fresh: bool

    def subject(self, report: "_Report") -> "Subject":
        """The folder to check: as it stands, or a copy of what the URL serves."""
        from holdshort.cli.verification.place import fetched, home_of, local, signers
        from holdshort.cli.verification.progress import bar
        from holdshort.register.mirror import protocol

        if protocol(self.place) is None:
            if self.copy is not None:
                raise click.UsageError("--copy is for a URL; a folder is checked where it stands.")
            return local(Path(self.place))
        home = home_of(self.place, self.copy)
        with bar(quiet=report.as_json) as heard:
            subject = fetched(
                self.place,
                home,
                heard,
                documents=not self.log_only,
                fresh=self.fresh,
                signed_by=signers(home, self.keys, self.charter, log_only=self.log_only),
            )
        report.fetched(subject)
        return subject


class _Report:
    """Tells each check when it is done, and all of them at the end."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.sound = True
        self._checks: list[dict[str, Any]] = []

    def run(self, check: "LogCheck | RegisterCheck") -> None:
        from holdshort.cli.verification.line import timed

        for line, seconds in timed(check.lines()):
            self.tell(line, seconds)

    def fetched(self, subject: "Subject") -> None:
        """What the copy cost."""
        from holdshort.cli.verification.line import Line

        if pulled := subject.pulled:
            new = f"{pulled.files} files of the log and {pulled.blobs} documents fetched"
            detail = f"{pulled.size} entries, {new}, now in {subject.folder.path}"
            self.tell(Line("copy", True, detail), 0)

    def tell(self, line: "Line", seconds: float) -> None:
        self.sound = self.sound and line.ok
        self._checks.append({**vars(line), "seconds": round(seconds, 3)})
        if not self.as_json:
            say(f"{'ok  ' if line.ok else 'FAIL'}  {line.name}: {line.detail}")

    def end(
        self, subject: "Subject | None", place: str, *, resumed: int = 0, log_only: bool = False
    ) -> int:
        """The last words; the exit code."""
        if self.as_json:
            folder = str(subject.folder.path) if subject else None
            document = {"sound": self.sound, "place": place, "folder": folder}
            emit({**document, "resumed_from": resumed, "checks": self._checks})
        elif not self.sound:
            say("\nThis register does not hold. Keep a copy: it is evidence.")
        elif not log_only and subject and subject.url is None and _has_database(Path(place)):
            next_step(f"holdshort docket{on(Path(place))}", "to see where its cases stand")
        elif not log_only and subject:
            where = shlex.quote(str(subject.folder.path if subject.url else place))
            next_step(f"holdshort gate check WEIGHTS --register {where}", "to ask about weights")
        return 0 if self.sound else 1


def _has_database(place: Path) -> bool:
    return Place(place).database.exists()
