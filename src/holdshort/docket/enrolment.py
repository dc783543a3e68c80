"""Parties and their keys over time: enrolled, rotated, replaced, revoked, suspended, reinstated.

A signature counts under the keys that its party holds at its place in the log, and under no others:
what was signed before a key was revoked stands, what comes after does not. Rules kept here:

- A key belongs to one party, once: one that was ever held is never taken by anybody again.
- New keys that a party takes for itself sign the act too, so nobody takes a key it does not have.
- The root's keys change by the root's own act alone; the key of the register never does.
- Nobody enrols, silences or re-keys a party of its own office: that takes an office above. The law
  can reserve an act for some roles (``about``); then no other reaches a party that has one, save to
  enter the first. So whoever vouches for names has no court in its pocket.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from holdshort.docket.state import Case
from holdshort.errors import BadInput, RegisterError
from holdshort.register.act import Act
from holdshort.register.canonical import Json
from holdshort.register.charter import CHARTER, Party, read_keys, read_party
from holdshort.register.entry import Entry
from holdshort.register.envelope import verify
from holdshort.register.keys import PublicKey
from holdshort.register.policy import Policy
from holdshort.rulebook.model import ActRule, Rulebook

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

ROTATE = "rotate-keys"

POWERS = frozenset(
    "charter adopt enrol rotate-keys replace-keys revoke-key suspend-party reinstate-party "
    "witnesses".split()
)
"""Effects of acts on the register itself: who may do them is fixed while it is open."""


# ---------------------------------------------------------------------- effects


def enrol(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A party is entered."""
    _put(docket, _newcomer(rule, entry.act, entry.index))


