"""An act: what someone did in a case, as an in-toto Statement v1.

::

    {"_type": "https://in-toto.io/Statement/v1",
     "predicateType": "https://holdshort.dev/act/review.declare/v1",
     "predicate": {"register": "holdshort.example/aaif", "rulebook": "5f1c…", "case": "review-1",
                   "kind": "review", "act": "declare", "by": "acme",
                   "at": "2026-11-23T10:15:00Z", "fields": {…}},
     "subject": [{"name": "review-1", "digest": {"sha256": digest of the register and case}},
                 {"name": "manifest.json", "digest": {"sha256": "…"}}, …]}

Rules kept here:

- An act names the register and the rulebook it is meant for: signed for one, it is void in another.
- The payload is canonical JSON, so that an act has one byte form. ``fields`` may hold members that
  a reader does not know; they are kept. Anything unknown elsewhere is refused.
- An instant is UTC to the second. The order of acts is their order in the log, not ``at``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from holdshort.errors import BadInput
from holdshort.register.canonical import Json, canonical, digest, parse_canonical

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPES = "https://holdshort.dev/act/"

_SHA256 = re.compile(r"[0-9a-f]{64}")
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")
_KEBAB = re.compile(r"(?=.{1,64}\Z)[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
# A signed note's key name has neither space nor plus (C2SP signed-note); nor has an origin.
_ORIGIN = re.compile(r"[!-*,-~]{1,255}")
_ARTEFACT = re.compile(r"[^\x00-\x1f\x7f]{1,255}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")
_PREDICATE = {"register", "rulebook", "case", "kind", "act", "by", "at", "fields"}


@dataclass(frozen=True)
class Artefact:
    """A document or file that the act is about, published or sealed as a blob of this digest."""

    name: str
    sha256: str

    def __post_init__(self) -> None:
        _check("artefact name", self.name, _ARTEFACT)
        _check("artefact digest", self.sha256, _SHA256)


@dataclass(frozen=True)
class Act:
    """One act. Construction refuses with BadInput what could not stand in a register."""

    register: str
    """Origin of the log that it is meant for."""
    rulebook: str
    """Hex SHA-256 of the rulebook file in force for it."""
    kind: str
    """Case kind, as in the rulebook: ``review``."""
    name: str
    """What was done, as in the rulebook: ``declare``."""
    case: str
    """Case id: ``review-1``."""
    by: str
    """Party id."""
    at: str
    """When, by the actor's clock: RFC 3339, UTC, whole seconds."""
    fields: Mapping[str, Json]
    """What the rulebook asks of this act, and anything more the actor states."""
    artefacts: tuple[Artefact, ...] = ()

    def __post_init__(self) -> None:
        _check("register", self.register, _ORIGIN)
        _check("rulebook", self.rulebook, _SHA256)
        _check("kind", self.kind, _KEBAB)
        _check("act", self.name, _KEBAB)
        _check("case", self.case, _IDENTIFIER)
        _check("by", self.by, _IDENTIFIER)
        check_instant(self.at, "at")
        if not isinstance(self.fields, Mapping):
            raise BadInput("The fields of an act are an object.", where="fields")
        if len({each.name for each in self.artefacts}) < len(self.artefacts):
            raise BadInput("Two artefacts of one act have the same name.", where="subject")

    @property
    def type(self) -> str:
        """Kind and name: ``review.declare``."""
        return f"{self.kind}.{self.name}"

    @property
    def predicate_type(self) -> str:
        """``https://holdshort.dev/act/review.declare/v1``."""
        return f"{PREDICATE_TYPES}{self.kind}.{self.name}/v1"

    def to_payload(self) -> bytes:
        """The canonical in-toto Statement, ready to be signed; BadInput if a field is a float."""
        return canonical(
            {
                "_type": STATEMENT_TYPE,
                "predicateType": self.predicate_type,
                "predicate": {
                    "register": self.register,
                    "rulebook": self.rulebook,
                    "case": self.case,
                    "kind": self.kind,
                    "act": self.name,
                    "by": self.by,
                    "at": self.at,
                    "fields": dict(self.fields),
                },
                "subject": [
                    {
                        "name": self.case,
                        "digest": {"sha256": case_digest(self.register, self.case)},
                    },
                    *(
                        {"name": each.name, "digest": {"sha256": each.sha256}}
                        for each in self.artefacts
                    ),
                ],
            }
        )

    @classmethod
    def from_payload(cls, payload: bytes, where: str = "act") -> "Act":
        """Read a Statement strictly; BadInput says what is wrong at ``where``."""
        statement = parse_canonical(payload, where)
        try:
            return _read(statement)
        except BadInput as error:
            error.where = f"{where}, {error.where}" if error.where else where
            raise


