"""``holdshort register``: publish, check, back up, restore, prove and search."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.office.place import Place
from holdshort.register.folder import Folder
from holdshort.register.note import NoteVerifier
from holdshort.register.policy import Policy
from holdshort.register.proof import Proof, verify_proof

Holdshort = Callable[..., Any]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def register(holdshort: Holdshort, tmp_path: Path) -> Path:
    """A register with a charter and two parties: three entries."""
    data = tmp_path / "data"
    holdshort("init", data, "--rehearsal")
    for party, role in (("acme", "developer"), ("beacon", "assessor")):
        holdshort("party", party, "--role", role, "--data", data)
    return data


def files(path: Path) -> dict[str, bytes]:
    return {
        each.relative_to(path).as_posix(): each.read_bytes()
        for each in path.rglob("*")
        if each.is_file()
    }


def failed(ran: Any) -> set[str]:
    return {check["name"] for check in ran.json["checks"] if not check["ok"]}


def detail(ran: Any, name: str) -> str:
    return str(next(check["detail"] for check in ran.json["checks"] if check["name"] == name))


def rows(data: Path) -> list[bytes]:
    from holdshort.office.storage.database import leaves, open_database

    return list(leaves(open_database(Place(data))))


# ------------------------------------------------------------------ publish


def test_a_mirror_is_what_is_published(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    ran = holdshort("register", "publish", "--data", register, "--to", tmp_path / "mirror")
    assert ran.code == 0
    assert "3 entries more" in ran.out
    assert files(tmp_path / "mirror") == files(register / "public")
    again = holdshort(
        *("register", "publish", "--data", register, "--to", tmp_path / "mirror", "--json")
    )
    assert again.json["mirrors"][0]["files"] == 0
    assert holdshort("verify", tmp_path / "mirror").code == 0


def test_a_mirror_that_is_ahead_is_told(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    old = Path(shutil.copytree(register, tmp_path / "old"))
    holdshort("party", "cactus", "--role", "assessor", "--data", register)
    holdshort("register", "publish", "--data", register, "--to", tmp_path / "mirror")
    ran = holdshort("register", "publish", "--data", old, "--to", tmp_path / "mirror")
    assert ran.code == 2
    assert "has 4 entries, this folder 3" in ran.err
    assert (old / "conflict-4.txt").exists()


# ------------------------------------------------------------------ check


def test_a_register_that_is_well_passes_every_check(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    holdshort("register", "publish", "--data", register, "--to", tmp_path / "mirror")
    before = files(register)
    ran = holdshort(
        *("register", "check", "--data", register, "--mirror", tmp_path / "mirror", "--json")
    )
    assert ran.code == 0, ran.out
    assert [check["name"] for check in ran.json["checks"]] == [
        *("keys", "space", "guards", "database", "rows", "acts", "published", "unpublished"),
        *(f"mirror {tmp_path / 'mirror'}", "witnesses"),
    ]
    after = files(register)
    kept = {name for name in before if not name.startswith("register.sqlite3")}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_a_key_that_others_can_read_is_told(holdshort: Holdshort, register: Path) -> None:
    key = next((register / "keys").rglob("acme*.key"))
    key.chmod(0o644)
    ran = holdshort("register", "check", "--data", register, "--json")
    assert ran.code == 1
    assert failed(ran) == {"keys"}
    assert str(key) in detail(ran, "keys")


def test_a_published_file_that_changed_is_told(holdshort: Holdshort, register: Path) -> None:
    (tile,) = (register / "public" / "tile" / "0" / "000.p").iterdir()
    tile.write_bytes(b"x" * tile.stat().st_size)
    ran = holdshort("register", "check", "--data", register, "--json")
    assert ran.code == 1
    assert failed(ran) == {"published"}
    assert "tile/0/000.p/3" in detail(ran, "published")


def test_an_old_copy_of_the_database_is_told(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    from django.db import connections

    connections.close_all()
    old = Path(shutil.copytree(register, tmp_path / "old"))
    holdshort("party", "cactus", "--role", "assessor", "--data", register)
    connections.close_all()
    shutil.rmtree(old / "public")
    shutil.copytree(register / "public", old / "public")
    ran = holdshort("register", "check", "--data", old, "--json")
    assert ran.code == 1
    assert "the database is an old copy" in detail(ran, "published")


def test_a_guard_that_was_taken_away_is_told(holdshort: Holdshort, register: Path) -> None:
    import pysqlite3
    from django.db import connections

    connections.close_all()
    database = pysqlite3.connect(register / "register.sqlite3")
    names = [name for (name,) in database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )]  # fmt: skip
    database.execute(f"DROP TRIGGER {names[0]}")
    database.commit()
    database.close()
    ran = holdshort("register", "check", "--data", register, "--json")
    assert ran.code == 1
    assert names[0] in detail(ran, "guards")


def test_a_mirror_that_lags_or_lies_is_told(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    holdshort("register", "publish", "--data", register, "--to", tmp_path / "late")
    holdshort("party", "cactus", "--role", "assessor", "--data", register)
    holdshort("init", tmp_path / "other")
    urls = [tmp_path / "late", tmp_path / "other" / "public", tmp_path / "nothing"]
    options = [part for url in urls for part in ("--mirror", url)]
    ran = holdshort("register", "check", "--data", register, *options, "--json")
    assert ran.code == 1
    assert "1 entries behind" in detail(ran, f"mirror {urls[0]}")
    assert "signature by a known key" in detail(ran, f"mirror {urls[1]}")
    assert "nothing is published" in detail(ran, f"mirror {urls[2]}")


def test_a_folder_without_a_register_is_no_verdict(holdshort: Holdshort, tmp_path: Path) -> None:
    assert holdshort("register", "check", "--data", tmp_path / "none").code == 2


# ------------------------------------------------------------------ back up and restore


def test_what_is_restored_is_what_was_backed_up(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    backup, new = tmp_path / "backup", tmp_path / "new"
    ran = holdshort("register", "backup", backup, "--data", register)
    assert ran.code == 0
    assert "keys are NOT in it" in ran.out
    assert not [name for name in files(backup) if "key" in name]
    ran = holdshort("register", "restore", backup, new)
    assert ran.code == 0, ran.err
    assert rows(new) == rows(register)
    assert files(new / "public") == files(register / "public")
    shutil.copytree(register / "keys", new / "keys")
    assert holdshort("party", "cactus", "--role", "assessor", "--data", new).code == 0
    assert holdshort("register", "check", "--data", new).code == 0
    assert holdshort("verify", new).code == 0
    assert not list(tmp_path.glob(".*restore*"))


def test_acts_that_were_not_published_are_in_the_backup(
    holdshort: Holdshort, register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from holdshort.errors import StorageError

    def refuse(*_: object, **__: object) -> None:
        raise StorageError("No room.")

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "publish", refuse)
        holdshort("party", "cactus", "--role", "assessor", "--data", register)
    assert (Folder(register / "public").size(), len(rows(register))) == (3, 4)
    backup, new = tmp_path / "backup", tmp_path / "new"
    holdshort("register", "backup", backup, "--data", register)
    assert json.loads((backup / "backup.json").read_bytes())["published"] == 3
    ran = holdshort("register", "restore", backup, new)
    assert "1 acts are not published yet" in ran.out
    assert rows(new) == rows(register)
    bundle = backup / "unpublished" / "000000"
    content = bytearray(bundle.read_bytes())
    content[700] ^= 1
    bundle.write_bytes(content)
    ran = holdshort("register", "restore", backup, tmp_path / "again")
    assert ran.code != 0
    assert not (tmp_path / "again").exists()
    assert holdshort("register", "publish", "--data", register).code == 0
    holdshort("register", "backup", backup, "--data", register)
    assert not bundle.exists()
    assert holdshort("register", "restore", backup, tmp_path / "again").code == 0


@pytest.mark.parametrize("by", ["--size", "--at"])
def test_an_earlier_time_is_restored_to_be_read_only(
    holdshort: Holdshort, register: Path, tmp_path: Path, by: str
) -> None:
    from holdshort.register.entry import Entry

    log = rows(register)
    holdshort("register", "backup", tmp_path / "backup", "--data", register)
    size = 2
    value = str(size)
    if by == "--at":
        value = Entry.parse(1, log[1]).act.at
        size = sum(Entry.parse(i, leaf).act.at <= value for i, leaf in enumerate(log))
    ran = holdshort(
        *("register", "restore", tmp_path / "backup", tmp_path / "then", by, value, "--json")
    )
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert document["entries"] == size
    assert document["frozen"] == (size < len(log))
    assert rows(tmp_path / "then") == log[:size]
    if size < len(log):
        assert (tmp_path / "then" / "FROZEN").exists()
        assert not (tmp_path / "then" / "public" / "checkpoint").exists()


def test_a_mirror_is_enough_to_restore_from(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    holdshort("register", "publish", "--data", register, "--to", tmp_path / "mirror")
    assert holdshort("register", "restore", tmp_path / "mirror", tmp_path / "new").code == 0
    assert rows(tmp_path / "new") == rows(register)


def test_a_source_that_does_not_hold_restores_nothing(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    holdshort("register", "backup", tmp_path / "backup", "--data", register)
    (tile,) = (tmp_path / "backup" / "public" / "tile" / "0" / "000.p").iterdir()
    tile.write_bytes(b"x" * tile.stat().st_size)
    ran = holdshort("register", "restore", tmp_path / "backup", tmp_path / "new")
    assert ran.code == 1
    assert "FAIL  tiles" in ran.out
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".*restore*"))


def test_another_charter_than_the_trusted_one_restores_nothing(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    source = register / "public"
    ran = holdshort("register", "restore", source, tmp_path / "new", "--charter", "ab" * 32)
    assert ran.code == 1
    assert not (tmp_path / "new").exists()


def test_nothing_is_restored_over_anything(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    new.mkdir()
    (new / "letter.txt").write_text("keep me")
    ran = holdshort("register", "restore", register / "public", new)
    assert ran.code == 2
    assert "letter.txt" in ran.err
    assert [each.name for each in new.iterdir()] == ["letter.txt"]
    assert holdshort("register", "restore", register / "public", register).code == 2


def test_keys_and_settings_that_wait_in_the_new_place_stay(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    shutil.copytree(register / "keys", new / "keys")
    (new / "register.toml").write_text("[witnesses]\ntimeout_seconds = 5\n")
    assert holdshort("register", "restore", register / "public", new).code == 0
    assert files(new / "keys") == files(register / "keys")
    assert Place(new).settings.witness_seconds == 5
    assert holdshort("party", "cactus", "--role", "assessor", "--data", new).code == 0


def test_a_backup_beside_its_register_is_refused(holdshort: Holdshort, register: Path) -> None:
    assert holdshort("register", "backup", register / "backup", "--data", register).code == 2


# ------------------------------------------------------------------ prove


def verifier(register: Path) -> NoteVerifier:
    from holdshort.register.charter import read_charter
    from holdshort.register.entry import Entry

    return read_charter(Entry.parse(0, Folder(register / "public").leaf(0))).verifier


def test_a_proof_is_checked_without_the_register(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    target = tmp_path / "two.tlog-proof"
    assert holdshort("register", "prove", 2, "--data", register, "-o", target).code == 0
    policy = Policy.parse(f"log {verifier(register).vkey}\nquorum none\n")
    leaf = (tmp_path / "two.entry").read_bytes()
    proof = Proof.parse(target.read_bytes())
    assert proof.index == 2
    assert verify_proof(proof, leaf, policy).checkpoint.size == 3


def test_the_entry_can_go_into_the_proof(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    target = tmp_path / "one.tlog-proof"
    public = register / "public"
    ran = holdshort("register", "prove", 1, "--register", public, "-o", target, "--embed", "--json")
    assert ran.json["files"] == [str(target)]
    assert Proof.parse(target.read_bytes()).extra == Folder(public).leaf(1)


def test_an_entry_that_is_not_there_has_no_proof(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    ran = holdshort("register", "prove", 3, "--data", register, "-o", tmp_path / "x.tlog-proof")
    assert ran.code == 2
    assert "3 are published" in ran.err
    assert not (tmp_path / "x.tlog-proof").exists()


# ------------------------------------------------------------------ search


def test_a_search_reads_all_and_says_why_it_is_complete(
    holdshort: Holdshort, cleared: Path
) -> None:
    size = Folder(cleared / "public").size()
    ran = holdshort("register", "search", cleared, "--kind", "register.enrol", "--json")
    assert ran.code == 0
    assert {each["act"] for each in ran.json["found"]} == {"register.enrol"}
    assert f"all {size} entries" in ran.json["complete"]
    told = holdshort("register", "search", cleared, "--kind", "register.enrol")
    assert "Complete: all" in told.out


def test_what_is_asked_narrows_the_answer(holdshort: Holdshort, cleared: Path) -> None:
    def find(*options: str) -> list[dict[str, Any]]:
        ran = holdshort("register", "search", cleared, *options, "--json")
        found: list[dict[str, Any]] = ran.json["found"]
        return found

    declared = find("--kind", "review.declare")[0]
    case, model = declared["case"], declared["fields"]["model"]
    by_case = find("--case", case)
    assert {each["case"] for each in by_case} == {case}
    assert [each["entry"] for each in find("--model", model)] == [e["entry"] for e in by_case]
    weights = declared["fields"]["weights"]
    assert [each["entry"] for each in find("--model", weights)] == [e["entry"] for e in by_case]
    by_party = find("--party", declared["by"], "--case", case)
    assert 0 < len(by_party) <= len(by_case)
    assert find("--model", "no such model") == []


def test_a_search_in_a_register_that_does_not_hold_answers_nothing(
    holdshort: Holdshort, cleared: Path
) -> None:
    (bundle,) = (cleared / "public" / "tile" / "entries" / "000.p").iterdir()
    content = bytearray(bundle.read_bytes())
    content[1000] ^= 1
    bundle.write_bytes(content)
    ran = holdshort("register", "search", cleared, "--kind", "review")
    assert ran.code == 2
    assert ran.out == ""
    assert "nothing can be concluded" in ran.err


def test_a_search_for_nothing_is_wrong_use(holdshort: Holdshort, register: Path) -> None:
    assert holdshort("register", "search", register).code == 2


# ------------------------------------------------------------------ witnesses


def test_what_witnesses_have_seen_is_held_against_the_database(
    holdshort: Holdshort, register: Path, tmp_path: Path
) -> None:
    """The policy in force names two witnesses; one shows a checkpoint of another log than ours."""
    import hashlib
    import http.server
    import threading
    from functools import partial

    from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
    from holdshort.register.cosignature import Cosigner
    from holdshort.register.keys import PrivateKey, load
    from holdshort.register.note import NoteSigner, add_signatures

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    shown = tmp_path / "shown"
    shown.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(shown)))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        witness = Cosigner("w.example", PrivateKey.from_seed(b"w" * 32))
        policy = f"witness w {witness.verifier.vkey} {url}\nquorum none\n"
        (tmp_path / "policy").write_text(policy)
        ran = holdshort(
            *("file", "register.witnesses", "--case", "register", "--as", "root"),
            *("--set", f"witness_policy=@{tmp_path / 'policy'}"),
            *("--set", "reasons=Others should watch.", "--data", register),
        )
        assert ran.code == 0, ran.err
        public = register / "public"
        head = Folder(public).head()
        signed = add_signatures(
            (public / "checkpoint").read_bytes(), [witness.cosign(head, 1_790_000_000)]
        )
        (public / "checkpoint").write_bytes(signed)
        ran = holdshort("register", "check", "--data", register, "--json")
        assert ran.code == 0, ran.out
        assert "cosigned by w" in detail(ran, "witnesses")
        assert "shows no checkpoint" in detail(ran, "witness w")
        place = shown / hashlib.sha256(head.origin.encode()).hexdigest()
        place.mkdir()
        (place / "checkpoint").write_bytes(signed)
        ran = holdshort("register", "check", "--data", register, "--json")
        assert "has seen 4 entries" in detail(ran, "witness w")
        signer = NoteSigner(head.origin, load(Place(register).key("register")))
        other = sign_checkpoint(Checkpoint(head.origin, 3, b"\1" * 32), signer)
        (place / "checkpoint").write_bytes(other)
        ran = holdshort("register", "check", "--data", register, "--json")
        assert ran.code == 1
        assert "a fork" in detail(ran, "witness w")
    finally:
        server.shutdown()
        server.server_close()


def test_a_backup_holds_what_was_published_while_it_was_made(
    holdshort: Holdshort, register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from holdshort.cli.register import archive
    from holdshort.register import mirror

    push = mirror.push

    def meanwhile(*given: Any, **named: Any) -> Any:
        another = "from holdshort.cli import main; main()"
        arguments = ("party", "court", "--role", "court", "--data", str(register))
        subprocess.run([sys.executable, "-c", another, *arguments], check=True, capture_output=True)
        return push(*given, **named)

    monkeypatch.setattr(archive, "push", meanwhile)
    made = holdshort("register", "backup", tmp_path / "backup", "--data", register, "--json")
    assert (made.json["size"], made.json["published"]) == (4, 4)
    restored = holdshort("register", "restore", tmp_path / "backup", tmp_path / "anew", "--json")
    assert restored.json["entries"] == 4
