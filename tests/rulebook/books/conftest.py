"""A register under any shipped rulebook, on which its acts are filed in sentences.

    register = make_register("us-ca-sb53", "2026-03-02T17:00:00Z")
    register.file("review.declare", by="developer", model="M", training_compute="2e26")

One party is enrolled for each role of the book, under the last word of the role: `developer`,
`court`, `attorney-general`; ``make_register`` can name more. What an act must state in words, and
what no clause reads, is filled in; the rest is said. Acts are real: signed, put into entries and
admitted to a docket. When the test ends, a replay of the entries must come to the same docket.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

import pytest

from holdshort.docket.clocks import stamp
from holdshort.docket.docket import Docket
from holdshort.docket.duties import Owed
from holdshort.docket.refusal import Unlawful
from holdshort.docket.replay import replay
from holdshort.docket.state import Case
from holdshort.register.act import Act
from holdshort.register.charter import NO_WITNESSES
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.keys import PrivateKey
from holdshort.rulebook.load import open_rulebook
from holdshort.rulebook.model import ActRule, Rulebook

ORIGIN = "holdshort.example/books"
FILLED: Mapping[str, object] = {"text": "As told.", "digest": "ab" * 32, "object": {}, "list": []}
"""What an act says of a type that no clause reads, unless the test says something else."""


class Register:
    """One register under one book, and everyone who acts on it."""

    def __init__(self, book: Rulebook, opened: str, others: Mapping[str, str]) -> None:
        self.book = book
        self.docket = Docket(book)
        self.entries: list[Entry] = []
        self.moment = datetime.fromisoformat(opened).astimezone(UTC)
        self._open()
        own = {"authority.root", "authority.registrar", "register"}
        cast = {role.rpartition(".")[2]: role for role in book.roles if role not in own}
        for party, role in {**cast, **others}.items():
            self._enrol(party, role)

    # ------------------------------------------------------------------ time

    @property
    def now(self) -> str:
        return stamp(self.moment)

    def later(self, **amount: float) -> str:
        """Let time pass; the new instant."""
        self.moment += timedelta(**amount)
        return self.now

    def until(self, instant: str) -> str:
        """Let time pass until ``instant``."""
        self.moment = datetime.fromisoformat(instant).astimezone(UTC)
        return self.now

    # ------------------------------------------------------------------ acts

    def file(self, type_: str, *, by: str, case: str = "r", **said: Any) -> Entry:
        """File an act; whatever is refused is raised."""
        act = self._act(type_, by, case, said)
        entry = Entry.parse(self.docket.size, sign(act.to_payload(), [_key(by)]).to_bytes())
        self.docket.admit(entry)
        self.entries.append(entry)
        return entry

    def refused(self, type_: str, *, by: str, case: str = "r", **said: Any) -> str:
        """File an act that must be refused as unlawful; the refusal, in which clauses are named."""
        size = self.docket.size
        with pytest.raises(Unlawful) as refusal:
            self.file(type_, by=by, case=case, **said)
        assert self.docket.size == size
        assert all(objection.cite for objection in refusal.value.objections)
        return str(refusal.value)

    # ------------------------------------------------------------------ reading

    def case(self, case: str = "r") -> Case:
        return self.docket.cases[case]

    def state(self, case: str = "r") -> str:
        return self.docket.state(self.case(case), self.now)

    def owed(self, duty: str, now: str | None = None) -> list[Owed]:
        """Every time that a duty is owed, the soonest first."""
        return [item for item in self.docket.duties(now or self.now) if item.duty.id == duty]

    def statuses(self, duty: str, now: str | None = None) -> list[str]:
        return [item.status for item in self.owed(duty, now)]

    def dues(self, duty: str, now: str | None = None) -> list[str]:
        """When a duty is due, as instants."""
        return [stamp(item.due.at) for item in self.owed(duty, now) if item.due]

    # ------------------------------------------------------------------ opening it

    def _act(self, type_: str, by: str, case: str, said: Mapping[str, Any]) -> Act:
        rule = self.book.act(type_)
        fields = {**_filled(rule), **said}
        if rule.effect != "snapshot":
            fields["#"] = self.docket.size  # tells it from the same act done again in that second
        return Act(ORIGIN, self.book.digest, rule.kind, rule.name, case, by, self.now, fields)

    def _open(self) -> None:
        self.file(
            "register.charter",
            by="root",
            case="register",
            rehearsal=True,
            rulebook={"id": self.book.id, "digest": self.book.digest},
            status_minutes=60,
            witness_policy=NO_WITNESSES,
            root=_party("root", "authority.root"),
            registrar=_party("registrar", "authority.registrar"),
            log_key=_party("register", "register"),
        )

    def _enrol(self, party: str, role: str) -> None:
        stated = _party(party, role)
        stated["party"] = stated.pop("id")
        self.file("register.enrol", by="registrar", case="register", **stated)


MakeRegister: TypeAlias = Callable[..., Register]


@pytest.fixture
def make_register() -> Iterator[MakeRegister]:
    """Makes registers, and has a stranger replay each of them when the test is over."""
    made: list[Register] = []

    def make(book: str, opened: str, **others: str) -> Register:
        made.append(Register(_book(book), opened, others))
        return made[-1]

    yield make
    for register in made:
        again = replay(register.entries, register.book)
        assert again.fault is None
        assert again.docket.cases == register.docket.cases


@cache
def _book(id_: str) -> Rulebook:
    return open_rulebook(id_)


def _filled(rule: ActRule) -> dict[str, object]:
    return {
        name: FILLED[field.type.name]
        for name, field in rule.fields.items()
        if field.type.name in FILLED and not field.optional
    }


def _party(id_: str, role: str) -> dict[str, Any]:
    return {"id": id_, "name": id_, "role": role, "keys": [_key(id_).public.to_json()]}


def _key(party: str) -> PrivateKey:
    return PrivateKey.from_seed(hashlib.sha256(f"key of {party}".encode()).digest())
