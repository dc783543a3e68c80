"""Mirrors: what is brought there and fetched from there, and what hostile ones are refused."""

import hashlib
import http.server
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput, HoldshortError, RegisterError
from holdshort.register.act import Act
from holdshort.register.audit import audit_log
from holdshort.register.charter import NO_WITNESSES
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.envelope import sign
from holdshort.register.folder import Folder, blob_path
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.mirror import (
    Conflict,
    Unreachable,
    Untrusted,
    chartered,
    known,
    mirror_head,
    open_store,
    pull,
    pull_blobs,
    push,
)
from holdshort.register.mirror.extent import changed, count
from holdshort.register.note import NoteSigner
from holdshort.register.tiles import WIDTH, bundles, level_tiles
from holdshort.register.witness.fork import check_fork, split_pair

BLOB = b"a document " * 300_000
DIGEST = hashlib.sha256(BLOB).hexdigest()

Checkpoints = Callable[[list[bytes]], bytes]


@pytest.fixture(scope="module")
def leaves(make_leaf: Callable[..., bytes]) -> list[bytes]:
    return [make_leaf(number) for number in range(700)]


@pytest.fixture
def folder(leaves: list[bytes], checkpoint_for: Checkpoints, tmp_path: Path) -> Folder:
    """300 entries and two documents."""
    made = Folder(tmp_path / "office" / "public")
    made.publish(leaves[:300], checkpoint_for(leaves[:300]))
    made.put_blob(BLOB)
    made.put_blob(b"")
    return made


class _Handler(http.server.SimpleHTTPRequestHandler):
    """A static server that can be told to misbehave, by path."""

    tricks: dict[str, Callable[["_Handler"], None]]
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        trick = self.tricks.get(self.path)
        if trick:
            trick(self)
        else:
            super().do_GET()

    def log_message(self, *args: object) -> None:
        pass

    def copyfile(self, source: Any, outputfile: Any) -> None:
        try:
            super().copyfile(source, outputfile)
        except OSError:  # the reader had enough
            self.close_connection = True


