"""Sealed matter is there before its act is, opens for its readers, and ends with their keys."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from holdshort.docket.refusal import Unlawful
from holdshort.errors import BadInput, KeyFileError, Refused, RegisterError
from holdshort.office.door import Document, Office
from holdshort.office.opening import Opening as RegisterOpening
from holdshort.office.opening import enrol, open_register
from holdshort.office.place import Place
from holdshort.office.sealing.filing import Plan, blob_of, open_act, sealing
from holdshort.office.sealing.readers import held_path, holders, identity_path, make_reader, release
from holdshort.office.sealing.retention import retentions
from holdshort.register.canonical import Json
from holdshort.register.entry import Entry
from holdshort.register.sealing.values import Opening, Setting, seal, sealed_fields
from holdshort.rulebook.load import open_rulebook

SECRET = "learning rate 3e-4"
REDACT: Mapping[str, Json] = {
    "document": "ab" * 32,
    "unredacted": "cd" * 32,
    "ground": "trade secrets",
    "character": "A training recipe.",
    "justification": "Rivals would copy it.",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register under SB 53, on which acme has declared a model; not to be changed."""
    place = Place(tmp_path_factory.mktemp("made") / "data")
    opening = RegisterOpening("Test", rehearsal=False)
    office, _ = open_register(place, open_rulebook("us-ca-sb53"), opening)
    enrol(office, "acme", "Acme", "developer", "registrar")
    enrol(office, "oes", "Emergency Services", "authority.emergency-services", "registrar")
    enrol(office, "court", "Court", "court", "registrar")
    facts: dict[str, Json] = {"model": "M", "facts": {}, "training_compute": "2e26"}
    office.file("review.declare", "review-1", "acme", facts)
    close_databases()
    return place.root


def close_databases() -> None:
    """What a process that ends does: the write-ahead log folded in."""
    from django.db import connections

    connections.close_all()


@pytest.fixture
def office(made: Path, tmp_path: Path) -> Office:
    """A copy of it."""
    return Office.open(Path(shutil.copytree(made, tmp_path / "data")))


def plan(**other: object) -> Plan:
    given: dict[str, object] = {
        "act": "review.redact",
        "case": "review-1",
        "by": "acme",
        "fields": REDACT,
        "documents": [Document("report.md", SECRET.encode())],
        "seals": {"unredacted": "trade-secret", "report.md": "trade-secret"},
        "readers": ("oes",),
    }
    return Plan(**{**given, **other})  # type: ignore[arg-type]


def filed(office: Office, what: Plan) -> Entry:
    with sealing(office, what) as (fields, documents):
        return office.file(what.act, what.case, what.by, fields, documents).entry


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_its_readers_open_what_was_sealed_and_it_is_what_was_committed_to(office: Office) -> None:
    entry = filed(office, plan())
    for reader in ("acme", "oes"):
        opened = open_act(office.place, entry, reader)
        assert opened.openings["unredacted"].value == "cd" * 32
        assert opened.documents == {"report.md": SECRET.encode()}


def test_the_public_register_holds_neither_matter_nor_key(office: Office) -> None:
    entry = filed(office, plan())
    public = everything_in(office.place.public)
    assert SECRET.encode() not in public
    assert b"cd" * 32 not in entry.envelope.payload
    assert b"AGE-SECRET-KEY" not in public
    assert {path.stat().st_mode & 0o777 for path in office.place.keys.rglob("*.age")} == {0o600}
    assert sealed_fields(entry.act)["unredacted"].held_by == ("acme", "oes")


def test_who_is_no_reader_opens_nothing_not_even_with_anothers_copy(office: Office) -> None:
    entry = filed(office, plan())
    with pytest.raises(KeyFileError, match="court holds no key"):
        open_act(office.place, entry, "court")
    make_reader(office.place, "court")
    blob = blob_of(office.place, entry)
    held_path(office.place, blob, "court").write_bytes(
        held_path(office.place, blob, "acme").read_bytes()
    )
    held_path(office.place, blob, "court").chmod(0o600)
    with pytest.raises(Refused, match="other readers"):
        open_act(office.place, entry, "court")


def test_a_destroyed_key_ends_access_for_that_reader_and_the_act_stays(office: Office) -> None:
    entry = filed(office, plan())
    blob = blob_of(office.place, entry)
    release([held_path(office.place, blob, "oes")])
    with pytest.raises(KeyFileError, match="destroyed"):
        open_act(office.place, entry, "oes")
    assert holders(office.place, blob) == ["acme"]
    release([held_path(office.place, blob, "acme")])
    assert not (office.place.keys / "sealed" / blob).exists()
    assert office.folder.read_blob(blob).startswith(b"age-encryption.org/v1")
    assert Entry.parse(entry.index, office.folder.leaf(entry.index)) == entry


def test_a_readers_own_identity_opens_no_public_file_by_itself(office: Office) -> None:
    """What ends access is the act's own key: nothing public is encrypted to a lasting identity."""
    from holdshort.office.sealing.readers import load_identity
    from holdshort.register.sealing.age import decrypt

    entry = filed(office, plan())
    for artefact in entry.act.artefacts:
        if artefact.name.endswith(".age"):
            with pytest.raises(Refused, match="other readers"):
                decrypt(
                    office.folder.read_blob(artefact.sha256),
                    [load_identity(office.place, "acme")],
                    artefact.name,
                )


