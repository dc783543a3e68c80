"""Properties of every history: random acts, by random parties, at random times.

Most acts are drawn from what the table allows, with fields that can be true, so that histories get
somewhere; the rest is whatever anybody might try.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdshort.docket.environment import of_limit
from holdshort.docket.refusal import Unlawful
from holdshort.docket.replay import replay
from holdshort.errors import BadInput
from holdshort.register.act import Act
from holdshort.register.canonical import Json
from holdshort.rulebook.model import ActRule, Field

if TYPE_CHECKING:
    from tests.docket.conftest import World

MakeWorld = Callable[..., "World"]
AREAS = ("cybersecurity", "biological_weapons", "loss_of_control", "automated_rnd")
PARTIES = ("officer", "decider", "acme", "rival", "lab-a", "lab-b", "judge")
WAITS: tuple[dict[str, float], ...] = (
    {},
    {},
    {},
    {"hours": 1},
    {"days": 5},
    {"days": 11},
    {"days": 20},
    {"days": 400},
)
NUMBERS = ("0", "1e25", "1.1e25", "5e8", "2e9")


# ---------------------------------------------------------------------- where histories start


def barred(world: "World", *acts: tuple[str, str]) -> None:
    world.referred()
    world.restrict()
    for act, by in acts:
        said = {"imminent": True} if act == "order-provisionally" else {}
        world.file(f"restriction.{act}", by=by, case="bar", **said)


def being_tested(world: "World") -> None:
    world.assign()
    world.lock()
    world.find({"cybersecurity": "unacceptable", "automated_rnd": "inconclusive"})


STAGES: dict[str, Callable[["World"], Any]] = {
    "enrolled": lambda world: None,
    "declared": lambda world: world.declare(),
    "testing": being_tested,
    "assessed": lambda world: world.assessed({"loss_of_control": "inconclusive"}),
    "cleared": lambda world: world.cleared(),
    "conditional": lambda world: world.cleared({"cybersecurity": "inconclusive"}),
    "noticed": lambda world: barred(world, ("give-notice", "officer")),
    "provisional": lambda world: barred(world, ("order-provisionally", "judge")),
    "ordered": lambda world: barred(
        world, ("give-notice", "officer"), ("answer", "acme"), ("order", "judge")
    ),
}


# ---------------------------------------------------------------------- what is tried


def committing(world: "World", case: str, by: str, draw: Any) -> dict[str, Any]:
    return {"commitment": world.commitment(world.half(by, case, draw(ROUNDS)))}


def revealing(world: "World", case: str, by: str, draw: Any) -> dict[str, Any]:
    return {"value": world.half(by, case, draw(ROUNDS))}


def determining(world: "World", case: str, by: str, draw: Any) -> dict[str, Any]:
    return {"inputs": world.findings(case)}


def finding(world: "World", case: str, by: str, draw: Any) -> dict[str, Any]:
    return world.finding(draw(st.sampled_from(AREAS)), draw(st.sampled_from(OUTCOMES)), of=case)


ROUNDS = st.sampled_from(["draw", "draw", "second draw"])
OUTCOMES = ("acceptable", "inconclusive", "unacceptable")
TRUE_FIELDS: dict[str, Callable[["World", str, str, Any], dict[str, Any]]] = {
    "review.assign": lambda world, case, by, draw: world.assignment(case),
    "review.lock-protocol": lambda world, case, by, draw: world.protocol(of=case),
    "review.change-protocol": lambda world, case, by, draw: world.protocol("others", of=case),
    "review.file-finding": finding,
    "review.commit-developer": committing,
    "review.commit-authority": committing,
    "review.witness-draw": lambda world, case, by, draw: world.witness_fields(case),
    "review.reveal-developer": revealing,
    "review.reveal-authority": revealing,
    "review.clear": determining,
    "review.refer": determining,
    "review.clear-with-conditions": determining,
    "register.snapshot": lambda world, case, by, draw: world.snapshot_fields(),
}


def typed(field: Field, world: "World") -> st.SearchStrategy[Any]:
    """Values of the field's type."""
    match field.type.name:
        case "bool":
            return st.booleans()
        case "integer":
            return st.integers(0, 100)
        case "decimal":
            return st.sampled_from(NUMBERS)
        case "identifier":
            return st.sampled_from([*world.docket.cases, *world.docket.parties, "nobody"])
        case "digest":
            return st.sampled_from([world.weights, "ac" * 32, world.secret("items")])
        case "instant":
            return st.just(world.now)
        case "object":
            return st.just({})
        case "list":
            return st.lists(st.integers(0, 40), max_size=4)
        case "area":
            return st.sampled_from(AREAS)
        case "role":
            return st.sampled_from(list(world.book.roles))
        case "one_of":
            return st.sampled_from(field.type.values)
        case "list of area":
            return st.lists(st.sampled_from(AREAS), max_size=4)
        case "list of one_of":
            return st.lists(st.sampled_from(field.type.values), max_size=4)
        case _:
            return st.sampled_from(["A statement.", "Another."])


