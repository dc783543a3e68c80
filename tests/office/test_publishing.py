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
from holdshort.office.opening import Opening, enrol, open_register
from holdshort.office.place import Place
from holdshort.register.cosignature import Cosigner
from holdshort.register.keys import Ed25519Key, PrivateKey
from holdshort.register.note import NoteVerifier
from holdshort.register.policy import Policy
from holdshort.register.witness.state import FolderState
from holdshort.register.witness.witness import KnownLog, Witness
from holdshort.rulebook.model import Rulebook

Fields = Callable[..., dict[str, Any]]


@dataclass
class Served:
    """A real witness behind a small server that can be silent or slow."""

    witness: Witness
    silent: bool = False
    seconds: float = 0.0
    asked: int = 0
    url: str = ""
    seen: list[float] = field(default_factory=list)

    def answer(self, body: bytes) -> tuple[int, str, bytes]:
        self.asked += 1
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
            held = served.witness.latest(origin)
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