class Web:
    """A folder behind a web server on this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tricks: dict[str, Callable[[_Handler], None]] = {}
        self.asked: list[str] = []
        made = type("Handler", (_Handler,), {"tricks": self.tricks, "asked": self.asked})
        handler = partial(made, directory=str(path))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[[Folder], Web]]:
    running: list[Web] = []

    def start(folder: Folder) -> Web:
        running.append(Web(folder.path))
        return running[-1]

    yield start
    for web in running:
        web.close()


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdshort.register.mirror.store.store.PAUSES", (0.0, 0.0, 0.0))


@pytest.fixture
def memory() -> Iterator[str]:
    import fsspec  # type: ignore[import-untyped]

    yield "memory://mirror"
    fs = fsspec.filesystem("memory")
    fs.store.clear()
    fs.pseudo_dirs[:] = [""]


def files(path: Path) -> dict[str, bytes]:
    return {
        each.relative_to(path).as_posix(): each.read_bytes()
        for each in path.rglob("*")
        if each.is_file()
    }


def blobs_of(index: int, leaf: bytes) -> list[str]:
    """Entry 7 refers to the document."""
    return [DIGEST] if index == 7 else []


def at(url: str) -> dict[str, bytes]:
    with open_store(url) as store:
        names = [*store.sizes("tile"), *store.sizes("blobs"), "checkpoint"]
        return {name: store.read(name, 1 << 24) for name in names}


def forged(leaves: list[bytes], make_leaf: Callable[..., bytes]) -> list[bytes]:
    """The same log but for one entry in its middle."""
    return [*leaves[:100], make_leaf(9999), *leaves[101:]]


# ------------------------------------------------------------------ extent


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_what_changed_is_what_a_log_has_but_for_what_was_full_before(a: int, b: int) -> None:
    before, size = sorted((a, b))
    every = {*level_tiles(size), *bundles(size)}
    full = {tile for tile in (*level_tiles(before), *bundles(before)) if tile.width == WIDTH}
    same = {*level_tiles(before), *bundles(before)} & every
    found = list(changed(before, size))
    assert len(found) == len(set(found)) == count(before, size)
    assert every - full - same <= set(found) <= every - full


# ------------------------------------------------------------------ to a mirror


def test_a_mirror_is_the_folder_file_by_file(folder: Folder, memory: str) -> None:
    done = push(folder, memory)
    assert at(memory) == files(folder.path)
    assert (done.before, done.size, done.blobs) == (0, 300, 2)


def test_a_folder_is_a_mirror_like_any_other(folder: Folder, tmp_path: Path) -> None:
    push(folder, str(tmp_path / "mirror"))
    assert files(tmp_path / "mirror") == files(folder.path)


def test_only_what_is_new_is_sent_and_replaced_tiles_go(
    folder: Folder, memory: str, leaves: list[bytes], checkpoint_for: Checkpoints
) -> None:
    push(folder, memory)
    folder.publish(leaves[300:600], checkpoint_for(leaves[:600]), start=300)
    done = push(folder, memory)
    assert at(memory) == files(folder.path)
    assert done.blobs == 0
    assert done.files == 5  # two bundles, two tiles of hashes, one above them
    again = push(folder, memory)
    assert (again.files, again.blobs, again.removed) == (0, 0, 0)


def test_a_mirror_that_was_interrupted_anywhere_reads_as_before_and_is_gone_on_with(
    folder: Folder,
    tmp_path: Path,
    leaves: list[bytes],
    checkpoint_for: Checkpoints,
    log_signer: NoteSigner,
    monkeypatch: pytest.MonkeyPatch,
    memory: str,
) -> None:
    from holdshort.register.mirror.store import ObjectStore

    push(folder, memory)
    folder.publish(leaves[300:], checkpoint_for(leaves), start=300)
    whole = ObjectStore.write
    left = 0

    def write(self: ObjectStore, name: str, content: bytes) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        whole(self, name, content)

    monkeypatch.setattr(ObjectStore, "write", write)
    for steps in range(4):
        left = steps
        with pytest.raises(KeyboardInterrupt):
            push(folder, memory)
        copy = Folder(tmp_path / f"copy-{steps}")
        pull(memory, copy)
        found = audit_log(copy, [log_signer.verifier])
        assert found.ok, found.failures
        assert copy.size() == 300
    left = 100
    push(folder, memory)
    assert at(memory) == files(folder.path)


def test_a_full_tile_with_another_content_is_told_and_not_touched(
    folder: Folder, memory: str
) -> None:
    with open_store(memory) as store:
        store.write("tile/0/000", b"x" * 8192)
    with pytest.raises(RegisterError, match="full tile has another content"):
        push(folder, memory)
    with open_store(memory) as store:
        assert store.read("tile/0/000", 8192) == b"x" * 8192
        assert store.look("checkpoint", 1 << 20) is None


def test_a_blob_with_another_size_is_told_and_not_touched(folder: Folder, memory: str) -> None:
    with open_store(memory) as store:
        store.write(blob_path(DIGEST), b"short")
    with pytest.raises(RegisterError, match="5 bytes there"):
        push(folder, memory)
    with open_store(memory) as store:
        assert store.read(blob_path(DIGEST), 10) == b"short"


def test_a_mirror_that_is_ahead_stays_and_both_checkpoints_are_kept(
    folder: Folder, memory: str, leaves: list[bytes], checkpoint_for: Checkpoints, tmp_path: Path
) -> None:
    old = Folder(tmp_path / "backup" / "public")
    shutil.copytree(folder.path, old.path)
    folder.publish(leaves[300:], checkpoint_for(leaves), start=300)
    push(folder, memory)
    before = at(memory)
    with pytest.raises(Conflict, match="has 700 entries, this folder 300") as refused:
        push(old, memory)
    assert at(memory) == before
    kept = refused.value.evidence
    assert kept.parent == old.path.parent
    assert set(split_pair(kept.read_bytes())) == {old.checkpoint(), folder.checkpoint()}


def test_a_log_that_the_mirrors_does_not_begin_stays_away_and_the_fork_is_kept(
    folder: Folder,
    memory: str,
    leaves: list[bytes],
    checkpoint_for: Checkpoints,
    make_leaf: Callable[..., bytes],
    log_signer: NoteSigner,
    tmp_path: Path,
) -> None:
    push(folder, memory)
    others = forged(leaves, make_leaf)
    other = Folder(tmp_path / "other" / "public")
    other.publish(others, checkpoint_for(others))
    with pytest.raises(Conflict, match="not the beginning") as refused:
        push(other, memory)
    pair = split_pair(refused.value.evidence.read_bytes())
    assert check_fork(*pair, log_signer.verifier, others)


def test_another_register_is_not_published_over_a_mirror(
    folder: Folder, memory: str, leaves: list[bytes], log_signer: NoteSigner, tmp_path: Path
) -> None:
    push(folder, memory)
    signer = NoteSigner("holdshort.example/other", log_signer.private)
    root = Tree(map(leaf_hash, leaves)).root()
    other = Folder(tmp_path / "other")
    other.publish(leaves, sign_checkpoint(Checkpoint(signer.name, 700, root), signer))
    with pytest.raises(RegisterError, match="Another register"):
        push(other, memory)


def test_a_mirror_that_lost_a_file_is_mended(folder: Folder, memory: str) -> None:
    push(folder, memory)
    with open_store(memory) as store:
        store.delete("tile/entries/000")
    assert push(folder, memory).files == 0
    assert push(folder, memory, whole=True).files >= 1
    assert at(memory) == files(folder.path)


def test_more_cosignatures_reach_a_mirror_of_the_same_size(
    folder: Folder, memory: str, leaves: list[bytes], checkpoint_for: Checkpoints
) -> None:
    push(folder, memory)
    more = folder.checkpoint() + b"\xe2\x80\x94 witness.example AAAAAAAAAA==\n"
    (folder.path / "checkpoint").write_bytes(more)
    push(folder, memory)
    assert at(memory)["checkpoint"] == more


def test_a_web_server_cannot_be_written(folder: Folder, serve: Callable[[Folder], Web]) -> None:
    with pytest.raises(BadInput, match="read, not written"):
        push(Folder(folder.path), serve(folder).url)


def test_a_protocol_that_nobody_speaks_is_named(folder: Folder) -> None:
    with pytest.raises(BadInput, match="gopher"):
        push(folder, "gopher://example.org/register")


def test_what_a_mirror_shows_counts_if_the_log_signed_it(
    folder: Folder, memory: str, log_signer: NoteSigner
) -> None:
    assert mirror_head(memory) is None
    push(folder, memory)
    assert mirror_head(memory) == mirror_head(memory, keys=[log_signer.verifier]) == folder.head()
    stranger = NoteSigner("holdshort.example/other", log_signer.private)
    with pytest.raises(RegisterError, match="known key"):
        mirror_head(memory, keys=[stranger.verifier])


# ------------------------------------------------------------------ S3


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, Any]]:
    """An S3 that speaks the real protocol, on this machine."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    options = {
        "key": "test",
        "secret": "test",
        "endpoint_url": f"http://{host}:{port}",
        "client_kwargs": {"region_name": "eu-west-1"},
    }
    import s3fs  # type: ignore[import-untyped]

    s3fs.S3FileSystem(**options).mkdir("registers")
    yield options
    server.stop()


