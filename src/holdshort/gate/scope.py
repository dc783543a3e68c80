"""For whom and where weights are to run, and what stands against just that.

A partial bar *restricts* a clearance: it refuses the deployments that it speaks of. A *limitation*
is the clearance's own: it lets through those alone that it names. Either names audiences,
territories or both; what it does not name it does not bound.

A gate that is not told what the answer depends on refuses, and says which option to give. An
audience that the law does not know is not one that an order leaves free.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import eq

from holdshort.errors import BadInput, RegisterError
from holdshort.register.canonical import Json
from holdshort.register.territory import is_territory, overlap, within

OPTIONS = {"audiences": "--audience", "territories": "--territory"}
WORDS = (("audiences", "for"), ("territories", "in"))
NAMES = {"audiences": "audience", "territories": "territory"}


@dataclass(frozen=True)
class Deployment:
    """What weights are to run for. Empty: not told.

    Raises:
        BadInput: a territory is none.
    """

    audiences: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for place in self.territories:
            if not is_territory(place):
                raise BadInput(
                    f"{place!r} is no territory.",
                    where=OPTIONS["territories"],
                    do="Write a country as in ISO 3166-1 alpha-2, DE, or a part of one, US-CA.",
                )

    def told(self, name: str) -> tuple[str, ...]:
        """The audiences, or the territories."""
        return self.audiences if name == "audiences" else self.territories


def restrictions(row: Mapping[str, Json], where: str) -> list[Mapping[str, Json]]:
    """The partial bars in a row of the index.

    Raises:
        RegisterError: the row does not say, or makes no sense.
    """
    found = row.get("restrictions")
    rows = found if isinstance(found, list) else [None]
    whole: list[Mapping[str, Json]] = [
        each
        for each in rows
        if isinstance(each, dict)
        and all(_texts(each.get(name)) is not None for name in (*NAMES, "versions"))
        and _texts(each.get("known_audiences")) is not None
    ]
    if len(whole) != len(rows):
        raise RegisterError("The restrictions in the index make no sense.", where=where)
    return whole


def restricted(
    rows: Sequence[Mapping[str, Json]], weights: str, deployment: Deployment
) -> list[str]:
    """Why partial bars refuse a deployment of ``weights``, or may; empty if none does."""
    found = []
    for row in rows:
        versions = _texts(row["versions"]) or []
        says = _restricts(row, deployment) if not versions or weights in versions else None
        if says:
            found.append(f"{row.get('case')} restricts them (entry {row.get('entry')}): {says}")
    return found


def limited(stated: Mapping[str, Json], deployment: Deployment) -> list[str]:
    """Why the limitations that a clearance states itself refuse a deployment."""
    limitations = stated.get("limitations", [])
    if not isinstance(limitations, list):
        return ["The limitations of the clearance make no sense."]
    return [
        says
        for each in limitations
        for name in NAMES
        if (says := _exceeds(each, name, deployment)) is not None
    ]


def _restricts(row: Mapping[str, Json], deployment: Deployment) -> str | None:
    """What one restriction says of the deployment; None if it is none of its."""
    bounds = {name: _texts(row[name]) or [] for name in NAMES}
    known = _texts(row["known_audiences"]) or []
    strange = [each for each in deployment.audiences if each not in known]
    hits: dict[str, list[str] | None] = {
        "audiences": _hit(
            bounds["audiences"], deployment.audiences, lambda a, b: a == b or b in strange
        ),
        "territories": _hit(bounds["territories"], deployment.territories, overlap),
    }
    if any(hit == [] for hit in hits.values()):
        return None
    missing = [OPTIONS[name] for name, hit in hits.items() if hit is None]
    if missing:
        options = " and ".join(missing)
        return f"whether they may run here depends on what was not told. Give {options}."
    if bounds["audiences"] and strange:
        return f"{strange[0]!r} is no audience that the law knows: {', '.join(known)}."
    named = [f" {word} {', '.join(hits[name] or [])}" for name, word in WORDS if bounds[name]]
    return f"they may not run{''.join(named)}."


def _hit(
    bound: list[str], told: tuple[str, ...], alike: Callable[[str, str], bool]
) -> list[str] | None:
    """What of the bound the deployment meets; None if that was not told, all if there is none."""
    if not bound:
        return ["all"]
    if not told:
        return None
    return [each for each in bound if any(alike(each, one) for one in told)]


def _exceeds(limitation: Json, name: str, deployment: Deployment) -> str | None:
    """Why a deployment is outside a limitation; None if it is inside."""
    bound = _texts(limitation.get(name, [])) if isinstance(limitation, dict) else None
    if bound is None:
        return "The limitations of the clearance make no sense."
    told = deployment.told(name)
    if not bound:
        return None
    only = f"The clearance is for {', '.join(bound)} alone"
    if not told:
        return f"{only}. Give {OPTIONS[name]}."
    inside = within if name == "territories" else eq
    outside = [one for one in told if not any(inside(one, each) for each in bound)]
    return f"{only}, not for the {NAMES[name]} {outside[0]}." if outside else None


def _texts(value: Json) -> list[str] | None:
    """A list of texts; None if it is none."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return None
    return [str(each) for each in value]