def rekey(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A party's keys are others from here on: its own choice, or after a loss that of an office."""
    party = _meant(docket, rule, entry.act)
    keys, threshold = _stated_keys(rule, entry.act)
    _put(docket, replace(party, keys=keys, threshold=threshold, retired=_retired(party, keys)))


def revoke_key(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """One key speaks no longer for its party."""
    party = _meant(docket, rule, entry.act)
    keys = tuple(key for key in party.keys if key.keyid != entry.act.fields["key"])
    _put(docket, replace(party, keys=keys, retired=_retired(party, keys)))


def suspend_party(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A party acts no longer."""
    _put(docket, replace(_meant(docket, rule, entry.act), suspended=True))


def reinstate_party(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """A suspended party may act again."""
    _put(docket, replace(_meant(docket, rule, entry.act), suspended=False))


def witnesses(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """Others must cosign the checkpoints from here on."""
    docket.witness_policy = str(entry.act.fields["witness_policy"])
    docket.witness_entry = entry.index


def vouch(party: Party, rule: ActRule, entry: Entry) -> None:
    """Check that a party signed an act: enough of its keys, and of each type that the law asks for.

    Raises:
        RegisterError: a signature is by another key or does not hold, or there are too few.
    """
    if rule.effect == ROTATE:
        _vouch_rotation(party, rule, entry)
        return
    party.vouch(entry.envelope)
    if rule.signed_with:
        signed = {party.keyring[keyid].type for keyid in entry.envelope.keyids}
        for kind in rule.signed_with.keys:
            if kind not in signed:
                raise RegisterError(
                    f"{rule.type} is also signed with a key of the type {kind}, and no such key "
                    f"of {party.id} signed. [{rule.signed_with.cite}]",
                    do="A party takes further keys with `holdshort key rotate`.",
                )


# ---------------------------------------------------------------------- what stands against them


def enrol_fault(docket: "Docket", rule: ActRule, act: Act) -> str | None:
    """Why a party cannot be entered."""
    if act.fields["party"] in docket.parties:
        return f"The party {act.fields['party']} is enrolled already."
    try:
        newcomer = _newcomer(rule, act, docket.size)
    except BadInput as error:
        return error.what
    if newcomer.role == docket.charter.register.role or docket.book.act(CHARTER).permits(
        newcomer.role
    ):
        return f"There is one {newcomer.role}: the charter names it."
    if rule.permits(newcomer.role) and newcomer.role not in rule.about:
        return "Nobody enrols a party of its own office."
    if fault := _reserved(docket, rule, newcomer.role):
        return fault
    return _taken(docket, newcomer.keys, None)


def rekey_fault(docket: "Docket", rule: ActRule, act: Act) -> str | None:
    """Why a party's keys cannot be changed in this way."""
    own = rule.effect == ROTATE
    if not own and (fault := _beyond(docket, rule, act)):
        return fault
    party = _meant(docket, rule, act)
    if party.id == docket.charter.register.id:
        return "The key that signs checkpoints is the register's identity and never changes."
    try:
        keys, _ = _stated_keys(rule, act)
    except BadInput as error:
        return error.what
    return _taken(docket, keys, party)


def revoke_fault(docket: "Docket", rule: ActRule, act: Act) -> str | None:
    """Why a key cannot be revoked."""
    if fault := _beyond(docket, rule, act):
        return fault
    party = _meant(docket, rule, act)
    if act.fields["key"] not in party.keyring:
        return f"{party.id} holds no such key."
    if len(party.keys) <= party.threshold:
        return (
            f"{party.id} could not act any more: it has {len(party.keys)} keys and needs "
            f"{party.threshold}. Replace them instead."
        )
    return None


def suspend_fault(docket: "Docket", rule: ActRule, act: Act) -> str | None:
    """Why a party cannot be suspended."""
    fault = _beyond(docket, rule, act)
    if fault is None and _meant(docket, rule, act).suspended:
        return f"{act.fields['party']} is suspended already."
    return fault


def reinstate_fault(docket: "Docket", rule: ActRule, act: Act) -> str | None:
    """Why a party cannot be reinstated."""
    fault = _beyond(docket, rule, act)
    if fault is None and not _meant(docket, rule, act).suspended:
        return f"{act.fields['party']} is not suspended."
    return fault


def witnesses_fault(docket: "Docket", rule: ActRule, act: Act) -> str | None:
    """Why a witness policy cannot be taken."""
    return policy_fault(act.fields["witness_policy"])


def policy_fault(text: Json) -> str | None:
    """Why a text is no witness policy."""
    try:
        Policy.parse(str(text), where="witness_policy")
    except (BadInput, RegisterError) as error:
        return str(error)
    return None


def reached(
    book: Rulebook, rule: ActRule, roles: Iterable[str], *, entered: bool = False
) -> list[str]:
    """Of these roles those whose parties an act of the law reaches.

    One that says whom it is about reaches them; any other those of whom no act says so, and it
    enters the first of a role, unless one is ``entered`` already.
    """
    first = rule.effect == "enrol" and not entered
    return [
        role
        for role in roles
        if role in rule.about or (not rule.about and (first or not _about(book, rule, role)))
    ]


def _about(book: Rulebook, rule: ActRule, role: str) -> list[ActRule]:
    return [each for each in book.cases[rule.kind].acts.values() if role in each.about]


# ---------------------------------------------------------------------- inside


def _vouch_rotation(party: Party, rule: ActRule, entry: Entry) -> None:
    """The old keys signed, and each new one."""
    keys, _ = _stated_keys(rule, entry.act)
    taken = {key.keyid: key for key in keys if key.keyid not in party.keyring}
    signed = verify(entry.envelope, {**party.keyring, **taken})
    if missing := sorted(taken.keys() - set(signed)):
        raise RegisterError(f"The new key {missing[0][:16]}… did not sign.")
    if len(set(signed) & party.keyring.keys()) < party.threshold:
        raise RegisterError(f"It takes {party.threshold} of the keys that {party.id} holds now.")


def _put(docket: "Docket", party: Party) -> None:
    docket.parties = {**docket.parties, party.id: party}


def _said(rule: ActRule, act: Act) -> dict[str, Json]:
    """What the law asks of the act, as far as it is stated: anything more decides nothing."""
    return {name: act.fields[name] for name in rule.fields if act.fields.get(name) is not None}


def _newcomer(rule: ActRule, act: Act, entry: int) -> Party:
    said = _said(rule, act)
    return read_party({**said, "id": said["party"]}, entry)


def _meant(docket: "Docket", rule: ActRule, act: Act) -> Party:
    """The party whose keys or standing an act changes: its own keys, or the party that it names."""
    return docket.parties[act.by if rule.effect == ROTATE else str(act.fields["party"])]


def _stated_keys(rule: ActRule, act: Act) -> tuple[tuple[PublicKey, ...], int]:
    said = _said(rule, act)
    return read_keys(said["keys"], said.get("threshold"), "keys")


def _retired(party: Party, keys: tuple[PublicKey, ...]) -> frozenset[str]:
    return party.retired | (_material(party.keys) - _material(keys))


def _material(keys: Iterable[PublicKey]) -> set[str]:
    return {key.material for key in keys}


def _reserved(docket: "Docket", rule: ActRule, role: str) -> str | None:
    """Why an act does not reach a party of ``role``: the law reserves acts for such parties."""
    if rule.about and role not in rule.about:
        return f"{rule.type} is about a party that is {' or '.join(rule.about)}, and nobody else."
    first = rule.effect == "enrol" and all(each.role != role for each in docket.parties.values())
    if first or role in reached(docket.book, rule, [role], entered=True):
        return None
    done = ", ".join(f"{each.type} by {each.by}" for each in _about(docket.book, rule, role))
    return f"{rule.type} does not reach a party that is {role}. About such a party are: {done}."


def _beyond(docket: "Docket", rule: ActRule, act: Act) -> str | None:
    """Whether the party named is out of reach of the office that acts."""
    party = docket.parties.get(str(act.fields["party"]))
    if party is None:
        return f"There is no party {act.fields['party']!r}."
    if party.id in (docket.charter.root.id, docket.charter.register.id):
        return f"{party.id} is beyond this: the charter rests on it."
    if rule.permits(party.role):
        return "Nobody does this to a party of its own office."
    return _reserved(docket, rule, party.role)


def _taken(docket: "Docket", keys: tuple[PublicKey, ...], own: Party | None) -> str | None:
    """Whether a key is, or was, someone's; a party may keep those that it holds."""
    wanted = {key.material: key.keyid for key in keys}
    for party in docket.parties.values():
        mine = own is not None and party.id == own.id
        held = party.retired if mine else party.retired | _material(party.keys)
        if taken := min(wanted.keys() & held, default=None):
            whose = "was retired" if mine else "belongs, or belonged, to another party"
            return f"The key {wanted[taken][:16]}… {whose}."
    return None
