"""The protocol of an assessment: everything that could sway its outcome, fixed before it runs.

A protocol names the model (and the digest of its weights), the suites by the digest of their
code, the thresholds, the error rates, the stopping rule and the finding rule. It is locked by an
act on the register; `Protocol.digest` is what the act commits to.

**Nobody picks the items.** The assessor draws a secret nonce and puts its commitment into the
protocol. Once the protocol is locked, the developer answers with a nonce of its own; only then is
the assessor's revealed, and

    seed = SHA-256("holdshort-item-seed" ‖ 0 ‖ lengths ‖ assessor nonce ‖ developer nonce ‖ digest)

so each side's share was fixed before it could know the other's, and a seed belongs to one
protocol alone.
"""

import hashlib
import hmac
import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import holdshort
from holdshort.assess.elicitation.planned import ElicitationPlan
from holdshort.assess.fields import Fields
from holdshort.assess.statistics import RatePlan, bonferroni
from holdshort.errors import BadInput
from holdshort.register.canonical import Json, digest

CORRECTION = "bonferroni"
STOPPING_RULE = "e-process-mixture/v1"
FINDING_RULE = "capability-threshold/v1"
GATED_RULE = "gated-capability-threshold/v1"

_LEAST_NONCE = 16
"""Bytes. Below 128 bits the other side could search for a nonce from its commitment."""


@dataclass(frozen=True)
class AreaPlan:
    """One area's test: which suite, against which threshold, with how many items."""

    area: str
    suite_version: str
    suite_digest: str
    threshold: Decimal
    zone: Decimal
    error_rate: Decimal
    max_items: int
    min_items: int

    @property
    def rate_plan(self) -> RatePlan:
        """The statistical test of this area."""
        return RatePlan(self.threshold, self.zone, self.error_rate, self.max_items, self.min_items)

    def to_fields(self) -> dict[str, Json]:
        """The plan as JSON values."""
        return {
            "area": self.area,
            "suite_version": self.suite_version,
            "suite_digest": self.suite_digest,
            "threshold": str(self.threshold),
            "zone": str(self.zone),
            "error_rate": str(self.error_rate),
            "max_items": self.max_items,
            "min_items": self.min_items,
        }

    @classmethod
    def from_fields(cls, fields: Fields) -> "AreaPlan":
        """Read a plan; raises :class:`BadInput` naming the field."""
        fields.only(cls.__dataclass_fields__)
        plan = cls(
            area=fields.text("area"),
            suite_version=fields.text("suite_version"),
            suite_digest=fields.hexadecimal("suite_digest"),
            threshold=fields.decimal("threshold"),
            zone=fields.decimal("zone"),
            error_rate=fields.decimal("error_rate"),
            max_items=fields.whole("max_items", least=1),
            min_items=fields.whole("min_items", least=1),
        )
        try:
            _ = plan.rate_plan
        except BadInput as error:
            raise BadInput(error.what, where=fields.at(error.where or "")) from error
        return plan


@dataclass(frozen=True)
class Generation:
    """How answers are drawn from the model."""

    temperature: Decimal = Decimal(0)
    max_tokens: int = 256
    seed: int = 0

    def to_fields(self) -> dict[str, Json]:
        """The settings as JSON values."""
        return {
            "temperature": str(self.temperature),
            "max_tokens": self.max_tokens,
            "seed": self.seed,
        }

    @classmethod
    def from_fields(cls, fields: Fields) -> "Generation":
        """Read the settings; raises :class:`BadInput` naming the field."""
        fields.only(cls.__dataclass_fields__)
        temperature = fields.decimal("temperature")
        if temperature < 0:
            raise BadInput("must not be negative.", where=fields.at("temperature"))
        return cls(temperature, fields.whole("max_tokens", least=1), fields.whole("seed"))


@dataclass(frozen=True)
class Limits:
    """What ends an answer: ``seconds`` for it, retries included, and ``retries`` of a request."""

    seconds: int = 600
    retries: int = 3

    def to_fields(self) -> dict[str, Json]:
        """The limits as JSON values."""
        return {"seconds": self.seconds, "retries": self.retries}

    @classmethod
    def from_fields(cls, fields: Fields) -> "Limits":
        """Read the limits; raises :class:`BadInput` naming the field."""
        fields.only(cls.__dataclass_fields__)
        return cls(fields.whole("seconds", least=1), fields.whole("retries"))


