"""Publishing with witnesses: nothing is shown that too few have seen, and nobody waits in vain."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from holdshort.errors import RegisterError
from holdshort.office.door import REGISTER, Filing, Office, Receipt, Unpublished
from holdshort.office.keys.keyring import Keyring
from holdshort.office.mirrors import Mirrors
from holdshort.office.opening import Opening, enrol, open_register
from holdshort.office.place import Place
from holdshort.office.publishing import Publisher
from holdshort.office.shown import Shown
from holdshort.register.checkpoint import parse_checkpoint
from holdshort.register.cosignature import Cosigner
from holdshort.register.keys import Ed25519Key, PrivateKey
from holdshort.register.note import Note, NoteVerifier
from holdshort.register.policy import Policy
from holdshort.register.witness.state import FolderState
from holdshort.register.witness.witness import KnownLog, Request, Witness
from holdshort.rulebook.model import Rulebook

Fields = Callable[..., dict[str, Any]]


@dataclass
class Served:
    """A real witness behind a small server that can be silent or slow."""

    witness: Witness
    silent: bool = False
    shows: bool = True
    seconds: float = 0.0
    asked: int = 0
    url: str = ""
    sizes: list[int] = field(default_factory=list)
    """Of the checkpoints that it was asked to cosign."""

    def answer(self, body: bytes) -> tuple[int, str, bytes]:
        self.asked += 1
        note = Note.parse(Request.parse(body).checkpoint)
        self.sizes.append(parse_checkpoint(note.text).size)
        time.sleep(self.seconds)
        if self.silent:
            return 503, "text/plain", b"closed\n"
        answer = self.witness.add_checkpoint(body)
        return answer.status, answer.content_type, answer.body


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "data")


@pytest.fixture
def witness(place: Place, book: Rulebook, tmp_path: Path) -> Iterator[Served]:
    """A witness that follows the register that is about to open."""
    (key,) = Keyring(place).own(REGISTER)
    assert isinstance(key.public, Ed25519Key)
    origin = f"holdshort.dev/{book.id}/{key.keyid[:12]}"
    log = KnownLog(origin, (NoteVerifier(origin, key.public),))
    cosigner = Cosigner("witness.example/w", PrivateKey.from_seed(b"w" * 32))
    served = Served(Witness([cosigner], [log], FolderState.create(tmp_path / "state")))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self._send(*served.answer(body))

        def do_GET(self) -> None:
            held = served.witness.latest(origin) if served.shows else None
            self._send(200 if held else 404, "text/plain", held.note.to_bytes() if held else b"")

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def policy(witness: Served) -> str:
    (cosigner,) = witness.witness.cosigners
    return f"witness w {cosigner.verifier.vkey} {witness.url}\nquorum w\n"


@pytest.fixture
def witnessed(place: Place, book: Rulebook, policy: str) -> Office:
    office, _ = open_register(place, book, Opening("Test", rehearsal=False, witness_policy=policy))
    enrol(office, "acme", "Acme", "developer", "registrar")
    return office


def check(office: Office, policy: str) -> int:
    """The published checkpoint, as a relying party checks it; its size."""
    held = Policy.parse(policy, log=office.docket.charter.verifier)
    return held.check(office.folder.checkpoint()).checkpoint.size


def test_what_is_published_is_cosigned(witnessed: Office, policy: str, declare: Fields) -> None:
    receipt = witnessed.file("review.declare", "one", "acme", declare())
    assert check(witnessed, policy) == receipt.entry.index + 1


def test_without_the_quorum_acts_stay_and_the_folder_keeps_its_last_checkpoint(
    witnessed: Office, witness: Served, policy: str, declare: Fields
) -> None:
    head, size = witnessed.folder.checkpoint(), witnessed.docket.size
    witness.silent = True
    with pytest.raises(Unpublished, match=r"quorum of witnesses is not met") as told:
        witnessed.file("review.declare", "one", "acme", declare())
    assert told.value.receipt.entry.index == size
    assert "Do not file it again" in str(told.value)
    assert witnessed.folder.checkpoint() == head
    with pytest.raises(RegisterError, match="quorum"):
        Office.open(witnessed.place.root)
    witness.silent = False
    again = Office.open(witnessed.place.root)
    assert "one" in again.docket.cases
    assert check(again, policy) == size + 1


def test_slow_witnesses_do_not_keep_others_from_filing(
    witnessed: Office, witness: Served, policy: str
) -> None:
    """While one publication waits, the next acts become durable, and share the next one."""
    witness.seconds = 0.4
    asked, before = witness.asked, witnessed.docket.size

    def work(number: int) -> None:
        try:
            filing = Filing("review.declare", f"c-{number}", "acme", {"model": "M", "facts": {}})
            (outcome,) = witnessed.file_all([filing])
            assert isinstance(outcome, Receipt)
            assert outcome.unpublished is None
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
        time.sleep(0.03)
    time.sleep(0.1)
    durable = len(list(witnessed.entries()))
    for thread in threads:
        thread.join()
    assert durable == before + 6, "all are on the register while the first still is published"
    assert witness.asked - asked <= 3
    assert check(witnessed, policy) == before + 6


def test_a_witness_tells_what_both_folder_and_database_have_forgotten(
    witnessed: Office, declare: Fields, tmp_path: Path
) -> None:
    connections.close_all()
    old = shutil.copytree(witnessed.place.root, tmp_path / "old")
    witnessed.file("review.declare", "one", "acme", declare())
    connections.close_all()
    stale = Office.open(Path(old))  # it agrees with itself: it can be read
    size = stale.docket.size
    with pytest.raises(RegisterError, match=r"The witness at .* Do not go on from this copy"):
        stale.file("review.declare", "two", "acme", declare())
    assert len(list(stale.entries())) == size


def test_a_witness_that_has_cosigned_what_a_crash_kept_from_the_folder_is_no_fork(
    witnessed: Office, policy: str, declare: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    from holdshort.register.folder import Folder

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crashing:
        crashing.setattr(Folder, "publish", crash)
        with pytest.raises(KeyboardInterrupt):
            witnessed.file("review.declare", "one", "acme", declare())
    again = Office.open(witnessed.place.root)
    again.file("review.declare", "two", "acme", declare())
    assert check(again, policy) == again.docket.size


def test_a_mirror_that_is_away_is_told_and_made_good_by_the_next_publication(
    place: Place, book: Rulebook, declare: Fields, tmp_path: Path
) -> None:
    place.root.mkdir()
    mirror = tmp_path / "away" / "mirror"
    place.settings_file.write_text(f'[publish]\nmirrors = ["{mirror}"]\n')
    office, _ = open_register(place, book, Opening("Test", rehearsal=False))
    enrol(office, "acme", "Acme", "developer", "registrar")
    assert (mirror / "checkpoint").read_bytes() == office.folder.checkpoint()
    moved = mirror.rename(tmp_path / "moved")
    mirror.write_text("a file in the way")
    with pytest.raises(Unpublished, match="published here, but not on the mirror"):
        office.file("review.declare", "one", "acme", declare())
    assert office.folder.size() == office.docket.size
    mirror.unlink()
    moved.rename(mirror)
    office.file("review.declare", "two", "acme", declare())
    assert (mirror / "checkpoint").read_bytes() == office.folder.checkpoint()


# ------------------------------------------------------------------ rightly ahead


@pytest.mark.parametrize("shows", [True, False], ids=["shows what it holds", "tells a size alone"])
def test_a_witness_that_another_process_brought_further_meanwhile_is_no_fork(
    witnessed: Office,
    witness: Served,
    policy: str,
    declare: Fields,
    monkeypatch: pytest.MonkeyPatch,
    shows: bool,
) -> None:
    witness.shows = shows
    again = Office.open(witnessed.place.root)
    real = Shown._signed_before

    def meanwhile(shown: Shown, head: Any) -> bytes:
        signed = real(shown, head)
        monkeypatch.setattr(Shown, "_signed_before", real)
        witnessed.file("review.declare", "by-another", "acme", declare())
        return signed

    monkeypatch.setattr(Shown, "_signed_before", meanwhile)
    again.file("review.declare", "mine", "acme", declare())
    assert {"by-another", "mine"} <= again.docket.cases.keys()
    assert check(again, policy) == again.docket.size


def test_a_witness_that_a_process_brought_further_before_it_crashed_is_no_fork(
    witnessed: Office, policy: str, declare: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cosigned what came after the act that is to be published now."""
    from holdshort.register.folder import Folder

    other = Office.open(witnessed.place.root)
    reach = Publisher.reach

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    def meanwhile(publisher: Publisher, size: int) -> Any:
        monkeypatch.setattr(Publisher, "reach", reach)
        with monkeypatch.context() as crashing:
            crashing.setattr(Folder, "publish", crash)
            with pytest.raises(KeyboardInterrupt):
                other.file("review.declare", "by-another", "acme", declare())
        return reach(publisher, size)

    monkeypatch.setattr(Publisher, "reach", meanwhile)
    receipt = witnessed.file("review.declare", "mine", "acme", declare())
    assert check(witnessed, policy) == receipt.entry.index + 2


