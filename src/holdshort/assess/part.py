"""The parts of a campaign: each area's test, and the arms by which its finding is put to the proof.

A part has a folder of its own with a ledger and logs, and a fixed list of requests that follows
from protocol and item seed. The test of an area asks its items in order until it decides; an arm
(`holdshort.assess.elicitation`) asks all of its requests.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from holdshort.assess.elicitation.arms import Arm
from holdshort.assess.elicitation.asking import Request, request, tries
from holdshort.assess.elicitation.planned import ElicitationPlan
from holdshort.assess.fields import Fields
from holdshort.assess.ledger import area_folder, prompt_digest
from holdshort.assess.protocol import Protocol
from holdshort.assess.suites.family import Item
from holdshort.assess.suites.suite import suite
from holdshort.errors import BadInput
from holdshort.register.canonical import Json

ELICITATION = "elicitation"


class Asked(StrEnum):
    """Whom a part asks."""

    MODEL = "model"
    CONTROL = "control"
    TUNED = "tuned"
    TUNED_CONTROL = "tuned-control"


@dataclass(frozen=True)
class Part:
    """The test of an area, or with ``arm`` one arm, of the model or of its control."""

    area: str
    arm: Arm | None = None
    of_control: bool = False

    @property
    def path(self) -> str:
        """Where the part lies in a campaign's folder and in a bundle."""
        return f"areas/{self.area}{self._below}"

    @property
    def title(self) -> str:
        """What the part is called: the area, and arm and whom it asks."""
        return self.area if self.arm is None else f"{self.area}: {self.arm}, {self.whose}"

    @property
    def task(self) -> str:
        """The name of its Inspect task."""
        return self.area if self.arm is None else f"{self.area}-{self.whose}-{self.arm}"

    @property
    def whose(self) -> str:
        """``model`` or ``control``."""
        return "control" if self.of_control else "model"

    @property
    def asked(self) -> Asked:
        """Whom it asks."""
        if self.arm is Arm.FINE_TUNED:
            return Asked.TUNED_CONTROL if self.of_control else Asked.TUNED
        return Asked.CONTROL if self.of_control else Asked.MODEL

    def folder(self, campaign: Path) -> Path:
        """Its folder."""
        folder = area_folder(campaign, self.area)
        return folder if self.arm is None else folder / ELICITATION / self.whose / self.arm

    def model(self, protocol: Protocol) -> str:
        """The Inspect model that it asks."""
        if self.arm is None:
            return protocol.model
        plan = _plan(protocol)
        names = {
            Asked.MODEL: protocol.model,
            Asked.CONTROL: plan.control,
            Asked.TUNED: plan.tuned,
            Asked.TUNED_CONTROL: plan.tuned_control,
        }
        return names[self.asked] or ""

    def requests(self, protocol: Protocol) -> int:
        """How many requests it has at most."""
        if self.arm is None:
            return protocol.plan(self.area).max_items
        plan = _plan(protocol)
        return plan.items * tries(plan, self.arm, suite(self.area))

    def request(self, protocol: Protocol, seed: bytes, number: int) -> Request:
        """Request ``number`` of an arm."""
        if self.arm is None:
            raise BadInput("the test of an area asks bare items.", where=self.area)
        first = protocol.plan(self.area).max_items
        return request(_plan(protocol), self.arm, suite(self.area), seed, first, number)

    def question(self, protocol: Protocol, seed: bytes, number: int) -> tuple[Item, str]:
        """The item of request ``number``, and the digest of what is asked."""
        if self.arm is None:
            item = suite(self.area).item(seed, number)
            return item, prompt_digest(item.prompt)
        asked = self.request(protocol, seed, number)
        return asked.item, asked.digest

    def to_fields(self) -> dict[str, Json]:
        """The part as JSON values."""
        if self.arm is None:
            return {"area": self.area}
        return {"area": self.area, "arm": self.arm.value, "of_control": self.of_control}

    @classmethod
    def from_fields(cls, fields: Fields) -> "Part":
        """Read a part; raises :class:`BadInput` naming the field."""
        area = fields.text("area")
        if fields.absent("arm"):
            return cls(area)
        return cls(area, Arm(fields.one_of("arm", tuple(Arm))), fields.boolean("of_control"))

    @property
    def _below(self) -> str:
        return "" if self.arm is None else f"/{ELICITATION}/{self.whose}/{self.arm}"


def arms_of(protocol: Protocol, area: str) -> Iterator[Part]:
    """The arms of an area, those of the model first; none if the protocol plans none."""
    if protocol.elicitation is not None:
        for of_control in (False, True):
            for arm in protocol.elicitation.arms:
                yield Part(area, arm, of_control)


def arm_requests(protocol: Protocol, area: str) -> int:
    """Answers that an area's elicitation takes, of the model and of its control together."""
    return sum(arm.requests(protocol) for arm in arms_of(protocol, area))


def _plan(protocol: Protocol) -> ElicitationPlan:
    if protocol.elicitation is None:
        raise BadInput("the protocol plans no elicitation.", where="protocol.elicitation")
    return protocol.elicitation