@pytest.mark.filterwarnings("ignore")  # moto and botocore have their own
def test_a_register_goes_to_s3_and_comes_back(
    folder: Folder,
    s3: dict[str, Any],
    tmp_path: Path,
    leaves: list[bytes],
    checkpoint_for: Checkpoints,
    log_signer: NoteSigner,
) -> None:
    import s3fs

    url = "s3://registers/one"
    push(folder, url, s3)
    folder.publish(leaves[300:], checkpoint_for(leaves), start=300)
    done = push(folder, url, s3)
    assert (done.before, done.size, done.blobs) == (300, 700, 0)
    assert done.removed == 3
    fs = s3fs.S3FileSystem(**s3, skip_instance_cache=True, use_listings_cache=False)
    there = {name.removeprefix("registers/one/") for name in fs.find("registers/one")}
    assert there == set(files(folder.path))
    assert fs.info("registers/one/checkpoint")["ContentType"].startswith("text/plain")
    copy = Folder(tmp_path / "copy")
    pulled = pull(url, copy, options=s3, blobs=blobs_of)
    assert (pulled.size, pulled.blobs, pulled.missing) == (700, 1, ())
    assert audit_log(copy, [log_signer.verifier]).ok
    assert copy.read_blob(DIGEST) == BLOB


@pytest.mark.filterwarnings("ignore")
def test_a_bucket_that_is_not_there_is_named(folder: Folder, s3: dict[str, Any]) -> None:
    with pytest.raises(HoldshortError, match=r"no such bucket|could not be"):
        push(folder, "s3://no-such-bucket/one", s3)


