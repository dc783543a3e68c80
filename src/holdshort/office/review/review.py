"""The review of one model, step by step.

Each step is an act that the register already has or that is filed now; nothing else is kept. So a
review can be interrupted anywhere, by Ctrl-C or by a crash, and the next run goes on from what the
register says:

- the values behind commitments are derived from the parties' keys and the case, never stored;
- the assessment keeps its own ledger of finished samples;
- the case of a model is named after the model and its weights, so the same model meets its case.
"""

import fcntl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from holdshort.docket.lots import commitment
from holdshort.docket.state import Case
from holdshort.errors import BadInput, Busy, StorageError
from holdshort.gate.manifest import Manifest
from holdshort.office.assessment import (
    Assessment,
    case_secret,
    check_model,
    locked_protocol,
    outdated_suites,
)
from holdshort.office.assignment import assign_fields, witness_fields
from holdshort.office.clearance import clearance_artefacts, clearance_fields
from holdshort.office.door import REGISTER, Document, Office, Receipt
from holdshort.office.opening import Opening, enrol, open_register
from holdshort.office.place import Place
from holdshort.office.review import cast
from holdshort.office.review.declaration import declaration, training_facts
from holdshort.office.review.determination import choose
from holdshort.office.review.events import Acted, Bytes, Listener, Note, Stage
from holdshort.office.review.qualification import accreditation, engagement
from holdshort.office.subject import Subject
from holdshort.register.act import Artefact
from holdshort.register.canonical import Json
from holdshort.rulebook.model import Rulebook

Fields = Mapping[str, Json] | Callable[[], Mapping[str, Json]]
"""What an act says; as a callable where it depends on the record, or costs something."""


@dataclass(frozen=True)
class Outcome:
    """Where the review ended. ``resumed`` says that nothing was left to do."""

    office: Office
    case: Case
    subject: Subject
    manifest: Manifest | None
    state: str
    resumed: bool


@contextmanager
def one_at_a_time(place: Place) -> Iterator[None]:
    """Let one review at a time run on a register.

    Raises:
        Busy: another one runs.
    """
    try:
        place.root.mkdir(parents=True, exist_ok=True)
        handle = (place.root / ".review.lock").open("w")
    except OSError as error:
        raise StorageError(
            f"Nothing can be written here: {error.strerror}.", where=str(place.root)
        ) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                "Another review is at work on this register.",
                where=str(place.root),
                do="Wait for it, or give this one a register of its own with --data.",
            ) from None
        yield


