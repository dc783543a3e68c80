"""Many at once through one door: shared transactions, and to each what is due to it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.utils import OperationalError

from holdshort.docket.docket import Docket
from holdshort.docket.refusal import Unlawful
from holdshort.docket.replay import replay
from holdshort.errors import BadInput, HoldshortError, RegisterError, StorageError
from holdshort.office.door import Document, Filing, Office, Receipt, Unpublished
from holdshort.office.opening import enrol
from holdshort.office.storage import database, sequencer
from holdshort.office.storage.documents import Papers
from holdshort.register.act import Act, Artefact
from holdshort.register.audit import audit_log
from holdshort.register.envelope import Envelope, add, sign
from holdshort.register.folder import Folder
from holdshort.register.keys import PrivateKey

Fields = Callable[..., dict[str, Any]]

pytestmark = [
    pytest.mark.parametrize("storage", ["sqlite", "postgresql"], indirect=True),
    pytest.mark.usefixtures("storage"),
]


def declared(case: str, by: str = "acme", **more: Any) -> Filing:
    return Filing("review.declare", case, by, {"model": "M", "facts": {}}, **more)


def sound(office: Office) -> bool:
    found = audit_log(office.folder, [office.docket.charter.verifier])
    held = found.leaves == [entry.leaf for entry in office.entries()]
    return found.ok and held and replay(found.entries, office.book).fault is None


@pytest.fixture
def transactions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each transaction wrote."""
    written: list[int] = []
    real = database.append

    def append(alias: str, rows: Any) -> None:
        rows = list(rows)
        written.append(len(rows))
        real(alias, rows)

    monkeypatch.setattr(sequencer, "append", append)
    return written


# ------------------------------------------------------------------ together


def test_threads_that_file_at_once_share_transactions_and_lose_nothing(
    office: Office, transactions: list[int]
) -> None:
    before, start = office.docket.size, threading.Barrier(8)

    def work(name: int) -> list[int]:
        start.wait()
        try:
            return [
                office.file(
                    "review.declare", f"case-{name}-{at}", "acme", {"model": "M", "facts": {}}
                ).entry.index
                for at in range(12)
            ]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(work, range(8)))
    assert sorted(index for each in told for index in each) == list(range(before, before + 96))
    assert all(each == sorted(each) for each in told)
    assert sum(transactions) == 96
    assert len(transactions) < 96
    assert sound(office)


