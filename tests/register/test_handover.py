"""What a published register hands over holds for whoever pins its charter."""

from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.errors import BadInput
from holdshort.register.folder import Folder
from holdshort.register.foreign import read_clearance, trust
from holdshort.register.handover import Handover


@pytest.fixture
def public(finished: Callable[[str], Path]) -> Path:
    """The published register of a finished review that cleared its model."""
    return finished("reference/null") / "public"


def test_nothing_is_handed_over_that_the_receiver_would_not_believe(public: Path) -> None:
    register = Handover(Folder(public))
    case = next((public.parent / "assessments").iterdir()).name
    charter, told = register.charter(), register.clearance(case)
    pinned = trust(str(charter["charter"]), str(charter["charter_entry"]), "quorum none\n")
    assert pinned.charter.origin == charter["origin"]
    leaf, proof = str(told["foreign_clearance"]), str(told["foreign_clearance_proof"])
    entry = pinned.entry(leaf, proof, "2100-01-01T00:00:00Z", "shown")
    assert read_clearance(pinned, entry, "shown").weights == told["weights"]
    assert told["status"] == "valid"


def test_a_case_without_clearance_hands_over_nothing(public: Path) -> None:
    with pytest.raises(BadInput, match="holds no clearance"):
        Handover(Folder(public)).clearance("register")
