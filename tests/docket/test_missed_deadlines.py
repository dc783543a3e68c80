"""What follows when a deadline is missed, as a book says: clearance, lapse, another's turn."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from holdshort.register.status import Status
from holdshort.rulebook.load import read_rulebook
from holdshort.rulebook.model import Rulebook
from holdshort.rulebook.proof import prove

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.docket.conftest import World

TEXT = (Path(__file__).parents[1] / "books/missed-deadlines.yaml").read_bytes()


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return read_rulebook(TEXT, "missed-deadlines.yaml")


@pytest.fixture
def late(book: Rulebook, bare_world: "Callable[..., World]") -> "World":
    world = bare_world(book)
    for party, role in (
        ("officer", "authority.officer"),
        ("acme", "developer"),
        ("judge", "court"),
    ):
        world.enrol(party, role)
    return world


def test_the_book_keeps_its_limits(book: Rulebook) -> None:
    assert {result.verdict for result in prove(book).results} == {"proven"}


class TestDeemedClearance:
    """Whoever is not answered is cleared. (This is no rule of the default book.)"""

    @pytest.fixture
    def applied(self, late: "World") -> "World":
        late.file(
            "review.apply", by="acme", model="M", weights=late.weights, training_compute="2e25"
        )
        return late

    def test_nobody_decides_and_the_model_is_cleared(self, applied: "World") -> None:
        applied.later(days=30)
        assert applied.state() == "applied"
        applied.later(days=1)
        assert applied.state() == "cleared"
        applied.issue()
        assert applied.status() is Status.VALID
        assert "the case is cleared" in applied.refused("review.refuse", by="officer")

    def test_a_refusal_in_time_stands(self, applied: "World") -> None:
        applied.later(days=30)
        applied.file("review.refuse", by="officer")
        applied.later(days=30)
        assert applied.state() == "refused"


class TestLapse:
    """What is not renewed in time has lapsed, and nothing brings it back."""

    def test_it_lapses(self, late: "World") -> None:
        late.file("permit.grant", by="officer", case="p")
        late.later(days=300)
        late.file("permit.renew", by="officer", case="p")
        late.later(days=300)
        assert late.state("p") == "granted"
        late.later(days=70)
        assert "the case is lapsed" in late.refused("permit.renew", by="officer", case="p")


class TestEscalation:
    """Whoever waits in vain goes one step further, with nobody's leave."""

    def test_to_the_court_once_the_authority_is_late(self, late: "World") -> None:
        late.file("complaint.complain", by="acme", case="c")
        late.later(days=10)
        assert "The authority is late" in late.refused("complaint.escalate", by="acme", case="c")
        late.later(days=1)
        late.file("complaint.escalate", by="acme", case="c")
        late.file("complaint.decide", by="judge", case="c")
        assert late.state("c") == "decided"

    def test_not_where_it_answered_in_time(self, late: "World") -> None:
        late.file("complaint.complain", by="acme", case="c")
        late.file("complaint.answer", by="officer", case="c")
        late.later(days=30)
        assert "the case is answered" in late.refused("complaint.escalate", by="acme", case="c")
