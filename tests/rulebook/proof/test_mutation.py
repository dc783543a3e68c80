"""The mutation check shows what each guard is for."""

from dataclasses import replace

from holdshort.rulebook.load import open_rulebook
from holdshort.rulebook.proof import Guard, mutate
from holdshort.rulebook.proof.result import Mutations


def proposal() -> Mutations:
    """The restriction of the proposal alone: its acts, on a few of its limits."""
    book = open_rulebook("aaif")
    kept = ("hearing", "imminence", "lift", "expiry", "reasons", "court", "like-cases")
    only = {id_: book.limits[id_] for id_ in kept}
    restriction = book.cases["restriction"]
    petition = ("draft-petition", "countersign", "review-petition", "file-petition")
    kept_acts = ("open", *petition, "order-provisionally", "lift")
    acts = {name: restriction.acts[name] for name in kept_acts}
    alone = replace(restriction, acts=acts)
    return mutate(replace(book, limits=only, cases={**book.cases, "restriction": alone}))


def test_each_guard_serves_the_limits_that_fail_without_it() -> None:
    told = proposal()
    fails = {(g.act, g.part, g.says): g.fails for g in told.guards if g.act.startswith("restr")}
    order = "restriction.order-provisionally"
    assert fails[order, "requires", "act.imminent"] == ("imminence",)
    assert fails[order, "must_state", "evidence"] == ("reasons",)
    assert fails[order, "must_state", "scope"] == ()
    assert fails[order, "by", "by court"] == ("court",)
    assert fails[order, "expires", "ends in lifted"] == ("expiry",)
    assert fails["restriction.lift", "open", "open in provisional"] == ("lift",)
    assert "hearing" in told.unbreakable  # nothing orders, so nothing can break it
    assert "like-cases" not in told.tried
    idle: list[Guard] = list(told.idle)
    assert (order, "scope") in [(each.act, each.says) for each in idle]
    assert all(each.stories.keys() == set(each.fails) for each in told.guards)
