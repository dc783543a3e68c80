"""What acts do beyond moving their case: parties enrolled, values remembered, clearances issued.

An effect runs after the act was found lawful, so it trusts the fields' types. It may change its
case; of the docket it replaces values and changes none in place, so that an act that turns out to
break a limit can be taken back whole.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from holdshort.docket.state import Case, Clearance, Objection
from holdshort.errors import BadInput
from holdshort.register.canonical import Json
from holdshort.register.charter import read_charter, read_party
from holdshort.register.entry import Entry
from holdshort.register.keys import PublicKey
from holdshort.register.status import StatusSnapshot
from holdshort.rulebook.model import ActRule

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

Effect = Callable[["Docket", Case, ActRule, Entry], None]


def charter(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """The register is open: its law, its keys, its first two parties."""
    docket.charter_ = read_charter(entry)
    founders = (docket.charter_.registrar, docket.charter_.register)
    docket.parties = {party.id: party for party in founders}


def enrol(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A party is entered."""
    fields = entry.act.fields
    stated = {"id": fields["party"], **{name: fields[name] for name in ("name", "role", "key")}}
    party = read_party(stated, entry.index)
    docket.parties = {**docket.parties, party.id: party}


def suspend_party(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A party's key speaks no longer."""
    party = docket.parties[str(entry.act.fields["party"])]
    docket.parties = {**docket.parties, party.id: replace(party, suspended=True)}


def snapshot(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A snapshot was taken."""
    docket.last_snapshot = StatusSnapshot.from_fields(entry.act.fields)


def coverage(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """Coverage is decided by the rulebook on the facts attested."""
    attested = {
        field.fact: Decimal(str(entry.act.fields[name]))
        for name, field in rule.fields.items()
        if field.fact and entry.act.fields.get(name) is not None
    }
    decision = docket.covered(attested, case)
    case.facts["coverage"] = decision
    case.memory["facts"] = {name: str(value) for name, value in attested.items()}
    case.memory["model"] = entry.act.fields["model"]
    case.memory["weights"] = entry.act.fields.get("weights")


def interests(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """An assessor's interests; the last declaration counts."""
    _remember(case, "interests", entry.act.by, dict(entry.act.fields))


def commit(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A commitment; and when both halves of a draw's seed are in, the root that joins them."""
    _remember(case, "commitments", entry.act.by, entry.act.fields["commitment"])
    if "protocol" in entry.act.fields:
        case.memory["protocol"] = entry.act.fields["protocol"]
    if case.facts.get("developer_committed") and case.facts.get("authority_committed"):
        after = docket.frontier_after(entry)
        case.memory.setdefault("seed_root", {"size": entry.index + 1, "root": after.hex()})


def reveal(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A revealed half of the draw's seed, under the office that revealed it."""
    side = docket.parties[entry.act.by].role.split(".")[0]
    _remember(case, "revealed", side, entry.act.fields["value"])


def contribute(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """The developer's half of the item seed."""
    case.memory["item_seed"] = entry.act.fields["value"]


def finding(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A finding, with its numbers and evidence, for determinations and readers."""
    fields = entry.act.fields
    _remember(
        case,
        "findings",
        str(fields["area"]),
        {"entry": entry.index, "statistics": fields["statistics"], "evidence": fields["evidence"]},
    )


def clearance(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A clearance takes its place in the status list."""
    weights = case.memory.get("weights")
    issued = Clearance(case.id, entry.index, weights if isinstance(weights, str) else None)
    docket.clearances = (*docket.clearances, issued)


EFFECTS: Mapping[str, Effect] = {
    "charter": charter,
    "enrol": enrol,
    "suspend-party": suspend_party,
    "snapshot": snapshot,
    "coverage": coverage,
    "interests": interests,
    "commit": commit,
    "reveal": reveal,
    "contribute": contribute,
    "finding": finding,
    "clearance": clearance,
}


def effect_objections(
    docket: "Docket", rule: ActRule, fields: Mapping[str, Json]
) -> list[Objection]:
    """What stands in the way of an act's effect: an id taken, a key that is none."""
    says = None
    if rule.effect == "enrol":
        if fields.get("party") in docket.parties:
            says = f"The party {fields['party']} is enrolled already."
        else:
            says = _key_fault(fields.get("key"))
            keyids = {party.key.keyid for party in docket.parties.values()}
            if says is None and PublicKey.from_json(fields["key"]).keyid in keyids:
                says = "The key belongs to another party already."
    elif rule.effect == "suspend-party" and fields.get("party") not in docket.parties:
        says = f"There is no party {fields.get('party')!r}."
    return [Objection(says, rule.clause.cite)] if says else []


def _key_fault(value: Json) -> str | None:
    try:
        PublicKey.from_json(value)
    except BadInput as error:
        return error.what
    return None


def _remember(case: Case, shelf: str, name: str, value: Json) -> None:
    kept = case.memory.setdefault(shelf, {})
    if isinstance(kept, dict):
        kept[name] = value