def mostly(draw: Any) -> bool:
    return bool(draw(st.integers(0, 4)))


def propose(world: "World", draw: Any) -> tuple[str, str, str, dict[str, Any]]:
    """An act that somebody may try: its type, its party, its case, its fields."""
    case = draw(st.sampled_from([*world.docket.cases, "r", "bar", "another"]))
    known = world.docket.cases.get(case)
    kinds = [world.book.cases[known.kind]] if known else list(world.book.cases.values())
    state = world.state(case) if known else "none"
    rules = [rule for kind in kinds for rule in kind.acts.values()]
    fitting = [rule for rule in rules if state in rule.origin]
    rule = draw(st.sampled_from(fitting if fitting and mostly(draw) else rules))
    parties = list(world.docket.parties)
    permitted = [each for each in parties if rule.permits(world.docket.parties[each].role)]
    by = draw(st.sampled_from(permitted if permitted and mostly(draw) else [*parties, "stranger"]))
    fields = {name: draw(typed(field, world)) for name, field in rule.fields.items()}
    if rule.type in TRUE_FIELDS and mostly(draw):
        with suppress(KeyError, AssertionError):  # the record gives no true ones yet
            fields |= TRUE_FIELDS[rule.type](world, case, by, draw)
    return rule.type, by, case, fields


# ---------------------------------------------------------------------- what always holds


def limits_hold(world: "World") -> None:
    """Now, and as time passes and nothing is filed."""
    docket = world.docket
    for now in (world.now, "2027-06-01T00:00:00Z", "2035-01-01T00:00:00Z"):
        for case in docket.cases.values():
            env = of_limit(docket, case, max(now, world.now))
            for limit in docket.book.limits.values():
                if limit.kind == case.kind and limit.always:
                    assert limit.always.decide(env) is True, (limit.id, case)


def ways_out_are_open(world: "World") -> None:
    """Where a limit says that an act is always open, whoever may do it can do it now."""
    docket = world.docket
    for case in docket.cases.values():
        for limit in docket.book.limits.values():
            if limit.kind != case.kind or not limit.enabled:
                continue
            if limit.enabled.while_.decide(of_limit(docket, case, world.now)) is not True:
                continue
            rule = docket.book.cases[case.kind].acts[limit.enabled.act]
            parties = [party for party in entitled(world, rule, case.id) if not party.suspended]
            for party in parties:
                assert rule.name in world.open_acts(party.id, case.id)
                said = {
                    name: field.type.values[0]
                    for name, field in rule.fields.items()
                    if field.type.values
                }
                docket.check(world.act(rule.type, party.id, case.id, **said))


def entitled(world: "World", rule: ActRule, case: str) -> list[Any]:
    docket = world.docket
    if rule.who is None:
        return [party for party in docket.parties.values() if rule.permits(party.role)]
    kind, _, name = rule.who.rpartition(".")
    of = docket.cases[case]
    if kind:
        of = docket.cases[of.concerns or ""]
    return [docket.parties[of.bound[name]]]