def test_a_batch_is_one_transaction_and_one_publication_in_order(
    office: Office, transactions: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    published = []
    real = Folder.publish

    def publish(folder: Folder, *args: Any, **more: Any) -> None:
        published.append(args)
        real(folder, *args, **more)

    monkeypatch.setattr(Folder, "publish", publish)
    before = office.docket.size
    receipts = office.file_all([declared(f"case-{at}") for at in range(40)])
    assert [each.entry.index for each in receipts if isinstance(each, Receipt)] == list(
        range(before, before + 40)
    )
    assert transactions == [40]
    assert len(published) == 1
    assert sound(office)


def test_a_batch_larger_than_a_transaction_goes_on_in_the_next(
    office: Office, transactions: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "MOST_AT_ONCE", 7)
    receipts = office.file_all([declared(f"case-{at}") for at in range(20)])
    assert all(isinstance(each, Receipt) for each in receipts)
    assert transactions == [7, 7, 6]


def test_a_refusal_does_not_touch_those_beside_it(
    office: Office, tmp_path: Path, transactions: list[int]
) -> None:
    outcomes = office.file_all(
        [
            declared("one"),
            declared("two", by="beacon"),
            declared("one"),
            Filing("review.bar", "three", "acme", {}),
            declared("four", artefacts=[Document("gone", tmp_path / "gone")]),
            declared("five"),
        ]
    )
    assert [type(each) for each in outcomes] == [
        Receipt,
        Unlawful,
        Unlawful,
        BadInput,
        BadInput,
        Receipt,
    ]
    assert transactions == [2]
    assert sound(office)


def test_where_all_are_refused_nothing_is_published(office: Office) -> None:
    head = office.folder.checkpoint()
    (outcome,) = office.file_all([declared("two", by="beacon")])
    assert isinstance(outcome, Unlawful)
    assert office.folder.checkpoint() == head


def test_nothing_to_file_is_nothing_done(office: Office, transactions: list[int]) -> None:
    assert office.file_all([]) == []
    assert transactions == []


def test_a_defect_in_one_act_is_raised_and_the_others_stand(office: Office) -> None:
    def broken(at: str) -> dict[str, Any]:
        raise ZeroDivisionError(at)

    with pytest.raises(ZeroDivisionError):
        office.file_all([declared("one"), Filing("review.declare", "two", "acme", broken)])
    assert "one" in office.docket.cases
    assert sound(office)


def test_an_act_that_files_another_while_it_is_filed_is_a_defect_and_told_as_one(
    office: Office,
) -> None:
    def greedy(at: str) -> dict[str, Any]:
        office.file_all([declared("inner")])
        return {}

    with pytest.raises(RuntimeError, match="within the filing"):
        office.file("review.declare", "outer", "acme", greedy)
    assert office.file_all([declared("after")])


def test_standing_is_stated_once_for_a_batch(
    tmp_path: Path, scripted: Callable[..., Any], transactions: list[int]
) -> None:
    outcome = scripted(tmp_path / "data")
    office, case = outcome.office, outcome.case.id
    transactions.clear()
    said = {"reasons": "Drill."}
    receipts = office.file_all(
        [
            Filing("review.hold", case, "developer", said),
            Filing("review.release", case, "developer", said),
            Filing("review.hold", case, "developer", {"reasons": "In earnest."}),
        ]
    )
    assert transactions == [4]
    for receipt in receipts:
        assert isinstance(receipt, Receipt)
        (follow,) = receipt.followed_by
        assert follow.entry.act.type == "register.snapshot"
        assert follow.entry.index == office.docket.size - 1
    assert sound(office)


def test_readers_find_what_is_durable_while_others_file(office: Office) -> None:
    stop = threading.Event()
    seen: list[int] = []

    def read() -> None:
        try:
            while not stop.is_set():
                with office.reading() as docket:
                    seen.append(docket.size)
                    assert docket.size == len(list(office.entries()))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(read)
        for at in range(10):
            office.file_all([declared(f"case-{at}")])
        stop.set()
        reader.result()
    assert seen == sorted(seen)


# ------------------------------------------------------------------ a transaction fails


def failing(monkeypatch: pytest.MonkeyPatch, *, after: bool, error: Exception) -> None:
    """The next transaction fails: in its commit, before or ``after`` the database has done it."""
    real = database.writing
    state = {"failed": False}

    @contextmanager
    def writing(alias: str) -> Iterator[None]:
        if state["failed"]:
            with real(alias):
                yield
            return
        state["failed"] = True
        with real(alias):
            yield
            if not after:
                raise error
        raise error

    monkeypatch.setattr(sequencer, "writing", writing)


def test_where_the_commit_fails_nobody_is_told_yes_and_the_docket_is_the_log(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = office.docket.size
    failing(monkeypatch, after=False, error=OperationalError("disk I/O error"))
    outcomes = office.file_all([declared("one"), declared("two"), declared("x", by="beacon")])
    assert [type(each) for each in outcomes] == [StorageError, StorageError, Unlawful]
    assert "Nothing was recorded" in str(outcomes[0])
    assert office.docket.size == size
    assert not {"one", "two"} & office.docket.cases.keys()
    assert all(isinstance(e, Receipt) for e in office.file_all([declared("one"), declared("two")]))
    assert sound(office)


def test_a_commit_whose_answer_was_lost_is_looked_up_in_the_log(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, after=True, error=OperationalError("server closed the connection"))
    receipts = office.file_all([declared("one"), declared("two")])
    assert all(isinstance(each, Receipt) for each in receipts)
    assert sound(office)


def test_where_nobody_can_tell_whether_it_was_recorded_that_is_said(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, after=True, error=OperationalError("server closed the connection"))

    def unreachable(*_: object) -> Iterator[bytes]:
        if office.docket.size == 0:
            raise StorageError("The database cannot be reached.")
        return iter(())

    with monkeypatch.context() as away:
        away.setattr(sequencer, "leaves", unreachable)
        (outcome,) = office.file_all([declared("one")])
    assert isinstance(outcome, StorageError)
    assert "may be on the register or not" in str(outcome)
    office.sync()
    assert "one" in office.docket.cases


def test_an_interrupt_of_the_thread_that_files_for_all_leaves_the_others_to_file(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The leader is interrupted while a follower's act is in its batch: that one is filed."""
    main, real = threading.get_ident(), Docket.admit
    follower: list[object] = []
    joined = threading.Event()

    def work() -> None:
        try:
            follower.extend(office.file_all([declared("follower")]))
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)

    def fields(at: str) -> dict[str, Any]:
        thread.start()
        while len(office._sequencer._queue) < 2:
            joined.wait(0.001)
        return {"model": "M", "facts": {}}

    def admit(docket: Docket, entry: Any, **how: Any) -> None:
        real(docket, entry, **how)
        if threading.get_ident() == main and entry.act.case == "leader":
            raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(Docket, "admit", admit)
        with pytest.raises(KeyboardInterrupt):
            office.file("review.declare", "leader", "acme", fields)
    thread.join(30)
    assert [type(each) for each in follower] == [Receipt]
    assert "leader" not in office.docket.cases
    assert sound(office)


def test_all_who_wait_for_a_publication_that_fails_have_their_receipts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("No space left on device.", where="checkpoint")

    size = office.folder.size()
    with monkeypatch.context() as disk:
        disk.setattr(Folder, "publish", full)
        receipts = office.file_all([declared("one"), declared("two")])
        assert all(isinstance(e, Receipt) and "No space" in str(e.unpublished) for e in receipts)
        with pytest.raises(Unpublished, match="is on the register") as told:
            office.file("review.declare", "three", "acme", {"model": "M", "facts": {}})
        assert told.value.receipt.entry.act.case == "three"
    assert office.folder.size() == size
    office.file_all([declared("four")])
    assert office.folder.size() == size + 4
    assert sound(office)


# ------------------------------------------------------------------ signed elsewhere


@pytest.fixture
def pair(office: Office) -> list[PrivateKey]:
    """Two keys of the party ``twin``, both of which must sign, and neither of which is here."""
    keys = [PrivateKey.from_seed(bytes([number]) * 32) for number in (1, 2)]
    held = [key.public for key in keys]
    enrol(office, "twin", "Twin", "developer", "registrar", held=held, threshold=2)
    return keys


def act(office: Office, case: str, *artefacts: Artefact, at: str | None = None) -> bytes:
    book = office.law_of(case, "review.declare").digest
    return Act(
        office.docket.charter.origin,
        book,
        "review",
        "declare",
        case,
        "twin",
        at or office.now(),
        {"model": "M", "facts": {}},
        artefacts,
    ).to_payload()


def test_an_act_signed_elsewhere_by_enough_keys_is_filed_and_an_older_one_too(
    office: Office, pair: list[PrivateKey]
) -> None:
    early = sign(act(office, "early"), pair)
    document = Document("facts", b"the facts")
    envelope = add(sign(act(office, "late", document.artefact()), pair[:1]), pair[1:])
    receipt = office.submit(envelope, [document])
    assert receipt.entry.envelope == envelope
    assert office.folder.read_blob(document.artefact().sha256) == b"the facts"
    assert office.submit(early)
    assert sound(office)


@pytest.mark.parametrize(
    ("spoil", "error", "says"),
    [
        (lambda office, pair: sign(act(office, "a"), pair[:1]), RegisterError, "takes 2"),
        (
            lambda office, pair: sign(act(office, "a"), [*pair, PrivateKey.from_seed(b"3" * 32)]),
            RegisterError,
            "not known",
        ),
        (
            lambda office, pair: Envelope(
                act(office, "b"),
                "application/vnd.in-toto+json",
                sign(act(office, "a"), pair).signatures,
            ),
            RegisterError,
            "does not verify",
        ),
        (
            lambda office, pair: sign(act(office, "a", at="2999-01-01T00:00:00Z"), pair),
            BadInput,
            "yet to come",
        ),
        (lambda office, pair: sign(b"{}", pair), RegisterError, "lacks"),
    ],
)
def test_an_act_that_was_not_signed_as_it_should_is_refused_and_its_documents_stay_private(
    office: Office, pair: list[PrivateKey], spoil: Any, error: type[HoldshortError], says: str
) -> None:
    blobs = sorted(office.place.public.rglob("blobs/**/*"))
    size = office.docket.size
    with pytest.raises(error, match=says):
        office.submit(spoil(office, pair))
    assert office.docket.size == size
    assert sorted(office.place.public.rglob("blobs/**/*")) == blobs


def test_a_document_that_the_act_does_not_name_is_refused(
    office: Office, pair: list[PrivateKey]
) -> None:
    with pytest.raises(BadInput, match="names no such document"):
        office.submit(sign(act(office, "a"), pair), [Document("facts", b"the facts")])
    assert not (
        office.place.public / "blobs/sha256" / Document("f", b"the facts").artefact().sha256[:2]
    ).exists()


def test_documents_of_an_act_that_lacks_a_signature_are_not_published(
    office: Office, pair: list[PrivateKey]
) -> None:
    document = Document("facts", b"the facts of nobody")
    with pytest.raises(RegisterError, match="takes 2"):
        office.submit(sign(act(office, "a", document.artefact()), pair[:1]), [document])
    with pytest.raises(RegisterError, match="not published"):
        office.folder.read_blob(document.artefact().sha256)


def test_the_same_act_is_not_entered_again_with_the_signatures_of_others_left_out(
    office: Office,
) -> None:
    keys = [PrivateKey.from_seed(bytes([number]) * 32) for number in (4, 5, 6)]
    enrol(office, "twin", "T", "developer", "registrar", held=[k.public for k in keys], threshold=2)
    payload = act(office, "once")
    office.submit(sign(payload, keys))
    size = office.docket.size
    with pytest.raises(HoldshortError):
        office.submit(sign(payload, keys[:2]))
    assert office.docket.size == size


def test_what_nobody_can_tell_of_is_not_entered_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted while it commits, and the log cannot be asked: the others are told so."""
    waiting = sequencer.Ticket(office._entering(declared("other"), Papers(office.folder)))
    office._sequencer._queue.append(waiting)
    writing = database.writing

    def unreachable(*_: object) -> Iterator[bytes]:
        raise StorageError("The server cannot be reached.")

    @contextmanager
    def interrupted(alias: str) -> Iterator[None]:
        with writing(alias):
            yield
        crash.setattr(sequencer, "leaves", unreachable)
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(sequencer, "writing", interrupted)
        with pytest.raises(KeyboardInterrupt):
            office.file_all([declared("mine")])
    assert waiting.settled
    assert "may be on the register or not" in str(waiting.fault)
    office.publish()
    assert [e.act.case for e in office.entries()].count("other") == 1
    assert sound(office)