class Review:
    """A review at work on one register."""

    def __init__(self, place: Place, book: Rulebook, subject: Subject, tell: Listener) -> None:
        self.place = place
        self.book = book
        self.subject = subject
        self.tell = tell
        self.office: Office

    def run(self) -> Outcome:
        """Take the model as far as the law lets it go."""
        fresh = not self.place.database.exists()
        if fresh:
            self._check()
        self._open()
        self.manifest = self.subject.manifest(
            lambda done, total: self.tell(Bytes("reading the weights", done, total))
        )
        self.id = self.subject.case(self.manifest)
        if not fresh and self.id not in self.office.docket.cases:
            self._check()
        before = self.office.docket.size
        self.tell(Stage("parties"))
        self._enrol()
        self.tell(Stage("declaration"))
        self._declare()
        self.tell(Stage("assignment"))
        assessor = self._assign()
        self.tell(Stage("assessment"))
        self._assess(assessor)
        self.tell(Stage("determination"))
        self._determine()
        self._clear()
        resumed = self.office.docket.size == before
        if self._snapshot_is_old():
            self._acted(self.office.snapshot())
        return Outcome(self.office, self.case, self.subject, self.manifest, self._state(), resumed)

    @property
    def case(self) -> Case:
        """The case of the model under review."""
        return self.office.docket.cases[self.id]

    # ------------------------------------------------------------------ the steps

    def _check(self) -> None:
        """Stop at a wrong name or a broken facts file before any act names the model."""
        training_facts(self.subject)
        check_model(self.subject)

    def _open(self) -> None:
        self.tell(Stage("register"))
        if self.place.database.exists() and Office.is_open(self.place.root):
            self.office = Office.open(self.place.root)
            if self.office.book.digest != self.book.digest:
                raise BadInput(
                    f"This register applies {self.office.book.id} "
                    f"({self.office.book.digest[:12]}…), not {self.book.id} "
                    f"({self.book.digest[:12]}…).",
                    where=str(self.place.root),
                    do="Give the review a register of its own with --data.",
                )
            if not self.office.docket.charter.rehearsal:
                raise BadInput(
                    "This register is not a rehearsal; one person may not play its parties.",
                    where=str(self.place.root),
                )
            return
        opening = Opening("Rehearsal register", rehearsal=True)
        self.office, receipt = open_register(self.place, self.book, opening)
        self._acted(receipt)

    def _enrol(self) -> None:
        developer = cast.Member(cast.DEVELOPER, f"Developer of {self.subject.title}", "developer")
        for member in (*cast.OFFICES, developer, *cast.ASSESSORS):
            if member.id not in self.office.docket.parties:
                name = "Developer" if member is developer else member.name
                self._acted(enrol(self.office, member.id, name, member.role, cast.REGISTRAR))
        for member in cast.ASSESSORS:
            for step in accreditation(self.book, member.id):
                self._once(step.act, step.case, step.by, step.fields)

    def _declare(self) -> None:
        declared = declaration(self.subject, self.manifest)
        for line in declared.notes:
            self.tell(Note(line))
        self._once(
            "review.declare",
            self.id,
            cast.DEVELOPER,
            declared.fields,
            declared.artefacts,
        )
        coverage = self.case.facts["coverage"]
        clause = self.book.coverage.clause
        self.tell(Note(f"Coverage: {coverage}. {clause.says} [{clause.cite}]"))
        if coverage != "covered":
            otherwise = self.book.coverage.otherwise
            unknown = "Whether the law asks for a review cannot be told. "
            said = unknown if coverage == "indeterminate" else ""
            self.tell(Note(f"{said}The review goes on as a voluntary one. [{otherwise.cite}]"))

    def _assign(self) -> str:
        if not self.case.done("assign"):
            for member, interests in cast.ASSESSORS.items():
                self._once(
                    "review.declare-interests",
                    self.id,
                    member.id,
                    interests.to_fields(),
                )
        sides = (("developer", cast.DEVELOPER), ("authority", cast.CASE_OFFICER))
        # A draw that was voided has used its values up.
        voids = ("void-draw", "void-late-draw", "release-draw")
        number = sum(step.act in voids for step in self.case.steps) + 1
        values = {party: self._secret(party, f"draw-{number}") for _, party in sides}
        for side, party in sides:
            if not self.case.facts[f"{side}_committed"]:
                committed = {"commitment": commitment(values[party])}
                self._file(f"review.commit-{side}", party, committed)
        if not self.case.facts["draw_witnessed"]:
            self._file("review.witness-draw", REGISTER, witness_fields(self.office, self.case))
        for side, party in reversed(sides):  # the Agency first, and blind
            if not self.case.facts[f"{side}_revealed"]:
                self._file(f"review.reveal-{side}", party, {"value": values[party].hex()})
        self._once(
            "review.assign",
            self.id,
            cast.CASE_OFFICER,
            lambda: assign_fields(self.office, self.case),
        )
        return self.case.bound["assessor"]

    def _assess(self, assessor: str) -> None:
        if self.case.done("conclude"):
            return
        for step in engagement(self.book, self.id, assessor, self.office.now()):
            self._once(step.act, step.case, step.by, step.fields)
        self._lock(assessor)
        assessment = Assessment(self.office, self.case, assessor, self.subject)
        if self._state() == "locked":
            value = self._secret(cast.DEVELOPER, f"items-{assessment.folder.name}").hex()
            self._file("review.contribute-seed", cast.DEVELOPER, {"value": value})
        assessment.run(self.tell)
        evidence = assessment.evidence()
        for finding in assessment.findings():
            if not assessment.found(finding.area):
                fields = assessment.finding_fields(finding, evidence.sha256)
                self._file("review.file-finding", assessor, fields, [evidence])
        self._file("review.conclude", assessor, {"review": assessment.narrative()})

    def _lock(self, assessor: str) -> None:
        """Lock a protocol; a new one, in the open, if the suites have changed since.

        Once something has been found the protocol stays, and the campaign says what to install.
        """
        following = Assessment(self.office, self.case, assessor, self.subject, anew=True)
        if self._state() == "assigned":
            self._file("review.lock-protocol", assessor, following.locking())
            return
        outdated = outdated_suites(locked_protocol(self.case))
        if outdated and not any(following.found(area) for area in self.book.areas):
            reasons = f"The code of these suites changed before anything was found: {outdated}."
            fields = {**following.locking(), "reasons": reasons}
            self._file("review.change-protocol", assessor, fields)

    def _determine(self) -> None:
        if self._state() != "assessed":
            return
        choice = choose(self.office, self.case, cast.DECISION_MAKER)
        self.tell(Note(choice.says))
        self._file(choice.act, cast.DECISION_MAKER, choice.fields)

    def _clear(self) -> None:
        if self._state() in ("cleared", "conditional") and not self.case.facts["issued"]:
            fields = clearance_fields(self.office.docket, self.case, self.office.now())
            self._file("review.issue-clearance", REGISTER, fields, clearance_artefacts(self.case))

    # ------------------------------------------------------------------ how steps are taken

    def _once(
        self,
        act: str,
        case: str,
        by: str,
        fields: Fields,
        artefacts: Sequence[Artefact | Document] = (),
    ) -> None:
        """File an act unless the party has done it in this case already."""
        name = act.partition(".")[2]
        known = self.office.docket.cases.get(case)
        if known and any(step.act == name and step.by == by for step in known.steps):
            return
        said = fields() if callable(fields) else fields
        self._acted(self.office.file(act, case, by, said, artefacts))

    def _file(
        self,
        act: str,
        by: str,
        fields: Mapping[str, Json],
        artefacts: Sequence[Artefact | Document] = (),
    ) -> None:
        """File an act in the case under review."""
        self._acted(self.office.file(act, self.id, by, fields, artefacts))

    def _state(self) -> str:
        return self.office.docket.state(self.case, self.office.now())

    def _acted(self, receipt: Receipt) -> None:
        party = self.office.docket.parties[receipt.entry.act.by]
        self.tell(Acted(receipt, party.role))
        for follow in receipt.followed_by:
            self._acted(follow)

    def _secret(self, party: str, purpose: str) -> bytes:
        return case_secret(self.office, self.id, party, purpose)

    def _snapshot_is_old(self) -> bool:
        last = self.office.docket.last_snapshot
        return last is None or last.next_update <= self.office.now()
