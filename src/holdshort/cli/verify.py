"""``holdshort verify``: check a whole register, or any log, as a stranger would.

Nothing is believed but the charter, and that only if it is pinned. What a URL serves is copied
first, and everything is then checked on the copy, without a network. One line a check
(`holdshort.cli.verification`).
"""

import shlex
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
    from holdshort.register.mirror import Conflict

    if log_only and charter:
        raise click.UsageError("--charter is for a register, not for --log-only; give --key.")
    if keys and not log_only:
        raise click.UsageError("--key goes with --log-only; a register names its key itself.")
    report = _Report(as_json)
    try:
        subject = _subject(place, copy, documents=not log_only, fresh=from_scratch, report=report)
    except Conflict as error:
        from holdshort.cli.verification.line import Line

        report.tell(Line("history", False, str(error)), 0)
        ctx.exit(report.end(None, place))
    check: LogCheck | RegisterCheck = (
        log.LogCheck(subject, keys, policy, fresh=from_scratch, quiet=as_json)
        if log_only
        else register.RegisterCheck(subject, charter, policy, fresh=from_scratch, quiet=as_json)
    )
    report.run(check)
    if report.sound:
        check.remember()
    ctx.exit(report.end(subject, place, resumed=check.resumed, log_only=log_only))


def _subject(
    place: str, copy: Path | None, *, documents: bool, fresh: bool, report: "_Report"
) -> "Subject":
    from holdshort.cli.verification.line import Line
    from holdshort.cli.verification.place import fetched, home_of, local
    from holdshort.cli.verification.progress import bar
    from holdshort.register.mirror import protocol

    if protocol(place) is None:
        if copy is not None:
            raise click.UsageError("--copy is for a URL; a folder is checked where it stands.")
        return local(Path(place))
    with bar(quiet=report.as_json) as heard:
        home = home_of(place, copy)
        subject = fetched(place, home, heard, documents=documents, fresh=fresh)
    pulled = subject.pulled
    if pulled:
        new = f"{pulled.files} files of the log and {pulled.blobs} documents fetched"
        detail = f"{pulled.size} entries, {new}, now in {subject.folder.path}"
        report.tell(Line("copy", True, detail), 0)
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