def attempt(world: "World", type_: str, by: str, case: str, fields: dict[str, Any]) -> bool:
    """File the act; whether it is on the register. Either way the docket does what it says."""
    act = world.act(type_, by, case, **fields)
    closed = is_closed(world, type_, by, case)
    before = world.image()
    lawful = is_lawful(world, act)
    assert world.image() == before, "check changed the docket"
    assert not (lawful and closed), f"{type_} was closed to {by} and yet lawful"
    if lawful:
        if not admitted(world, act):
            assert world.image() == before, "a refused act left a trace"
            return False
        assert world.docket.size == len(world.entries)
        return True
    with pytest.raises((Unlawful, BadInput)):
        world.admit(act)
    assert world.image() == before, "a refused act left a trace"
    return False


def admitted(world: "World", act: Act) -> bool:
    """Put a lawful act on the register, unless it is there: the very same, in the same second."""
    try:
        world.admit(act)
    except BadInput as error:
        if "on the register already" not in str(error):
            raise
        return False
    return True


def is_lawful(world: "World", act: Act) -> bool:
    """What the docket answers; anything but a refusal or a complaint about the input escapes."""
    try:
        world.docket.check(act)
    except (Unlawful, BadInput):
        return False
    return True


def is_closed(world: "World", type_: str, by: str, case: str) -> bool:
    """Whether the options of a party say that something stands against an act, whatever it says."""
    known, party = world.docket.cases.get(case), world.docket.parties.get(by)
    if known is None or party is None:
        return False
    options = world.docket.options(known, party, world.now)
    listed = {option.rule.type: option for option in options}
    return type_ not in listed or not listed[type_].open


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(list(STAGES)), st.data())
def test_in_every_history_the_limits_hold_and_a_refusal_leaves_no_trace(
    make_world: MakeWorld, stage: str, data: st.DataObject
) -> None:
    world = make_world()
    STAGES[stage](world)
    for _ in range(data.draw(st.integers(1, 18), label="acts")):
        world.later(**data.draw(st.sampled_from(WAITS)))
        type_, by, case, fields = propose(world, data.draw)
        if attempt(world, type_, by, case, fields):
            limits_hold(world)
        ways_out_are_open(world)
    world.docket.duties(world.now)
    followed = replay(world.entries, world.book)
    assert followed.fault is None
    assert followed.docket.cases == world.docket.cases
    assert followed.docket.clearances == world.docket.clearances
    assert followed.docket.parties == world.docket.parties


JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["declared", "testing", "assessed", "provisional"]), st.data())
def test_whatever_an_act_says_it_is_answered(
    staged: Callable[[str], "World"], stage: str, data: st.DataObject
) -> None:
    world = staged(stage)
    before = world.image()
    type_, by, case, fields = propose(world, data.draw)
    for name in data.draw(st.lists(st.sampled_from([*fields, "concerns", "assessor", "value"]))):
        fields[name] = data.draw(JSON)
    act = world.act(type_, by, case, **fields)
    is_lawful(world, act)
    assert world.image() == before


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["testing", "assessed"]), st.data())
def test_whatever_a_protocol_or_a_finding_says_it_is_answered(
    staged: Callable[[str], "World"], stage: str, data: st.DataObject
) -> None:
    """The procedures of the docket read deep into documents that anybody may have written."""
    world = staged(stage)
    assessor = world.assessor()
    protocol = world.protocol()
    fields = {**protocol, **world.finding("loss_of_control", "acceptable")}
    plan = protocol["protocol"]["areas"][0]
    shelf = data.draw(st.sampled_from([protocol["protocol"], plan, fields["statistics"]]))
    shelf[data.draw(st.sampled_from(sorted(shelf)))] = data.draw(JSON)
    for type_ in ("review.change-protocol", "review.file-finding"):
        is_lawful(world, world.act(type_, assessor, **fields))


@pytest.fixture(scope="module")
def staged(make_world: MakeWorld) -> Callable[[str], "World"]:
    """A world at a stage, for properties that only ask and change nothing."""
    made: dict[str, World] = {}

    def stage(name: str) -> "World":
        if name not in made:
            made[name] = make_world()
            STAGES[name](made[name])
        return made[name]

    return stage
