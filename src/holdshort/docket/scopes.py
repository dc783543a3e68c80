"""For whom, where and of which weights a bar holds: the effect ``scope``.

An act that bars may name *audiences* (out of those that the book lists), *territories*
(`holdshort.register.territory`) and *versions* (digests of weights manifests). What it leaves out,
or leaves empty, is not bounded: all audiences, everywhere, every version. Rules kept here:

- The last act of a case that has the effect says its scope. What it does not name is not kept from
  the act before.
- A scope ends with the bar: once the case has left the states in which it bars, be it because one
  lapsed, a later bar is whole until another scope is stated.
- A bar whose scope names anything is partial. It does not suspend a clearance; it restricts it.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from operator import eq
from typing import TYPE_CHECKING

from holdshort.docket.fields import is_digest
from holdshort.docket.state import Case, Objection
from holdshort.register.canonical import Json
from holdshort.register.entry import Entry
from holdshort.register.territory import is_territory, within
from holdshort.rulebook.model import ActRule

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

BOUNDS = ("audiences", "territories", "versions")


def scope_objections(rule: ActRule, fields: Mapping[str, Json]) -> list[Objection]:
    """Why a scope means nothing: a territory or a version that is none."""
    found = []
    if rule.effect == "scope":
        found += [
            f"{place!r} is no territory: write a country as in ISO 3166-1 alpha-2, DE, or a part "
            "of one as in ISO 3166-2, US-CA."
            for place in listed(fields, "territories")
            if not is_territory(place)
        ]
        found += [
            f"{version!r} is no version: write the digest of a weights manifest."
            for version in listed(fields, "versions")
            if not is_digest(version)
        ]
    return [Objection(says, rule.clause.cite) for says in found]


def remember_scope(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """What the act says bounds the bar, from now on.

    ``known_audiences`` are all that the law lists: with them a gate tells an audience that is not
    restricted from a word that nobody knows. What was stated last is kept beyond the end of the
    bar as well: a bar that revives after a stay must not be wider than it was.
    """
    bounds: dict[str, Json] = {name: listed(entry.act.fields, name) for name in BOUNDS}
    known: list[Json] = list(rule.fields["audiences"].type.values)
    case.memory["scope"] = {"entry": entry.index, **bounds, "known_audiences": known}
    case.memory["stated_scope"] = dict(bounds)


def end_scope(case: Case, states: Sequence[str]) -> None:
    """Forget the scope if, going through ``states``, the case leaves those in which it bars."""
    bars = case.book.gate.bars.get(case.kind)
    if "scope" not in case.memory or bars is None:
        return
    if any(one in bars.states and other not in bars.states for one, other in pairwise(states)):
        del case.memory["scope"]


def scope(bar: Case) -> Mapping[str, Json]:
    """The scope of a bar; empty if the bar is whole."""
    kept = bar.memory.get("scope")
    return kept if isinstance(kept, dict) and any(kept.get(name) for name in BOUNDS) else {}


def restriction(bar: Case) -> dict[str, Json]:
    """A partial bar, as the index of clearances carries it to gates."""
    return {"case": bar.id, **scope(bar)}


def named(fields: Mapping[str, Json]) -> bool:
    """Whether an act's scope names anything, so that its bar is partial."""
    return any(listed(fields, name) for name in BOUNDS)


def widens(fields: Mapping[str, Json], last: Mapping[str, Json]) -> bool:
    """Whether an act's scope bars anything that the one stated last did not."""
    alike: Mapping[str, Callable[[str, str], bool]] = {
        "audiences": eq,
        "territories": within,
        "versions": eq,
    }
    for name, inside in alike.items():
        old, new = listed(last, name), listed(fields, name)
        outside = [one for one in new if not any(inside(str(one), str(each)) for each in old)]
        if old and (not new or outside):
            return True
    return False


def reaches(bar: Case, weights: set[str]) -> bool:
    """Whether a bar is one on a clearance of these weights. Of none that are known, it is."""
    versions = scope(bar).get("versions")
    return not (isinstance(versions, list) and versions and weights) or any(
        version in weights for version in versions
    )


def listed(fields: Mapping[str, Json], name: str) -> list[Json]:
    """The elements of a list in a field, each once; none if it is no list."""
    value = fields.get(name)
    found: list[Json] = []
    for each in value if isinstance(value, list) else ():
        if each not in found:
            found.append(each)
    return found
