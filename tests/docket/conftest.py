"""A register in memory, and a cast that files acts on it in sentences.

    world.file("review.declare", by="acme", case="r", model="M", …)

There is no disk, no database and no server behind it: acts are signed with keys of known seeds, put
into entries, and admitted to a docket. Everything that the docket refuses raises what it raised.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from holdshort.docket import proficiency
from holdshort.docket.clocks import stamp
from holdshort.docket.comparables import exact
from holdshort.docket.docket import Docket
from holdshort.docket.drawing import fixed_root, lot
from holdshort.docket.lots import commitment
from holdshort.docket.refusal import Unlawful
from holdshort.docket.standing import snapshot, status_of
from holdshort.docket.state import Case
from holdshort.register.act import Act
from holdshort.register.charter import NO_WITNESSES
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import Tree
from holdshort.register.note import NoteSigner
from holdshort.register.status import Status
from holdshort.rulebook.load import open_rulebook, read_rulebook
from holdshort.rulebook.model import Rulebook

ORIGIN = "holdshort.example/aaif"
OPENED = datetime(2026, 11, 2, 14, tzinfo=UTC)  # a Monday morning in New York
RATE = "0.0125"

CAST = {
    "accreditor": "authority.accreditor",
    "officer": "authority.case-officer",
    "decider": "authority.decision-maker",
    "counsel": "authority.counsel",
    "reviewer": "authority.technical-reviewer",
    "acme": "developer",
    "rival": "developer",
    "lab-a": "assessor",
    "lab-b": "assessor",
    "judge": "court",
}
STATEMENTS = {
    "reasons": "Because of what the record says.",
    "grounds": "The finding is wrong.",
    "answer": "It is not so.",
    "review": "All four areas were tested.",
    "conditions": "Test again within a year.",
    "technical_facts": "The finding in cybersecurity.",
    "comparable_cases": "None.",
    "evidence": "The finding.",
    "scope": "This version, everywhere.",
    "criteria_for_lifting": "An acceptable finding.",
}


NO_INTERESTS: dict[str, Any] = {
    "ownership": False,
    "control": False,
    "contingent_pay": False,
    "personal_equity": False,
    "equity_recused": False,
    "funding_share": "0",
    "dual_roles": False,
    "shared_model_lineage": False,
    "paid_by_competitor": False,
    "separate_agreements": False,
}
LADDER: dict[str, list[str]] = {
    "restriction": ["conditions", "fine", "bar-further", "part"],
    "violation": ["conditions", "fine"],
    "contact": [],
}
"""The lower rungs, by the kind of case in which a higher one is asked for."""
PETITION = "ef" * 32
BOUNDS = ("audiences", "territories", "versions")


class World:
    """One register and everybody who acts on it."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.docket = Docket(book)
        self.entries: list[Entry] = []
        self.moment = OPENED
        self.weights = "ab" * 32

    # ------------------------------------------------------------------ time

    @property
    def now(self) -> str:
        return stamp(self.moment)

    def later(self, **amount: float) -> str:
        """Let time pass; the new instant."""
        self.moment += timedelta(**amount)
        return self.now

    # ------------------------------------------------------------------ acts

    def key(self, party: str, type_: str = "ed25519") -> PrivateKey:
        return PrivateKey.from_seed(hashlib.sha256(f"key of {party}".encode()).digest(), type_)

    def keys(self, party: str) -> list[PrivateKey]:
        """The keys with which a party signs: whoever determines has two."""
        types = ("ed25519", "ml-dsa-65") if party == "decider" else ("ed25519",)
        return [self.key(party, each) for each in types]

    def act(self, type_: str, by: str, case: str = "r", **said: Any) -> Act:
        """An act, dated now. What it must state it states, unless it is said otherwise."""
        stated = self.book.act(type_).must_state if type_ in self.types else ()
        fields = {name: STATEMENTS.get(name, "A statement.") for name in stated}
        fields |= self.remedial(type_, case, said) | said
        kind, _, name = type_.partition(".")
        return Act(ORIGIN, self.book.digest, kind, name, case, by, self.now, fields)

    def remedial(self, type_: str, case: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """What a well-made notice, petition, order or appeal says, where it is asked for."""
        if type_ not in self.types or type_.partition(".")[0] not in LADDER:
            return {"because": "error-of-fact"} if type_ == "review.appeal" else {}
        known, kind = self.docket.cases.get(case), type_.partition(".")[0]
        rungs = LADDER[kind]
        usual: dict[str, Any] = {
            "remedy": "whole" if kind == "restriction" else "bar-further",
            "considered": rungs,
            "less_restrictive_options": {rung: f"A {rung} would not do." for rung in rungs},
            "comparables": exact(self.docket, known, self.now) if known else [],
            "petition": PETITION,
            "findings": self.findings(known.concerns) if known and known.concerns else [],
            "extent": "part" if any(said.get(name) for name in BOUNDS) else "whole",
            "audiences": [],
            "because": "error-of-fact",
            "amount": "1e6",
        }
        if kind == "contact":
            usual = {"received_at": self.now, "channel": "call", "asked": "favour"}
        fields = self.book.act(type_).fields
        return {name: value for name, value in usual.items() if name in fields}

    @property
    def types(self) -> list[str]:
        return [rule.type for kind in self.book.cases.values() for rule in kind.acts.values()]

    def entry(self, act: Act, signed_by: str | None = None) -> Entry:
        """The act as the next entry, signed by its party or by another."""
        envelope = sign(act.to_payload(), self.keys(signed_by or act.by))
        return Entry.parse(self.docket.size, envelope.to_bytes())

    def admit(self, act: Act, signed_by: str | None = None) -> Entry:
        entry = self.entry(act, signed_by)
        self.docket.admit(entry)
        self.entries.append(entry)
        return entry

    def file(self, type_: str, *, by: str, case: str = "r", **said: Any) -> Entry:
        """File an act; whatever is refused is raised."""
        return self.admit(self.act(type_, by, case, **said))

    def refused(self, type_: str, *, by: str, case: str = "r", **said: Any) -> str:
        """File an act that must be refused as unlawful, and leave no trace; the refusal."""
        before = self.image()
        act = self.act(type_, by, case, **said)
        with pytest.raises(Unlawful) as refusal:
            self.docket.check(act)
        assert self.image() == before, "check changed the docket"
        with pytest.raises(Unlawful):
            self.admit(act)
        assert self.image() == before, "a refused act left a trace"
        assert all(objection.cite for objection in refusal.value.objections)
        return str(refusal.value)

    def image(self) -> tuple[object, ...]:
        """Everything that the docket knows, by value; its books, which nobody changes, as they are.

        Each case refers to its book, and copies of books took nine tenths of the time.
        The fixture ``aaif`` says at the end that its book is still what was read.
        """
        docket = self.docket
        books = {id(case.book): case.book for case in docket.cases.values()}
        return (
            deepcopy(docket.cases, books),
            dict(docket.parties),
            docket.clearances,
            docket.last_snapshot,
            docket.charter_,
            docket.frontier.root(),
            docket.frontier.size,
            docket.size,
            docket.last_at,
        )

    # ------------------------------------------------------------------ secrets

    def secret(self, purpose: str) -> str:
        """A value of 32 bytes that a party keeps to itself until it reveals it."""
        return hashlib.sha256(purpose.encode()).hexdigest()

    def half(self, party: str, case: str = "r", purpose: str = "draw") -> str:
        """A party's half of the seed of a draw."""
        return self.secret(f"{case} {party} {purpose}")

    def commitment(self, value: str) -> str:
        """The commitment to a value."""
        return commitment(bytes.fromhex(value))

    # ------------------------------------------------------------------ reading

    def case(self, case: str = "r") -> Case:
        return self.docket.cases[case]

    def state(self, case: str = "r") -> str:
        return self.docket.state(self.case(case), self.now)

    def status(self, case: str = "r") -> Status:
        return status_of(self.docket, self.case(case), self.now)

    def open_acts(self, party: str, case: str = "r") -> set[str]:
        """Names of the acts that are open to a party."""
        options = self.docket.options(self.case(case), self.docket.parties[party], self.now)
        return {option.rule.name for option in options if option.open}

    def findings(self, case: str = "r") -> list[int]:
        """Entries of the findings: the inputs of a determination."""
        found = self.case(case).memory.get("findings", {})
        assert isinstance(found, dict)
        return sorted(int(str(each["entry"])) for each in found.values() if isinstance(each, dict))

    # ------------------------------------------------------------------ the usual course

    def open(self, **said: Any) -> Entry:
        """The charter."""
        fields: dict[str, Any] = {
            "title": "Test register",
            "rehearsal": True,
            "rulebook": {"id": self.book.id, "digest": self.book.digest},
            "witness_policy": NO_WITNESSES,
            "status_minutes": 60,
            "root": self.party("root", "authority.root"),
            "registrar": self.party("registrar", "authority.registrar"),
            "log_key": self.party("register", "register"),
        }
        return self.file("register.charter", by="root", case="register", **(fields | said))

    def party(self, id_: str, role: str) -> dict[str, Any]:
        keys = [key.public.to_json() for key in self.keys(id_)]
        return {"id": id_, "name": id_, "role": role, "keys": keys}

    def enrol(self, id_: str, role: str) -> Entry:
        stated = self.party(id_, role)
        stated["party"] = stated.pop("id")
        courts = [each.id for each in self.docket.parties.values() if each.role == "court"]
        if role == "court" and courts:
            return self.file("register.seat-court", by=courts[0], case="register", **stated)
        return self.file("register.enrol", by="registrar", case="register", **stated)

    def box(self, scope: list[str] | None = None, **said: Any) -> dict[str, Any]:
        """What an accreditation covers: all areas, by testing capabilities, by queries."""
        covered = {"scope": scope or list(self.book.areas), "tier": 1}
        return {**covered, "methods": ["capability-testing"], **said}

    def apply(self, assessor: str, case: str = "", **said: Any) -> str:
        """An application whose documents are reviewed; its case."""
        case = case or f"accreditation-{assessor}"
        self.file("accreditation.apply", by=assessor, case=case, statement="Able.", **said)
        self.file("accreditation.review-documents", by="accreditor", case=case)
        return case

    def prove_proficiency(self, case: str, passed: list[str] | None = None) -> str:
        """A proficiency test that concerns an accreditation, passed; its case."""
        test = f"proficiency-{case}-{self.docket.size}"
        areas = list(self.book.areas) if passed is None else passed
        self.plant(case, test)
        self.answer(case, test, areas)
        self.score(test)
        return test

    def plant(self, case: str, test: str) -> None:
        """A weak and a strong model, planted."""
        self.file(
            "proficiency.plant",
            by="accreditor",
            case=test,
            concerns=case,
            models=list(self.planted),
            plan={area: {"threshold": "0.5", "zone": "0.1"} for area in self.book.areas},
            commitment=proficiency.commitment(self.planted, bytes.fromhex(self.secret(test))),
        )

    def answer(self, case: str, test: str, right: Collection[str]) -> None:
        """The assessor's findings: right in some areas, and everything acceptable in the others."""
        found = {
            model: {area: outcome if area in right else "acceptable" for area in self.book.areas}
            for model, outcome in (("weak", "acceptable"), ("strong", "unacceptable"))
        }
        holder = self.case(case).bound["holder"]
        self.file("proficiency.answer", by=holder, case=test, answers=found)

    def score(self, test: str) -> None:
        """The commitment, opened."""
        memory = self.case(test).memory
        planted: Any = memory["planted"]
        scored = proficiency.result(self.planted, memory["answers"], planted["plan"], Decimal(100))
        assert scored
        said: dict[str, Any] = {"truth": self.planted, "nonce": self.secret(test)}
        self.file("proficiency.score", by="accreditor", case=test, **said, **scored.to_fields())

    @property
    def planted(self) -> dict[str, Any]:
        """What the planted models can do."""
        return {
            model: {"abilities": dict.fromkeys(self.book.areas, ability), "hides": False}
            for model, ability in (("weak", "0"), ("strong", "1"))
        }

    def accredit(
        self, assessor: str, scope: list[str] | None = None, case: str = "", **said: Any
    ) -> str:
        covered = self.box(scope, **said)
        case = self.apply(assessor, case, **covered)
        self.prove_proficiency(case, covered["scope"])
        self.file("accreditation.grant", by="accreditor", case=case, **covered)
        return case

    def suspend(self, case: str) -> Entry:
        """A suspension after notice and answer."""
        holder = str(self.case(case).bound["holder"])
        self.file("accreditation.give-notice", by="accreditor", case=case)
        self.file("accreditation.answer", by=holder, case=case)
        return self.file("accreditation.suspend", by="accreditor", case=case)

    def suspend_at_once(self, case: str) -> Entry:
        """A suspension that could not wait for a hearing."""
        return self.file("accreditation.suspend-at-once", by="accreditor", case=case, imminent=True)

    def declare(self, case: str = "r", by: str = "acme", **said: Any) -> Entry:
        fields = {
            "model": "M",
            "weights": self.weights,
            "facts": {},
            "training_compute": "3e25",
            "ai_revenue": "1e9",
        }
        return self.file("review.declare", by=by, case=case, **(fields | said))

    def declaration(self, *, conflict: bool = False, **said: Any) -> dict[str, Any]:
        """The fields of a declaration of interests; none, unless something else is said."""
        told = {"funding": "The Agency's pool.", "statement": "Nothing else."}
        return {"conflict": conflict, **NO_INTERESTS, **told, **said}

    def declare_interests(
        self, assessor: str, case: str = "r", *, conflict: bool = False, **said: Any
    ) -> Entry:
        fields = self.declaration(conflict=conflict, **said)
        return self.file("review.declare-interests", by=assessor, case=case, **fields)

    def commit(self, case: str = "r", purpose: str = "draw") -> None:
        for side, party in (("developer", "acme"), ("authority", "officer")):
            made = self.commitment(self.half(party, case, purpose))
            self.file(f"review.commit-{side}", by=party, case=case, commitment=made)

    def checkpoint(self, size: int | None = None) -> bytes:
        """A checkpoint of the first entries, signed by the register's key."""
        tree = Tree(entry.leaf_hash for entry in self.entries)
        size = len(tree) if size is None else size
        signer = NoteSigner(ORIGIN, self.key("register"))
        return sign_checkpoint(Checkpoint(ORIGIN, size, tree.root(size)), signer)

    def witness_fields(self, case: str = "r", size: int | None = None) -> dict[str, Any]:
        """The fields that have a draw witnessed, by a checkpoint of the first ``size`` entries."""
        tree = Tree(entry.leaf_hash for entry in self.entries)
        fixed = fixed_root(self.case(case))
        assert fixed is not None
        proof = tree.consistency(fixed[0], len(tree) if size is None else size)
        return {
            "checkpoint": self.checkpoint(size).decode(),
            "consistency": [each.hex() for each in proof],
        }

    def witness(self, case: str = "r") -> Entry:
        return self.file(
            "review.witness-draw", by="register", case=case, **self.witness_fields(case)
        )

    def reveal(self, case: str = "r", purpose: str = "draw") -> None:
        """The draw is witnessed; the Agency reveals, and after it the developer."""
        if not self.case(case).facts["draw_witnessed"]:
            self.witness(case)
        for side, party in (("authority", "officer"), ("developer", "acme")):
            value = self.half(party, case, purpose)
            self.file(f"review.reveal-{side}", by=party, case=case, value=value)

    def assignment(self, case: str = "r") -> dict[str, Any]:
        """The fields of the assignment that the lot gives."""
        drawn = lot(self.docket, self.case(case), self.now)
        assert drawn is not None
        return {"assessor": drawn.winner, "draw": drawn.to_json()}

    def assign(self, case: str = "r") -> str:
        """Everything from the declaration to the assignment; the assessor."""
        self.declare(case)
        for assessor in ("lab-a", "lab-b"):
            self.declare_interests(assessor, case)
        self.commit(case)
        self.reveal(case)
        self.file("review.assign", by="officer", case=case, **self.assignment(case))
        return self.assessor(case)

    def assessor(self, case: str = "r") -> str:
        return self.case(case).bound["assessor"]

    def protocol(self, purpose: str = "items", of: str = "r", **said: Any) -> dict[str, Any]:
        """The fields that lock a protocol in the case ``of``."""
        committed = self.commitment(self.secret(f"{of} {purpose}"))
        plan = {"threshold": "0.5", "zone": "0.1", "error_rate": RATE}
        protocol = {
            "model_digest": self.weights,
            "areas": [
                {"area": area, "min_items": 20, "max_items": 100, **plan}
                for area in self.book.areas
            ],
            "total_error_rate": "0.05",
            "correction": "bonferroni",
            "stopping_rule": "sequential",
            "finding_rule": "capability-threshold/v1",
            "item_seed_commitment": committed,
        }
        return {"protocol": protocol | said, "commitment": committed}

    def finding(self, found_on: str, found: str, of: str = "r", **said: Any) -> dict[str, Any]:
        """The fields of a finding whose numbers give its outcome, unless something else is said."""
        evidence = {
            "acceptable": {"e_below": "81", "e_above": "0.1", "items": 30},
            "unacceptable": {"e_below": "0.1", "e_above": "81", "items": 30},
            "inconclusive": {"e_below": "2", "e_above": "2", "items": 100},
        }[found]
        plan = {"threshold": "0.5", "zone": "0.1", "error_rate": RATE}
        statistics = {"area": found_on, "outcome": found, **plan, **evidence, **said}
        return {
            "area": found_on,
            "outcome": found,
            "statistics": statistics,
            "evidence": "cd" * 32,
            "value": self.secret(f"{of} items"),
        }

    def terms(self, **said: Any) -> dict[str, Any]:
        """Terms of an engagement."""
        agreed = {"methods": ["capability-testing"], "tier": 1, "starts_at": self.now}
        paid = {"access_days": 20, "funding": "pooled", "funding_share": "100"}
        return {**agreed, **paid, **said}

    def conformance(self, **said: Any) -> dict[str, Any]:
        """A record in which every condition of AEF-1 is met, save what is said otherwise."""
        met = {id_: {"outcome": "fulfilled"} for id_ in self.book.checklists["aef-1"].conditions}
        return {"checklist": "aef-1", "conditions": met | said}

    def engage(self, case: str = "r", **said: Any) -> str:
        """The engagement of the assessor, with terms and conformance; its case."""
        file, by = f"engagement-{case}", self.assessor(case)
        self.file("engagement.open", by=by, case=file, concerns=case)
        self.file("engagement.agree-terms", by=by, case=file, **self.terms(**said))
        record = self.conformance()
        self.file("engagement.attach-conformance", by=by, case=file, conformance=record)
        return file

    def lock(self, case: str = "r") -> None:
        """From the assignment to the start of testing."""
        self.engage(case)
        self.file(
            "review.lock-protocol", by=self.assessor(case), case=case, **self.protocol(of=case)
        )
        self.file(
            "review.contribute-seed", by="acme", case=case, value=self.secret(f"{case} acme items")
        )

    def find(self, outcomes: Mapping[str, str], case: str = "r") -> None:
        for area, outcome in outcomes.items():
            fields = self.finding(area, outcome, of=case)
            self.file("review.file-finding", by=self.assessor(case), case=case, **fields)

    def assessed(self, outcomes: Mapping[str, str] | str = "acceptable", case: str = "r") -> None:
        """A whole assessment: one outcome for all areas, or some that differ from acceptable."""
        self.assign(case)
        self.lock(case)
        fallback, different = (
            (outcomes, {}) if isinstance(outcomes, str) else ("acceptable", outcomes)
        )
        self.find({area: different.get(area, fallback) for area in self.book.areas}, case)
        self.file("review.conclude", by=self.assessor(case), case=case)

    def determine(self, act: str, case: str = "r") -> Entry:
        return self.file(f"review.{act}", by="decider", case=case, inputs=self.findings(case))

    def cleared(self, outcomes: Mapping[str, str] | str = "acceptable") -> None:
        """A review that ended in a clearance, issued."""
        self.assessed(outcomes)
        self.determine("clear" if outcomes == "acceptable" else "clear-with-conditions")
        self.issue()

    def issue(self) -> Entry:
        return self.file("review.issue-clearance", by="register", clearance={})

    def referred(self) -> None:
        """A review that ended in a referral for cybersecurity."""
        self.assessed({"cybersecurity": "unacceptable"})
        self.determine("refer")

    def restrict(self, case: str = "bar", *, petition: bool = True, **said: Any) -> Entry:
        """A restriction case, with the Agency's petition filed and countersigned, or without it."""
        fields = {"concerns": "r", "ground": "cybersecurity"} | said
        opened = self.file("restriction.open", by="officer", case=case, **fields)
        if petition:
            self.petition(case)
        return opened

    def petition(self, case: str = "bar", kind: str = "restriction", **said: Any) -> None:
        """A petition from its draft to the court."""
        self.file(f"{kind}.draft-petition", by="officer", case=case, **said)
        self.file(f"{kind}.countersign", by="counsel", case=case)
        self.file(f"{kind}.review-petition", by="reviewer", case=case)
        self.file(f"{kind}.file-petition", by="officer", case=case)

    def ordered(self, case: str = "bar", **said: Any) -> None:
        """A lasting order on a model that was referred, after notice and answer."""
        self.restrict(case, **said)
        self.file("restriction.give-notice", by="officer", case=case)
        self.file("restriction.answer", by="acme", case=case)
        self.file("restriction.order", by="judge", case=case)

    def snapshot_fields(self) -> dict[str, Any]:
        return snapshot(self.docket, self.now).to_fields()

    def snapshot(self, **said: Any) -> Entry:
        fields = self.snapshot_fields() | said
        return self.file("register.snapshot", by="register", case="register", **fields)


MakeWorld = Callable[..., World]


@pytest.fixture(scope="session")
def aaif() -> Iterator[Rulebook]:
    """The book of the mission; whatever was played under it, nobody wrote in it."""
    book = open_rulebook("aaif")
    yield book
    assert book == open_rulebook("aaif"), "a docket changed the law"


@pytest.fixture(scope="session")
def amended(aaif: Rulebook) -> Callable[..., Rulebook]:
    """The book with some of its text replaced; each passage stands in it exactly once."""

    def amend(*changes: tuple[str, str]) -> Rulebook:
        text = aaif.text.decode()
        for old, new in changes:
            assert text.count(old) == 1, f"{text.count(old)} times in the book: {old}"
            text = text.replace(old, new)
        return read_rulebook(text.encode(), "amended.yaml")

    return amend


@pytest.fixture(scope="session")
def make_world(aaif: Rulebook) -> MakeWorld:
    """A register with its parties enrolled and both assessors accredited."""

    def make(book: Rulebook = aaif) -> World:
        world = World(book)
        world.open()
        for id_, role in CAST.items():
            world.enrol(id_, role)
        for assessor in ("lab-a", "lab-b"):
            world.accredit(assessor)
        return world

    return make


@pytest.fixture(scope="session")
def bare_world() -> MakeWorld:
    """A register under a book of one's own, with nobody enrolled yet."""

    def make(book: Rulebook) -> World:
        world = World(book)
        world.open()
        return world

    return make


@pytest.fixture
def world(make_world: MakeWorld) -> Iterator[World]:
    """The register on which a scenario plays; at its end a stranger's replay must agree with it."""
    from holdshort.docket.replay import replay

    played = make_world()
    yield played
    replayed = replay(played.entries, played.book)
    assert replayed.fault is None
    assert replayed.acts == len(played.entries)
    assert replayed.docket.cases == played.docket.cases
    assert replayed.docket.frontier.root() == played.docket.frontier.root()
