"""``holdshort verify URL``: the copy that is kept, mended, trusted and shared."""

import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from holdshort.cli.verification.lock import LOCK, alone
from holdshort.office.place import Place
from holdshort.register.checkpoint import sign_checkpoint
from holdshort.register.folder import Folder, blob_path
from holdshort.register.keys import PrivateKey, load
from holdshort.register.note import NoteSigner

Holdshort = Callable[..., Any]

COMMAND = (sys.executable, "-c", "from holdshort.cli import main; main()")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What was verified before is this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "holdshort"


@pytest.fixture
def register(holdshort: Holdshort, tmp_path: Path) -> Path:
    """A register with a charter and one party."""
    data = tmp_path / "data"
    holdshort("init", data, "--rehearsal")
    holdshort("party", "acme", "--role", "developer", "--data", data)
    return data


class Web:
    """A folder behind a web server; ``gate`` may be closed before the bundles."""

    def __init__(self, path: Path) -> None:
        self.asked: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        web = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append(self.path)
                if "entries" in self.path:
                    assert web.gate.wait(60)
                super().do_GET()

            def log_message(self, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(Handler, directory=str(path))
        )
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[[Path], Web]]:
    running: list[Web] = []

    def start(path: Path) -> Web:
        running.append(Web(path))
        return running[-1]

    yield start
    for web in running:
        web.close()


def checks(ran: Any) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in ran.json["checks"]}


def failed(ran: Any) -> set[str]:
    return {check["name"] for check in ran.json["checks"] if not check["ok"]}


def document_of(public: Path) -> str:
    """The digest of the document that a register has from its first day: its law."""
    ((sha256, _),) = Folder(public).blobs()
    return sha256


def damage(public: Path, sha256: str) -> None:
    """Change one byte of a document in the middle."""
    path = public / blob_path(sha256)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


# ------------------------------------------------------------------ damaged documents


def test_a_damaged_document_of_a_copy_is_told_and_from_scratch_fetched_again(
    holdshort: Holdshort, register: Path, serve: Callable[[Path], Web], tmp_path: Path
) -> None:
    url, home = serve(register / "public").url, tmp_path / "copy"
    assert holdshort("verify", url, "--copy", home).code == 0
    sha256 = document_of(register / "public")
    damage(home / "public", sha256)
    ran = holdshort("verify", url, "--copy", home, "--json")
    assert ran.code == 1
    assert {"blobs", "rulebook"} <= failed(ran)
    mended = holdshort("verify", url, "--copy", home, "--from-scratch", "--json")
    assert mended.code == 0, failed(mended)
    assert "1 documents fetched" in checks(mended)["copy"]["detail"]
    assert Folder(home / "public").holds(sha256)


def test_a_document_that_the_mirror_has_damaged_too_is_not_taken_for_there(
    holdshort: Holdshort, cleared: Path, serve: Callable[[Path], Web], tmp_path: Path
) -> None:
    public, home = cleared / "public", tmp_path / "copy"
    url = serve(public).url
    assert holdshort("verify", url, "--copy", home).code == 0
    sha256 = next(
        each
        for each, path in Folder(public).blobs()
        if path.stat().st_size < 2000 and b"entry" in path.read_bytes()
    )
    damage(home / "public", sha256)
    mended = holdshort("verify", url, "--copy", home, "--json")
    assert failed(mended) == {"blobs"}, "it was damaged when it was read, and fetched again then"
    assert holdshort("verify", url, "--copy", home).code == 0
    damage(home / "public", sha256)
    damage(public, sha256)
    for again in ((), ("--from-scratch",)):
        ran = holdshort("verify", url, "--copy", home, *again, "--json")
        assert ran.code == 1
        assert {"blobs", "documents"} <= failed(ran)
        detail = checks(ran)["documents"]["detail"]
        assert f"{sha256[:16]}…, which is published with another content" in detail


# ------------------------------------------------------------------ who signed


def resigned(register: Path, key: PrivateKey) -> None:
    """Let the published checkpoint be signed under the register's name with another key."""
    folder = Folder(register / "public")
    signer = NoteSigner(folder.head().origin, key)
    (folder.path / "checkpoint").write_bytes(sign_checkpoint(folder.head(), signer))


def test_a_checkpoint_by_another_key_fails_before_the_log_is_fetched(
    holdshort: Holdshort, register: Path, serve: Callable[[Path], Web], tmp_path: Path
) -> None:
    web, home = serve(register / "public"), tmp_path / "copy"
    resigned(register, PrivateKey.from_seed(b"s" * 32))
    ran = holdshort("verify", web.url, "--copy", home, "--json")
    assert ran.code == 1
    assert failed(ran) == {"checkpoint"}
    assert len(web.asked) == 2
    assert not (home / "public").exists()
    assert holdshort("register", "search", web.url, "--party", "acme").code == 2


