"""The check of a published folder by a stranger who trusts nothing in it."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.errors import BadInput
from holdshort.register.audit import LogAudit, audit_log
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.folder import Folder
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import NoteSigner, NoteVerifier

TESSERA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
COUNT = 300
Audit = Callable[[Path], LogAudit]


@pytest.fixture(scope="module")
def leaves(make_leaf: Callable[..., bytes]) -> list[bytes]:
    return [make_leaf(number) for number in range(COUNT)]


@pytest.fixture(scope="module")
def whole(
    leaves: list[bytes],
    checkpoint_for: Callable[[list[bytes]], bytes],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A register of 300 acts and three blobs."""
    folder = Folder(tmp_path_factory.mktemp("whole") / "register")
    folder.publish(leaves, checkpoint_for(leaves))
    for content in (b"", b"report", bytes(range(256)) * 40):
        folder.put_blob(content)
    return folder.path


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "register"))


@pytest.fixture(scope="module")
def audit(log_signer: NoteSigner) -> Audit:
    return lambda path: audit_log(path, [log_signer.verifier])


def names(path: Path) -> list[str]:
    return sorted(p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file())


def where(found: LogAudit) -> list[str]:
    return [check.where or "" for check in found.failures]


def flip(path: Path, at: int, mask: int) -> bytes:
    original = path.read_bytes()
    damaged = bytearray(original)
    damaged[at] ^= mask
    path.write_bytes(damaged)
    return original


def test_a_whole_register_passes_every_check(
    whole: Path, audit: Audit, leaves: list[bytes]
) -> None:
    found = audit(whole)
    assert found.ok
    assert found.signed
    assert [check.name for check in found.checks] == [
        *("checkpoint", "root", "entries", "tiles", "blobs", "files")
    ]
    assert found.leaves == leaves
    assert [entry.act.case for entry in found.entries[:2]] == ["review-0", "review-1"]
    assert found.checkpoint is not None
    assert found.checkpoint.size == COUNT
    assert len(found.blobs) == 3


def test_any_flipped_byte_of_any_file_is_noticed_and_its_file_named(
    copy: Path, audit: Audit
) -> None:
    """Every position of the small files, and a sample in all."""
    chosen = random.Random(20_261_123)
    for name in names(copy):
        size = (copy / name).stat().st_size
        positions = range(size)
        if size > 300:
            positions = sorted({0, 1, size - 1, *chosen.choices(range(size), k=25)})  # type: ignore[assignment]
        for at in positions:
            original = flip(copy / name, at, 1 << chosen.randrange(8))
            found = audit(copy)
            assert not found.ok, (name, at)
            assert all(each.startswith(name) for each in where(found)), (name, at, where(found))
            (copy / name).write_bytes(original)
    assert audit(copy).ok


def test_a_flipped_byte_in_a_bundle_names_the_entry(
    copy: Path, audit: Audit, leaves: list[bytes]
) -> None:
    for name, first in (("tile/entries/000", 0), ("tile/entries/001.p/44", 256)):
        ends, end = [], 0
        for leaf in leaves[first : first + 256]:
            end += 2 + len(leaf)
            ends.append(end)
        chosen = random.Random(7)
        starts = [0, *ends[:-1]]
        for entry in chosen.sample(range(len(ends)), 12):
            # the two bytes of the length, the first of the entry, one within, and the last
            inside = chosen.randrange(starts[entry] + 3, ends[entry])
            for at in (*range(starts[entry], starts[entry] + 3), inside, ends[entry] - 1):
                original = flip(copy / name, at, 1 << chosen.randrange(8))
                assert where(audit(copy)) == [f"{name}, entry {first + entry}"]
                (copy / name).write_bytes(original)


def test_entries_before_a_damaged_bundle_are_still_given(
    copy: Path, audit: Audit, leaves: list[bytes]
) -> None:
    flip(copy / "tile/entries/001.p/44", 500, 1)
    found = audit(copy)
    assert found.leaves == leaves[:256]
    assert len(found.entries) == 256


def test_a_byte_more_or_less_in_any_file_is_noticed(copy: Path, audit: Audit) -> None:
    for name in names(copy):
        original = (copy / name).read_bytes()
        for content in (original + b"\x00", original + b"\n", original[:-1], b""):
            if content != original:
                (copy / name).write_bytes(content)
                found = audit(copy)
                assert any(each.startswith(name) for each in where(found)), name
                (copy / name).write_bytes(original)


def test_every_file_that_is_missing_is_named(copy: Path, audit: Audit) -> None:
    for name in names(copy):
        if name.startswith("blobs/"):
            continue  # which blobs should be there, only the acts say
        original = (copy / name).read_bytes()
        (copy / name).unlink()
        assert any(each.startswith(name) for each in where(audit(copy))), name
        (copy / name).write_bytes(original)


