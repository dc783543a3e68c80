"""``holdshort witness``: what each subcommand prints, and how it exits."""

from pathlib import Path
from typing import Any

import pytest

from holdshort.office.witness.place import WitnessPlace
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.folder import Folder
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import NoteSigner
from holdshort.register.policy import Policy
from holdshort.register.witness.fork import pair
from holdshort.register.witness.witness import Request

ORIGIN = "log.example/one"
LOG = NoteSigner(ORIGIN, PrivateKey.from_seed(b"log".ljust(32)))


def checkpoint(story: str, size: int) -> bytes:
    root = Tree(map(leaf_hash, entries(story, size))).root()
    return sign_checkpoint(Checkpoint(ORIGIN, size, root), LOG)


def entries(story: str, size: int) -> list[bytes]:
    return [f"{story} {number}".encode() for number in range(size)]


@pytest.fixture
def made(holdshort: Any, tmp_path: Path) -> Path:
    folder = tmp_path / "w"
    ran = holdshort("witness", "init", folder, "--name", "witness.example/w1", "--ml-dsa")
    assert ran.code == 0, ran.err
    return folder


def test_a_new_witness_prints_what_others_know_it_by(holdshort: Any, tmp_path: Path) -> None:
    ran = holdshort("witness", "init", tmp_path / "w", "--name", "witness.example", "--json")
    assert ran.code == 0
    (vkey,) = ran.json["vkeys"]
    assert vkey.startswith("witness.example+")
    again = holdshort("witness", "init", tmp_path / "w", "--name", "other.example")
    assert again.code == 2
    assert "already" in again.err


def test_a_log_is_added_by_its_key_once(holdshort: Any, made: Path) -> None:
    first = holdshort("witness", "add-log", made, LOG.verifier.vkey, "--json")
    assert first.json == {
        "origin": ORIGIN,
        "vkey": LOG.verifier.vkey,
        "charter": None,
        "added": True,
    }
    again = holdshort("witness", "add-log", made, LOG.verifier.vkey)
    assert (again.code, "Followed already" in again.out) == (0, True)


def test_a_log_may_have_another_origin_than_its_keys_name(holdshort: Any, made: Path) -> None:
    ran = holdshort("witness", "add-log", made, LOG.verifier.vkey, "--origin", "go.sum database")
    assert ran.code == 0
    assert [log.origin for log in WitnessPlace(made).settings().logs] == ["go.sum database"]


@pytest.mark.parametrize(
    "arguments", [(), (LOG.verifier.vkey, "--register", "x"), ("--register", "x", "--origin", "o")]
)
def test_a_log_is_named_in_one_way(holdshort: Any, made: Path, arguments: tuple[str, ...]) -> None:
    assert holdshort("witness", "add-log", made, *arguments).code == 2


def test_a_published_register_is_added_by_its_folder(
    holdshort: Any, made: Path, tmp_path: Path
) -> None:
    opened = holdshort("init", tmp_path / "data", "--json").json
    ran = holdshort("witness", "add-log", made, "--register", tmp_path / "data", "--json")
    assert ran.code == 0, ran.err
    (log,) = WitnessPlace(made).settings().logs
    assert log.origin == ran.json["origin"] == opened["origin"]
    assert ran.json["charter"] == opened["charter"]


