"""Opening a register: once, whole, and again from where it was interrupted."""

from pathlib import Path

import pytest

from holdshort.errors import BadInput, KeyFileError, RegisterError
from holdshort.office.door import REGISTER, Office
from holdshort.office.keys.keyring import Keyring
from holdshort.office.opening import Opening, open_register
from holdshort.office.place import Place
from holdshort.register.folder import Folder
from holdshort.register.keys import generate
from holdshort.rulebook.model import Rulebook

TEST = Opening("Test", rehearsal=True)


def test_a_register_opens_with_its_charter_its_law_and_its_name(
    tmp_path: Path, book: Rulebook
) -> None:
    office, receipt = open_register(Place(tmp_path), book, TEST)
    charter = office.docket.charter
    assert receipt.entry.index == 0
    assert charter.leaf_hash == receipt.entry.leaf_hash.hex()
    assert charter.origin == f"holdshort.dev/aaif/{office.key(REGISTER).keyid[:12]}"
    assert charter.rehearsal
    assert office.folder.read_blob(book.digest) == book.text
    assert office.folder.size() == 1


def test_its_keys_are_for_their_owner_only(tmp_path: Path, book: Rulebook) -> None:
    place = open_register(Place(tmp_path), book, TEST)[0].place
    assert place.keys.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in place.keys.iterdir()} == {0o600}


def test_two_registers_have_two_names(tmp_path: Path, book: Rulebook) -> None:
    origins = {
        open_register(Place(tmp_path / name), book, TEST)[0].docket.charter.origin
        for name in ("one", "two")
    }
    assert len(origins) == 2


def test_a_register_is_opened_once(tmp_path: Path, book: Rulebook) -> None:
    first = open_register(Place(tmp_path), book, TEST)[1].entry
    with pytest.raises(BadInput, match="open here already"):
        open_register(Place(tmp_path), book, TEST)
    assert list(Office.open(tmp_path).entries()) == [first]


@pytest.mark.parametrize("step", ["own", "put_blob", "file", "publish"])
def test_an_opening_that_was_interrupted_goes_on(
    tmp_path: Path, book: Rulebook, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    owner = {"own": Keyring, "put_blob": Folder, "file": Office, "publish": Folder}[step]

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    place = Place(tmp_path)
    with monkeypatch.context() as crash:
        crash.setattr(owner, step, stop)
        with pytest.raises(KeyboardInterrupt):
            open_register(place, book, TEST)
    keys = {path.name: path.read_bytes() for path in place.keys.glob("*.key")}
    if Office.is_open(tmp_path):
        office = Office.open(tmp_path)
    else:
        office, _ = open_register(place, book, TEST)
    assert office.docket.size == office.folder.size() == 1
    assert {name: (place.keys / name).read_bytes() for name in keys} == keys


def test_a_loose_key_left_by_an_interrupted_opening_is_refused(
    tmp_path: Path, book: Rulebook
) -> None:
    place = Place(tmp_path)
    generate(place.key(REGISTER))
    place.key(REGISTER).chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        open_register(place, book, TEST)
    assert not Office.is_open(tmp_path)


def test_a_published_register_without_its_database_is_not_opened_anew(
    tmp_path: Path, book: Rulebook
) -> None:
    from django.db import connections

    place = open_register(Place(tmp_path), book, TEST)[0].place
    connections.close_all()
    moved = tmp_path.with_name("moved")
    tmp_path.rename(moved)
    Place(moved).database.unlink()
    with pytest.raises(RegisterError, match="its database is gone"):
        open_register(Place(moved), book, TEST)
    assert not Place(moved).database.exists()
    assert place.root == tmp_path


def test_a_key_is_made_once(tmp_path: Path) -> None:
    place = Place(tmp_path)
    first, again = Keyring(place).own("acme"), Keyring(place).own("acme")
    assert [key.keyid for key in first] == [key.keyid for key in again]
    with pytest.raises(BadInput, match="party id"):
        Keyring(place).own("../acme")