@dataclass(frozen=True)
class PlannedCost:
    """What a protocol takes at most: answers of all models, and the tokens of these answers."""

    answers: int
    answer_tokens: int

    def to_fields(self) -> dict[str, Json]:
        """The cost as JSON values."""
        return {"answers": self.answers, "answer_tokens": self.answer_tokens}

    @classmethod
    def from_fields(cls, fields: Fields) -> "PlannedCost":
        """Read the cost; raises :class:`BadInput` naming the field."""
        fields.only(cls.__dataclass_fields__)
        return cls(fields.whole("answers", least=1), fields.whole("answer_tokens", least=1))


@dataclass(frozen=True)
class Protocol:
    """A whole assessment, fixed in advance. ``model`` is an Inspect model name."""

    model: str
    model_digest: str | None
    generation: Generation
    areas: tuple[AreaPlan, ...]
    total_error_rate: Decimal
    correction: str
    stopping_rule: str
    finding_rule: str
    item_seed_commitment: str
    inspect_version: str
    holdshort_version: str
    sandbox: str | None = None
    """An Inspect provider by name, in which the samples' commands run; None for no sandbox."""
    access_tier: int | None = None
    """What the assessor may see and do, from 0 (public documents) to 7 (the whole organisation)."""
    limits: Limits | None = None
    """None in protocols that state none: `Limits` as it stands."""
    elicitation: ElicitationPlan | None = None
    """How hidden ability is looked for where a test finds too little; None for not at all."""
    planned_cost: PlannedCost | None = None
    """None in protocols that state none."""

    def to_fields(self) -> dict[str, Json]:
        """The protocol as JSON values, as an act carries it."""
        return {
            "model": self.model,
            "model_digest": self.model_digest,
            "generation": self.generation.to_fields(),
            "areas": [plan.to_fields() for plan in self.areas],
            "total_error_rate": str(self.total_error_rate),
            "correction": self.correction,
            "stopping_rule": self.stopping_rule,
            "finding_rule": self.finding_rule,
            "item_seed_commitment": self.item_seed_commitment,
            "inspect_version": self.inspect_version,
            "holdshort_version": self.holdshort_version,
            **self._optional(),
        }

    def _optional(self) -> dict[str, Json]:
        """What is left out when there is none, as in every protocol before there could be one."""
        stated: dict[str, Json | None] = {
            "sandbox": self.sandbox,
            "access_tier": self.access_tier,
            "limits": self.limits.to_fields() if self.limits else None,
            "elicitation": self.elicitation.to_fields() if self.elicitation else None,
            "planned_cost": self.planned_cost.to_fields() if self.planned_cost else None,
        }
        return {name: value for name, value in stated.items() if value is not None}

    @classmethod
    def from_fields(cls, value: Mapping[str, object], where: str) -> "Protocol":
        """Read a protocol strictly; raises :class:`BadInput` naming the field."""
        fields = Fields(value, where).only(cls.__dataclass_fields__)
        protocol = cls(
            model=fields.text("model"),
            model_digest=(
                None if fields.absent("model_digest") else fields.hexadecimal("model_digest")
            ),
            generation=Generation.from_fields(fields.nested("generation")),
            areas=tuple(AreaPlan.from_fields(plan) for plan in fields.nested_list("areas")),
            total_error_rate=fields.decimal("total_error_rate"),
            correction=fields.one_of("correction", (CORRECTION,)),
            stopping_rule=fields.one_of("stopping_rule", (STOPPING_RULE,)),
            finding_rule=fields.one_of("finding_rule", (FINDING_RULE, GATED_RULE)),
            item_seed_commitment=fields.hexadecimal("item_seed_commitment"),
            inspect_version=fields.text("inspect_version"),
            holdshort_version=fields.text("holdshort_version"),
            sandbox=None if fields.absent("sandbox") else fields.text("sandbox"),
            access_tier=None if fields.absent("access_tier") else fields.whole("access_tier"),
            limits=(
                None if fields.absent("limits") else Limits.from_fields(fields.nested("limits"))
            ),
            elicitation=(
                None
                if fields.absent("elicitation")
                else ElicitationPlan.from_fields(fields.nested("elicitation"))
            ),
            planned_cost=(
                None
                if fields.absent("planned_cost")
                else PlannedCost.from_fields(fields.nested("planned_cost"))
            ),
        )
        protocol.check(where)
        return protocol

    def check(self, where: str = "protocol") -> None:
        """Refuse a protocol that promises what its parts do not keep."""
        names = [plan.area for plan in self.areas]
        if not names:
            raise BadInput("a protocol needs at least one area.", where=f"{where}.areas")
        if len(set(names)) != len(names):
            raise BadInput("an area is listed twice.", where=f"{where}.areas")
        if sum((plan.error_rate for plan in self.areas), Decimal(0)) > self.total_error_rate:
            raise BadInput(
                "the areas' error rates add up to more than the total.",
                where=f"{where}.total_error_rate",
            )
        if (self.finding_rule == GATED_RULE) != (self.elicitation is not None):
            raise BadInput(
                f"{GATED_RULE} is the rule of protocols that plan an elicitation, and of no other.",
                where=f"{where}.finding_rule",
            )
        if self.elicitation is not None:
            self.elicitation.check(f"{where}.elicitation", self.access_tier)
        if self.planned_cost is not None and self.planned_cost != self.cost():
            raise BadInput(
                f"the plan takes {self.cost().answers:,} answers at most.",
                where=f"{where}.planned_cost",
            )

    def cost(self) -> PlannedCost:
        """What the plan takes at most, each area's elicitation included."""
        from holdshort.assess.part import arm_requests

        answers = sum(plan.max_items + arm_requests(self, plan.area) for plan in self.areas)
        return PlannedCost(answers, answers * self.generation.max_tokens)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON; what the register's act commits to."""
        return digest(self.to_fields())

    def plan(self, area: str) -> AreaPlan:
        """The plan of one area."""
        for plan in self.areas:
            if plan.area == area:
                return plan
        raise BadInput(f"the protocol has no area {area!r}.", where="protocol.areas")


