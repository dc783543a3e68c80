"""Power misused, a hundred times: every time it is refused, answered or detected by name."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.abuse.catalogue import CATALOGUE, stopped
from tests.abuse.forgery import CLEARED, REFERRED
from tests.abuse.scenario import Scenario

from holdshort.docket.refusal import Unlawful
from holdshort.docket.replay import replay
from holdshort.errors import HoldshortError
from holdshort.register.witness.fork import check_fork

if TYPE_CHECKING:
    from tests.abuse.forgery import Forgery
    from tests.abuse.stages import Registers
    from tests.docket.conftest import World

    from holdshort.register.act import Act
    from holdshort.register.entry import Entry


def each_of(*ways: str) -> pytest.MarkDecorator:
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

    def entry(act: "Act", signed_by: str | None = None) -> "Entry":
        brought.append(make(act, signed_by))
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


@pytest.mark.parametrize("model", [CLEARED, REFERRED])
def test_what_is_published_by_the_same_tools_unaltered_is_sound(
    forgery: Callable[[str], "Forgery"], holdshort: Callable[..., Any], model: str
) -> None:
    """The control of the forgeries: whatever fails below fails for what was forged."""
    hand = forgery(model)
    for at in hand.find("review.file-finding"):
        hand.leaves[at] = hand.sign(at, lambda statement: None)
    hand.state_anew()
    assert holdshort("verify", hand.public, "--json").code == 0


@each_of("verify")
def test_whoever_verifies_finds_it_and_names_it(
    forgery: Callable[[str], "Forgery"], holdshort: Callable[..., Any], scenario: Scenario
) -> None:
    assert scenario.forge
    if scenario.honest:
        hand = forgery(scenario.at)
        scenario.honest(hand)
        assert holdshort("verify", hand.public, *hand.more, "--json").code == 0

    hand = forgery(scenario.at)
    scenario.forge(hand)
    ran = holdshort("verify", hand.public, *hand.more, "--json")
    assert ran.code == 1
    failed = {each["name"]: each["detail"] for each in ran.json["checks"] if not each["ok"]}
    told = [detail for name, detail in failed.items() if name.startswith(scenario.clause)]
    assert told, failed
    assert scenario.says, failed
    assert any(scenario.says in detail for detail in told), failed


@each_of("gate")
def test_the_gate_does_not_serve_it(
    forgery: Callable[[str], "Forgery"], scenario: Scenario
) -> None:
    assert scenario.forge
    assert scenario.honest
    assert scenario.honest(forgery(scenario.at)) == ""
    assert scenario.says in (scenario.forge(forgery(scenario.at)) or "served")


@each_of("witness")
def test_two_readers_hold_the_proof(
    forgery: Callable[[str], "Forgery"], scenario: Scenario
) -> None:
    assert scenario.forge
    assert scenario.honest
    hand = forgery(scenario.at)
    key = hand.verifier
    one, two = scenario.honest(hand)
    assert check_fork(one, two, key) is None
    one, two = scenario.forge(hand)
    assert scenario.says in str(check_fork(one, two, key))


def test_no_scenario_is_told_twice() -> None:
    titles = Counter(each.title for each in CATALOGUE)
    assert [title for title, times in titles.items() if times > 1] == []


def test_there_are_at_least_a_hundred_and_every_actor_is_among_them() -> None:
    assert len(CATALOGUE) - len(stopped("visible")) >= 100
    alone = {each.by[0] for each in CATALOGUE if len(each.by) == 1}
    assert alone == {"authority", "assessor", "developer", "court", "operator"}
    assert len({each.by for each in CATALOGUE if len(each.by) == 2}) >= 5