# ------------------------------------------------------------------ from a mirror


def test_a_copy_is_fetched_from_a_plain_web_server(
    folder: Folder, serve: Callable[[Folder], Web], tmp_path: Path, log_signer: NoteSigner
) -> None:
    web = serve(folder)
    heard: list[tuple[str, int, int]] = []
    copy = Folder(tmp_path / "copy")
    done = pull(web.url, copy, lambda *said: heard.append(said), blobs=blobs_of)
    assert (done.before, done.size, done.files, done.blobs) == (0, 300, 5, 1)
    assert audit_log(copy, [log_signer.verifier]).ok
    assert copy.read_blob(DIGEST) == BLOB
    assert heard[-1] == ("documents", 1, 1)
    assert ("tiles", 5, 5) in heard
    assert not any(path.endswith("/") for path in web.asked), "nothing is listed"


def test_a_copy_is_brought_up_to_date_by_what_is_new(
    folder: Folder,
    serve: Callable[[Folder], Web],
    tmp_path: Path,
    leaves: list[bytes],
    checkpoint_for: Checkpoints,
    log_signer: NoteSigner,
) -> None:
    web = serve(folder)
    copy = Folder(tmp_path / "copy")
    pull(web.url, copy)
    folder.publish(leaves[300:], checkpoint_for(leaves), start=300)
    web.asked.clear()
    assert pull(web.url, copy).before == 300
    assert "/tile/entries/000" not in web.asked
    assert audit_log(copy, [log_signer.verifier]).ok
    assert {name for name in files(copy.path) if "blobs" not in name} == {
        name for name in files(folder.path) if "blobs" not in name
    }


def test_what_is_missing_at_a_mirror_is_said_and_fetched_once_it_is_there(
    folder: Folder, serve: Callable[[Folder], Web], tmp_path: Path
) -> None:
    web = serve(folder)
    path = folder.path / blob_path(DIGEST)
    path.unlink()
    copy = Folder(tmp_path / "copy")
    assert pull(web.url, copy, blobs=blobs_of).missing == (DIGEST,)
    folder.put_blob(BLOB)
    assert pull_blobs(web.url, copy, [DIGEST]).fetched == (DIGEST,)
    assert pull_blobs(web.url, copy, [DIGEST]).fetched == ()


def test_a_document_with_another_content_is_not_kept(
    folder: Folder, serve: Callable[[Folder], Web], tmp_path: Path
) -> None:
    web = serve(folder)
    (folder.path / blob_path(DIGEST)).write_bytes(b"something else")
    copy = Folder(tmp_path / "copy")
    assert pull(web.url, copy, blobs=blobs_of).damaged == (DIGEST,)
    assert not (copy.path / blob_path(DIGEST)).exists()
    assert not (copy.path / ".incoming").exists()


def test_a_damaged_document_is_left_alone_but_in_a_copy_made_afresh(
    folder: Folder, serve: Callable[[Folder], Web], tmp_path: Path
) -> None:
    web = serve(folder)
    copy = Folder(tmp_path / "copy")
    pull(web.url, copy, blobs=blobs_of)
    (copy.path / blob_path(DIGEST)).write_bytes(b"x" * len(BLOB))
    assert pull(web.url, copy, blobs=blobs_of).blobs == 0
    assert not copy.holds(DIGEST)
    assert pull(web.url, copy, blobs=blobs_of, fresh=True).blobs == 1
    assert copy.read_blob(DIGEST) == BLOB
    web.asked.clear()
    assert pull(web.url, copy, blobs=blobs_of, fresh=True).blobs == 0
    assert f"/{blob_path(DIGEST)}" not in web.asked, "what is whole needs no fetching"


def test_a_document_that_is_damaged_on_both_sides_is_told(
    folder: Folder, serve: Callable[[Folder], Web], tmp_path: Path
) -> None:
    web = serve(folder)
    copy = Folder(tmp_path / "copy")
    pull(web.url, copy, blobs=blobs_of)
    (copy.path / blob_path(DIGEST)).write_bytes(b"one thing")
    (folder.path / blob_path(DIGEST)).write_bytes(b"another")
    assert pull(web.url, copy, blobs=blobs_of, fresh=True).damaged == (DIGEST,)
    assert pull_blobs(web.url, copy, [DIGEST]).damaged == (DIGEST,)
    assert (copy.path / blob_path(DIGEST)).read_bytes() == b"one thing"


