"""``holdshort assess plan``: fix how a model will be tested, before it is."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.assess.compared import compared_options, other_subjects, tell_elicitation
from holdshort.cli.assess.testing import (
    OTHERS,
    Named,
    check_assessor,
    check_weights,
    decimal_option,
    forecast,
    model_options,
    named_subject,
    tell_forecast,
)
from holdshort.cli.options import on
from holdshort.cli.output import emit, next_step, say
from holdshort.cli.passphrase import ask
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.assess.elicitation.planned import ElicitationPlan
    from holdshort.assess.part import Asked
    from holdshort.assess.protocol import Protocol
    from holdshort.office.assessment import Extent
    from holdshort.office.door import Office, Receipt
    from holdshort.office.subject import Subject
    from holdshort.register.canonical import Json


@click.command("plan", short_help="Fix how a model will be tested, before it is.")
@model_options
@click.option(
    "--model", help="An Inspect model name or a server's URL; left out: the small model shipped."
)
@click.option("--max-tokens", type=click.IntRange(min=1), help="Longest answer; 4096 if left out.")
@click.option("--answer-seconds", type=click.IntRange(min=1), help="For one answer; 600.")
@click.option(
    "--max-items", type=click.IntRange(min=1), help="Most items an area; 400 if left out."
)
@click.option("--min-items", type=click.IntRange(min=1), help="Fewest items an area; 20.")
@click.option("--error-rate", help="Of all areas together; 0.05 if left out.")
@click.option("--sandbox", help="Inspect provider in which commands run, as bubblewrap or docker.")
@click.option(
    "--access-tier", type=click.IntRange(0, 7), help="What the assessor may see and do, 0 to 7."
)
@compared_options
@click.option("--arm", "arms", multiple=True, help="A way to ask beside the plain one; all.")
@click.option("--arm-items", type=click.IntRange(min=1), help="Items of each arm; 120.")
@click.option("--tolerance", help="Gap beyond the control that is let pass; 0.15 if left out.")
@click.option("--reasons", help="Why a protocol that is locked is replaced by this one.")
def command(**given: Any) -> None:
    """Draft the protocol by which CASE will be tested, and lock it as an act of its assessor.

    It names the model and its weights, the suites by the digest of their code, thresholds, zones
    and error rates, stopping and finding rule, and commits to the assessor's half of the item seed.
    A locked protocol is replaced with --reasons, in the open, until something was found.

    With --control, an area whose test finds too little is asked in other ways too, the model and
    one that lacks the ability alike; a gap beyond the control makes the finding inconclusive.

    With --dry-run: the protocol and what it would take, and nothing is filed.
    """
    from holdshort.assess.protocol import Protocol
    from holdshort.office.assessment import Assessment, check_model
    from holdshort.office.door import Office

    office = Office.open(given["data"], ask)
    case, party = given["case"], given["party"]
    check_assessor(office, case, party)
    named = Named(
        given["model"],
        given["model_args"],
        given["weights"],
        given["max_tokens"],
        {name: given[name.replace("-", "_")] for name in OTHERS},
    )
    subject = named_subject(named, office.place)
    known = office.docket.cases[case]
    bound = check_weights(subject, known.memory.get("weights"), case)
    others = other_subjects(named, None, office.place)
    for each in (subject, *others.values()):
        check_model(each)
    fields = Assessment(office, known, party, subject, anew=True).locking(_extent(given, others))
    drafted = fields["protocol"]
    protocol = Protocol.from_fields(drafted if isinstance(drafted, dict) else {}, "protocol")
    receipt = (
        None if given["dry_run"] else _lock(office, case, party, dict(fields), given["reasons"])
    )
    if not given["as_json"]:
        say(bound)
    _tell(case, party, protocol, receipt, given["data"], as_json=given["as_json"])


def _extent(given: Mapping[str, Any], others: "Mapping[Asked, Subject]") -> "Extent":
    from holdshort.assess.protocol import Limits
    from holdshort.office.assessment import Extent

    seconds = given["answer_seconds"]
    return Extent(
        max_items=given["max_items"],
        min_items=given["min_items"],
        total_error_rate=decimal_option("--error-rate", given["error_rate"]),
        sandbox=given["sandbox"],
        access_tier=given["access_tier"],
        limits=Limits(seconds=seconds) if seconds else None,
        elicitation=_elicitation(given, others),
    )


def _elicitation(
    given: Mapping[str, Any], others: "Mapping[Asked, Subject]"
) -> "ElicitationPlan | None":
    """The elicitation that the options plan; None without a control."""
    from holdshort.assess.elicitation import Arm
    from holdshort.assess.elicitation.planned import planned
    from holdshort.assess.part import Asked

    tolerance = decimal_option("--tolerance", given["tolerance"])
    stated = {"items": given["arm_items"], "tolerance": tolerance}
    control, tuned = others.get(Asked.CONTROL), others.get(Asked.TUNED)
    tuned_control = others.get(Asked.TUNED_CONTROL)
    if control is None:
        if given["arms"] or tuned or tuned_control or any(stated.values()):
            raise BadInput(
                "What a model holds back is measured against a control.",
                where="--control",
                do="Name a model that is known to lack the ability.",
            )
        return None
    if (tuned is None) != (tuned_control is None):
        raise BadInput("Model and control are fine-tuned alike, or neither.", where="--tuned")
    arms = tuple(dict.fromkeys((Arm.PLAIN.value, *given["arms"]))) if given["arms"] else ()
    if unknown := [each for each in arms if each not in tuple(Arm)]:
        known = ", ".join(each for each in Arm if each is not Arm.PLAIN)
        raise BadInput(f"There is no arm {unknown[0]!r}.", where="--arm", do=f"There are {known}.")
    manifest = control.manifest()
    return planned(
        control.name,
        control_digest=manifest.digest if manifest else None,
        tuned=(tuned.name, tuned_control.name) if tuned and tuned_control else None,
        arms=tuple(map(Arm, arms)),
        **{name: value for name, value in stated.items() if value is not None},
    )


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
    areas, tokens = forecast(protocol), protocol.cost().answer_tokens
    if as_json:
        entry: dict[str, Any] = {"entry": receipt.entry.index if receipt else None}
        said = {"digest": protocol.digest, "forecast": areas, "most_answer_tokens": tokens}
        emit({"case": case, **entry, "protocol": protocol.to_fields(), **said})
        return
    say(f"{protocol.model}, answers of at most {protocol.generation.max_tokens:,} tokens.")
    tell_forecast(areas)
    tell_elicitation(protocol)
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
