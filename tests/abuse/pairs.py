"""pairs"""

from tests.abuse.scenario import Scenario

SCENARIOS: tuple[Scenario, ...] = ()