def test_an_act_that_is_refused_leaves_no_key(office: Office) -> None:
    lacking = {name: value for name, value in REDACT.items() if name != "justification"}
    with pytest.raises(Unlawful, match="justification"):
        filed(office, plan(fields=lacking))
    assert not list(office.place.keys.glob("sealed/*"))


def test_a_crash_before_the_act_is_filed_leaves_keys_that_open_nothing(office: Office) -> None:
    with pytest.raises(KeyboardInterrupt), sealing(office, plan()):
        raise KeyboardInterrupt
    assert office.docket.size == 5
    (left,) = office.place.keys.glob("sealed/*")
    with pytest.raises(RegisterError, match="not published"):
        office.folder.read_blob(left.name)


@pytest.mark.parametrize(
    ("other", "error", "why"),
    [
        ({"seals": {"document": "trade-secret"}}, Refused, "does not let document"),
        ({"seals": {"unredacted": "spite"}}, Refused, "on the ground 'spite'"),
        ({"seals": {"nothing": "trade-secret"}}, BadInput, "nothing to seal"),
        ({"readers": ("nobody",)}, BadInput, "no party 'nobody'"),
        ({"fields": {**REDACT, "unredacted": "short"}}, BadInput, "64 lower-case"),
    ],
)
def test_what_may_not_be_sealed_is_refused_before_anything_is_written(
    office: Office, other: dict[str, object], error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        filed(office, plan(**other))
    assert not list(office.place.keys.glob("sealed/*"))
    assert office.docket.size == 5


def test_whole_documents_are_sealed_only_where_the_book_says_so(office: Office) -> None:
    documents = [Document("facts.json", b"{}")]
    declared: Mapping[str, Json] = {"model": "N", "facts": {}}
    with pytest.raises(Refused, match=r"the document facts\.json"):
        filed(
            office,
            plan(
                act="review.declare",
                case="review-2",
                fields=declared,
                documents=documents,
                seals={"facts.json": "trade-secret"},
            ),
        )


def test_an_author_that_commits_to_something_else_is_found_out_by_the_first_reader(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lying(openings: Iterable[Opening], setting: Setting, recipient: str) -> bytes:
        told = {each.name: each for each in openings}
        told["unredacted"] = replace(told["unredacted"], value="ef" * 32)
        return seal(told.values(), setting, recipient)

    monkeypatch.setattr("holdshort.office.sealing.filing.seal", lying)
    entry = filed(office, plan())
    monkeypatch.undo()
    with pytest.raises(RegisterError, match="not the one that was committed to"):
        open_act(office.place, entry, "oes")


def test_an_act_without_sealed_matter_is_filed_as_it_is(office: Office) -> None:
    entry = filed(office, plan(seals={}))
    assert entry.act.fields == REDACT
    with pytest.raises(BadInput, match="Nothing of entry"):
        blob_of(office.place, entry)


def test_a_locked_identity_is_asked_for_its_passphrase(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDSHORT_PASSPHRASE", "secret words")
    make_reader(office.place, "court")
    assert b"AGE-SECRET-KEY" not in identity_path(office.place, "court").read_bytes()
    monkeypatch.delenv("HOLDSHORT_PASSPHRASE")
    entry = filed(office, plan(readers=("court",)))
    asked: list[str] = []

    def ask(what: str) -> bytes:
        asked.append(what)
        return b"secret words"

    assert open_act(office.place, entry, "court", ask).documents
    assert len(asked) == 1
    with pytest.raises(KeyFileError, match="locked"):
        open_act(office.place, entry, "court")


def test_an_identity_that_others_can_read_is_refused(office: Office) -> None:
    entry = filed(office, plan())
    identity_path(office.place, "oes").chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        open_act(office.place, entry, "oes")


def test_what_is_kept_is_counted_by_the_duty_to_keep_it(
    office: Office, later: Callable[[int], str]
) -> None:
    entry = filed(office, plan())
    (now,) = retentions(office.docket, entry, entry.act.at)
    assert (now.status, now.retention.id) == ("running", "unredacted")
    assert "5 years" in now.derivation
    assert now.stands_against_destroying
    assert now.binds("developer")
    assert not now.binds("authority.emergency-services")
    (after,) = retentions(office.docket, entry, later(6))
    assert (after.status, after.until) == ("over", now.until)
    assert not after.stands_against_destroying
    assert "Whether it is destroyed then, the source does not say." in str(after)


@pytest.fixture
def later() -> Callable[[int], str]:
    """An instant so many years from the acts of the test."""
    from datetime import UTC, datetime

    return lambda years: f"{datetime.now(UTC).year + years}-12-31T00:00:00Z"


def test_where_the_source_sets_no_time_it_is_unknown(office: Office) -> None:
    entry = filed(
        office,
        plan(
            act="review.send-internal-use-summary",
            fields={"summary": "ab" * 32},
            documents=[],
            seals={"summary": "in-confidence"},
        ),
    )
    (kept,) = retentions(office.docket, entry, entry.act.at)
    assert (kept.status, kept.until) == ("unknown", None)
    assert not kept.stands_against_destroying
