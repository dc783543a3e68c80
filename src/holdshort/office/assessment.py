"""The assessor's part in a case: draft and lock a protocol, run it, sign what was found.

Every protocol that is locked in a case has a number. With it come a folder of its own, and a value
behind the commitment that follows from the assessor's key: no secret serves twice, none is stored.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from holdshort.assess import bundle, campaign
from holdshort.assess.budget import Budget
from holdshort.assess.elicitation.planned import ElicitationPlan
from holdshort.assess.executors import Executor
from holdshort.assess.finding import Finding
from holdshort.assess.item_run import resolve_model
from holdshort.assess.models.server import gguf_file
from holdshort.assess.part import Asked
from holdshort.assess.part_run import Hearing
from holdshort.assess.protocol import (
    Generation,
    Limits,
    Protocol,
    commitment,
    costed,
    draft,
    item_seed,
)
from holdshort.assess.sharing import Share
from holdshort.assess.suites.suite import suite
from holdshort.docket.engagement import terms
from holdshort.docket.state import Case
from holdshort.errors import BadInput
from holdshort.office.door import Office
from holdshort.office.subject import Subject
from holdshort.register.act import Artefact
from holdshort.register.canonical import Json

LOCKING = ("lock-protocol", "change-protocol")
"""The acts that lock a protocol."""

_LOADS_WEIGHTS = ("gguf", "hf", "vllm", "sglang", "transformer_lens", "nnterp")
"""Providers that load the weights as soon as they are named: too long for a mere question."""


@dataclass(frozen=True)
class Extent:
    """How far the tests of a protocol go; what is None is as `draft` has it."""

    max_items: int | None = None
    min_items: int | None = None
    total_error_rate: Decimal | None = None
    sandbox: str | None = None
    access_tier: int | None = None
    limits: Limits | None = None
    elicitation: ElicitationPlan | None = None

    def given(self) -> dict[str, Any]:
        """What is stated, by the names of `draft`."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Running:
    """How a campaign is run; see `holdshort.assess.campaign.run`."""

    executor: Executor | None = None
    other_args: Mapping[Asked, Mapping[str, Any]] = field(default_factory=dict)
    unit_items: int = 20
    max_connections: int = 2
    budget: Budget = field(default_factory=Budget)


