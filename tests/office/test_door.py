"""The one door: what goes through it, what does not, and what it leaves behind."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.docket.refusal import Unlawful
from holdshort.docket.replay import replay
from holdshort.errors import BadInput, KeyFileError, RegisterError, StorageError
from holdshort.office.door import Office
from holdshort.office.opening import enrol
from holdshort.register.audit import audit_log
from holdshort.register.entry import Entry
from holdshort.register.envelope import verify
from holdshort.register.folder import Folder
from holdshort.register.status import Status

Fields = Callable[..., dict[str, Any]]

pytestmark = [
    pytest.mark.parametrize("storage", ["sqlite", "postgresql"], indirect=True),
    pytest.mark.usefixtures("storage"),
]


def published(office: Office) -> dict[str, str]:
    """Every published file with its digest."""
    root = office.place.public
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


def sound(office: Office) -> bool:
    """Whether a stranger finds the log whole and every act lawful."""
    found = audit_log(office.folder, [office.docket.charter.verifier])
    return found.ok and replay(found.entries, office.book).fault is None


# ------------------------------------------------------------------ an act goes through


def test_an_act_is_appended_signed_by_its_party_and_published(
    office: Office, declare: Fields
) -> None:
    before = office.docket.size
    receipt = office.file("review.declare", "review-1", "acme", declare())
    entry = receipt.entry
    assert entry.index == before
    assert office.docket.size == before + 1
    assert verify(entry.envelope, office.docket.parties["acme"].keyring) == entry.envelope.keyids
    assert office.folder.leaf(before) == entry.leaf
    assert office.folder.head().root == office.docket.frontier.root()
    assert receipt.rule.clause.cite.startswith("aaif")
    assert sound(office)


def test_what_one_office_files_another_on_the_same_register_takes_in(
    office: Office, declare: Fields
) -> None:
    other = Office.open(office.place.root)
    office.file("review.declare", "review-1", "acme", declare())
    receipt = other.file("review.declare", "review-2", "acme", declare())
    assert receipt.entry.index == office.docket.size
    office.sync()
    assert set(office.docket.cases) >= {"review-1", "review-2"}
    assert sound(office)


def test_fields_may_follow_from_the_instant_of_the_act(office: Office, declare: Fields) -> None:
    seen = []

    def fields(at: str) -> dict[str, Any]:
        seen.append(at)
        return declare()

    assert office.file("review.declare", "review-1", "acme", fields).entry.act.at == seen[0]


def test_no_act_is_dated_before_the_last_one(
    office: Office, declare: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = office.docket.last_at
    monkeypatch.setattr("holdshort.office.door.stamp", lambda moment: "2001-01-01T00:00:00Z")
    assert office.file("review.declare", "review-1", "acme", declare()).entry.act.at == last


# ------------------------------------------------------------------ an act does not


@pytest.mark.parametrize(
    ("act", "by", "says"),
    [
        ("review.declare", "beacon", "Only the developer"),
        ("review.declare", "nobody", "not enrolled"),
        ("review.clear", "decider", "There is no case review-1"),
        ("review.clear", "beacon", "Only the authority's decision maker"),
    ],
)
def test_a_refused_act_leaves_everything_as_it_was(
    office: Office, declare: Fields, act: str, by: str, says: str
) -> None:
    files, size, cases = published(office), office.docket.size, set(office.docket.cases)
    rows = list(office.entries())
    fields = declare() if act == "review.declare" else {}
    with pytest.raises(Unlawful, match=says) as refused:
        office.file(act, "review-1", by, fields)
    assert refused.value.clause
    assert (office.docket.size, set(office.docket.cases)) == (size, cases)
    assert list(office.entries()) == rows
    assert published(office) == files
    office.file("review.declare", "review-1", "acme", declare())
    assert sound(office)


def test_an_unknown_field_is_refused_with_the_known_ones(office: Office, declare: Fields) -> None:
    with pytest.raises(BadInput, match="no field 'colour'") as refused:
        office.file("review.declare", "review-1", "acme", declare(colour="red"))
    assert "training_compute" in str(refused.value.do)


def test_an_unknown_act_is_refused_with_the_known_ones(office: Office) -> None:
    with pytest.raises(BadInput, match=r"no act 'review\.bar'"):
        office.file("review.bar", "review-1", "officer", {})


def test_a_case_id_that_is_none_is_refused(office: Office, declare: Fields) -> None:
    with pytest.raises(BadInput, match="not a valid case"):
        office.file("review.declare", "Not A Case", "acme", declare())


def test_a_field_that_cannot_be_written_down_is_refused(office: Office, declare: Fields) -> None:
    size = office.docket.size
    with pytest.raises(BadInput):
        office.file("review.declare", "review-1", "acme", declare(facts={"loss": 0.5}))
    assert office.docket.size == size


def test_an_act_too_large_for_a_log_entry_is_refused_and_nothing_is_recorded(
    office: Office, declare: Fields
) -> None:
    size = office.docket.size
    with pytest.raises(BadInput, match="65,535"):
        office.file("review.declare", "review-1", "acme", declare(facts={"a": "x" * 70_000}))
    assert Office.open(office.place.root).docket.size == size


def test_a_key_that_others_can_read_signs_nothing(office: Office, declare: Fields) -> None:
    size = office.docket.size
    office.place.key("acme").chmod(0o644)
    again = Office.open(office.place.root)  # a key that was read once need not be read again
    with pytest.raises(KeyFileError, match="chmod 600"):
        again.file("review.declare", "review-1", "acme", declare())
    assert again.docket.size == size
    office.place.key("acme").chmod(0o600)
    again.file("review.declare", "review-1", "acme", declare())


def test_another_partys_key_under_a_partys_name_signs_nothing(
    office: Office, declare: Fields
) -> None:
    acme, beacon = office.place.key("acme"), office.place.key("beacon")
    acme.write_bytes(beacon.read_bytes())
    size = office.docket.size
    again = Office.open(office.place.root)
    with pytest.raises(KeyFileError, match="acme"):
        again.file("review.declare", "review-1", "acme", declare())
    assert again.docket.size == size == Office.open(office.place.root).docket.size


def test_an_act_that_is_on_the_register_already_cannot_be_entered_again(
    tmp_path: Path, scripted: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two acts of the same words in one second have the same bytes: so would a replay."""
    outcome = scripted(tmp_path / "data")
    office, case, says = outcome.office, outcome.case.id, {"reasons": "Drill."}
    later = "2090-01-01T00:00:00Z"
    monkeypatch.setattr("holdshort.office.door.stamp", lambda moment: later)
    office.file("review.hold", case, "developer", says)
    office.file("review.release", case, "developer", says)
    size = office.docket.size
    with pytest.raises(BadInput, match="on the register already") as refused:
        office.file("review.hold", case, "developer", says)
    assert "a second later" in str(refused.value.do)
    assert office.docket.size == size
    assert office.docket.last_snapshot.statuses == (Status.VALID,)
    later = "2090-01-01T00:00:01Z"
    office.file("review.hold", case, "developer", says)
    assert sound(office)