def test_another_charter_than_the_pinned_one_fails_before_the_log_is_fetched(
    holdshort: Holdshort, register: Path, serve: Callable[[Path], Web]
) -> None:
    web = serve(register / "public")
    ran = holdshort("verify", web.url, "--charter", "ab" * 32, "--json")
    assert ran.code == 1
    assert failed(ran) == {"charter"}
    assert f"expected {'ab' * 32}" in checks(ran)["charter"]["detail"]
    assert len(web.asked) == 2


@pytest.mark.parametrize("arguments", [("--log-only",), ()])
def test_the_key_of_a_policy_is_asked_before_anything_else(
    holdshort: Holdshort,
    register: Path,
    serve: Callable[[Path], Web],
    tmp_path: Path,
    arguments: tuple[str, ...],
) -> None:
    web = serve(register / "public")
    signer = NoteSigner(
        Folder(register / "public").head().origin, load(Place(register).key("register"))
    )
    policy = tmp_path / "policy"
    policy.write_text(f"log {signer.verifier.vkey}\nquorum none\n")
    assert holdshort("verify", web.url, *arguments, "--policy", policy).code == 0
    resigned(register, PrivateKey.from_seed(b"s" * 32))
    web.asked.clear()
    home = tmp_path / "copy"
    ran = holdshort("verify", web.url, *arguments, "--policy", policy, "--copy", home, "--json")
    assert ran.code == 1
    assert failed(ran) == {"checkpoint"}
    assert web.asked == ["/checkpoint"]


def test_the_log_alone_of_a_register_that_was_verified_is_by_the_key_of_its_charter(
    holdshort: Holdshort, register: Path, serve: Callable[[Path], Web]
) -> None:
    web = serve(register / "public")
    assert holdshort("verify", web.url).code == 0
    resigned(register, PrivateKey.from_seed(b"s" * 32))
    web.asked.clear()
    ran = holdshort("verify", web.url, "--log-only", "--json")
    assert failed(ran) == {"checkpoint"}
    assert web.asked == ["/checkpoint"]


# ------------------------------------------------------------------ two at once


def start(url: str, home: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [*COMMAND, "verify", url, "--copy", str(home), "--json", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_of_two_that_verify_one_url_the_second_says_that_it_waits_and_both_are_right(
    register: Path, serve: Callable[[Path], Web], tmp_path: Path
) -> None:
    web, home = serve(register / "public"), tmp_path / "copy"
    web.gate.clear()
    with start(web.url, home) as first:
        while not any("entries" in path for path in web.asked):
            assert first.poll() is None
        asked = len(web.asked)
        with start(web.url, home) as second:
            assert second.stderr is not None
            said = second.stderr.readline()
            assert f"process {first.pid} on" in said
            assert "waiting" in said
            assert len(web.asked) == asked, "who waits asks nothing"
            web.gate.set()
            results = [json.loads(each.communicate(timeout=120)[0]) for each in (first, second)]
    assert [each["sound"] for each in results] == [True, True]
    assert [each["resumed_from"] for each in results] == [0, 2]


@pytest.mark.slow
def test_many_at_once_on_one_copy_leave_it_whole(
    holdshort: Holdshort, register: Path, serve: Callable[[Path], Web], tmp_path: Path
) -> None:
    url, home = serve(register / "public").url, tmp_path / "copy"
    for party in ("beacon", "cedar"):
        running = [start(url, home, *again) for again in ((), ("--from-scratch",), (), ())]
        holdshort("party", party, "--role", "assessor", "--data", register)
        for each in running:
            said, wrong = each.communicate(timeout=180)
            assert each.returncode == 0, (said, wrong)
    ran = holdshort("verify", url, "--copy", home, "--json")
    assert ran.code == 0
    assert ran.json["resumed_from"] >= 2
    assert not list(home.glob("conflict*"))


def test_a_copy_is_not_read_while_somebody_brings_it_up_to_date(
    holdshort: Holdshort,
    register: Path,
    serve: Callable[[Path], Web],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = tmp_path / "copy"
    assert holdshort("verify", serve(register / "public").url, "--copy", home).code == 0
    assert (home / LOCK).exists()
    monkeypatch.setattr("holdshort.cli.verification.lock.PATIENCE", 0.2)
    with alone(home, pytest.fail):
        for place in (home, home / "public"):
            ran = holdshort("verify", place)
            assert ran.code == 2
            assert "This copy is held by process" in ran.err
    assert holdshort("verify", home).code == 0
