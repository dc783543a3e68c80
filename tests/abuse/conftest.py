"""The registers on which abuses are tried."""

import pytest

from holdshort.rulebook.load import open_rulebook
from tests.abuse.stages import Registers


@pytest.fixture(scope="session")
def registers() -> Registers:
    """Registers at every stage of a matter, each played once."""
    return Registers(open_rulebook("aaif"))