# ------------------------------------------------------------------ where clearances stand


def test_a_change_of_standing_is_stated_at_once(
    tmp_path: Path, scripted: Callable[..., Any]
) -> None:
    outcome = scripted(tmp_path / "data")
    office, case = outcome.office, outcome.case.id
    assert office.docket.last_snapshot.statuses == (Status.VALID,)
    held = office.file("review.hold", case, "developer", {"reasons": "Weaker safeguards."})
    assert [follow.entry.act.type for follow in held.followed_by] == ["register.snapshot"]
    assert office.docket.last_snapshot.statuses == (Status.SUSPENDED,)
    freed = office.file("review.release", case, "developer", {"reasons": "Mended."})
    assert office.docket.last_snapshot.statuses == (Status.VALID,)
    assert freed.followed_by[0].entry.index == office.docket.size - 1
    assert sound(office)


def test_an_act_that_changes_no_standing_is_not_followed_by_a_snapshot(
    tmp_path: Path, scripted: Callable[..., Any], declare: Fields
) -> None:
    office = scripted(tmp_path / "data").office
    assert not office.file("review.declare", "another", "developer", declare()).followed_by


def test_a_snapshot_that_a_crash_prevented_is_made_good_when_the_register_is_opened(
    tmp_path: Path, scripted: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = scripted(tmp_path / "data")
    with monkeypatch.context() as crash:
        crash.setattr(Office, "_restatement_is_due", lambda self: False)
        outcome.office.file("review.hold", outcome.case.id, "developer", {"reasons": "Pause."})
    assert outcome.office.docket.last_snapshot.statuses == (Status.VALID,)
    assert Office.open(tmp_path / "data").docket.last_snapshot.statuses == (Status.SUSPENDED,)  # type: ignore[union-attr]


def test_a_snapshot_that_ran_out_is_renewed_when_the_register_is_opened(
    tmp_path: Path, scripted: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = scripted(tmp_path / "data").office.docket.last_snapshot
    later = "2090-01-01T00:00:00Z"
    monkeypatch.setattr("holdshort.office.door.stamp", lambda moment: later)
    again = Office.open(tmp_path / "data").docket.last_snapshot
    assert again is not None
    assert (again.sequence, again.issued_at) == (first.sequence + 1, later)


def test_a_snapshot_is_true_at_its_own_instant_even_if_the_clock_ticks_while_it_is_made(
    tmp_path: Path, scripted: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = scripted(tmp_path / "data").office
    ticks = iter(f"2090-01-01T00:00:{second:02}Z" for second in range(60))
    monkeypatch.setattr("holdshort.office.door.stamp", lambda moment: next(ticks))
    entry = office.snapshot().entry
    assert entry.act.fields["issued_at"] == entry.act.at


# ------------------------------------------------------------------ publication


def test_a_crash_between_commit_and_publication_is_made_good_at_the_next_opening(
    office: Office, declare: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = office.folder.head()
    with monkeypatch.context() as crash:
        crash.setattr(Folder, "publish", _crash)
        with pytest.raises(KeyboardInterrupt):
            office.file("review.declare", "review-1", "acme", declare())
    assert office.folder.head() == before
    again = Office.open(office.place.root)
    assert again.folder.head().size == before.size + 1
    assert "review-1" in again.docket.cases
    assert sound(again)


def test_an_interrupt_in_the_middle_of_an_act_leaves_the_docket_as_the_log(
    office: Office, declare: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    from holdshort.docket.docket import Docket

    real, size = Docket.admit, office.docket.size

    def admit(docket: Docket, entry: Entry, **how: Any) -> None:
        real(docket, entry, **how)
        if entry.index == size:
            raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(Docket, "admit", admit)
        with pytest.raises(KeyboardInterrupt):
            office.file("review.declare", "review-1", "acme", declare())
    assert office.docket.size == size
    assert "review-1" not in office.docket.cases
    assert office.file("review.declare", "review-1", "acme", declare()).entry.index == size
    assert sound(office)


def test_an_act_whose_publication_fails_is_said_to_be_on_the_register(
    office: Office, declare: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("No space left on device.", where="checkpoint")

    size = office.docket.size
    with monkeypatch.context() as disk:
        disk.setattr(Folder, "publish", full)
        with pytest.raises(StorageError, match=rf"on the register \(entry {size}\)") as failed:
            office.file("review.declare", "review-1", "acme", declare())
    assert "Do not file it again" in str(failed.value.do)
    again = Office.open(office.place.root)
    assert again.folder.head().size == size + 1


def test_an_open_register_that_is_published_asks_for_no_key(office: Office) -> None:
    office.place.key("register").rename(office.place.root / "elsewhere.key")
    assert Office.open(office.place.root).docket.size == office.docket.size


def test_a_missing_rulebook_document_is_named(office: Office) -> None:
    office.folder.open_blob(office.book.digest).unlink()
    with pytest.raises(RegisterError, match=office.book.digest):
        Office.open(office.place.root)


def test_a_rulebook_document_that_was_tampered_with_is_named(office: Office) -> None:
    office.folder.open_blob(office.book.digest).write_bytes(b"rulebook: none")
    with pytest.raises(RegisterError, match="digest"):
        Office.open(office.place.root)


# ------------------------------------------------------------------ parties


def test_a_party_whose_enrolment_is_refused_leaves_no_key(office: Office) -> None:
    with pytest.raises(Unlawful, match="role = 'king'"):
        enrol(office, "arthur", "Arthur", "king", "registrar")
    assert not office.place.key("arthur").exists()


def test_enrolling_someone_twice_leaves_the_key_alone(office: Office) -> None:
    key = office.place.key("acme").read_bytes()
    with pytest.raises(Unlawful, match="enrolled already"):
        enrol(office, "acme", "Acme", "developer", "registrar")
    assert office.place.key("acme").read_bytes() == key


@pytest.mark.parametrize("party", ["../evil", "a/b", "", "A", ".hidden", "x" * 200])
def test_a_party_id_cannot_leave_the_keys_folder(office: Office, party: str) -> None:
    before = sorted(office.place.root.rglob("*.key"))
    with pytest.raises(BadInput, match="party id"):
        enrol(office, party, "Evil", "developer", "registrar")
    assert sorted(office.place.root.rglob("*.key")) == before


def test_a_suspended_party_files_nothing_more(office: Office, declare: Fields) -> None:
    office.file(
        "register.suspend-party", "register", "registrar", {"party": "acme", "reasons": "Lost key."}
    )
    with pytest.raises(Unlawful, match="suspended"):
        office.file("review.declare", "review-1", "acme", declare())


def _crash(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
