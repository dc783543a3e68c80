"""The decision maker's part: what the law leaves open, with reasons drawn from the findings."""

from collections.abc import Mapping
from dataclasses import dataclass

from holdshort.docket.state import Case
from holdshort.errors import Refused
from holdshort.office.door import Office
from holdshort.register.canonical import Json

DETERMINATIONS = ("clear", "clear-with-conditions", "refer")


@dataclass(frozen=True)
class Choice:
    """A determination with its fields; ``says`` tells what else was or was not lawful."""

    act: str
    fields: Mapping[str, Json]
    says: str


def choose(office: Office, case: Case, party: str) -> Choice:
    """The determination that is lawful on the findings; the first, should the law leave several.

    Raises:
        Refused: none is lawful.
    """
    options = office.docket.options(case, office.docket.parties[party], office.now())
    known = [option for option in options if option.rule.name in DETERMINATIONS]
    lawful = [option.rule for option in known if option.open]
    if not lawful:
        raise Refused("No determination is lawful on these findings.", where=case.id)
    rule = lawful[0]
    closed = [
        f"{option.rule.name} ({option.objections[0].says})" for option in known if option.objections
    ]
    found = _findings(case)
    says = f"Lawful on these findings: {', '.join(each.name for each in lawful)}."
    if closed:
        says += f" Not lawful: {'; '.join(closed)}."
    fields: dict[str, Json] = {
        "inputs": sorted(int(str(item["entry"])) for item in found.values()),
        "reasons": f"{rule.clause.says} " + " ".join(_reason(area, found) for area in found),
    }
    if "technical_facts" in rule.fields:
        fields["technical_facts"] = " ".join(
            _reason(area, found) for area in found if _outcome(found[area]) == "unacceptable"
        )
    if "conditions" in rule.fields:
        open_areas = [area for area in found if _outcome(found[area]) == "inconclusive"]
        fields["conditions"] = (
            f"Test again in {', '.join(open_areas)} with a larger item pool, and report the result "
            "to the register, before the model is made available beyond its present audience."
        )
    return Choice(rule.type, fields, says)


def _findings(case: Case) -> dict[str, Mapping[str, Json]]:
    found = case.memory.get("findings")
    items = found.items() if isinstance(found, dict) else ()
    return {area: item for area, item in items if isinstance(item, dict)}


def _outcome(item: Mapping[str, Json]) -> str:
    statistics = item["statistics"]
    return str(statistics["outcome"]) if isinstance(statistics, dict) else ""


def _reason(area: str, found: Mapping[str, Mapping[str, Json]]) -> str:
    statistics = found[area]["statistics"]
    if not isinstance(statistics, dict):
        return ""
    return (
        f"{area}: {statistics['outcome']} at {statistics['estimate']} "
        f"[{statistics['low']}, {statistics['high']}] against {statistics['threshold']}, "
        f"entry {found[area]['entry']}."
    )
