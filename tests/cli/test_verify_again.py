"""``holdshort verify`` over time and over a network: resumed, rolled back, forked, cosigned."""

import dataclasses
import http.server
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from holdshort.office.place import Place
from holdshort.register.charter import read_charter
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.cosignature import Cosigner
from holdshort.register.entry import Entry
from holdshort.register.folder import Folder
from holdshort.register.keys import PrivateKey, load
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import Note, NoteSigner, add_signatures
from holdshort.register.witness.fork import check_fork, split_pair

Holdshort = Callable[..., Any]


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


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[[Path], str]]:
    running = []

    def start(path: Path) -> str:
        handler = partial(_Quiet, directory=str(path))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def checks(ran: Any) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in ran.json["checks"]}


def failed(ran: Any) -> set[str]:
    return {check["name"] for check in ran.json["checks"] if not check["ok"]}


def resign(data: Path, change: Callable[[list[bytes]], list[bytes]], to: Path) -> Path:
    """Other entries, published under the register's own key: what only its operator can do."""
    place = Place(data)
    leaves = change(list(Folder(place.public).leaves()))
    shutil.copytree(place.public, to, ignore=shutil.ignore_patterns("tile", "checkpoint"))
    origin = Folder(place.public).head().origin
    head = Checkpoint(origin, len(leaves), Tree(map(leaf_hash, leaves)).root())
    signer = NoteSigner(origin, load(place.key("register")))
    Folder(to).publish(leaves, sign_checkpoint(head, signer))
    return to


# ------------------------------------------------------------------ resumed


def test_what_was_verified_is_not_verified_again(holdshort: Holdshort, cleared: Path) -> None:
    first = holdshort("verify", cleared, "--json")
    again = holdshort("verify", cleared, "--json")
    assert (first.code, again.code) == (0, 0)
    size = Folder(cleared / "public").size()
    assert (first.json["resumed_from"], again.json["resumed_from"]) == (0, size)
    found = checks(again)
    assert "unchanged since they were checked" in found["blobs"]["detail"]
    assert "0 signatures hold" in found["keys"]["detail"]
    assert "in an earlier run" in found["limits"]["detail"]
    assert "those of 1 cases were recomputed" in found["findings"]["detail"]
    assert not any(name.startswith("findings of") for name in found)
    assert any(name.startswith("findings of") for name in checks(first))


def test_only_what_came_since_is_checked(holdshort: Holdshort, register: Path) -> None:
    holdshort("verify", register)
    holdshort("party", "beacon", "--role", "assessor", "--data", register)
    ran = holdshort("verify", register, "--json")
    assert ran.code == 0
    assert ran.json["resumed_from"] == 2
    assert "1 signatures hold" in checks(ran)["keys"]["detail"]
    assert "continues the 2 entries" in checks(ran)["history"]["detail"]


def test_from_scratch_forgets_nothing_and_checks_everything(
    holdshort: Holdshort, register: Path
) -> None:
    holdshort("verify", register)
    ran = holdshort("verify", register, "--from-scratch", "--json")
    assert ran.json["resumed_from"] == 0
    assert "2 signatures hold" in checks(ran)["keys"]["detail"]


def test_another_version_of_the_program_checks_everything_again(
    holdshort: Holdshort, register: Path, cache: Path
) -> None:
    holdshort("verify", register)
    (state,) = cache.rglob("verified.json")
    kept = json.loads(state.read_text()) | {"checks": "ab" * 32}
    state.write_text(json.dumps(kept))
    ran = holdshort("verify", register, "--json")
    assert ran.code == 0
    assert ran.json["resumed_from"] == 0
    assert "by another version" in checks(ran)["history"]["detail"]


@pytest.mark.parametrize("damage", ["", "{}", "[1]", '{"checkpoint": "x"}', "\x00"])
def test_a_memory_that_is_damaged_is_none(
    holdshort: Holdshort, register: Path, cache: Path, damage: str
) -> None:
    holdshort("verify", register)
    (state,) = cache.rglob("verified.json")
    state.write_text(damage)
    ran = holdshort("verify", register, "--json")
    assert ran.code == 0
    assert "history" not in checks(ran)


