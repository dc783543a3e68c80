"""``holdshort assess verify``: recompute a finding from its evidence, without the model."""

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.assess.claimed import Claimed
from holdshort.cli.assess.options import record_options
from holdshort.cli.options import json_option
from holdshort.cli.output import emit, next_step, say

if TYPE_CHECKING:
    from holdshort.assess.verify import Check, Claims


@click.command("verify", short_help="Recompute every number of an evidence bundle.")
@click.argument("bundle", type=click.Path(path_type=Path))
@record_options
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
    claimed = Claimed(bundle, place, case, charter, quiet=as_json)
    report = _Report(claimed, as_json)
    for check in claimed.checks():
        report.tell(check)
    ctx.exit(report.end())


def say_missing(missing: "Iterable[tuple[str, str]]") -> None:
    """What evidence of a lower grade lacks, one line each."""
    for what, why in missing:
        say(f"  {what}: {why}")


class _Report:
    """Tells each check when it is done, and what they come to at the end."""

    def __init__(self, claimed: Claimed, as_json: bool) -> None:
        self._claimed = claimed
        self._as_json = as_json
        self._checks: list[Check] = []

    def tell(self, check: "Check") -> None:
        self._checks.append(check)
        if not self._as_json:
            kind = "" if check.fault is None else f"[{check.fault}] "
            say(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {kind}{check.detail}")

    def end(self) -> int:
        """The last words; the exit code."""
        claims = self._claimed.claims
        faults = list(dict.fromkeys(check.fault for check in self._checks if check.fault))
        if self._as_json:
            emit(self._document(claims, [fault.value for fault in faults]))
        elif faults:
            say(f"\nThis evidence does not hold: {', '.join(faults)}. Keep it as it is.")
        elif claims is not None:
            self._say_what_follows(claims)
        else:
            say(f"\nGrade: imported (sha256 {self._claimed.digest}). No finding follows from it.")
            say("Missing:")
            say_missing(self._claimed.missing)
        return 1 if faults else 0

    def _document(self, claims: "Claims | None", faults: list[str]) -> dict[str, Any]:
        findings = claims.findings.values() if claims and not faults else ()
        return {
            "holds": not faults,
            "faults": faults,
            "bundle": str(self._claimed.bundle),
            "sha256": self._claimed.digest,
            "register": self._claimed.place,
            "protocol": claims.protocol.digest if claims else None,
            "grade": "full" if claims else "imported" if self._claimed.missing else None,
            "missing": [{"what": what, "why": why} for what, why in self._claimed.missing],
            "findings": [finding.to_fields() for finding in findings],
            "checks": [
                {"name": each.name, "ok": each.ok, "detail": each.detail, "fault": each.fault}
                for each in self._checks
            ],
        }

    def _say_what_follows(self, claims: "Claims") -> None:
        say(f"\nAll of it follows from the samples (sha256 {self._claimed.digest}):")
        for finding in claims.findings.values():
            say(
                f"  {finding.area}: {finding.outcome}, {finding.successes} of {finding.items}"
                f" ({finding.low} to {finding.high}; threshold {finding.threshold})"
            )
        if self._claimed.place is None:
            say(f"Nobody signed for it here. The protocol's digest is {claims.protocol.digest}.")
            name = shlex.quote(str(self._claimed.bundle))
            next_step(
                f"holdshort assess verify {name} --register PLACE",
                "to compare it with what was locked and found on record",
            )