@pytest.mark.parametrize(
    "name",
    [
        "index.html",
        ".checkpoint.tmp",
        "checkpoint.old",
        "tile/0/002",
        "tile/0/000.p/7",
        "tile/2/000",
        "tile/0/x000/000",
        "tile/entries/001.p/45",
        "tile/entries/001.p/43",
        "tile/entries/001",
        "blobs/sha256/ab/" + "ab" * 32,
        "blobs/sha256/00/" + "ab" * 32,
        "blobs/sha256/" + "ab" * 32,
        "blobs/readme",
    ],
)
def test_a_file_that_does_not_belong_is_named(name: str, copy: Path, audit: Audit) -> None:
    (copy / name).parent.mkdir(parents=True, exist_ok=True)
    (copy / name).write_bytes(b"hello")
    assert [each.split(",")[0] for each in where(audit(copy))] == [name]


def test_a_link_is_named(copy: Path, audit: Audit, tmp_path: Path) -> None:
    (copy / "elsewhere").symlink_to(tmp_path)
    assert where(audit(copy)) == ["elsewhere"]
    (copy / "elsewhere").unlink()
    os.mkfifo(copy / "pipe")
    assert where(audit(copy)) == ["pipe"]


def test_a_file_whose_name_is_not_utf_8_is_named_printably(copy: Path, audit: Audit) -> None:
    (Path(os.fsdecode(bytes(copy) + b"/\xff"))).write_bytes(b"")
    assert where(audit(copy)) == ["\\udcff"]


def test_a_truncated_log_is_called_so(copy: Path, audit: Audit) -> None:
    (copy / "tile/entries/001.p/44").unlink()
    found = audit(copy)
    assert [(check.detail, check.where) for check in found.failures] == [
        ("The log is cut short: entries 256 to 299 are not there.", "tile/entries/001.p/44")
    ]
    (copy / "tile/0/001.p/44").unlink()
    assert any("cut short" in check.detail for check in audit(copy).failures)


def test_a_missing_bundle_in_the_middle_is_named(copy: Path, audit: Audit) -> None:
    (copy / "tile/entries/000").unlink()
    found = audit(copy)
    assert [(check.detail, check.where) for check in found.failures] == [
        ("A bundle is missing: entries 0 to 255 are not there.", "tile/entries/000")
    ]


def test_damage_in_bundle_and_tile_at_once_names_both(copy: Path, audit: Audit) -> None:
    flip(copy / "tile/entries/000", 100, 1)
    flip(copy / "tile/0/001.p/44", 100, 1)
    places = where(audit(copy))
    assert any(each.startswith("tile/entries/000, entry 0") for each in places)
    assert any(each.startswith("tile/0/001.p/44") for each in places)


def test_a_checkpoint_by_another_key_is_refused(whole: Path) -> None:
    stranger = NoteSigner("holdshort.example/test", PrivateKey.from_seed(bytes(32)))
    found = audit_log(whole, [stranger.verifier])
    assert where(found) == ["checkpoint"]
    assert "Nothing else was checked" in found.failures[0].detail


def test_without_keys_the_rest_is_checked_and_the_audit_says_so(whole: Path) -> None:
    found = audit_log(whole, None)
    assert found.ok
    assert not found.signed
    assert "not checked" in found.checks[0].detail


def test_an_absurd_size_is_not_counted_to(copy: Path, log_signer: NoteSigner) -> None:
    absurd = Checkpoint(log_signer.name, 2**62, bytes(32))
    (copy / "checkpoint").write_bytes(sign_checkpoint(absurd, log_signer))
    found = audit_log(copy, None)
    assert any("cut short" in check.detail for check in found.failures)


def test_a_signed_checkpoint_of_another_log_fails_at_the_root(
    copy: Path, audit: Audit, log_signer: NoteSigner
) -> None:
    other = Checkpoint(log_signer.name, COUNT, bytes(32))
    (copy / "checkpoint").write_bytes(sign_checkpoint(other, log_signer))
    assert [(check.name, check.where) for check in audit(copy).failures] == [("root", "checkpoint")]


def test_a_leaf_that_is_no_act_is_named(
    tmp_path: Path, make_leaf: Callable[..., bytes], log_signer: NoteSigner, audit: Audit
) -> None:
    leaves = [make_leaf(0), b"not an act", make_leaf(2)]
    head = Checkpoint(log_signer.name, 3, Tree(map(leaf_hash, leaves)).root())
    Folder(tmp_path).publish(leaves, sign_checkpoint(head, log_signer))
    found = audit(tmp_path)
    assert where(found) == ["tile/entries/000.p/3, entry 1"]
    assert len(found.entries) == 1
    assert audit_log(tmp_path, [log_signer.verifier], strict=False).ok