def test_a_document_that_is_asked_for_by_name_is_fetched_if_it_is_not_whole(
    folder: Folder, serve: Callable[[Folder], Web], tmp_path: Path
) -> None:
    web = serve(folder)
    copy = Folder(tmp_path / "copy")
    pull(web.url, copy, blobs=blobs_of)
    (copy.path / blob_path(DIGEST)).write_bytes(BLOB[:-1])
    assert pull_blobs(web.url, copy, [DIGEST]).fetched == (DIGEST,)
    assert copy.read_blob(DIGEST) == BLOB


def _partial_content(handler: _Handler) -> None:
    """Serve a range, as nginx does; break the connection after the first half."""
    wanted = handler.headers.get("Range")
    start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
    handler.send_response(206 if wanted else 200)
    handler.send_header("Content-Length", str(len(BLOB) - start))
    handler.end_headers()
    end = len(BLOB) if wanted else len(BLOB) // 2
    handler.wfile.write(BLOB[start:end])
    handler.close_connection = True


def test_a_document_whose_connection_breaks_is_gone_on_with(
    folder: Folder, serve: Callable[[Folder], Web], tmp_path: Path
) -> None:
    web = serve(folder)
    web.tricks[f"/{blob_path(DIGEST)}"] = _partial_content
    copy = Folder(tmp_path / "copy")
    assert pull(web.url, copy, blobs=blobs_of).blobs == 1
    assert copy.read_blob(DIGEST) == BLOB
    assert web.asked.count(f"/{blob_path(DIGEST)}") == 2


def test_a_log_that_grows_while_it_is_read_is_read_anew(
    folder: Folder,
    serve: Callable[[Folder], Web],
    tmp_path: Path,
    leaves: list[bytes],
    checkpoint_for: Checkpoints,
    log_signer: NoteSigner,
) -> None:
    web = serve(folder)
    stale = folder.checkpoint()
    folder.publish(leaves[300:], checkpoint_for(leaves), start=300)

    def once(handler: _Handler) -> None:
        del web.tricks["/checkpoint"]
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(stale)

    web.tricks["/checkpoint"] = once
    copy = Folder(tmp_path / "copy")
    assert pull(web.url, copy).size == 700
    assert audit_log(copy, [log_signer.verifier]).ok


def test_a_server_that_is_busy_is_asked_again(
    folder: Folder, serve: Callable[[Folder], Web], tmp_path: Path
) -> None:
    web = serve(folder)

    def busy(handler: _Handler) -> None:
        if web.asked.count("/tile/0/000") > 2:
            del web.tricks["/tile/0/000"]
        handler.send_error(503)

    web.tricks["/tile/0/000"] = busy
    assert pull(web.url, Folder(tmp_path / "copy")).size == 300


# ------------------------------------------------------------------ who signed it


ROOT = PrivateKey.from_seed(b"the root of a register for tests")


def charter(log_key: PrivateKey) -> bytes:
    """The first entry of a register whose checkpoints this key signs."""

    def party(id_: str, key: PrivateKey) -> dict[str, Any]:
        return {"id": id_, "name": id_, "role": id_, "keys": [key.public.to_json()]}

    fields: dict[str, Any] = {
        "title": "Test",
        "rulebook": {"id": "test", "digest": "ab" * 32},
        "witness_policy": NO_WITNESSES,
        "status_minutes": 5,
        "root": party("root", ROOT),
        "registrar": party("registrar", ROOT),
        "log_key": party("register", log_key),
    }
    act = Act(
        *("holdshort.example/test", "ab" * 32, "register", "charter", "register", "root"),
        "2026-11-23T10:15:00Z",
        fields,
    )
    return sign(act.to_payload(), [ROOT]).to_bytes()


@pytest.fixture
def register(
    leaves: list[bytes], checkpoint_for: Checkpoints, key: PrivateKey, tmp_path: Path
) -> Folder:
    """300 entries, of which the first is a charter that names the log's key."""
    made = Folder(tmp_path / "register" / "public")
    entries = [charter(key), *leaves[1:300]]
    made.publish(entries, checkpoint_for(entries))
    return made


