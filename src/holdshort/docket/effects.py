"""What acts do beyond moving their case: parties enrolled, values remembered, clearances issued.

An effect runs after the act was found lawful, so it trusts the fields' types. It replaces values
of its case and of the docket and changes none in place, so that an act that turns out to break a
limit can be taken back whole.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from holdshort.docket import conflicts, enrolment, imported, limitations, recognition, scopes
from holdshort.docket.adoption import adoption_fault, named_digest
from holdshort.docket.attested import covered
from holdshort.docket.checks import independent
from holdshort.docket.drawing import pool
from holdshort.docket.fields import readable
from holdshort.docket.state import Case, Clearance, Objection
from holdshort.errors import BadInput
from holdshort.register.act import Act
from holdshort.register.canonical import Json
from holdshort.register.charter import read_charter, read_party
from holdshort.register.entry import Entry
from holdshort.register.status import StatusSnapshot
from holdshort.rulebook.model import ActRule, Rulebook

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

_YEAR = 366 * 24 * 60  # minutes

Effect = Callable[["Docket", Case, ActRule, Entry], None]


def charter(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """The register is open: its law, its first three parties, its witnesses."""
    opened = docket.charter_ = read_charter(entry)
    founders = (opened.root, opened.registrar, opened.register)
    docket.parties = {party.id: party for party in founders}
    docket.witness_policy = opened.witness_policy


def snapshot(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A snapshot was taken."""
    docket.last_snapshot = StatusSnapshot.from_fields(entry.act.fields)


