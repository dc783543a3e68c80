"""The register's own case: a matter of the house, so the same in every book."""

from importlib import resources

import pytest

from holdshort.rulebook.load import open_rulebook, read_rulebook, shipped
from holdshort.rulebook.model import ActRule, Rulebook


def acts(book: Rulebook) -> dict[str, object]:
    return {name: shape(act) for name, act in book.cases["register"].acts.items()}


def shape(act: ActRule) -> object:
    """What two books have in common of an act; each names its source in its own way."""
    requires = tuple(each.condition.source for each in act.requires)
    fields = {name: (each.type, each.optional) for name, each in act.fields.items()}
    about = tuple(role for role in act.about if role != "court")
    return (act.by, act.origin, act.to, act.effect, about, act.must_state, requires, fields)


@pytest.mark.parametrize("name", shipped())
def test_every_book_has_the_same_acts(name: str) -> None:
    template = (resources.files("holdshort.rulebook") / "template.yaml").read_text("utf-8")
    new = template.replace("rulebook: ID\n", "rulebook: new\n")
    expected = acts(read_rulebook(new.encode(), "template.yaml"))
    found = acts(open_rulebook(name))
    found.pop("seat-court", None)
    assert list(found) == list(expected)
    assert found == expected


@pytest.mark.parametrize("name", shipped())
def test_where_there_is_a_court_a_court_seats_the_next(name: str) -> None:
    book = open_rulebook(name)
    seat = book.cases["register"].acts.get("seat-court")
    assert (seat is not None) == ("court" in book.roles)
    if seat is not None:
        assert (seat.by, seat.effect, seat.about) == ("court", "enrol", ("court",))