class Assessment:
    """A model tested in a case, under the protocol locked last or, with ``anew``, the next one."""

    def __init__(
        self, office: Office, case: Case, assessor: str, subject: Subject, *, anew: bool = False
    ) -> None:
        self._office = office
        self._case = case.id
        self.subject = subject
        number = sum(step.act in LOCKING for step in case.steps) + anew
        self.folder = office.place.assessment(case.id) / str(number)
        self._value = case_secret(office, case.id, assessor, f"items-{number}")

    def locking(self, extent: Extent | None = None) -> Mapping[str, Json]:
        """The fields of an act that locks a protocol."""
        committed = commitment(self._value)
        stated = (extent or Extent()).given()
        stated["access_tier"] = self._tier(stated.get("access_tier"))
        protocol = draft(
            self.subject.name,
            committed,
            model_digest=self._declared(),
            generation=Generation(max_tokens=self.subject.max_tokens),
            **stated,
        )
        if (base := self._base()) is not None:
            protocol = self._as_base(protocol, base, stated)
        return {"protocol": protocol.to_fields(), "commitment": committed}

    def run(self, tell: Hearing, running: Running | None = None) -> tuple[campaign.AreaResult, ...]:
        """Run, or go on with, the locked protocol. Raises as `campaign.run` does."""
        how = running or Running()
        return campaign.run(
            self.protocol,
            self.item_seed(),
            self.folder,
            model_args=dict(self.subject.model_args),
            other_args=how.other_args,
            progress=tell,
            executor=how.executor,
            unit_items=how.unit_items,
            max_connections=how.max_connections,
            budget=how.budget,
        )

    def lay_out(self, tell: Hearing, running: Running, units: int) -> campaign.LaidOut | None:
        """Lay out the next units of work for others to run. Raises as `campaign.lay_out` does."""
        arguments = {**running.other_args, Asked.MODEL: dict(self.subject.model_args)}
        return campaign.lay_out(
            self.protocol,
            self.item_seed(),
            self.folder,
            share=Share(running.unit_items, arguments, running.max_connections),
            units=units,
            progress=tell,
            budget=running.budget,
        )

    def item_seed(self) -> bytes:
        """The seed of the locked protocol's items: secret until the evidence is published."""
        protocol = self.protocol
        return item_seed(self._value, self._developer_value(), protocol.digest)

    @property
    def case(self) -> Case:
        """The case, as it is now."""
        return self._office.docket.cases[self._case]

    @property
    def protocol(self) -> Protocol:
        """The locked protocol."""
        return locked_protocol(self.case)

    def bundle(self) -> Path:
        """The evidence as one file; the same evidence gives the same bytes."""
        return bundle.pack(
            self.folder,
            self.folder / "evidence.tar",
            assessor_nonce=self._value,
            developer_nonce=self._developer_value(),
            manifest=self._manifest(),
        )

    def _manifest(self) -> bytes | None:
        """The manifest of the declared weights, if it was published."""
        digest, folder = self.protocol.model_digest, self._office.folder
        return folder.read_blob(digest) if digest and folder.holds(digest) else None

    def findings(self) -> list[Finding]:
        """One finding an area, in the protocol's order."""
        return bundle.campaign_findings(self.protocol, self.folder)

    def finding_fields(self, finding: Finding, evidence: str) -> Mapping[str, Json]:
        """The fields of the act that files a finding."""
        return {
            "area": finding.area,
            "outcome": finding.outcome.value,
            "statistics": finding.to_fields(),
            "evidence": evidence,
            "value": self._value.hex(),
        }

    def evidence(self) -> Artefact:
        """The bundle, put where the register publishes documents."""
        return Artefact("evidence-bundle", self._office.folder.put_blob(self.bundle()))

    def found(self, area: str) -> bool:
        """Whether the finding for an area is on the register."""
        finding = self.case.facts.get("finding")
        return isinstance(finding, dict) and finding.get(area, "none") != "none"

    def narrative(self) -> str:
        """The assessor's review in words, from the numbers."""
        lines = [f"Tested under the protocol {self.protocol.digest[:16]}… on items nobody chose."]
        lines += [f"{found.area}: {sentence(found)}" for found in self.findings()]
        return " ".join(lines)

    def _declared(self) -> str | None:
        digest = self.case.memory.get("weights")
        return None if digest is None else str(digest)

    def _tier(self, stated: int | None) -> int | None:
        """The access tier: the one agreed, or the lower one that is stated."""
        agreed = terms(self._office.docket, self.case)
        if agreed is None or stated is None:
            return stated if agreed is None else agreed.tier
        if stated > agreed.tier:
            raise BadInput(
                f"Access tier {stated} is above the one that was agreed, {agreed.tier}.",
                where=agreed.case,
                do="Agree on other terms first, or plan for the tier that there is.",
            )
        return stated

    def _base(self) -> Protocol | None:
        """Of a change: the protocol of the review that it builds on."""
        base = self._office.docket.cases.get(self.case.concerns or "")
        return None if base is None or not self._affected() else locked_protocol(base)

    def _affected(self) -> Sequence[Any]:
        affected = self.case.facts.get("affected")
        return affected if isinstance(affected, list | tuple) else ()

    def _as_base(self, protocol: Protocol, base: Protocol, stated: Mapping[str, Any]) -> Protocol:
        """A change is tested in the affected areas by the yardstick of the review it builds on."""
        items = {name: stated[name] for name in ("max_items", "min_items") if name in stated}
        affected = self._affected()
        plans = tuple(replace(plan, **items) for plan in base.areas if plan.area in affected)
        found = replace(
            protocol,
            areas=plans,
            total_error_rate=sum((plan.error_rate for plan in plans), Decimal(0)),
            finding_rule=base.finding_rule,
            elicitation=base.elicitation,
        )
        found = costed(found)
        found.check()
        return found

    def _developer_value(self) -> bytes:
        value = self.case.memory.get("item_seed")
        if not isinstance(value, str):
            raise BadInput(
                "The developer has not given its half of the item seed.",
                where=self._case,
                do=f"It does so with: holdshort file {self.case.kind}.contribute-seed.",
            )
        return bytes.fromhex(value)


def case_secret(office: Office, case: str, party: str, purpose: str) -> bytes:
    """A party's secret value for a case: from its key, so that no crash can lose it."""
    return office.key(party).derive(f"{office.docket.charter.origin}/{case}/{purpose}")


def locked_protocol(case: Case) -> Protocol:
    """The protocol locked last in a case; :class:`BadInput` when there is none."""
    locked = case.memory.get("protocol")
    if not isinstance(locked, dict):
        raise BadInput(
            "No protocol is locked, and what is run without one is no evidence.",
            where=case.id,
            do="Lock one: holdshort assess plan.",
        )
    return Protocol.from_fields(locked, f"the protocol of {case.id}")


def check_model(subject: Subject) -> None:
    """Ask whether Inspect can use the model, before anything about it is on the register.

    Raises:
        BadInput: there is no such provider or model, or its key is missing.
    """
    provider, _, rest = subject.name.partition("/")
    if provider == "gguf":
        gguf_file(Path(subject.model_args.get("path", rest)))
    elif provider not in _LOADS_WEIGHTS:
        asked = draft(subject.name, commitment(bytes(32)))
        asyncio.run(resolve_model(asked, subject.model_args, 1).api.aclose())


def sentence(found: Finding) -> str:
    """A finding in one sentence."""
    gates = "".join(f" Gate {gate}." for gate in found.gates)
    return (
        f"{found.outcome.value}, {found.successes} of {found.items} items solved, rate "
        f"{found.estimate} [{found.low}, {found.high}] against a threshold of "
        f"{found.threshold} ± {found.zone} at error {found.error_rate}.{gates}"
    )


def outdated_suites(protocol: Protocol) -> str:
    """Areas of a protocol whose suites are not the ones installed here; empty if none."""
    return ", ".join(
        plan.area for plan in protocol.areas if suite(plan.area).digest() != plan.suite_digest
    )
