"""A campaign, run for ``assess run`` and ``assess resume``."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from holdshort.cli.assess.cluster import Placing, lay_out, print_seed_secret, tell_wave
from holdshort.cli.assess.compared import other_subjects, tell_elicitation
from holdshort.cli.assess.testing import (
    Named,
    check_assessor,
    check_weights,
    forecast,
    locked_subject,
    tell_forecast,
)
from holdshort.cli.options import on
from holdshort.cli.output import emit, next_step, say
from holdshort.cli.passphrase import ask
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.assess.budget import Budget
    from holdshort.assess.campaign import LaidOut
    from holdshort.assess.executors import Executor
    from holdshort.assess.finding import Finding
    from holdshort.assess.part import Asked
    from holdshort.office.assessment import Assessment
    from holdshort.office.door import Office
    from holdshort.office.subject import Subject
    from holdshort.register.act import Artefact


@dataclass(frozen=True)
class Engine:
    """Where units of work run."""

    name: str
    workers: int | None
    address: str | None
    unit_items: int
    connections: int

    def executor(self) -> "Executor | None":
        """The executor; None is this process. BadInput if a cluster does not answer."""
        from holdshort.assess.executors.pool import PoolExecutor
        from holdshort.assess.executors.ray import RayExecutor
        from holdshort.processes import processors

        if self.name == "ray":
            return RayExecutor(self.address, self.workers)
        return PoolExecutor(self.workers or processors()) if self.name == "pool" else None

    def check(self) -> None:
        """Refuse what an engine has no use for."""
        if self.address and self.name != "ray":
            raise BadInput("Only Ray has an address.", where="--address", do="Add --engine ray.")
        if self.workers and self.name == "inline":
            raise BadInput(
                "One process has no workers.", where="--workers", do="Add --engine pool."
            )


@dataclass(frozen=True)
class Order:
    """What was asked for on the command line."""

    case: str
    party: str
    named: Named
    engine: Engine
    placing: Placing
    budget: "Budget"
    file: bool
    dry_run: bool
    data: Path
    as_json: bool

    def again(self, command: str, more: str = "") -> str:
        """The command that goes on, to be typed."""
        case, party = shlex.quote(self.case), shlex.quote(self.party)
        model = f" --model {shlex.quote(self.named.model)}" if self.named.model else ""
        return f"holdshort assess {command} {case} --as {party}{model}{more}{on(self.data)}"


def carry_on(order: Order, *, begun: bool) -> None:
    """Run, or go on with, the campaign; ``begun`` refuses one that nobody began."""
    from holdshort.assess.campaign import check_suites
    from holdshort.office.assessment import Assessment, check_model, locked_protocol
    from holdshort.office.door import Office

    order.engine.check()
    order.placing.check(order.engine.name)
    office = Office.open(order.data, ask)
    check_assessor(office, order.case, order.party)
    case = office.docket.cases[order.case]
    protocol = locked_protocol(case)
    check_suites(protocol)
    subject = locked_subject(order.named, protocol, office.place)
    bound = check_weights(subject, protocol.model_digest, order.case)
    if not (order.as_json or order.placing.seed_secret):
        say(bound)
    assessment = Assessment(office, case, order.party, subject)
    if order.placing.seed_secret:
        print_seed_secret(assessment)
        return
    if begun and not assessment.folder.exists():
        raise BadInput(
            "No campaign was begun under the protocol that is locked.",
            where=order.case,
            do=f"Begin it: {order.again('run')}",
        )
    check_model(subject)
    others = other_subjects(order.named, protocol.elicitation, office.place)
    for each in others.values():
        check_model(each)
    if order.dry_run:
        _tell_plan(order, assessment)
        return
    laid = _run(order, assessment, others)
    if laid is not None:
        tell_wave(order, assessment, laid)
        return
    findings = assessment.findings()
    evidence = assessment.evidence()
    filed = _file(office, order, assessment, findings, evidence) if order.file else []
    _tell(order, assessment, findings, evidence.sha256, filed)


def _run(
    order: Order, assessment: "Assessment", others: "dict[Asked, Subject]"
) -> "LaidOut | None":
    """Run the campaign to its end; where others run it, what they have to run before that."""
    from holdshort.cli.narration import Narrator
    from holdshort.office.assessment import Running

    engine = order.engine
    with Narrator(quiet=order.as_json) as narrator:
        running = Running(
            engine.executor(),
            {who: dict(each.model_args) for who, each in others.items()},
            engine.unit_items,
            engine.connections,
            order.budget,
        )
        if engine.name == "kubernetes":
            return lay_out(order, assessment, narrator.hear, running)
        assessment.run(narrator.hear, running)
    return None


def _file(
    office: "Office",
    order: Order,
    assessment: "Assessment",
    findings: "list[Finding]",
    evidence: "Artefact",
) -> list[int]:
    """File each finding that is not on the register; where it stands there."""
    filed = []
    for finding in findings:
        if not assessment.found(finding.area):
            fields = assessment.finding_fields(finding, evidence.sha256)
            act = f"{assessment.case.kind}.file-finding"
            receipt = office.file(act, order.case, order.party, fields, [evidence])
            filed.append(receipt.entry.index)
    return filed


def _tell_plan(order: Order, assessment: "Assessment") -> None:
    protocol = assessment.protocol
    areas, tokens = forecast(protocol), protocol.cost().answer_tokens
    cost = order.budget.cost(tokens)
    if order.as_json:
        emit(
            {
                "case": order.case,
                "protocol": protocol.digest,
                "engine": order.engine.name,
                "begun": assessment.folder.exists(),
                "forecast": areas,
                "most_answer_tokens": tokens,
                "most_cost_of_answers": None if cost is None else str(cost),
            }
        )
        return
    say(f"{protocol.model} under the protocol {protocol.digest[:16]}…, {order.engine.name}.")
    tell_forecast(areas)
    tell_elicitation(protocol)
    price = "" if cost is None else f", {cost:,.2f} at the price given"
    say(f"All answers together take {tokens:,} tokens at most{price}; nothing was asked.")


def _tell(
    order: Order,
    assessment: "Assessment",
    findings: "list[Finding]",
    digest: str,
    filed: list[int],
) -> None:
    from holdshort.office.assessment import sentence

    bundle = assessment.folder / "evidence.tar"
    if order.as_json:
        stated: list[dict[str, Any]] = [dict(finding.to_fields()) for finding in findings]
        emit(
            {
                "case": order.case,
                "protocol": assessment.protocol.digest,
                "findings": stated,
                "bundle": str(bundle),
                "sha256": digest,
                "filed": filed,
            }
        )
        return
    for finding in findings:
        say(f"{finding.area}: {sentence(finding)}")
    say(f"Evidence: {bundle}\n  sha256 {digest}")
    next_step(f"holdshort assess report {shlex.quote(str(bundle))} --html report.html", "to see it")
    if filed:
        entries = ", ".join(map(str, filed))
        say(f"Filed as {'entry' if len(filed) == 1 else 'entries'} {entries}.")
        next_step(f"holdshort docket {order.case}{on(order.data)}", "to see what may be done now")
    elif not all(assessment.found(finding.area) for finding in findings):
        next_step(order.again("run", " --file"), "to sign and file what was found")
