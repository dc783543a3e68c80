"""A register in memory on which a story is played: keys, a charter, a cast, signed acts.

Nothing is left out but the disk: each party has a key of its own, each act is signed, put into an
envelope and an entry, and admitted by the docket or refused. Two things are told and not found out:
what the record answers to a check, and how the coverage clause decides. Effects that keep what
only those two read are left out.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from holdshort.docket.checks import Procedure
from holdshort.docket.clocks import stamp
from holdshort.docket.docket import Docket
from holdshort.docket.effects import EFFECTS
from holdshort.docket.state import Case
from holdshort.errors import BadInput
from holdshort.register.act import Act
from holdshort.register.canonical import Json
from holdshort.register.charter import CHARTER, NO_WITNESSES, read_party
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.keys import PrivateKey
from holdshort.rulebook.expression import Value, names
from holdshort.rulebook.model import WORD_LISTS, ActRule, Field, FieldType, Rulebook
from holdshort.rulebook.vocabulary import READABLE

ORIGIN = "holdshort.example/story"
OWN_EFFECTS = (
    "charter enrol rotate-keys replace-keys revoke-key suspend-party reinstate-party".split()
)
"""Effects of the register itself. Of the others only coverage says where a case stands."""

REGISTER = "register"
"""Id of the register's own case and of the party that is the register."""

_TEXT = "As told."


@dataclass
class Player:
    """A party of the story. ``roles`` are those that its part allows, best first."""

    number: int
    roles: list[str]

    @property
    def role(self) -> str:
        """What it is enrolled as."""
        return self.roles[0]

    @property
    def id(self) -> str:
        """``court-2``."""
        return f"{self.role.replace('.', '-')}-{self.number}"


@dataclass(frozen=True)
class Said:
    """What a story has an act say.

    ``read`` are the fields that a clause can read: what is optional and not among them is not
    stated. ``named`` are parties and the case concerned, ``happened`` instants that start duties.
    """

    read: Mapping[str, Value] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    happened: Mapping[str, str] = field(default_factory=dict)


class Stage:
    """One register and everyone who acts on it."""

    def __init__(self, book: Rulebook, opened: datetime) -> None:
        """An open register at the instant ``opened``."""
        self.book = book
        self.moment = opened
        self.answers: Mapping[str, bool] = {}
        self.covered: str | None = None
        effects = {name: EFFECTS[name] for name in OWN_EFFECTS}
        checks = {id_: self._check(id_) for id_ in book.checks}
        self.docket = Docket(book, checks=checks, effects={**effects, "coverage": self._coverage})
        self._open(book.act(CHARTER))

    @property
    def now(self) -> str:
        """The instant that the register's clock shows."""
        return stamp(self.moment)

    def act(self, rule: ActRule, by: str, case: str, fields: Mapping[str, Json]) -> Act:
        """An act, dated now. Its number tells it from the same act done again in that second."""
        said = {**fields, "#": self.docket.size}
        return Act(ORIGIN, self.book.digest, rule.kind, rule.name, case, by, self.now, said)

    def file(self, rule: ActRule, by: str, case: str, fields: Mapping[str, Json]) -> Entry:
        """Sign an act and have it admitted; what the docket raises is raised."""
        envelope = sign(self.act(rule, by, case, fields).to_payload(), [_key(by)])
        entry = Entry.parse(self.docket.size, envelope.to_bytes())
        # Which keys sign is no part of a story: everyone in it has one.
        self.docket.admit(entry, signed=rule.signed_with is not None)
        return entry

    def enrol(self, player: Player) -> None:
        """Enter a party.

        Who has the office of a founder is not enrolled but told: one of the founders, or one who
        was appointed by them before.

        Raises:
            BadInput: the book has no act that enrols one.
        """
        rules = [rule for rule in _rules(self.book) if rule.effect == "enrol"]
        if not rules:
            raise BadInput("The book has no act that enrols a party.")
        founders = {self.docket.parties[id_].role for id_ in ("root", "registrar", REGISTER)}
        if player.role in founders:
            told = read_party(_party(player.id, player.role), self.docket.size)
            self.docket.parties = {**self.docket.parties, player.id: told}
            return
        rule = next(each for each in rules if each.permits(self.docket.charter.registrar.role))
        fields = {**self.fields(rule, Said()), **_party(player.id, player.role)}
        fields["party"] = fields.pop("id")
        self.file(rule, self.docket.charter.registrar.id, REGISTER, fields)

    def fields(self, rule: ActRule, said: Said) -> dict[str, Json]:
        """What an act says: what is told as it is told, and for the rest something of its type."""
        found: dict[str, Json] = {}
        for name, each in rule.fields.items():
            if name in said.read:
                found[name] = written(said.read[name], each.type)
            elif name in said.named or name in said.happened:
                found[name] = said.named.get(name) or said.happened[name]
            elif not each.optional:
                found[name] = self._filled(rule, each)
        return found

    def _filled(self, rule: ActRule, told: Field) -> Json:
        newcomer = f"newcomer-{self.docket.size}"
        if told.name == "keys":
            return [_key(newcomer).public.to_json()]
        if rule.effect == "enrol" and told.name == "party":
            return newcomer
        anything: Mapping[str, Json] = {
            "bool": False,
            "integer": 0,
            "decimal": "0",
            "identifier": REGISTER,
            "digest": "0" * 64,
            "instant": self.now,
            "object": {},
            "list": [],
            **{name: [] for name in WORD_LISTS},
            "area": next(iter(self.book.areas)),
            "role": next(iter(self.book.roles)),
            "one_of": told.type.values[0] if told.type.values else None,
        }
        return anything.get(told.type.name, _TEXT)

    def _open(self, rule: ActRule) -> None:
        stating = [each for each in _rules(self.book) if each.effect == "snapshot"]
        root = next(role for role in self.book.roles if rule.permits(role))
        enrolling = [each for each in _rules(self.book) if each.effect == "enrol"]
        others = (role for role in self.book.roles if role != root)
        registrar = next((r for r in others if any(each.permits(r) for each in enrolling)), root)
        register = next(
            (role for role in self.book.roles if all(each.permits(role) for each in stating)), ""
        )
        told: dict[str, Json] = {
            **self.fields(rule, Said()),
            "title": self.book.title,
            "rehearsal": True,
            "rulebook": {"id": self.book.id, "digest": self.book.digest},
            "status_minutes": 60,
            "witness_policy": NO_WITNESSES,
            "root": _party("root", root),
            "registrar": _party("registrar", registrar),
            "log_key": _party(REGISTER, register),
        }
        self.file(rule, "root", REGISTER, told)

    def _check(self, id_: str) -> Procedure:
        return lambda question: self.answers.get(id_, True)

    def _coverage(self, docket: Docket, case: Case, rule: ActRule, entry: Entry) -> None:
        """Coverage as the story tells it; where it is silent, as the law decides."""
        if self.covered is None:
            EFFECTS["coverage"](docket, case, rule, entry)
        else:
            case.facts["coverage"] = self.covered