def mirrored(office: Office, *mirrors: Path) -> Office:
    """The register as a new process opens it, with these mirrors, brought up to date."""
    listed = ", ".join(f'"{each}"' for each in mirrors)
    office.place.settings_file.write_text(f"[publish]\nmirrors = [{listed}]\n")
    made = Office.open(office.place.root)
    for each in mirrors:
        made.mirror(str(each))
    return made


def test_a_mirror_that_another_process_brought_further_meanwhile_is_no_fork(
    office: Office, declare: Fields, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = mirrored(office, tmp_path / "mirror")
    two = Office.open(office.place.root)
    real = Mirrors.head

    def meanwhile(mirrors: Mirrors, url: str, log: Any) -> Any:
        monkeypatch.setattr(Mirrors, "head", real)
        one.file("review.declare", "by-another", "acme", declare())
        return real(mirrors, url, log)

    monkeypatch.setattr(Mirrors, "head", meanwhile)
    two.file("review.declare", "mine", "acme", declare())
    assert {"by-another", "mine"} <= two.docket.cases.keys()
    assert (tmp_path / "mirror" / "checkpoint").read_bytes() == two.folder.checkpoint()


# ------------------------------------------------------------------ nobody could answer


def old_copy(office: Office, to: Path) -> Path:
    """The whole place as it is now, as a backup of the machine would have it."""
    connections.close_all()
    return Path(shutil.copytree(office.place.root, to))


@pytest.mark.parametrize("left", ["nothing", "an empty folder"])
def test_an_old_copy_is_stopped_as_soon_as_the_mirror_is_there_again(
    office: Office, declare: Fields, tmp_path: Path, left: str
) -> None:
    mirror = tmp_path / "mirror"
    one = mirrored(office, mirror)
    old = old_copy(one, tmp_path / "old")
    one.file("review.declare", "lost", "acme", declare())
    connections.close_all()
    away = mirror.rename(tmp_path / "away")
    if left == "an empty folder":
        mirror.mkdir()
    stale = Office.open(old)
    with pytest.raises(Unpublished, match="held 7 or more"):
        stale.file("review.declare", "two", "acme", declare())
    assert not mirror.exists() or not list(mirror.iterdir()), "nothing is sent to a mount point"
    size = stale.docket.size
    shutil.rmtree(mirror, ignore_errors=True)
    away.rename(mirror)
    head, shown = stale.folder.checkpoint(), (mirror / "checkpoint").read_bytes()
    with pytest.raises(Unpublished, match="does not agree with the database"):
        stale.file("review.declare", "three", "acme", declare())
    with pytest.raises(RegisterError, match=r"The mirror .* does not agree with the database"):
        stale.file("review.declare", "four", "acme", declare())
    assert stale.docket.size == size + 1
    assert stale.folder.checkpoint() == head
    assert (mirror / "checkpoint").read_bytes() == shown


def test_an_old_copy_signs_nothing_new_for_witnesses_that_come_back_and_is_stopped(
    witnessed: Office, witness: Served, declare: Fields, tmp_path: Path
) -> None:
    old = old_copy(witnessed, tmp_path / "old")
    for case in ("one", "two", "three"):
        witnessed.file("review.declare", case, "acme", declare())
    connections.close_all()
    stale = Office.open(old)
    size, head = stale.docket.size, stale.folder.checkpoint()
    witness.silent, witness.sizes = True, []
    with pytest.raises(Unpublished, match="quorum of witnesses is not met"):
        stale.file("review.declare", "other", "acme", declare())
    witness.silent = False
    with pytest.raises(RegisterError, match=r"The witness at .* Do not go on from this copy"):
        stale.publish()
    with pytest.raises(RegisterError, match=r"The witness at .* Do not go on from this copy"):
        stale.file("review.declare", "more", "acme", declare())
    assert stale.docket.size == size + 1
    assert stale.folder.checkpoint() == head
    assert set(witness.sizes) == {size}, "a signed checkpoint of a fork would be proof of it"


def test_witnesses_that_come_back_to_the_true_register_let_it_publish(
    witnessed: Office, witness: Served, policy: str, declare: Fields
) -> None:
    again = Office.open(witnessed.place.root)
    witness.silent = True
    with pytest.raises(Unpublished, match="quorum"):
        again.file("review.declare", "one", "acme", declare())
    witness.silent = False
    again.publish()
    assert check(again, policy) == again.docket.size


def test_a_mirror_that_was_put_back_is_not_believed(
    office: Office, declare: Fields, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirror"
    one = mirrored(office, mirror)
    shutil.copytree(mirror, tmp_path / "older")
    one.file("review.declare", "one", "acme", declare())
    shutil.rmtree(mirror)
    (tmp_path / "older").rename(mirror)
    with pytest.raises(Unpublished, match="shows 7 entries, and held 8 or more"):
        one.file("review.declare", "two", "acme", declare())


def test_a_mirror_that_is_new_is_filled(office: Office, declare: Fields, tmp_path: Path) -> None:
    office.place.settings_file.write_text(f'[publish]\nmirrors = ["{tmp_path / "new"}"]\n')
    again = Office.open(office.place.root)
    again.file("review.declare", "one", "acme", declare())
    assert (tmp_path / "new" / "checkpoint").read_bytes() == again.folder.checkpoint()
    assert Mirrors(office.place).held(str(tmp_path / "new")) == again.docket.size


def test_what_mirrors_held_is_kept_without_passwords_and_only_grows(tmp_path: Path) -> None:
    mirrors = Mirrors(Place(tmp_path))
    url = "sftp://someone:secret@host/register"
    mirrors.remember(url, 5)
    mirrors.remember(url, 3)
    assert mirrors.held(url) == 5
    assert "secret" not in mirrors.place.mirrored.read_text()
    mirrors.forget([url])
    assert mirrors.held(url) == 0
    mirrors.place.mirrored.write_text('{"a": "b"}')
    with pytest.raises(RegisterError, match=r"mirrors\.json"):
        mirrors.held(url)


def test_a_register_without_mirrors_and_witnesses_asks_nobody_after_its_first_act(
    office: Office, declare: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = Office.open(office.place.root)
    again.file("review.declare", "one", "acme", declare())

    def asked(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Mirrors, "head", asked)
    monkeypatch.setattr(Shown, "gathered", asked)
    monkeypatch.setattr(Shown, "_ask_witnesses", asked)
    again.file("review.declare", "two", "acme", declare())
    assert not office.place.mirrored.exists()
