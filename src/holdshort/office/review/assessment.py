"""The assessor's part: lock a protocol, run it, sign what was found."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from holdshort.assess import bundle, campaign
from holdshort.assess.finding import Finding
from holdshort.assess.item_run import resolve_model
from holdshort.assess.models.server import gguf_file
from holdshort.assess.protocol import Generation, Protocol, commitment, draft, item_seed
from holdshort.assess.suites.suite import suite
from holdshort.errors import BadInput
from holdshort.office.review.events import Listener
from holdshort.office.review.subject import Subject
from holdshort.register.canonical import Json

_LOADS_WEIGHTS = ("gguf", "hf", "vllm", "sglang", "transformer_lens", "nnterp")
"""Providers that load the weights as soon as they are named: too long for a mere question."""


class Assessment:
    """One assessment. Its protocol is drafted when it is locked and read from the record after."""

    def __init__(
        self,
        subject: Subject,
        weights: str | None,
        folder: Path,
        assessor_value: bytes,
        developer_value: bytes,
    ) -> None:
        self.subject = subject
        self.weights = weights
        self.folder = folder
        self.assessor_value = assessor_value
        self.developer_value = developer_value
        self._protocol: Protocol | None = None

    def locking(self) -> Mapping[str, Json]:
        """The fields of ``review.lock-protocol``."""
        committed = commitment(self.assessor_value)
        protocol = draft(
            self.subject.name,
            committed,
            model_digest=self.weights,
            generation=Generation(max_tokens=self.subject.max_tokens),
        )
        return {"protocol": protocol.to_fields(), "commitment": committed}

    def run(self, locked: Json, tell: Listener) -> None:
        """Run, or go on with, the locked protocol."""
        if not isinstance(locked, dict):
            raise BadInput("No protocol is locked.", where="protocol")
        self._protocol = Protocol.from_fields(locked, "protocol")
        seed = item_seed(self.assessor_value, self.developer_value, self.protocol.digest)
        campaign.run(
            self.protocol,
            seed,
            self.folder,
            model_args=dict(self.subject.model_args),
            progress=tell,
        )

    @property
    def protocol(self) -> Protocol:
        """The locked protocol."""
        if self._protocol is None:
            raise BadInput("The assessment has not run.", where="protocol")
        return self._protocol

    def bundle(self) -> Path:
        """The evidence as one file; the same evidence gives the same bytes."""
        return bundle.pack(
            self.folder,
            self.folder / "evidence.tar",
            assessor_nonce=self.assessor_value,
            developer_nonce=self.developer_value,
        )

    def findings(self) -> list[Finding]:
        """One finding an area, in the protocol's order."""
        return bundle.campaign_findings(self.protocol, self.folder)

    def finding_fields(self, finding: Finding, evidence: str) -> Mapping[str, Json]:
        """The fields of ``review.file-finding``."""
        return {
            "area": finding.area,
            "outcome": finding.outcome.value,
            "statistics": finding.to_fields(),
            "evidence": evidence,
            "value": self.assessor_value.hex(),
        }

    def narrative(self) -> str:
        """The assessor's review in words, from the numbers."""
        lines = [f"Tested under the protocol {self.protocol.digest[:16]}… on items nobody chose."]
        lines += [f"{found.area}: {sentence(found)}" for found in self.findings()]
        return " ".join(lines)


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
    return (
        f"{found.outcome.value}, {found.successes} of {found.items} items solved, rate "
        f"{found.estimate} [{found.low}, {found.high}] against a threshold of "
        f"{found.threshold} ± {found.zone} at error {found.error_rate}."
    )


def outdated_suites(locked: Json) -> str:
    """Areas of a locked protocol whose suites are not the ones installed here; empty if none."""
    protocol = Protocol.from_fields(locked if isinstance(locked, dict) else {}, "protocol")
    return ", ".join(
        plan.area for plan in protocol.areas if suite(plan.area).digest() != plan.suite_digest
    )