def test_a_document_that_changed_since_is_noticed(holdshort: Holdshort, register: Path) -> None:
    holdshort("verify", register)
    ((_, blob),) = Folder(register / "public").blobs()
    content = bytearray(blob.read_bytes())
    content[100] ^= 1
    blob.write_bytes(content)
    ran = holdshort("verify", register, "--json")
    assert ran.code == 1
    assert "blobs" in failed(ran)


def test_a_register_that_does_not_hold_is_not_remembered(
    holdshort: Holdshort, register: Path, cache: Path
) -> None:
    (register / "public" / "more").write_text("?")
    assert holdshort("verify", register).code == 1
    assert not list(cache.rglob("verified.json"))


def test_a_cache_that_cannot_be_written_spoils_nothing(
    holdshort: Holdshort, register: Path, cache: Path
) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_text("a file in its way")
    assert holdshort("verify", register).code == 0


# ------------------------------------------------------------------ lies over time


def test_a_lying_copy_is_held_against_what_was_verified_and_both_checkpoints_kept(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    holdshort("party", "beacon", "--role", "assessor", "--data", register)
    assert holdshort("verify", register).code == 0
    forged = resign(register, lambda leaves: [leaves[0], *leaves[:0:-1]], tmp_path / "forged")
    ran = holdshort("verify", forged, "--json")
    assert ran.code == 1
    assert "history" in failed(ran)
    detail = checks(ran)["history"]["detail"]
    assert "the log forked" in detail
    kept = Path(detail.rpartition("kept: ")[2])
    assert kept.name == "conflict-3.txt"
    pair = split_pair(kept.read_bytes())
    key = load(Place(register).key("register")).public
    from holdshort.register.keys import Ed25519Key
    from holdshort.register.note import NoteVerifier

    assert isinstance(key, Ed25519Key)
    verifier = NoteVerifier(Folder(forged).head().origin, key)
    assert check_fork(*pair, verifier)
    assert holdshort("verify", register).code == 0, "the lie is not what is remembered"


def test_entries_that_are_taken_back_are_missed(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    old = Path(shutil.copytree(register / "public", tmp_path / "old"))
    holdshort("party", "beacon", "--role", "assessor", "--data", register)
    holdshort("verify", register)
    ran = holdshort("verify", old, "--json")
    assert ran.code == 1
    assert failed(ran) == {"history"}
    assert "2 entries are shown, 3 were verified" in checks(ran)["history"]["detail"]


# ------------------------------------------------------------------ over a network


def test_a_url_is_copied_and_then_checked_offline(
    holdshort: Holdshort, register: Path, serve: Callable[[Path], str], cache: Path
) -> None:
    url = serve(register / "public")
    ran = holdshort("verify", url)
    assert ran.code == 0, ran.out
    assert ran.out.startswith("ok    copy: 2 entries")
    (copy,) = cache.glob("copies/*/public")
    assert str(copy) in ran.out
    assert f"--register {copy}" in ran.out
    holdshort("party", "beacon", "--role", "assessor", "--data", register)
    again = holdshort("verify", url, "--json")
    assert again.json["resumed_from"] == 2
    assert again.json["folder"] == str(copy)


def test_the_copy_goes_where_it_is_told(
    holdshort: Holdshort, register: Path, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    url = serve(register / "public")
    assert holdshort("verify", url, "--copy", tmp_path / "here").code == 0
    assert (tmp_path / "here" / "verified.json").exists()
    assert holdshort("verify", tmp_path / "here").code == 0
    wrong = holdshort("verify", register, "--copy", tmp_path / "there")
    assert wrong.code == 2


def test_a_server_that_rolls_back_is_named_and_the_pair_is_kept(
    holdshort: Holdshort, register: Path, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    old = Path(shutil.copytree(register / "public", tmp_path / "old"))
    holdshort("party", "beacon", "--role", "assessor", "--data", register)
    shown = tmp_path / "shown"
    shown.symlink_to(register / "public")
    url = serve(shown)
    copy = tmp_path / "copy"
    assert holdshort("verify", url, "--copy", copy).code == 0
    shown.unlink()
    shown.symlink_to(old)
    ran = holdshort("verify", url, "--copy", copy, "--json")
    assert ran.code == 1
    assert failed(ran) == {"history"}
    assert "conflict-2.txt" in checks(ran)["history"]["detail"]
    assert (copy / "conflict-2.txt").exists()


def test_documents_that_a_mirror_lacked_are_asked_for_again(
    holdshort: Holdshort, cleared: Path, serve: Callable[[Path], str]
) -> None:
    public = cleared / "public"
    sha256, path = next(
        (each, path)
        for each, path in Folder(public).blobs()
        if path.stat().st_size < 2000 and b"entry" in path.read_bytes()
    )
    content = path.read_bytes()
    path.unlink()
    url = serve(public)
    ran = holdshort("verify", url, "--json")
    assert ran.code == 1
    assert sha256[:16] in checks(ran)["documents"]["detail"]
    path.write_bytes(content)
    assert holdshort("verify", url).code == 0


def test_a_server_with_nothing_on_it_is_no_verdict(
    holdshort: Holdshort, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    ran = holdshort("verify", serve(tmp_path))
    assert ran.code == 2
    assert "no checkpoint is served" in ran.err


def test_any_log_is_checked_by_url_as_a_log(
    holdshort: Holdshort, register: Path, serve: Callable[[Path], str]
) -> None:
    ran = holdshort("verify", serve(register / "public"), "--log-only", "--json")
    assert ran.code == 0
    assert set(checks(ran)) == {
        *("copy", "checkpoint", "root", "entries", "tiles", "blobs", "files")
    }


# ------------------------------------------------------------------ witnesses


def cosigned(public: Path, *cosigners: Cosigner) -> None:
    signed = (public / "checkpoint").read_bytes()
    head = Folder(public).head()
    lines = [cosigner.cosign(head, 1_790_000_000) for cosigner in cosigners]
    (public / "checkpoint").write_bytes(add_signatures(signed, lines))


def witness(name: str) -> Cosigner:
    return Cosigner(name, PrivateKey.from_seed(name.encode().ljust(32)))


def test_a_signature_by_someone_whom_the_policy_does_not_know_is_named(
    holdshort: Holdshort, register: Path
) -> None:
    cosigned(register / "public", witness("stranger.example"))
    ran = holdshort("verify", register, "--json")
    assert ran.code == 1
    assert failed(ran) == {"witnesses"}
    assert "stranger.example" in checks(ran)["witnesses"]["detail"]


@pytest.mark.parametrize(("signed_by", "holds"), [((), False), (("a",), False), (("a", "b"), True)])
def test_the_readers_own_policy_decides_whom_it_trusts(
    holdshort: Holdshort, register: Path, tmp_path: Path, signed_by: tuple[str, ...], holds: bool
) -> None:
    witnesses = {name: witness(f"{name}.example") for name in "ab"}
    cosigned(register / "public", *(witnesses[name] for name in signed_by)) if signed_by else None
    key = load(Place(register).key("register"))
    vkey = NoteSigner(Folder(register / "public").head().origin, key).verifier.vkey
    lines = [f"log {vkey}", *(f"witness {n} {w.verifier.vkey}" for n, w in witnesses.items())]
    policy = tmp_path / "policy"
    policy.write_text("\n".join([*lines, "group both all a b", "quorum both\n"]))
    ran = holdshort("verify", register, "--log-only", "--policy", policy, "--json")
    assert ran.code == (0 if holds else 1)
    assert checks(ran)["witnesses"]["ok"] == holds
    assert "signed by a trusted key" in checks(ran)["checkpoint"]["detail"]


def test_every_bit_of_a_cosignature_counts(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    cosigner = witness("a.example")
    cosigned(register / "public", cosigner)
    policy = tmp_path / "policy"
    key = load(Place(register).key("register"))
    vkey = NoteSigner(Folder(register / "public").head().origin, key).verifier.vkey
    policy.write_text(f"log {vkey}\nwitness a {cosigner.verifier.vkey}\nquorum a\n")
    note = Note.parse((register / "public" / "checkpoint").read_bytes())
    line = note.signatures[-1]
    for at in (0, 8, 40, 71):
        bad = bytearray(line.signature)
        bad[at] ^= 1
        changed = type(line)(line.name, line.key_id, bytes(bad))
        damaged = Note(note.text, (*note.signatures[:-1], changed)).to_bytes()
        (register / "public" / "checkpoint").write_bytes(damaged)
        ran = holdshort("verify", register, "--log-only", "--policy", policy, "--json")
        assert ran.code == 1
        assert "does not verify" in " ".join(each["detail"] for each in checks(ran).values())


# ------------------------------------------------------------------ snapshots


def test_a_lying_snapshot_is_told_with_what_it_should_have_said(
    holdshort: Holdshort, operator: Callable[[Path], Any], cleared: Path, tmp_path: Path
) -> None:
    from holdshort.register.status import encode_list

    forged = operator(cleared)
    at = forged.find("register.snapshot")[-1]
    case = forged.entry(forged.find("review.issue-clearance")[0]).act.case

    def lie(statement: dict[str, Any]) -> None:
        fields = statement["predicate"]["fields"]
        fields["status_list"]["lst"] = encode_list([2])
        fields["changes"] = [{"index": 0, "status": 2}]

    forged.leaves[at] = forged.sign(at, lie)
    ran = holdshort("verify", forged.publish(tmp_path / "forged"), "--json")
    detail = checks(ran)["snapshots"]["detail"]
    assert detail.startswith(f"entry {at} contradicts the record")
    assert f"it says suspended of the clearance of {case} and should say valid" in detail


def test_a_log_that_was_checked_as_a_log_was_not_checked_as_a_register(
    holdshort: Holdshort, register: Path, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    def forged(leaves: list[bytes]) -> list[bytes]:
        envelope = Entry.parse(1, leaves[1]).envelope
        (one,) = envelope.signatures
        broken = dataclasses.replace(one, sig=bytes([one.sig[0] ^ 1]) + one.sig[1:])
        return [leaves[0], dataclasses.replace(envelope, signatures=(broken,)).to_bytes()]

    url = serve(resign(register, forged, tmp_path / "forged"))
    charter = read_charter(Entry.parse(0, next(Folder(tmp_path / "forged").leaves())))
    alone = holdshort("verify", url, "--log-only", "--key", charter.verifier.vkey, "--json")
    assert alone.code == 0, alone.out
    assert holdshort("verify", url, "--json").code == 1
    assert holdshort("register", "search", url, "--party", "acme").code == 2


def test_a_copy_of_the_log_alone_becomes_one_of_the_register(
    holdshort: Holdshort, register: Path, serve: Callable[[Path], str]
) -> None:
    url = serve(register / "public")
    assert holdshort("verify", url, "--log-only").code == 0
    whole = holdshort("verify", url, "--json")
    assert whole.code == 0, failed(whole)


def test_a_document_changed_behind_an_old_date_is_noticed(
    holdshort: Holdshort, cleared: Path
) -> None:
    assert holdshort("verify", cleared, "--json").code == 0
    blobs = [path for path in (cleared / "public" / "blobs").rglob("*") if path.is_file()]
    largest = max(blobs, key=lambda path: path.stat().st_size)
    status = largest.stat()
    with largest.open("r+b") as file:
        file.write(b"otherwise")
    os.utime(largest, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert "blobs" in failed(holdshort("verify", cleared, "--json"))
