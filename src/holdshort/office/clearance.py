"""The clearance that a gate reads: an in-toto Simple Verification Result, filed as an act.

SVR v0.2 states which properties were verified for an artefact, by whom, under which policies. Ours
adds, under a URI of its own, what a gate needs besides: the weights, the place in the status list,
and the statuses under which the law lets the weights be served.
"""

from holdshort.docket.docket import Docket
from holdshort.docket.standing import bases, foundations
from holdshort.docket.state import Case, Step
from holdshort.register.act import Artefact
from holdshort.register.canonical import Json
from holdshort.register.clearance import EXTENSION, SVR

CLEARED = "HOLDSHORT_CLEARED"
WITH_CONDITIONS = "HOLDSHORT_CLEARED_WITH_CONDITIONS"
"""Properties of the artefact: of a case that ended in the state ``conditional``, the second."""


LIMITATIONS = ("audiences", "territories")
"""What a case may remember as its limitations: lists; an empty one limits nothing."""


def clearance_fields(docket: Docket, case: Case, now: str) -> dict[str, Json]:
    """The fields of the act that issues the clearance of a case of any kind that can hold one."""
    determination = _determination(case)
    extension: dict[str, Json] = {
        "weights": case.memory.get("weights"),
        "model": case.memory.get("model"),
        "case": case.id,
        "kind": case.kind,
        "determination": determination.index if determination else None,
        "status_index": len(docket.clearances),
        "serve": list(case.book.gate.serve),
    }
    limitations = _limitations(docket, case)
    if limitations:
        extension["limitations"] = limitations
    return {
        "clearance": {
            "predicateType": SVR,
            "verifier": {"id": f"https://holdshort.dev/register/{docket.charter.origin}"},
            "policies": [
                {
                    "name": f"rulebook {case.book.id} {case.book.version}",
                    "digest": {"sha256": case.book.digest},
                }
            ],
            "timeCreated": now,
            "properties": [WITH_CONDITIONS if _conditional(docket, case) else CLEARED],
            EXTENSION: extension,
        }
    }


def _conditional(docket: Docket, case: Case) -> bool:
    """Whether a case, or one that it rests on, was cleared under conditions."""
    return any(each.state in ("conditional", "appealed") for each in (case, *bases(docket, case)))


def _determination(case: Case) -> Step | None:
    """The act that brought the case into the state in which it is cleared."""
    return next(
        (step for step in reversed(case.steps) if step.origin != step.to == case.state), None
    )


def _limitations(docket: Docket, case: Case) -> list[Json]:
    """The audiences and territories to which a clearance is limited, and those it rests on."""
    found: list[Json] = []
    for each in (case, *foundations(docket, case)):
        stated = each.memory.get("limitations")
        bounds = stated if isinstance(stated, dict) else {}
        if any(bounds.get(name) for name in LIMITATIONS):
            found.append({"case": each.id, **{k: bounds.get(k) or [] for k in LIMITATIONS}})
    return found


def clearance_artefacts(case: Case) -> list[Artefact]:
    """The weights manifest, as a subject of the act."""
    weights = case.memory.get("weights")
    return [Artefact("weights-manifest", weights)] if isinstance(weights, str) else []