def signed_by_a_stranger(folder: Folder) -> bytes:
    """What the folder's checkpoint says, under the log's name and another key."""
    stranger = NoteSigner("holdshort.example/test", PrivateKey.from_seed(b"s" * 32))
    return sign_checkpoint(folder.head(), stranger)


def forged_signature(folder: Folder) -> bytes:
    """The folder's checkpoint of one entry more, with the signature of the true one."""
    return folder.checkpoint().replace(b"\n300\n", b"\n301\n")


@pytest.mark.parametrize("lie", [signed_by_a_stranger, forged_signature])
def test_nothing_is_fetched_under_a_checkpoint_that_a_known_key_did_not_sign(
    folder: Folder,
    serve: Callable[[Folder], Web],
    tmp_path: Path,
    log_signer: NoteSigner,
    lie: Callable[[Folder], bytes],
) -> None:
    web = serve(folder)
    (folder.path / "checkpoint").write_bytes(lie(folder))
    copy = Folder(tmp_path / "copy")
    with pytest.raises(Untrusted, match="Nothing more was fetched") as refused:
        pull(web.url, copy, signers=known([log_signer.verifier]))
    assert refused.value.check == "checkpoint"
    assert web.asked == ["/checkpoint"]
    assert not copy.path.exists()


@pytest.mark.parametrize("lie", [signed_by_a_stranger, forged_signature])
def test_at_first_contact_no_more_than_the_first_bundle_is_fetched_before_the_signature(
    register: Folder,
    serve: Callable[[Folder], Web],
    tmp_path: Path,
    lie: Callable[[Folder], bytes],
) -> None:
    web = serve(register)
    (register.path / "checkpoint").write_bytes(lie(register))
    copy = Folder(tmp_path / "copy")
    with pytest.raises(Untrusted) as refused:
        pull(web.url, copy, signers=chartered())
    assert refused.value.check == "checkpoint"
    assert web.asked == ["/checkpoint", "/tile/entries/000"]
    assert not copy.path.exists()


def test_the_key_that_the_charter_names_has_to_sign_and_does(
    register: Folder, serve: Callable[[Folder], Web], tmp_path: Path, log_signer: NoteSigner
) -> None:
    copy = Folder(tmp_path / "copy")
    assert pull(serve(register).url, copy, signers=chartered()).size == 300
    assert audit_log(copy, [log_signer.verifier], strict=False).ok


def test_another_charter_than_the_pinned_one_ends_it_at_the_first_bundle(
    register: Folder, serve: Callable[[Folder], Web], tmp_path: Path
) -> None:
    web = serve(register)
    with pytest.raises(Untrusted, match=f"expected {'ab' * 32}") as refused:
        pull(web.url, Folder(tmp_path / "copy"), signers=chartered("ab" * 32))
    assert refused.value.check == "charter"
    assert web.asked == ["/checkpoint", "/tile/entries/000"]
    right = leaf_hash(register.leaf(0)).hex()
    assert pull(web.url, Folder(tmp_path / "copy"), signers=chartered(right)).size == 300


def test_a_log_without_a_charter_is_no_register(
    folder: Folder, serve: Callable[[Folder], Web], tmp_path: Path
) -> None:
    web = serve(folder)
    with pytest.raises(Untrusted, match="first entry of a register is its charter") as refused:
        pull(web.url, Folder(tmp_path / "copy"), signers=chartered())
    assert refused.value.check == "charter"
    assert web.asked == ["/checkpoint", "/tile/entries/000"]


def test_an_empty_log_has_no_charter(
    checkpoint_for: Checkpoints, serve: Callable[[Folder], Web], tmp_path: Path
) -> None:
    empty = Folder(tmp_path / "empty")
    empty.publish([], checkpoint_for([]))
    with pytest.raises(Untrusted, match="no charter"):
        pull(serve(empty).url, Folder(tmp_path / "copy"), signers=chartered())


def test_a_copy_knows_the_key_of_its_log_and_asks_the_mirror_only_if_it_is_damaged(
    register: Folder, serve: Callable[[Folder], Web], tmp_path: Path
) -> None:
    web = serve(register)
    copy = Folder(tmp_path / "copy")
    pull(web.url, copy, signers=chartered())
    web.asked.clear()
    pull(web.url, copy, signers=chartered())
    assert "/tile/entries/000" not in web.asked
    bundle = copy.path / "tile" / "entries" / "000"
    bundle.write_bytes(b"\0\1" + bundle.read_bytes()[2:])
    assert pull(web.url, copy, signers=chartered(), fresh=True).size == 300
    assert files(copy.path) == files(register.path)