def test_a_folder_that_is_no_register_is_not_added(
    holdshort: Any, made: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    ran = holdshort("witness", "add-log", made, "--register", tmp_path / "empty")
    assert ran.code == 2
    assert WitnessPlace(made).settings().logs == ()


def test_the_lines_for_a_policy_make_a_policy(holdshort: Any, made: Path) -> None:
    shown = holdshort("witness", "show", made, "--url", "https://w.example/", "--json").json
    lines = [*shown["policy"], "quorum witness.example"]
    policy = Policy.parse("".join(f"{line}\n" for line in lines), log=LOG.verifier)
    assert {each.url for each in policy.witnesses} == {"https://w.example/"}
    assert {each.operator for each in policy.witnesses} == {"witness.example"}


def test_a_witness_shows_its_logs_and_a_fork_by_exit_1(holdshort: Any, made: Path) -> None:
    place = WitnessPlace(made)
    place.add_log(ORIGIN, LOG.verifier.vkey)
    ran = holdshort("witness", "show", made)
    assert (ran.code, "nothing cosigned yet" in ran.out) == (0, True)
    witness = place.witness()
    assert witness.add_checkpoint(Request(0, (), checkpoint("a", 5)).to_bytes()).status == 200
    ran = holdshort("witness", "show", made, "--json")
    assert (ran.code, ran.json["logs"][0]["size"]) == (0, 5)
    assert witness.add_checkpoint(Request(5, (), checkpoint("b", 5)).to_bytes()).status == 422
    ran = holdshort("witness", "show", made)
    assert (ran.code, "CONFLICT" in ran.out) == (1, True)
    (kept,) = place.state.conflicts(ORIGIN)
    ran = holdshort("witness", "check-fork", kept, "--key", LOG.verifier.vkey)
    assert ran.code == 0
    assert ran.out == f"PROVED: {ORIGIN} signed two different trees of 5 entries.\n"


@pytest.fixture
def files(tmp_path: Path) -> Any:
    def write(**content: bytes) -> list[Path]:
        for name, data in content.items():
            (tmp_path / name).write_bytes(data)
        return [tmp_path / name for name in content]

    return write


def test_check_fork_takes_two_files_or_one_pair(holdshort: Any, files: Any) -> None:
    a, b = checkpoint("a", 5), checkpoint("b", 5)
    first, second, both = files(a=a, b=b, both=pair(a, b))
    key = ("--key", LOG.verifier.vkey, "--json")
    assert holdshort("witness", "check-fork", first, second, *key).json["fork"] is True
    assert holdshort("witness", "check-fork", both, *key).json["fork"] is True


def test_check_fork_says_no_to_what_does_not_contradict(holdshort: Any, files: Any) -> None:
    (a,) = files(a=checkpoint("a", 5))
    ran = holdshort("witness", "check-fork", a, a, "--key", LOG.verifier.vkey, "--json")
    assert (ran.code, ran.json) == (1, {"fork": False, "says": None})


def test_check_fork_cannot_tell_two_sizes_apart_without_the_log(
    holdshort: Any, files: Any, tmp_path: Path
) -> None:
    small, large = files(small=checkpoint("b", 3), large=checkpoint("a", 5))
    key = ("--key", LOG.verifier.vkey)
    ran = holdshort("witness", "check-fork", small, large, *key)
    assert (ran.code, "prove nothing alone" in ran.err) == (2, True)
    Folder(tmp_path / "log").publish(entries("a", 5), checkpoint("a", 5))
    ran = holdshort("witness", "check-fork", small, large, *key, "--log", tmp_path / "log")
    assert (ran.code, "not the beginning" in ran.out) == (0, True)


@pytest.mark.parametrize("key", ["x", ""])
def test_check_fork_needs_a_key_and_files(holdshort: Any, files: Any, key: str) -> None:
    (a,) = files(a=checkpoint("a", 5))
    assert holdshort("witness", "check-fork", a, a, "--key", key).code == 2
    gone = holdshort("witness", "check-fork", a.with_name("gone"), "--key", LOG.verifier.vkey)
    assert (gone.code, "cannot be read" in gone.err) == (2, True)


@pytest.mark.parametrize("listen", ["8099", ":8099", "127.0.0.1:", "127.0.0.1:http", "h:99999"])
def test_an_address_that_is_none_is_refused(holdshort: Any, made: Path, listen: str) -> None:
    ran = holdshort("witness", "serve", made, "--listen", listen)
    assert ran.code == 2
    assert not ran.out


def test_a_folder_without_a_witness_says_what_to_do(holdshort: Any, tmp_path: Path) -> None:
    for command in ("show", "serve"):
        ran = holdshort("witness", command, tmp_path)
        assert (ran.code, "holdshort witness init" in ran.err) == (2, True)
