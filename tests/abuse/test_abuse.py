"""Power misused, a hundred times: every time it is refused, answered or detected by name."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.refusal import Unlawful
from holdshort.docket.replay import replay
from holdshort.errors import HoldshortError
from tests.abuse.catalogue import CATALOGUE, stopped
from tests.abuse.scenario import Scenario

if TYPE_CHECKING:
    from holdshort.register.entry import Entry
    from tests.abuse.stages import Registers
    from tests.docket.conftest import World


def each_of(*ways: str) -> Any:
    """One test for each scenario that ends in one of these ways."""
    tried = [
        pytest.param(
            each,
            id=each.title,
            marks=[pytest.mark.xfail(strict=True, reason=each.works)] if each.works else [],
        )
        for each in stopped(*ways)
    ]
    return pytest.mark.parametrize("scenario", tried)


def watched(world: "World") -> list["Entry"]:
    """What is brought to the register's door from here on, whether it is let in or not."""
    brought: list[Entry] = []
    make = world.entry

    def entry(*given: Any) -> "Entry":
        brought.append(make(*given))
        return brought[-1]

    world.entry = entry  # type: ignore[method-assign]
    return brought


def honest(registers: "Registers", scenario: Scenario) -> None:
    """The control: the same act where it is no abuse, or its honest twin."""
    world = registers.at(scenario.lawful_at or scenario.at)
    play = scenario.lawful or scenario.attempt
    assert play
    before = world.docket.size
    play(world)
    assert world.docket.size >= before
    assert replay(world.entries, world.book).fault is None


@each_of("refused")
def test_the_law_refuses_it_on_the_clause_named(registers: "Registers", scenario: Scenario) -> None:
    honest(registers, scenario)
    world = registers.at(scenario.at)
    brought = watched(world)
    assert scenario.attempt
    with pytest.raises(Unlawful) as refusal:
        scenario.attempt(world)
    found = [each for each in refusal.value.objections if each.cite == scenario.clause]
    assert any(scenario.says in str(each) for each in found), refusal.value.objections
    cited = {each.cite for each in refusal.value.objections}
    assert cited <= {scenario.clause, *scenario.also}

    # An office whose software skipped the law would have entered it all the same.
    assert len(brought) == len(world.entries) - _before(registers, scenario) + 1
    stranger = replay([*world.entries, brought[-1]], world.book)
    assert stranger.acts == len(world.entries)
    assert stranger.fault
    assert scenario.clause in stranger.fault


def _before(registers: "Registers", scenario: Scenario) -> int:
    return registers.at(scenario.at).docket.size


@each_of("register")
def test_the_record_refuses_it_whatever_the_law(registers: "Registers", scenario: Scenario) -> None:
    honest(registers, scenario)
    world = registers.at(scenario.at)
    assert scenario.attempt
    with pytest.raises(HoldshortError) as refusal:
        scenario.attempt(world)
    assert not isinstance(refusal.value, Unlawful)
    assert scenario.says in str(refusal.value)


@each_of("answered")
def test_the_other_side_has_an_answer_to_it(registers: "Registers", scenario: Scenario) -> None:
    honest(registers, scenario)
    world = registers.at(scenario.at)
    assert scenario.attempt
    scenario.attempt(world)
    assert replay(world.entries, world.book).fault is None
    clauses = {
        rule.clause.cite for kind in world.book.cases.values() for rule in kind.acts.values()
    }
    lapses = {
        rule.expires.cite
        for kind in world.book.cases.values()
        for rule in kind.acts.values()
        if rule.expires
    }
    assert scenario.clause in clauses | lapses


@each_of("visible")
def test_nothing_stops_it_and_everyone_can_see_it(
    registers: "Registers", scenario: Scenario
) -> None:
    honest(registers, scenario)
    world = registers.at(scenario.at)
    assert scenario.attempt
    scenario.attempt(world)
    assert replay(world.entries, world.book).fault is None


def test_no_scenario_is_told_twice() -> None:
    titles = Counter(each.title for each in CATALOGUE)
    assert [title for title, times in titles.items() if times > 1] == []


def test_there_are_at_least_a_hundred_and_every_actor_is_among_them() -> None:
    assert len(CATALOGUE) - len(stopped("visible")) >= 100
    alone = {each.by[0] for each in CATALOGUE if len(each.by) == 1}
    assert alone == {"authority", "assessor", "developer", "court", "operator"}
    assert len({each.by for each in CATALOGUE if len(each.by) == 2}) >= 5
