"""What is restored is verified first, and goes on only if nobody was shown more."""

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.errors import RegisterError, StorageError
from holdshort.office.door import Office, Receipt, Unpublished
from holdshort.office.place import Place
from holdshort.office.storage.database import leaves, open_database
from holdshort.office.storage.guards import missing_guards
from holdshort.register import tiles
from holdshort.register.canonical import canonical
from holdshort.register.envelope import Envelope, sign
from holdshort.register.folder import Folder
from holdshort.register.keys import load
from holdshort.register.merkle import Tree, leaf_hash

Holdshort = Callable[..., Any]


@pytest.mark.parametrize("storage", ["sqlite", "postgresql"], indirect=True)
def test_a_backup_is_restored_into_either_database(
    office: Office,
    storage: str,
    holdshort: Callable[..., Any],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = office.place.root
    log = [entry.leaf for entry in office.entries()]
    assert holdshort("register", "backup", tmp_path / "backup", "--data", root).code == 0
    new = tmp_path / "new"
    if storage == "postgresql":
        server = request.getfixturevalue("postgres")
        new.mkdir()
        (new / "register.toml").write_text(f'[database]\nurl = "{server.url(server.database())}"\n')
    ran = holdshort("register", "restore", tmp_path / "backup", new)
    assert ran.code == 0, ran.err
    alias = open_database(Place(new))
    assert list(leaves(alias)) == log
    assert missing_guards(alias) == []
    shutil.copytree(root / "keys", new / "keys")
    assert holdshort("register", "check", "--data", new).code == 0
    again = Office.open(new)
    assert again.docket.frontier.root() == office.docket.frontier.root()
    assert again.docket.parties == office.docket.parties


# ------------------------------------------------------------------ what was not published


@pytest.fixture
def waiting(
    office: Office, holdshort: Holdshort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A backup with one act that was not published."""
    with monkeypatch.context() as full:
        full.setattr(Folder, "publish", _full)
        with pytest.raises(Unpublished):
            office.file("review.declare", "one", "acme", {"model": "M", "facts": {}})
    backup = tmp_path / "backup"
    assert holdshort("register", "backup", backup, "--data", office.place.root).code == 0
    return backup


def _full(*_: object, **__: object) -> None:
    raise StorageError("No space left on device.")


def other_signature(leaf: bytes, place: Place) -> bytes:
    """The same act under a signature that nobody made."""
    envelope = json.loads(leaf)
    signature = envelope["signatures"][0]
    made = bytearray(base64.b64decode(signature["sig"]))
    made[0] ^= 1
    signature["sig"] = base64.b64encode(made).decode()
    return canonical(envelope)


def unlawful(leaf: bytes, place: Place) -> bytes:
    """The act of a party that may not do it, whose key signed it all the same."""
    statement = Envelope.from_bytes(leaf).payload.replace(b'"by":"acme"', b'"by":"beacon"')
    return sign(statement, [load(place.key("beacon"))]).to_bytes()


@pytest.mark.parametrize("spoil", [other_signature, unlawful])
def test_what_no_checkpoint_covers_is_verified_whatever_the_backup_says_of_itself(
    office: Office,
    waiting: Path,
    holdshort: Holdshort,
    tmp_path: Path,
    spoil: Callable[[bytes, Place], bytes],
) -> None:
    """Whoever can write to a backup can also make its counts and its root agree."""
    bundle, index = waiting / "unpublished" / "000000", waiting / "backup.json"
    (leaf,) = tiles.decode_bundle(bundle.read_bytes(), bundle.name)
    forged = spoil(leaf, office.place)
    assert forged != leaf
    bundle.write_bytes(tiles.encode_bundle([forged]))
    log = [*Folder(waiting / "public").leaves(), forged]
    said = json.loads(index.read_bytes())
    index.write_text(json.dumps({**said, "root": Tree(map(leaf_hash, log)).root().hex()}))
    ran = holdshort("register", "restore", waiting, tmp_path / "new")
    assert ran.code == 1
    assert "The backup does not hold, so nothing was restored" in ran.err
    assert f"entry {len(log) - 1}" in ran.err
    assert not (tmp_path / "new").exists()


# ------------------------------------------------------------------ before it goes on


@pytest.fixture
def restored(office: Office, holdshort: Holdshort, tmp_path: Path) -> Place:
    """A restored register with its keys; what it was restored from is of an earlier time."""
    assert holdshort("register", "backup", tmp_path / "b", "--data", office.place.root).code == 0
    assert holdshort("register", "restore", tmp_path / "b", tmp_path / "new").code == 0
    shutil.copytree(office.place.keys, tmp_path / "new" / "keys")
    return Place(tmp_path / "new")


def configure(place: Place, *mirrors: Path) -> Place:
    listed = ", ".join(f'"{each}"' for each in mirrors)
    place.settings_file.write_text(f"[publish]\nmirrors = [{listed}]\n")
    return Place(place.root)


def declare(place: Place, case: str) -> Receipt:
    return Office.open(place.root).file("review.declare", case, "acme", {"model": "M", "facts": {}})


def test_a_restored_register_with_nobody_to_ask_goes_on(restored: Place) -> None:
    assert restored.restored.exists()
    assert declare(restored, "one")
    assert not restored.restored.exists()


def test_a_restored_register_goes_on_once_a_mirror_has_shown_it(
    office: Office, restored: Place, tmp_path: Path
) -> None:
    office.mirror(str(tmp_path / "mirror"))
    assert declare(configure(restored, tmp_path / "mirror"), "one")
    assert not restored.restored.exists()


def test_a_restored_register_does_not_go_on_where_a_mirror_was_shown_more(
    office: Office, restored: Place, tmp_path: Path
) -> None:
    office.file("review.declare", "lost", "acme", {"model": "M", "facts": {}})
    office.mirror(str(tmp_path / "mirror"))
    with pytest.raises(RegisterError, match="does not agree with the database"):
        declare(configure(restored, tmp_path / "mirror"), "one")
    assert restored.restored.exists()


@pytest.mark.parametrize("left", ["nothing", "an empty folder"])
def test_a_restored_register_waits_until_somebody_outside_answers_or_a_person_does(
    restored: Place, holdshort: Holdshort, tmp_path: Path, left: str
) -> None:
    mirror = tmp_path / "mirror"
    if left == "an empty folder":
        mirror.mkdir()
    place = configure(restored, mirror)
    size = Office.open(place.root).docket.size
    for _ in range(2):
        with pytest.raises(RegisterError, match="nobody outside could say") as told:
            declare(place, "one")
        assert "remove this file" in str(told.value.do)
    assert holdshort("register", "publish", "--data", place.root).code == 2
    assert holdshort("register", "publish", "--anew", mirror, "--data", place.root).code == 2
    assert not mirror.exists() or not list(mirror.iterdir())
    assert Office.open(place.root).docket.size == size
    place.restored.unlink()
    assert declare(place, "one").entry.index == size
    assert (mirror / "checkpoint").exists()


def test_of_two_mirrors_of_a_restored_register_the_one_that_shows_nothing_is_not_new(
    office: Office, restored: Place, tmp_path: Path
) -> None:
    """It may hold more than the other: it is asked again until it is there."""
    office.mirror(str(tmp_path / "behind"))
    office.file("review.declare", "lost", "acme", {"model": "M", "facts": {}})
    office.mirror(str(tmp_path / "ahead"))
    away = (tmp_path / "ahead").rename(tmp_path / "away")
    place = configure(restored, tmp_path / "ahead", tmp_path / "behind")
    with pytest.raises(Unpublished, match="not on the mirror"):
        declare(place, "one")
    assert not (tmp_path / "ahead").exists()
    away.rename(tmp_path / "ahead")
    with pytest.raises(RegisterError, match=r"The mirror .*ahead .* does not agree"):
        declare(place, "two")
