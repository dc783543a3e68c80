"""Recomputing a finding from its evidence bundle, trusting nobody.

Nothing in the bundle is believed. The item seed follows from the commitment in the *signed*
protocol and the two nonces; every item is generated again from the seed and every answer marked
again by program; the test runs again over the marks; and what comes out must be, to the last
digit, what the *signed* findings say. Each sample must also stand in Inspect's own logs, and no
scored sample of the logs may be missing from the ledger: what was asked is what counts.

What this shows: the findings follow from the completions. What it cannot show: that the
completions came from the weights that the protocol names. That is what the assessor signs for.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from holdshort.assess.archive import Archive
from holdshort.assess.area_run import area_result, counted
from holdshort.assess.bundle import INDEX, RESULTS, SEED, merkle_root, result_fields
from holdshort.assess.campaign import PROTOCOL
from holdshort.assess.finding import Finding, find
from holdshort.assess.ledger import LEDGER, Line, parse_lines, prompt_digest
from holdshort.assess.log_check import check_logs
from holdshort.assess.protocol import AreaPlan, Protocol, item_seed, opens
from holdshort.assess.suites.suite import suite
from holdshort.errors import BadInput, EvidenceError
from holdshort.register.canonical import canonical


@dataclass(frozen=True)
class Check:
    """One thing that was recomputed."""

    name: str
    ok: bool
    detail: str


def recompute(
    bundle: Path, *, protocol_fields: Mapping[str, object], findings: Mapping[str, Finding]
) -> list[Check]:
    """Every check, all passed; raises :class:`EvidenceError` naming the first that fails.

    ``protocol_fields`` and ``findings`` (by area) are the signed ones, from the register.
    """
    return list(_checks(bundle, protocol_fields, findings))


def examine(
    bundle: Path, *, protocol_fields: Mapping[str, object], findings: Mapping[str, Finding]
) -> list[Check]:
    """The same for a report: if a check fails, it is the last and ``ok`` is false."""
    done: list[Check] = []
    checks = _checks(bundle, protocol_fields, findings)
    try:
        for check in checks:
            done.append(check)  # noqa: PERF402 - what was done before a failure is kept
    except EvidenceError as error:
        done.append(Check("evidence", False, str(error)))
    return done


def _checks(
    bundle: Path, protocol_fields: Mapping[str, object], findings: Mapping[str, Finding]
) -> Iterator[Check]:
    protocol = Protocol.from_fields(protocol_fields, "protocol")
    with Archive(bundle) as archive:
        try:
            yield from _archive_checks(archive, protocol, findings)
        except BadInput as error:
            # What cannot even be read does not support anything.
            raise EvidenceError(error.what, where=error.where) from error


def _archive_checks(
    archive: Archive, protocol: Protocol, findings: Mapping[str, Finding]
) -> Iterator[Check]:
    yield Check("members", True, f"{archive.check_digests()} files match the index")
    _check_protocol(archive, protocol)
    yield Check("protocol", True, f"is the signed one, {protocol.digest[:12]}…")
    _check_suites(protocol)
    yield Check("suites", True, "the installed code is that of the protocol")
    seed = _check_seed(archive, protocol)
    yield Check("seed", True, "follows from the commitment and both nonces")
    areas = [plan.area for plan in protocol.areas]
    if sorted(findings) != sorted(areas):
        raise EvidenceError(
            f"findings for {', '.join(sorted(findings)) or 'no area'};"
            f" the protocol has {', '.join(sorted(areas))}.",
            where="findings",
        )
    for plan in protocol.areas:
        yield from _area_checks(archive, protocol, plan, seed, findings[plan.area])
    _check_results(archive, protocol, [findings[area] for area in areas])
    yield Check("results", True, "restate the signed findings")


def _area_checks(
    archive: Archive, protocol: Protocol, plan: AreaPlan, seed: bytes, finding: Finding
) -> Iterator[Check]:
    name = f"areas/{plan.area}/{LEDGER}"
    lines = parse_lines(archive.read(name), name)
    _check_order(plan, lines)
    listed = archive.json(INDEX).nested("areas").nested(plan.area)
    if listed.whole("samples") != len(lines) or listed.text("root") != merkle_root(lines):
        raise EvidenceError("the Merkle root is not that of the samples.", where=plan.area)
    yield Check(f"{plan.area}: ledger", True, f"{len(lines)} samples in order under the root")
    _check_items(plan, seed, lines)
    yield Check(f"{plan.area}: items", True, "generated again, every answer marked again")
    again = _find_again(plan, lines)
    _check_finding(finding, again)
    yield Check(
        f"{plan.area}: finding", True, f"{again.outcome} after {again.items} items, recomputed"
    )
    prefix = f"areas/{plan.area}/logs/"
    names = [name for name in archive.names if name.startswith(prefix)]
    with tempfile.TemporaryDirectory(prefix="holdshort-") as folder:
        # Numbered names: a member's own name is a stranger's and is not written to disk.
        logs = [(name, Path(folder) / f"{i}.eval") for i, name in enumerate(names)]
        for member, path in logs:
            archive.copy(member, path)
        samples = check_logs(plan.area, protocol, lines, logs)
    yield Check(
        f"{plan.area}: logs", True, f"{samples} samples agree with {len(logs)} Inspect log(s)"
    )


def _check_protocol(archive: Archive, protocol: Protocol) -> None:
    if archive.read(PROTOCOL) != canonical(protocol.to_fields()):
        raise EvidenceError("the bundle was made under another protocol.", where=PROTOCOL)


def _check_suites(protocol: Protocol) -> None:
    for plan in protocol.areas:
        if suite(plan.area).digest() != plan.suite_digest:
            raise EvidenceError(
                "the installed suite is other code than the protocol's; nothing was recomputed.",
                where=f"area {plan.area}",
                do=f"Install holdshort {protocol.holdshort_version} and verify again.",
            )


def _check_seed(archive: Archive, protocol: Protocol) -> bytes:
    fields = archive.json(SEED).only(("assessor_nonce", "developer_nonce", "item_seed"))
    try:
        assessor, developer = (
            bytes.fromhex(fields.text(name)) for name in ("assessor_nonce", "developer_nonce")
        )
    except ValueError as error:
        raise EvidenceError("a nonce is not hexadecimal.", where=SEED) from error
    if not opens(protocol.item_seed_commitment, assessor):
        raise EvidenceError(
            "the assessor's nonce does not open the protocol's commitment.", where=SEED
        )
    seed = item_seed(assessor, developer, protocol.digest)
    if fields.text("item_seed") != seed.hex():
        raise EvidenceError("the item seed does not follow from the nonces.", where=SEED)
    return seed


def _check_order(plan: AreaPlan, lines: Sequence[Line]) -> None:
    """Indices rise without repeats; gaps can only stand after the counted items (see the test)."""
    for before, line in pairwise(lines):
        where = f"area {plan.area}, sample {line.index:05d}"
        if line.index == before.index:
            raise EvidenceError("the sample is there twice.", where=where)
        if line.index < before.index:
            raise EvidenceError("the samples are out of order.", where=where)
    if lines and lines[-1].index >= plan.max_items:
        raise EvidenceError(
            f"the protocol allows {plan.max_items} items.",
            where=f"area {plan.area}, sample {lines[-1].index:05d}",
        )


def _check_items(plan: AreaPlan, seed: bytes, lines: Sequence[Line]) -> None:
    tests = suite(plan.area)
    for line in lines:
        where = f"area {plan.area}, sample {line.index:05d}"
        item = tests.item(seed, line.index)
        if line.prompt_sha256 != prompt_digest(item.prompt) or line.family != item.family:
            raise EvidenceError("the prompt is not the one that the seed gives.", where=where)
        if line.correct != tests.score(item, line.completion):
            said, is_ = ("right", "wrong") if line.correct else ("wrong", "right")
            raise EvidenceError(f"the answer is marked {said} but is {is_}.", where=where)


def _find_again(plan: AreaPlan, lines: Sequence[Line]) -> Finding:
    ordered = counted(plan, lines)
    if ordered.decision is None:
        raise EvidenceError(
            "the sample is missing and the test does not end without it.",
            where=f"area {plan.area}, sample {ordered.test.n:05d}",
        )
    return find(area_result(plan.area, ordered), plan)


def _check_finding(signed: Finding, again: Finding) -> None:
    for field in Finding.__dataclass_fields__:
        said, found = getattr(signed, field), getattr(again, field)
        if said != found:
            raise EvidenceError(
                f"the finding says {field} {said}; the evidence gives {found}.",
                where=f"area {again.area}",
            )


def _check_results(archive: Archive, protocol: Protocol, findings: Sequence[Finding]) -> None:
    recorded = {
        plan.area: archive.json(INDEX).nested("areas").nested(plan.area).whole("samples")
        for plan in protocol.areas
    }
    if archive.read(RESULTS) != canonical(result_fields(protocol, findings, recorded)):
        raise EvidenceError("the results differ from the signed findings.", where=RESULTS)
