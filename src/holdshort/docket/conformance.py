"""Whether a filled-in checklist is whole.

    {"checklist": "aef-1", "conditions": {"1.1": {"outcome": "fulfilled"},
                                          "1.5": {"outcome": "not-applicable",
                                                  "justification": "No legal risk was seen."}}}

Whole means: it is a checklist of the book; every condition has one of its outcomes; where the book
asks for a justification there is one; and nothing stands in it that the book does not know. A
condition that is not fulfilled makes no record incomplete: it is on record, for everyone to read.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from holdshort.register.canonical import Json
from holdshort.rulebook.model import Checklist


def faults(record: Json, checklists: Mapping[str, Checklist]) -> Iterator[str]:
    """What is wrong with a record, one sentence each; nothing if it is whole."""
    if not isinstance(record, dict):
        yield "It is no object."
        return
    checklist = checklists.get(str(record.get("checklist")))
    if checklist is None:
        yield f"It must name a checklist of the book: {', '.join(checklists) or 'there is none'}."
        return
    conditions = record.get("conditions")
    if not isinstance(conditions, dict):
        yield "It has no 'conditions'."
        return
    missing = [id_ for id_ in checklist.conditions if id_ not in conditions]
    if missing:
        yield f"Conditions left out: {', '.join(missing)}."
    for id_, said in conditions.items():
        if fault := _fault(checklist, id_, said):
            yield fault


def _fault(checklist: Checklist, id_: str, said: Json) -> str | None:
    if id_ not in checklist.conditions:
        return f"{checklist.id} has no condition {id_!r}."
    outcome = said.get("outcome") if isinstance(said, dict) else None
    if not isinstance(said, dict) or outcome not in checklist.outcomes:
        return f"{id_}: the outcome must be one of {', '.join(checklist.outcomes)}."
    because = said.get("justification")
    if because is not None and not isinstance(because, str):
        return f"{id_}: the justification must be a text."
    if checklist.outcomes[str(outcome)].justified and not (because and because.strip()):
        return f"{id_}: {outcome} needs a justification."
    return None


def tally(record: Json, checklist: Checklist) -> dict[str, Counter[str]]:
    """How many conditions have which outcome: under ``required`` and under ``recommended``."""
    counted: dict[str, Counter[str]] = {"required": Counter(), "recommended": Counter()}
    conditions = record.get("conditions") if isinstance(record, dict) else None
    for id_, said in (conditions if isinstance(conditions, dict) else {}).items():
        if id_ in checklist.conditions and isinstance(said, dict):
            rank = "required" if checklist.conditions[id_].required else "recommended"
            counted[rank][str(said.get("outcome"))] += 1
    return counted