def test_a_narrower_tile_that_says_the_same_is_accepted_and_checked(
    copy: Path, audit: Audit
) -> None:
    """A crash after the checkpoint moved leaves the partial tiles that it replaced."""
    tile = copy / "tile/0/001.p/40"
    tile.write_bytes((copy / "tile/0/001.p/44").read_bytes()[: 40 * 32])
    assert audit(copy).ok
    flip(tile, 1000, 4)
    assert where(audit(copy)) == ["tile/0/001.p/40"]


def test_an_empty_folder_and_no_folder_are_told_apart(tmp_path: Path, audit: Audit) -> None:
    assert where(audit(tmp_path)) == ["checkpoint"]
    with pytest.raises(BadInput, match="no folder here"):
        audit(tmp_path / "none")


def test_a_log_of_another_implementation_passes_and_every_damage_to_it_is_named(
    vectors: Callable[[str], Path], tmp_path: Path
) -> None:
    verifier = NoteVerifier.from_vkey(TESSERA)
    log = tmp_path / "log"
    shutil.copytree(vectors("tlog/tessera-log"), log, copy_function=shutil.copyfile)
    for path in (log, *log.rglob("*")):
        path.chmod(0o755)
    found = audit_log(log, [verifier], strict=False)
    assert found.ok
    assert len(found.leaves) == 15
    assert not found.entries
    for name in (name for name in names(log) if name == "checkpoint" or name.startswith("tile/")):
        for at in range(0, (log / name).stat().st_size, 7):
            original = flip(log / name, at, 1)
            found = audit_log(log, [verifier], strict=False)
            assert where(found), (name, at)
            assert all(each.startswith(name) for each in where(found)), (name, at)
            (log / name).write_bytes(original)


# ------------------------------------------------------------------ cosigned, resumed


def test_a_line_by_another_key_is_left_to_whoever_knows_the_policy(
    copy: Path, log_signer: NoteSigner
) -> None:
    line = "\u2014 witness.example AAAAAAAAAA==\n".encode()
    (copy / "checkpoint").write_bytes((copy / "checkpoint").read_bytes() + line)
    assert not audit_log(copy, [log_signer.verifier]).ok
    found = audit_log(copy, [log_signer.verifier], cosigned=True)
    assert found.ok
    assert found.signed
    assert [each.name for each in found.others] == ["witness.example"]


def test_a_cosigned_checkpoint_still_needs_the_logs_own_signature_once(
    copy: Path, log_signer: NoteSigner
) -> None:
    own = (copy / "checkpoint").read_bytes()
    text, _, lines = own.partition(b"\n\n")
    other = "\u2014 witness.example AAAAAAAAAA==\n".encode()
    for damaged in (text + b"\n\n" + other, own + lines, own.replace(b"300", b"299")):
        (copy / "checkpoint").write_bytes(damaged)
        found = audit_log(copy, [log_signer.verifier], cosigned=True)
        assert [check.name for check in found.failures] == ["checkpoint"]


def test_a_blob_whose_file_is_as_it_was_is_not_hashed_again(copy: Path, audit: Audit) -> None:
    first = audit(copy)
    assert (len(first.blobs), first.hashed) == (3, 3)
    again = audit_log(copy, None, seen=first.blobs)
    assert (len(again.blobs), again.hashed) == (3, 0)
    blob = next(
        path for path in (copy / "blobs").rglob("*") if path.is_file() and path.stat().st_size
    )
    blob.write_bytes(b"x" * blob.stat().st_size)
    found = audit_log(copy, None, seen=first.blobs)
    assert [check.name for check in found.failures] == ["blobs"]


def test_entries_that_are_read_again_are_held_against_the_root_again(
    copy: Path, audit: Audit, leaves: list[bytes]
) -> None:
    from holdshort.errors import RegisterError

    found = audit(copy)
    assert found.leaves == leaves
    bundle = copy / "tile" / "entries" / "000"
    content = bytearray(bundle.read_bytes())
    content[500] ^= 1
    bundle.write_bytes(content)
    with pytest.raises(RegisterError, match="changed while it was checked"):
        list(found.read())


def test_a_proof_file_is_no_part_of_a_register(copy: Path, audit: Audit) -> None:
    (copy / "entry-1.tlog-proof").write_text("a proof")
    assert where(audit(copy)) == ["entry-1.tlog-proof"]
