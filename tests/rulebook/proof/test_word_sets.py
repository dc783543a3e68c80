"""Prover and docket agree on lists of words and on lists that a clause writes out.

Each book here once had two answers. The kinds of case and the limits stand in a few lines; the rest
of the book is that of `random_books`.
"""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from holdshort.docket.refusal import Unlawful
from holdshort.docket.stage import Player, Stage
from holdshort.docket.stories import replay
from holdshort.rulebook.load import read_rulebook
from holdshort.rulebook.model import Rulebook
from holdshort.rulebook.proof import prove

SAYS = {"says": "It is so.", "cite": "house, a test"}
SCOPE = {"scope": {"type": "list of area", "says": "Which."}}
MONDAY = datetime(2026, 3, 2, 14, tzinfo=UTC)
COURT = Player(10, ["court"])
REMEMBERED = {"scope": {"type": "list of area", "default": [], "says": "Which."}}


def _beside(name: str) -> ModuleType:
    """A module in this folder, which is no package."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"sets_{name}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


random_books = _beside("random_books")


def book(guard: str, limit: dict[str, Any], sets: str = "act.scope") -> Rulebook:
    """A matter that is opened for some areas, and goes on to two under a guard."""
    act: dict[str, Any] = {"by": "court", "fields": SCOPE, **SAYS}
    opened = {**act, "title": "Open", "from": "none", "to": "one", "sets": {"scope": "act.scope"}}
    going = {**act, "title": "Go on", "from": "one", "to": "two", "sets": {"scope": sets}}
    going["requires"] = [{"if": guard, **SAYS}]
    matter = {
        "title": "Matter",
        "states": ["one", "two"],
        "facts": REMEMBERED,
        "acts": {"open": opened, "go-on": going},
    }
    limits = {"it": {"case": "matter", **limit, **SAYS}}
    return read_rulebook(random_books.written({"matter": matter}, limits), "sets.yaml")


def test_the_same_areas_can_always_be_named_again() -> None:
    stays = {"enabled": {"act": "go-on", "while": "state == 'one'"}}
    (result,) = prove(book("act.scope == case.scope", stays)).results
    assert result.verdict == "proven"


def test_there_are_always_other_areas_to_be_named() -> None:
    stays = {"enabled": {"act": "go-on", "while": "state == 'one' && size(case.scope) > 0"}}
    (result,) = prove(book("act.scope != case.scope", stays)).results
    assert result.verdict == "proven"


@pytest.mark.parametrize(
    "guard",
    [
        "1 in (size(act.scope) > 0 ? [1, 0] : [1])",
        "(size(act.scope) > 0 ? [1, 0] : [1]).all(n, n >= 0)",
        "(size(act.scope) > 0 ? [0, 1] : [1]).exists_one(n, n == 1)",
        "(size(act.scope) > 0 ? [1, 0] : [1])[0] == 1",
        "(size(act.scope) > 0 ? [1, 0] : [1]) == [1, 0]",
        "true in (size(act.scope) > 0 ? [true] : [])",
        "[act.scope] == (size(act.scope) > 0 ? [act.scope] : [])",
    ],
)
def test_an_act_that_the_docket_takes_is_no_proof_that_nobody_gets_there(guard: str) -> None:
    law = book(guard, {"always": "state != 'two'"})
    (result,) = prove(law).results
    assert result.verdict == "refuted", "This was proven, of a state that the docket reaches."
    assert result.story
    replayed = replay(law, result.story)
    assert replayed.agrees, replayed.says


@pytest.mark.parametrize(
    ("holds", "verdict"),
    [
        ("case.scope == []", "refuted"),
        ("case.scope == areas || case.scope == ['east'] || size(case.scope) != 1", "refuted"),
        ("size(case.scope) <= size(areas)", "proven"),
        ("size(case.scope) != 1 || case.scope.exists_one(a, true)", "proven"),
        ("case.scope != areas || case.scope[0] == 'east'", "proven"),
        ("size(case.scope) < size(areas) || case.scope == areas", "proven"),
        ("case.scope in [[], ['east'], ['east', 'west'], ['west']]", "proven"),
        ("case.scope in [[], ['east'], ['west']]", "refuted"),
    ],
)
def test_a_remembered_list_is_a_set(holds: str, verdict: str) -> None:
    law = book("true", {"always": f"state != 'two' || {holds}"})
    (result,) = prove(law).results
    assert result.verdict == verdict
    if result.story:
        replayed = replay(law, result.story)
        assert replayed.agrees, replayed.says


def test_a_list_of_which_a_word_is_not_known_is_not_remembered() -> None:
    law = book("true", {"always": "state != 'two' || has(case.scope)"}, sets="[act.scope[0]]")
    (result,) = prove(law).results
    assert result.verdict == "refuted"  # of no areas, there is no first
    assert result.story
    assert "scope" not in result.story.deeds[-1].after.facts
    replayed = replay(law, result.story)
    assert replayed.agrees, replayed.says


def test_the_docket_reads_areas_in_whatever_order_they_are_named_and_each_once() -> None:
    stage = Stage(book("act.scope == case.scope", {"always": "true"}), MONDAY)
    stage.enrol(COURT)
    opening, going = (stage.book.act(f"matter.{name}") for name in ("open", "go-on"))
    with pytest.raises(Unlawful, match="each once at most"):
        stage.file(opening, COURT.id, "m", {"scope": ["west", "west"]})
    stage.file(opening, COURT.id, "m", {"scope": ["west", "east"]})
    assert stage.docket.cases["m"].facts["scope"] == ["east", "west"]
    with pytest.raises(Unlawful):
        stage.file(going, COURT.id, "m", {"scope": ["west"]})
    stage.file(going, COURT.id, "m", {"scope": ["east", "west"]})
    assert stage.docket.state(stage.docket.cases["m"], stage.now) == "two"
