"""All scenarios, in the order of the page."""

from tests.abuse import (
    assessor,
    authority,
    certificates,
    court,
    developer,
    exceptions,
    operator,
    pairs,
    recognition,
)
from tests.abuse.scenario import Scenario

CATALOGUE: tuple[Scenario, ...] = (
    *authority.SCENARIOS,
    *exceptions.SCENARIOS,
    *assessor.SCENARIOS,
    *developer.SCENARIOS,
    *court.SCENARIOS,
    *operator.SCENARIOS,
    *pairs.SCENARIOS,
    *certificates.SCENARIOS,
    *recognition.SCENARIOS,
)


def stopped(*ways: str) -> list[Scenario]:
    """The scenarios that end in one of these ways."""
    return [each for each in CATALOGUE if each.stopped_by in ways]