def test_a_key_that_the_reader_knows_goes_before_that_of_the_charter(
    register: Folder, serve: Callable[[Folder], Web], tmp_path: Path, log_signer: NoteSigner
) -> None:
    web = serve(register)
    stranger = NoteSigner(log_signer.name, PrivateKey.from_seed(b"s" * 32)).verifier
    with pytest.raises(Untrusted):
        pull(web.url, Folder(tmp_path / "copy"), signers=chartered(keys=[stranger]))
    assert web.asked == ["/checkpoint"]
    elsewhere = NoteSigner("holdshort.example/other", log_signer.private).verifier
    assert pull(web.url, Folder(tmp_path / "copy"), signers=chartered(keys=[elsewhere])).size == 300


# ------------------------------------------------------------------ hostile mirrors


def _answer(content: bytes) -> Callable[[_Handler], None]:
    def answer(handler: _Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            handler.wfile.write(content)
        except OSError:
            handler.close_connection = True

    return answer


def _endless(handler: _Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"\0" * 65536)
    except OSError:
        handler.close_connection = True


def _redirect(handler: _Handler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "http://127.0.0.1:9/secret")
    handler.end_headers()


@pytest.mark.parametrize(
    ("path", "trick", "says"),
    [
        ("/tile/0/000", _endless, "more than the 8,192 bytes"),
        ("/tile/entries/000", _endless, "more than the"),
        ("/checkpoint", _endless, "more than the"),
        ("/tile/0/000", _answer(b"x" * 8191), "exactly 256"),
        ("/tile/0/000", _answer(b""), "exactly 256"),
        ("/tile/entries/000", _answer(b"\0\1xx"), "cut short"),
        ("/tile/entries/000", _answer(b"\0\1x" * 257), "exactly 256"),
        ("/tile/entries/000", _answer(b"\0\1x" * 255), "exactly 256"),
        ("/tile/0/000", _redirect, "redirects to http://127.0.0.1:9/secret"),
        ("/checkpoint", _redirect, "redirects"),
        ("/checkpoint", _answer(b"<html>"), "note"),
        ("/tile/0/000", lambda handler: handler.send_error(404), "missing"),
        ("/tile/0/001.p/44", lambda handler: handler.send_error(404), "missing"),
        ("/tile/0/000", lambda handler: handler.send_error(418), "418"),
    ],
)
def test_a_hostile_answer_is_refused_and_no_checkpoint_is_taken(
    folder: Folder,
    serve: Callable[[Folder], Web],
    tmp_path: Path,
    path: str,
    trick: Callable[[_Handler], None],
    says: str,
) -> None:
    web = serve(folder)
    web.tricks[path] = trick
    copy = Folder(tmp_path / "copy")
    with pytest.raises(HoldshortError, match=says):
        pull(web.url, copy)
    assert copy.size() == 0


def test_a_truncated_answer_is_not_taken_for_whole(
    folder: Folder, serve: Callable[[Folder], Web], tmp_path: Path
) -> None:
    def cut(handler: _Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "8192")
        handler.end_headers()
        handler.wfile.write(b"x" * 100)
        handler.close_connection = True

    web = serve(folder)
    web.tricks["/tile/0/000"] = cut
    with pytest.raises(Unreachable):
        pull(web.url, Folder(tmp_path / "copy"))


def test_a_log_said_to_be_of_absurd_size_ends_at_once(
    folder: Folder, serve: Callable[[Folder], Web], tmp_path: Path, log_signer: NoteSigner
) -> None:
    web = serve(folder)
    absurd = Checkpoint("holdshort.example/test", (1 << 62) + 5, b"\1" * 32)
    web.tricks["/checkpoint"] = _answer(sign_checkpoint(absurd, log_signer))
    began = time.monotonic()
    with pytest.raises(RegisterError, match="missing"):
        pull(web.url, Folder(tmp_path / "copy"))
    assert time.monotonic() - began < 20


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
        pull("http://127.0.0.1:9", Folder(tmp_path / "copy"))


def test_a_rollback_is_refused_and_both_checkpoints_are_kept(
    folder: Folder,
    serve: Callable[[Folder], Web],
    tmp_path: Path,
    leaves: list[bytes],
    checkpoint_for: Checkpoints,
) -> None:
    old = Folder(Path(shutil.copytree(folder.path, tmp_path / "old")))
    folder.publish(leaves[300:], checkpoint_for(leaves), start=300)
    copy = Folder(tmp_path / "copies" / "copy")
    pull(serve(folder).url, copy)
    before = files(copy.path)
    with pytest.raises(Conflict, match="300 entries; 700 were seen before") as refused:
        pull(serve(old).url, copy)
    assert files(copy.path) == before
    assert refused.value.evidence == tmp_path.absolute() / "copies" / "conflict-300.txt"


@pytest.mark.parametrize("size", [200, 300, 700])
def test_a_forked_log_is_refused_whatever_its_size_and_the_pair_proves_it(
    folder: Folder,
    serve: Callable[[Folder], Web],
    tmp_path: Path,
    leaves: list[bytes],
    make_leaf: Callable[..., bytes],
    checkpoint_for: Checkpoints,
    log_signer: NoteSigner,
    size: int,
) -> None:
    others = forged(leaves, make_leaf)[:size]
    other = Folder(tmp_path / "other")
    other.publish(others, checkpoint_for(others))
    copy = Folder(tmp_path / "copies" / "copy")
    pull(serve(folder).url, copy)
    before = files(copy.path)
    with pytest.raises(Conflict) as refused:
        pull(serve(other).url, copy)
    assert files(copy.path) == before
    pair = split_pair(refused.value.evidence.read_bytes())
    entries = others if size >= 300 else leaves
    assert check_fork(*pair, log_signer.verifier, entries)


def test_a_mirror_with_damaged_tiles_is_not_called_a_fork(
    folder: Folder,
    serve: Callable[[Folder], Web],
    tmp_path: Path,
    leaves: list[bytes],
    checkpoint_for: Checkpoints,
) -> None:
    web = serve(folder)
    copy = Folder(tmp_path / "copies" / "copy")
    pull(web.url, copy)
    folder.publish(leaves[300:], checkpoint_for(leaves), start=300)
    (tile,) = (folder.path / "tile" / "1" / "000.p").iterdir()
    tile.write_bytes(b"x" * tile.stat().st_size)
    with pytest.raises(RegisterError, match="mirror is damaged"):
        pull(web.url, copy)
    assert not list((tmp_path / "copies").glob("conflict*"))


# ------------------------------------------------------------------ killed


KILLED = """
import os, signal, sys
from pathlib import Path
from holdshort.register.folder import Folder
from holdshort.register.mirror import pull

url, path, digest, last = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
done = 0

def die_at_the_last(event, arguments):
    global done
    if event in ("open", "os.rename", "os.mkdir", "os.remove") and str(path) in str(arguments):
        done += 1
        if done >= last:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die_at_the_last)
pull(url, Folder(path), blobs=lambda index, leaf: [digest])
"""
"""Dies at the file operation of that number within the copy, not after some time: machines differ
in speed."""


@pytest.mark.slow
def test_a_fetch_that_is_killed_at_any_moment_is_gone_on_with(
    folder: Folder,
    serve: Callable[[Folder], Web],
    tmp_path: Path,
    leaves: list[bytes],
    checkpoint_for: Checkpoints,
    log_signer: NoteSigner,
) -> None:
    folder.publish(leaves[300:], checkpoint_for(leaves), start=300)
    web = serve(folder)
    copy = Folder(tmp_path / "copy")
    killed = 0
    for last in range(1, 400, 6):
        command = [sys.executable, "-c", KILLED, web.url, str(copy.path), DIGEST, str(last)]
        code = subprocess.run(command, check=False).returncode
        assert code in (0, -signal.SIGKILL)
        if copy.size():
            found = audit_log(copy, [log_signer.verifier])
            wrong = [each for each in found.failures if not (each.where or "").startswith(".inc")]
            assert not wrong
        if code == 0:
            break
        killed += 1
    assert killed > 3
    pull(web.url, copy, blobs=blobs_of)
    assert audit_log(copy, [log_signer.verifier]).ok
    assert copy.read_blob(DIGEST) == BLOB
