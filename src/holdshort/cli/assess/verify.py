"""``holdshort assess verify``: recompute a finding from its evidence, without the model."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.options import json_option
from holdshort.cli.output import emit, next_step, say

if TYPE_CHECKING:
    from holdshort.assess.verify import Check, Claims


@click.command("verify", short_help="Recompute every number of an evidence bundle.")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--register", "place", help="A register, a folder or a URL, to compare it with.")
@click.option("--case", help="The case; by default the one whose findings rest on this file.")
@click.option("--charter", help="Hash of the charter that is trusted.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    bundle: Path,
    place: str | None,
    case: str | None,
    charter: str | None,
    as_json: bool,
) -> None:
    """Recompute the findings of an evidence BUNDLE from its samples.

    Every item is generated again, every answer marked again, every test run again, and every
    sample held against Inspect's logs. No model is asked. Each kind of fault is named.

    Without a register the bundle is held against what it says of itself: nobody has signed that.

    Exit 0: everything follows. 1: something does not. 2: there is nothing to verify.
    """
    from holdshort.assess.verify import Claims, checks_of
    from holdshort.cli.assess.record import on_record, sha256
    from holdshort.errors import EvidenceError

    if place is None and (case or charter):
        raise click.UsageError("--case and --charter go with --register.")
    report = _Report(bundle, sha256(bundle), as_json)
    try:
        if place is None:
            claims = Claims.of(bundle)
        else:
            claims, checks = on_record(place, case, charter, report.digest, quiet=as_json)
            for check in checks:
                report.tell(check)
    except EvidenceError as error:
        report.broken(error)
        ctx.exit(report.end(None, place))
    for check in checks_of(bundle, claims):
        report.tell(check)
    ctx.exit(report.end(claims, place))


class _Report:
    """Tells each check when it is done, and what they come to at the end."""

    def __init__(self, bundle: Path, digest: str, as_json: bool) -> None:
        self.digest = digest
        self._bundle = bundle
        self._as_json = as_json
        self._checks: list[Check] = []

    def tell(self, check: "Check") -> None:
        self._checks.append(check)
        if not self._as_json:
            kind = "" if check.fault is None else f"[{check.fault}] "
            say(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {kind}{check.detail}")

    def broken(self, error: Exception) -> None:
        from holdshort.assess.faults import Fault, Faulty
        from holdshort.assess.verify import Check

        fault = error.fault if isinstance(error, Faulty) else Fault.ARCHIVE
        self.tell(Check("bundle", False, str(error), fault))

    def end(self, claims: "Claims | None", place: str | None) -> int:
        """The last words; the exit code."""
        faults = list(dict.fromkeys(check.fault for check in self._checks if check.fault))
        if self._as_json:
            emit(self._document(claims, place, [fault.value for fault in faults]))
        elif faults:
            say(f"\nThis evidence does not hold: {', '.join(faults)}. Keep it as it is.")
        elif claims is not None:
            self._say_what_follows(claims, place)
        return 1 if faults else 0

    def _document(
        self, claims: "Claims | None", place: str | None, faults: list[str]
    ) -> dict[str, Any]:
        findings = claims.findings.values() if claims and not faults else ()
        return {
            "holds": not faults,
            "faults": faults,
            "bundle": str(self._bundle),
            "sha256": self.digest,
            "register": place,
            "protocol": claims.protocol.digest if claims else None,
            "findings": [finding.to_fields() for finding in findings],
            "checks": [
                {"name": each.name, "ok": each.ok, "detail": each.detail, "fault": each.fault}
                for each in self._checks
            ],
        }

    def _say_what_follows(self, claims: "Claims", place: str | None) -> None:
        say(f"\nAll of it follows from the samples (sha256 {self.digest}):")
        for finding in claims.findings.values():
            say(
                f"  {finding.area}: {finding.outcome}, {finding.successes} of {finding.items}"
                f" ({finding.low} to {finding.high}; threshold {finding.threshold})"
            )
        if place is None:
            say(f"Nobody signed for it here. The protocol's digest is {claims.protocol.digest}.")
            name = shlex.quote(str(self._bundle))
            next_step(
                f"holdshort assess verify {name} --register PLACE",
                "to compare it with what was locked and found on record",
            )
