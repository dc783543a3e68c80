"""``holdshort assess verify``: recompute a finding from its evidence, without the model."""

import shlex
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.assess.claimed import Claimed
from holdshort.cli.assess.options import identity_option, record_options
from holdshort.cli.options import json_option
from holdshort.cli.output import emit, next_step, say

if TYPE_CHECKING:
    from holdshort.assess.verify import Check, Claims


@click.command("verify", short_help="Recompute every number of an evidence bundle.")
@click.argument("bundle", type=click.Path(path_type=Path))
@identity_option(required=False)
@record_options
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    bundle: Path,
    identity: Path | None,
    place: str | None,
    case: str | None,
    charter: str | None,
    as_json: bool,
) -> None:
    """Recompute the findings of an evidence BUNDLE from its samples.

    Every item is generated again, every answer marked again, every test run again, and every
    sample held against Inspect's logs. No model is asked. Each kind of fault is named.

    Without a register the bundle is held against what it says of itself: nobody has signed that.

    Of a public copy everything is checked that needs no key, and what was not is said; with
    --identity the full bundle is restored aside and checked.

    Exit 0: all that was checked follows. 1: something does not. 2: there is nothing to verify.
    """
    with tempfile.TemporaryDirectory(prefix="holdshort-") as folder:
        file, fault = _opened(bundle, identity, Path(folder) / "evidence.tar")
        claimed = Claimed(file, place, case, charter, quiet=as_json)
        report = _Report(claimed, bundle, as_json)
        if fault is not None:
            report.tell(fault)
        for check in claimed.checks():
            report.tell(check)
    ctx.exit(report.end())


def _opened(bundle: Path, identity: Path | None, out: Path) -> "tuple[Path, Check | None]":
    """The file to check: with a key the full bundle, if what is sealed is what is listed."""
    if identity is None:
        return bundle, None
    from holdshort.assess.faults import Faulty
    from holdshort.assess.verify import failed
    from holdshort.cli.assess.restore import restored

    try:
        restored(bundle, identity, out)
    except Faulty as error:
        return bundle, failed("sealed", error)
    return out, None


def say_missing(missing: "Iterable[tuple[str, str]]") -> None:
    """What evidence of a lower grade lacks, one line each."""
    for what, why in missing:
        say(f"  {what}: {why}")


class _Report:
    """Tells each check when it is done, and what they come to at the end."""

    def __init__(self, claimed: Claimed, bundle: Path, as_json: bool) -> None:
        self._claimed = claimed
        self._bundle = bundle
        self._as_json = as_json
        self._checks: list[Check] = []

    def tell(self, check: "Check") -> None:
        self._checks.append(check)
        if not self._as_json:
            kind = "" if check.fault is None else f"[{check.fault}] "
            word = "skip" if check.unchecked else "ok  " if check.ok else "FAIL"
            say(f"{word}  {check.name}: {kind}{check.detail}")

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
            "bundle": str(self._bundle),
            "sha256": self._claimed.digest,
            "copy_of": self._claimed.copy_of,
            "register": self._claimed.place,
            "protocol": claims.protocol.digest if claims else None,
            "grade": self._grade(),
            "missing": [{"what": what, "why": why} for what, why in self._claimed.missing],
            "findings": [finding.to_fields() for finding in findings],
            "checks": [
                {
                    "name": each.name,
                    "ok": each.ok,
                    "detail": each.detail,
                    "fault": each.fault,
                    "unchecked": each.unchecked,
                }
                for each in self._checks
            ],
        }

    def _grade(self) -> str | None:
        if self._claimed.claims:
            return "full" if self._claimed.copy_of is None else "redacted"
        return "imported" if self._claimed.missing else None

    def _say_what_follows(self, claims: "Claims") -> None:
        if self._claimed.copy_of is None:
            say(f"\nAll of it follows from the samples (sha256 {self._claimed.digest}):")
        else:
            say(f"\nWhat is public holds. It says that it is a copy of {self._claimed.copy_of}:")
        for finding in claims.findings.values():
            say(
                f"  {finding.area}: {finding.outcome}, {finding.successes} of {finding.items}"
                f" ({finding.low} to {finding.high}; threshold {finding.threshold})"
            )
        if self._claimed.copy_of is not None:
            count = sum(check.unchecked for check in self._checks)
            say(f"{count} check(s) take what is sealed: give --identity, if you are a reader.")
        if self._claimed.place is None:
            say(f"Nobody signed for it here. The protocol's digest is {claims.protocol.digest}.")
            name = shlex.quote(str(self._bundle))
            next_step(
                f"holdshort assess verify {name} --register PLACE",
                "to compare it with what was locked and found on record",
            )
