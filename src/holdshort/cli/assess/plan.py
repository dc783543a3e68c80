"""``holdshort assess plan``: fix how a model will be tested, before it is."""

import shlex
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.assess.testing import (
    Named,
    check_assessor,
    check_weights,
    forecast,
    model_options,
    most_tokens,
    named_subject,
    tell_forecast,
)
from holdshort.cli.options import on
from holdshort.cli.output import emit, next_step, say
from holdshort.cli.passphrase import ask

if TYPE_CHECKING:
    from holdshort.assess.protocol import Protocol
    from holdshort.office.door import Office, Receipt
    from holdshort.register.canonical import Json


@click.command("plan", short_help="Fix how a model will be tested, before it is.")
@model_options
@click.option(
    "--model", help="An Inspect model name or a server's URL; left out: the small model shipped."
)
@click.option("--max-tokens", type=click.IntRange(min=1), help="Longest answer; 4096 if left out.")
@click.option(
    "--max-items", type=click.IntRange(min=1), help="Most items an area; 400 if left out."
)
@click.option("--min-items", type=click.IntRange(min=1), help="Fewest items an area; 20.")
@click.option("--error-rate", help="Of all areas together; 0.05 if left out.")
@click.option("--reasons", help="Why a protocol that is locked is replaced by this one.")
def command(
    case: str,
    party: str,
    model: str | None,
    model_args: tuple[str, ...],
    weights: Path | None,
    max_tokens: int | None,
    max_items: int | None,
    min_items: int | None,
    error_rate: str | None,
    reasons: str | None,
    dry_run: bool,
    data: Path,
    as_json: bool,
) -> None:
    """Draft the protocol by which CASE will be tested, and lock it as an act of its assessor.

    It names the model and its weights, the suites by the digest of their code, thresholds, zones
    and error rates, stopping and finding rule, and commits to the assessor's half of the item seed.
    A locked protocol is replaced with --reasons, in the open, until something was found.

    With --dry-run: the protocol and what it would take, and nothing is filed.
    """
    from holdshort.assess.protocol import Protocol
    from holdshort.office.assessment import Assessment, Extent, check_model
    from holdshort.office.door import Office

    office = Office.open(data, ask)
    check_assessor(office, case, party)
    subject = named_subject(Named(model, model_args, weights, max_tokens), office.place)
    known = office.docket.cases[case]
    bound = check_weights(subject, known.memory.get("weights"), case)
    check_model(subject)
    extent = Extent(max_items, min_items, _rate(error_rate))
    fields = Assessment(office, known, party, subject, anew=True).locking(extent)
    drafted = fields["protocol"]
    protocol = Protocol.from_fields(drafted if isinstance(drafted, dict) else {}, "protocol")
    receipt = None if dry_run else _lock(office, case, party, dict(fields), reasons)
    if not as_json:
        say(bound)
    _tell(case, party, protocol, receipt, data, as_json=as_json)


def _rate(text: str | None) -> Decimal | None:
    from holdshort.assess.fields import Fields

    return None if text is None else Fields({"--error-rate": text}, "").decimal("--error-rate")


def _lock(
    office: "Office", case: str, party: str, fields: "dict[str, Json]", reasons: str | None
) -> "Receipt":
    kind = office.docket.cases[case].kind
    if reasons is None:
        return office.file(f"{kind}.lock-protocol", case, party, fields)
    return office.file(f"{kind}.change-protocol", case, party, {**fields, "reasons": reasons})


def _tell(
    case: str,
    party: str,
    protocol: "Protocol",
    receipt: "Receipt | None",
    data: Path,
    *,
    as_json: bool,
) -> None:
    areas, tokens = forecast(protocol), most_tokens(protocol)
    if as_json:
        entry: dict[str, Any] = {"entry": receipt.entry.index if receipt else None}
        said = {"digest": protocol.digest, "forecast": areas, "most_answer_tokens": tokens}
        emit({"case": case, **entry, "protocol": protocol.to_fields(), **said})
        return
    say(f"{protocol.model}, answers of at most {protocol.generation.max_tokens:,} tokens.")
    tell_forecast(areas)
    say(f"All answers together take {tokens:,} tokens at most.")
    if receipt is None:
        say(f"Nothing was filed; the protocol would be {protocol.digest[:16]}….")
        return
    clause = receipt.rule.clause
    say(f"Locked as entry {receipt.entry.index}: {protocol.digest}. {clause.says} [{clause.cite}]")
    next_step(
        f"holdshort assess run {shlex.quote(case)} --as {shlex.quote(party)}{on(data)}",
        "once the developer has given its half of the item seed",
    )