def coverage(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """Coverage is decided by the rulebook on the facts attested."""
    stated = readable(rule, entry.act.fields)
    attested = {
        field.fact: stated[name]
        for name, field in rule.fields.items()
        if field.fact and name in stated
    }
    case.facts["coverage"] = covered(attested, case)
    case.memory["facts"] = {
        name: value if isinstance(value, bool) else str(value) for name, value in attested.items()
    }
    case.memory["model"] = entry.act.fields["model"]
    named = case.memory["weights"] = entry.act.fields.get("weights")
    if (parents := entry.act.fields.get("parents")) is not None:
        case.memory["parents"] = parents
    if named is not None:
        docket.note("weights", named, case)
    limitations.declare_limits(case, rule, entry.act.fields)


def weights(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """The weights that a case is about, and the name of the model if the act gives one."""
    named = case.memory["weights"] = entry.act.fields["weights"]
    docket.note("weights", named, case)
    if "model" in rule.fields:
        case.memory["model"] = entry.act.fields.get("model")


def derive(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """The weights of a case that builds upon another, their parents, and all that was stated."""
    weights(docket, case, rule, entry)
    if (parents := entry.act.fields.get("parents")) is not None:
        case.memory["parents"] = parents
    record(docket, case, rule, entry)


def wanting(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """The weights were found wanting: see `holdshort.docket.changes.weights_not_refused`."""
    case.memory["wanting"] = entry.index
    record(docket, case, rule, entry)


def interests(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """An assessor's interests; the last declaration counts."""
    _remember(case, "interests", entry.act.by, dict(entry.act.fields))


def commit(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A commitment; and when both halves of a draw's seed are in, the root that joins them.

    The same entry settles who is in the draw, with how many tickets (`docket.drawing`).
    A commitment is never made twice: see `_spent`.
    """
    made = entry.act.fields["commitment"]
    _remember(case, "commitments", entry.act.by, made)
    _remember(case, "spent", str(made), entry.index)
    docket.note("spent", made, case)
    if "protocol" in rule.fields:
        case.memory["protocol"] = entry.act.fields["protocol"]
    if case.facts.get("developer_committed") and case.facts.get("authority_committed"):
        after = docket.frontier_after(entry)
        case.memory.setdefault("seed_root", {"size": entry.index + 1, "root": after.hex()})
        case.memory.setdefault("pool", dict(pool(docket, case, entry.act.at)))


def reveal(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A revealed half of the draw's seed, under the side whose half it is.

    What the developer does not reveal is the Agency's half, whoever has to reveal it in its place.

    Once the Agency has revealed, the developer owes its own: see `checks.reveals_made`.
    """
    if developer := case.bound.get("holder"):
        docket.note("reveal owed", developer, case)
    side = "developer" if entry.act.by == case.bound.get("holder") else "authority"
    _remember(case, "revealed", side, entry.act.fields["value"])


def witness_draw(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A checkpoint made the root of the draw public; it stays with the case for readers."""
    fields = entry.act.fields
    case.memory["witnessed"] = {
        "entry": entry.index,
        "checkpoint": fields["checkpoint"],
        "consistency": fields["consistency"],
    }


def void_draw(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """The draw counts no more: both sides commit anew, to values that nobody has seen."""
    for shelf in ("commitments", "revealed", "seed_root", "pool", "witnessed"):
        case.memory.pop(shelf, None)


def reversal(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """An appeal changed what rests on the findings of a review: it counts in a rating."""
    kept = case.memory.get("reversals")
    case.memory["reversals"] = [*(kept if isinstance(kept, list) else []), entry.index]


def plant(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """Models are planted: what was committed to, their names, and what they are held against."""
    fields = entry.act.fields
    case.memory["planted"] = {name: fields[name] for name in ("commitment", "models", "plan")}


def answer(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """What the assessor found of the planted models."""
    case.memory["answers"] = entry.act.fields["answers"]


def score(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """What came of a proficiency test, for ratings."""
    case.memory["score"] = entry.act.fields["score"]


def contribute(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """The developer's half of the item seed."""
    case.memory["item_seed"] = entry.act.fields["value"]


def finding(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A finding, with its numbers and evidence, for determinations and readers.

    Whether its assessor was accredited and unconflicted is kept as it was on that day.
    """
    fields = entry.act.fields
    found = {
        "entry": entry.index,
        "statistics": fields["statistics"],
        "evidence": fields["evidence"],
        "independent": independent(docket, case, entry.act.by, entry.act.at),
    }
    _remember(case, "findings", str(fields["area"]), found)


def petition(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """The petition as it stands: what is countersigned and filed is this one."""
    case.memory["petition"] = entry.act.fields["petition"]


def bar_further(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """While the case stays in this state, the developer's further models get no clearance."""
    concerned = docket.cases.get(case.concerns or "")
    holder = concerned.bound.get("holder") if concerned else None
    case.memory["bars_further"] = case.state
    if holder is not None:
        docket.note("bars_further", holder, case)


def set_aside(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """The assessment counts no more: the same weights may be put under review again."""
    case.memory["set_aside"] = entry.index
    reversal(docket, case, rule, entry)


def clearance(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A clearance takes its place in the status list."""
    named = case.memory.get("weights")
    issued = Clearance(case.id, entry.index, named if isinstance(named, str) else None)
    docket.clearances = (*docket.clearances, issued)
    case.memory["clearance"] = entry.index


def adopt(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A law is adopted, and applies to what is opened from its effective date on."""
    fields = entry.act.fields
    docket.law.adopt(str(fields["effective"]), docket.law.text(named_digest(fields["rulebook"])))


def record(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """What the act says is kept under its name, each time that it is done, for readers."""
    kept = case.memory.get("recorded")
    before = kept.get(rule.name) if isinstance(kept, dict) else None
    said: dict[str, Json] = {
        "entry": entry.index,
        "at": entry.act.at,
        "by": entry.act.by,
        "fields": {name: entry.act.fields.get(name) for name in rule.fields},
    }
    _remember(case, "recorded", rule.name, [*(before if isinstance(before, list) else []), said])


EFFECTS: Mapping[str, Effect] = {
    "charter": charter,
    "adopt": adopt,
    "enrol": enrolment.enrol,
    "rotate-keys": enrolment.rekey,
    "replace-keys": enrolment.rekey,
    "revoke-key": enrolment.revoke_key,
    "suspend-party": enrolment.suspend_party,
    "reinstate-party": enrolment.reinstate_party,
    "witnesses": enrolment.witnesses,
    "snapshot": snapshot,
    "coverage": coverage,
    "weights": weights,
    "derive": derive,
    "wanting": wanting,
    "scope": scopes.remember_scope,
    "limitations": limitations.limit,
    "interests": interests,
    "commit": commit,
    "reveal": reveal,
    "witness-draw": witness_draw,
    "void-draw": void_draw,
    "reversal": reversal,
    "plant": plant,
    "answer": answer,
    "score": score,
    "contribute": contribute,
    "finding": finding,
    "clearance": clearance,
    "record": record,
    "tie": conflicts.declare_tie,
    "end-tie": conflicts.end_tie,
    "petition": petition,
    "bar-further": bar_further,
    "set-aside": set_aside,
    "foreign-clearance": recognition.remember_clearance,
    "foreign-status": recognition.remember_status,
    "foreign-finding": imported.remember_finding,
}


FAULTS: Mapping[str, Callable[["Docket", ActRule, Act], str | None]] = {
    "enrol": enrolment.enrol_fault,
    "rotate-keys": enrolment.rekey_fault,
    "replace-keys": enrolment.rekey_fault,
    "revoke-key": enrolment.revoke_fault,
    "suspend-party": enrolment.suspend_fault,
    "reinstate-party": enrolment.reinstate_fault,
    "witnesses": enrolment.witnesses_fault,
    "end-tie": conflicts.end_tie_fault,
}


def effect_objections(
    docket: "Docket", rule: ActRule, case: Case | None, act: Act
) -> list[Objection]:
    """What stands in the way of an act's effect: an id taken, a key that is none, an empty urn."""
    says = None
    if rule.effect == "charter":
        says = _charter_fault(docket.book, rule, act)
    elif rule.effect is not None and rule.effect in FAULTS:
        says = FAULTS[rule.effect](docket, rule, act)
    elif rule.effect in ("weights", "derive") and case and case.memory.get("weights"):
        says = "The case names its weights already: nobody changes what was cleared, or barred."
    elif rule.effect == "adopt" and case:
        says = adoption_fault(docket, case, act)
    elif rule.effect == "commit" and _spent(docket, act.fields["commitment"]):
        says = "This commitment has been made before: a value serves once."
    elif rule.effect == "commit" and _empty_urn(docket, rule, case, act):
        says = (
            "No accredited assessor that the law lets into a draw has declared that it has no "
            "conflict: none could be drawn."
        )
    return [Objection(says, rule.clause.cite)] if says else []


def _empty_urn(docket: "Docket", rule: ActRule, case: Case | None, act: Act) -> bool:
    """Whether it is a commitment for a draw in which nobody would be."""
    return case is not None and "protocol" not in rule.fields and not pool(docket, case, act.at)


def _spent(docket: "Docket", commitment: Json) -> bool:
    """Whether someone has committed to the same value before, in any case.

    A value that has been revealed once, or is another's, hides nothing: whoever knows it could
    choose its own half of the seed to suit.
    """
    shelves = (case.memory.get("spent") for case in docket.noted("spent", commitment))
    return any(isinstance(shelf, dict) and commitment in shelf for shelf in shelves)


def _charter_fault(book: Rulebook, rule: ActRule, act: Act) -> str | None:
    rulebook = act.fields["rulebook"]
    if not isinstance(rulebook, dict) or rulebook.get("digest") != book.digest:
        return "The charter names another rulebook than the one that it is filed under."
    try:
        root, registrar, register = (
            read_party(act.fields[name], 0) for name in ("root", "registrar", "log_key")
        )
    except BadInput as error:
        return error.what
    acts = [each for kind in book.cases.values() for each in kind.acts.values()]
    wanted = ((rule.effect, root), ("enrol", registrar), ("snapshot", register))
    for effect, party in wanted:
        offices = [each for each in acts if each.effect == effect]
        if offices and not any(each.permits(party.role) for each in offices):
            return f"The rulebook gives {party.id} another role than {party.role}."
    enrolling = [each for each in acts if each.effect == "enrol" and not each.about]
    if enrolling and not any(each.permits(registrar.role) for each in enrolling):
        return f"The rulebook gives {registrar.id} another role than {registrar.role}."
    founders = (root, registrar, register)
    keys = [key.material for party in founders for key in party.keys]
    if len({party.id for party in founders}) < len(founders) or len(set(keys)) < len(keys):
        return "Root, registrar and register are three parties, each with keys of its own."
    if fault := enrolment.policy_fault(act.fields["witness_policy"]):
        return fault
    minutes = act.fields["status_minutes"]
    if not isinstance(minutes, int) or not 1 <= minutes <= _YEAR:
        return f"The time between two snapshots is from 1 to {_YEAR} minutes."
    return None


def _remember(case: Case, shelf: str, name: str, value: Json) -> None:
    kept = case.memory.get(shelf)
    case.memory[shelf] = {**(kept if isinstance(kept, dict) else {}), name: value}