def check_instant(value: object, what: str) -> None:
    """BadInput unless ``value`` is a real RFC 3339 instant in UTC and whole seconds."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return
    raise BadInput(f"{value!r} is not an instant like 2026-11-23T10:15:00Z.", where=what)


def check_identifier(value: object, what: str) -> None:
    """BadInput unless ``value`` can be the id of a case or a party."""
    _check(what, value, _IDENTIFIER)


@lru_cache(maxsize=4096)
def case_digest(register: str, case: str) -> str:
    """The digest by which a Statement names a case: of the register's origin and the case id."""
    return digest({"register": register, "case": case})


def _read(statement: Json) -> Act:
    outer = _members("statement", statement, {"_type", "predicateType", "predicate", "subject"})
    inner = _members("predicate", outer["predicate"], _PREDICATE)
    subjects = outer["subject"]
    if not isinstance(subjects, list) or not subjects:
        raise BadInput("The subject is a list that starts with the case.", where="subject")
    fields = inner["fields"]
    if not isinstance(fields, dict):
        raise BadInput("The fields of an act are an object.", where="fields")
    act = Act(
        register=_text(inner, "register"),
        rulebook=_text(inner, "rulebook"),
        kind=_text(inner, "kind"),
        name=_text(inner, "act"),
        case=_text(inner, "case"),
        by=_text(inner, "by"),
        at=_text(inner, "at"),
        fields=fields,
        artefacts=tuple(_artefact(each) for each in subjects[1:]),
    )
    _expect("_type", outer["_type"], STATEMENT_TYPE)
    _expect("predicateType", outer["predicateType"], act.predicate_type)
    case = _artefact(subjects[0])
    _expect("first subject", case.name, act.case)
    _expect("digest of the first subject", case.sha256, case_digest(act.register, act.case))
    return act


def _artefact(subject: Json) -> Artefact:
    members = _members("subject", subject, {"name", "digest"})
    digests = _members("subject digest", members["digest"], {"sha256"})
    return Artefact(_text(members, "name"), _text(digests, "sha256"))


def _members(what: str, value: Json, names: set[str]) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise BadInput(f"The {what} is not an object.", where=what)
    if value.keys() != names:
        missing, unknown = sorted(names - value.keys()), sorted(value.keys() - names)
        lacks = f" lacks {', '.join(missing)}" if missing else ""
        has = f" has the unknown {', '.join(unknown)}" if unknown else ""
        raise BadInput(f"The {what}{lacks}{' and' if lacks and has else ''}{has}.", where=what)
    return value


def _text(members: Mapping[str, Json], name: str) -> str:
    value = members[name]
    if not isinstance(value, str):
        raise BadInput(f"{value!r} is not a string.", where=name)
    return value


def _expect(what: str, value: Json, expected: str) -> None:
    if value != expected:
        raise BadInput(f"The {what} is {value!r}, not {expected!r}.", where=what)


def _check(what: str, value: object, form: re.Pattern[str]) -> None:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise BadInput(f"{value!r} is not a valid {what}.", where=what)