def draft(
    model: str,
    item_seed_commitment: str,
    *,
    model_digest: str | None = None,
    areas: tuple[str, ...] | None = None,
    total_error_rate: Decimal = Decimal("0.05"),
    max_items: int = 400,
    min_items: int = 20,
    generation: Generation | None = None,
    sandbox: str | None = None,
    access_tier: int | None = None,
    limits: Limits | None = None,
    elicitation: ElicitationPlan | None = None,
) -> Protocol:
    """A protocol over the installed suites (all areas unless named), ready to be locked."""
    from holdshort.assess.suites.suite import SUITES, suite

    names = tuple(SUITES) if areas is None else areas
    error_rate = bonferroni(total_error_rate, len(names))
    plans = []
    for name in names:
        found = suite(name)
        plans.append(
            AreaPlan(
                area=name,
                suite_version=found.version,
                suite_digest=found.digest(),
                threshold=Decimal(found.threshold),
                zone=Decimal(found.zone),
                error_rate=error_rate,
                max_items=max_items,
                min_items=min(min_items, max_items),
            )
        )
    protocol = Protocol(
        model=model,
        model_digest=model_digest,
        generation=generation or Generation(),
        areas=tuple(plans),
        total_error_rate=total_error_rate,
        correction=CORRECTION,
        stopping_rule=STOPPING_RULE,
        finding_rule=FINDING_RULE if elicitation is None else GATED_RULE,
        item_seed_commitment=item_seed_commitment,
        inspect_version=importlib.metadata.version("inspect_ai"),
        holdshort_version=holdshort.__version__,
        sandbox=sandbox,
        access_tier=access_tier,
        limits=limits or Limits(),
        elicitation=elicitation,
    )
    # One door for every protocol: what could not be read back is refused here, not at run time.
    return Protocol.from_fields(costed(protocol).to_fields(), "protocol")


def costed(protocol: Protocol) -> Protocol:
    """The protocol with the cost that it plans."""
    return replace(protocol, planned_cost=protocol.cost())


def commitment(nonce: bytes) -> str:
    """The commitment to a secret nonce of at least 16 random bytes, as hexadecimal."""
    _check_nonce(nonce, "nonce")
    return hashlib.sha256(b"holdshort-commitment\0" + nonce).hexdigest()


def item_seed(assessor_nonce: bytes, developer_nonce: bytes, protocol_digest: str) -> bytes:
    """The 32-byte seed from which every item of the protocol's suites is generated."""
    _check_nonce(assessor_nonce, "assessor_nonce")
    _check_nonce(developer_nonce, "developer_nonce")
    # Lengths go in so that no bytes can move from one nonce to the other.
    parts = (assessor_nonce, developer_nonce, bytes.fromhex(protocol_digest))
    lengths = b"".join(len(part).to_bytes(4, "big") for part in parts)
    return hashlib.sha256(b"holdshort-item-seed\0" + lengths + b"".join(parts)).digest()


def opens(item_seed_commitment: str, nonce: bytes) -> bool:
    """Whether a revealed nonce is the one that was committed to."""
    return hmac.compare_digest(item_seed_commitment, commitment(nonce))


def _check_nonce(nonce: bytes, where: str) -> None:
    if len(nonce) < _LEAST_NONCE:
        raise BadInput(f"a nonce needs at least {_LEAST_NONCE} random bytes.", where=where)
