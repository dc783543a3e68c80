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
    return (act.by, act.origin, act.to, act.effect, act.must_state, requires, fields)


@pytest.mark.parametrize("name", shipped())
def test_every_book_has_the_same_acts(name: str) -> None:
    template = (resources.files("holdshort.rulebook") / "template.yaml").read_text("utf-8")
    new = template.replace("rulebook: ID\n", "rulebook: new\n")
    expected = acts(read_rulebook(new.encode(), "template.yaml"))
    found = acts(open_rulebook(name))
    assert list(found) == list(expected)
    assert found == expected