def written(value: Value, type_: FieldType) -> Json:
    """A value as an act carries it.

    Raises:
        BadInput: no act can carry it.
    """
    if type_.name == "decimal":
        return _decimal(value)
    if isinstance(value, bool | str):
        return value
    if type_.name == "integer" and isinstance(value, int | Decimal | Fraction):
        if value != int(value):
            raise BadInput(f"{value} is no whole number.")
        return int(value)
    if isinstance(value, list | tuple):
        return [str(word) for word in value]
    raise BadInput(f"No act can state {value!r} as {type_.name}.")


def readable_fields(rule: ActRule) -> Iterator[Field]:
    """The fields of an act that a clause can read."""
    return (each for each in rule.fields.values() if each.type.name in READABLE)


def read(rule: ActRule, record: str) -> set[str]:
    """The members of a record, ``act`` or ``check``, that the clauses of an act read."""
    conditions = [each.condition for each in rule.requires]
    conditions += [each for s in rule.sets for each in (s.index, s.value) if each]
    paths = (path.split(".") for each in conditions for path in names(each.tree))
    return {path[1] for path in paths if path[0] == record and len(path) > 1}


def _decimal(value: Value) -> str:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction):
        raise BadInput(f"{value!r} is no number.")
    exact = Fraction(value)
    rest, twos, fives = exact.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        raise BadInput(f"{value} cannot be written with finitely many decimals.")
    places = max(twos, fives)
    digits = str(abs(exact.numerator) * (10**places // exact.denominator)).rjust(places + 1, "0")
    whole = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{whole}" if exact < 0 else whole


def _rules(book: Rulebook) -> Iterator[ActRule]:
    return (rule for kind in book.cases.values() for rule in kind.acts.values())


def _party(id_: str, role: str) -> dict[str, Json]:
    return {"id": id_, "name": id_, "role": role, "keys": [_key(id_).public.to_json()]}


def _key(party: str) -> PrivateKey:
    """The key of a party of a story. Anyone can make it: nothing real rests on it."""
    return PrivateKey.from_seed(hashlib.sha256(f"story: {party}".encode()).digest())
