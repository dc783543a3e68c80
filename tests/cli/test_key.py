"""``holdshort key`` and ``submit``: keys made, used together, changed; acts signed elsewhere."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Holdshort = Callable[..., Any]


@pytest.fixture
def keys(holdshort: Holdshort, tmp_path: Path) -> list[Path]:
    """Three keys of people who found a register together."""
    paths = [tmp_path / f"{name}.key" for name in ("ann", "ben", "cem")]
    for path in paths:
        assert holdshort("key", "new", path).code == 0
    return paths


@pytest.fixture
def founded(holdshort: Holdshort, tmp_path: Path, keys: list[Path]) -> Path:
    """A register that two of three opened."""
    data, draft = tmp_path / "register", tmp_path / "charter.draft"
    roots = [option for key in keys for option in ("--root-key", f"{key}.pub")]
    drawn = holdshort("init", data, *roots, "--root-threshold", 2, "--draft", draft)
    assert drawn.code == 0, drawn.err
    assert not (data / "public" / "checkpoint").exists()
    for key in keys[:2]:
        assert holdshort("key", "sign", draft, "--key", key).code == 0
    opened = holdshort("submit", draft, "--data", data, "--json")
    assert opened.code == 0, opened.err
    assert opened.json["root"]["threshold"] == 2
    return data


class TestFounding:
    """A charter that several people sign."""

    def test_too_few_open_nothing(
        self, holdshort: Holdshort, tmp_path: Path, keys: list[Path]
    ) -> None:
        data, draft = tmp_path / "register", tmp_path / "charter.draft"
        roots = [option for key in keys for option in ("--root-key", f"{key}.pub")]
        holdshort("init", data, *roots, "--root-threshold", 2, "--draft", draft)
        holdshort("key", "sign", draft, "--key", keys[0])
        refused = holdshort("submit", draft, "--data", data)
        assert refused.code == 2
        assert "1 of the keys of root signed; it takes 2 of 3" in refused.err
        assert not (data / "public" / "checkpoint").exists()

    def test_two_of_three_do_and_a_stranger_agrees(
        self, holdshort: Holdshort, founded: Path
    ) -> None:
        verified = holdshort("verify", founded)
        assert verified.code == 0, verified.out
        assert "the root acts by 2 of 3" in verified.out

    def test_nobody_signs_twice(
        self, holdshort: Holdshort, tmp_path: Path, keys: list[Path]
    ) -> None:
        draft = tmp_path / "charter.draft"
        holdshort("init", tmp_path / "r", "--root-key", f"{keys[0]}.pub", "--draft", draft)
        holdshort("key", "sign", draft, "--key", keys[0])
        before = draft.read_bytes()
        assert holdshort("key", "sign", draft, "--key", keys[0]).code == 2
        assert draft.read_bytes() == before

    def test_keys_that_are_held_elsewhere_do_not_open_it_at_once(
        self, holdshort: Holdshort, tmp_path: Path, keys: list[Path]
    ) -> None:
        refused = holdshort("init", tmp_path / "r", "--root-key", f"{keys[0]}.pub")
        assert refused.code == 2
        assert "--draft" in refused.err

    def test_the_root_acts_later_in_the_same_way(
        self, holdshort: Holdshort, tmp_path: Path, founded: Path, keys: list[Path]
    ) -> None:
        draft = tmp_path / "witnesses.draft"
        drawn = holdshort(
            *("file", "register.witnesses", "--case", "register", "--as", "root"),
            *("--set", "witness_policy=quorum none\n", "--set", "reasons=None were found."),
            *("--draft", draft, "--data", founded),
        )
        assert drawn.code == 0, drawn.err
        shown = holdshort("key", "sign", draft, "--key", keys[1], "--key", keys[2])
        assert "register.witnesses in register by root" in shown.out
        assert "reasons: None were found." in shown.out
        entered = holdshort("submit", draft, "--data", founded, "--json")
        assert entered.json["act"] == "register.witnesses"
        again = holdshort("submit", draft, "--data", founded)
        assert again.code == 2
        assert "on the register already" in again.err


class TestRotating:
    """A party's own keys."""

    def test_new_ones_of_the_same_types_take_the_place_of_the_old(
        self, holdshort: Holdshort, founded: Path
    ) -> None:
        on = ("--data", founded)
        role = ("--role", "authority.decision-maker")
        first = holdshort("party", "decider", *role, *on, "--json").json["keys"]
        assert len(first) == 2  # the law has determinations signed with two
        rotated = holdshort("key", "rotate", "decider", *on, "--json")
        assert rotated.code == 0, rotated.err
        assert len(rotated.json["keys"]) == 2
        assert not set(rotated.json["keys"]) & set(first)
        listed = holdshort("key", "list", "decider", *on, "--json").json
        assert [each["type"] for each in listed] == ["ed25519", "ml-dsa-65"]
        assert holdshort("verify", founded).code == 0

    def test_one_can_stay_and_two_can_be_asked_for(
        self, holdshort: Holdshort, founded: Path
    ) -> None:
        on = ("--data", founded)
        (kept,) = holdshort("party", "acme", "--role", "developer", *on, "--json").json["keys"]
        two = holdshort(
            "key", "rotate", "acme", "--keep", kept[:8], "--threshold", 2, *on, "--json"
        )
        assert two.json["threshold"] == 2
        assert kept in two.json["keys"]

    def test_without_the_old_key_nothing_happens_and_no_new_one_is_left(
        self, holdshort: Holdshort, founded: Path
    ) -> None:
        on = ("--data", founded)
        holdshort("party", "acme", "--role", "developer", *on)
        old = founded / "keys" / "acme.key"
        old.rename(old.with_name("elsewhere"))
        refused = holdshort("key", "rotate", "acme", *on)
        assert refused.code == 2
        assert "No key of acme can sign from here" in refused.err
        assert not list((founded / "keys").glob("acme*"))

    @pytest.mark.parametrize("options", [("--keep", "zz"), ("--threshold", "3")])
    def test_what_cannot_be_leaves_no_key(
        self, holdshort: Holdshort, founded: Path, options: tuple[str, ...]
    ) -> None:
        on = ("--data", founded)
        holdshort("party", "acme", "--role", "developer", *on)
        assert holdshort("key", "rotate", "acme", *options, *on).code != 0
        assert [each.name for each in (founded / "keys").glob("acme*")] == ["acme.key"]


class TestLosing:
    """Keys that are lost or stolen."""

    def test_the_registrar_gives_others(
        self, holdshort: Holdshort, tmp_path: Path, founded: Path
    ) -> None:
        on = ("--data", founded)
        holdshort("party", "acme", "--role", "developer", *on)
        holdshort("key", "new", tmp_path / "acme-2.key")
        public = json.loads((tmp_path / "acme-2.key.pub").read_text())
        given = holdshort(
            *("key", "replace", "acme", "--public", tmp_path / "acme-2.key.pub"),
            *("--reasons", "The old one was lost.", *on, "--json"),
        )
        shown = holdshort("key", "show", tmp_path / "acme-2.key.pub", "--json").json
        assert given.json["keys"] == [shown["keyid"]]
        assert shown["public"] == public

    def test_and_takes_one_of_several_away(self, holdshort: Holdshort, founded: Path) -> None:
        on = ("--data", founded)
        types = ("--key-type", "ed25519", "--key-type", "ed25519")
        enrolled = holdshort("party", "acme", "--role", "developer", *types, *on, "--json")
        first, second = enrolled.json["keys"]
        revoked = holdshort(
            "key", "revoke", "acme", first[:12], "--reasons", "Stolen.", *on, "--json"
        )
        assert revoked.json["keys"] == [second]
        last = holdshort("key", "revoke", "acme", second[:12], "--reasons", "Stolen.", *on)
        assert last.code == 1
        assert "Replace them instead" in last.err


def test_a_registrar_is_enrolled_by_the_root_alone(holdshort: Holdshort, tmp_path: Path) -> None:
    data = tmp_path / "register"
    holdshort("init", data)
    role = ("--role", "authority.registrar", "--data", data)
    refused = holdshort("party", "second", *role)
    assert refused.code == 1
    assert "of its own office" in refused.err
    assert not (data / "keys" / "second.key").exists()
    assert holdshort("party", "second", *role, "--as", "root").code == 0


def test_what_is_no_draft_is_refused(holdshort: Holdshort, tmp_path: Path) -> None:
    holdshort("key", "new", tmp_path / "k")
    for content in (b"", b"{}", b'{"payload":"","payloadType":"x","signatures":[]}'):
        (tmp_path / "draft").write_bytes(content)
        assert holdshort("key", "sign", tmp_path / "draft", "--key", tmp_path / "k").code == 2
        assert holdshort("submit", tmp_path / "draft", "--data", tmp_path / "d").code == 2


def test_an_encrypted_key_needs_its_passphrase(
    holdshort: Holdshort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDSHORT_PASSPHRASE", "correct horse")
    assert holdshort("init", tmp_path / "r").code == 0
    assert b"ENCRYPTED" in (tmp_path / "r" / "keys" / "root.key").read_bytes()
    on = ("--data", tmp_path / "r")
    assert holdshort("party", "acme", "--role", "developer", *on).code == 0
    monkeypatch.setenv("HOLDSHORT_PASSPHRASE", "wrong")
    refused = holdshort("party", "rival", "--role", "developer", *on)
    assert refused.code == 2
    assert "passphrase" in refused.err
    monkeypatch.delenv("HOLDSHORT_PASSPHRASE")
    assert "nobody is here to type it" in holdshort("key", "rotate", "acme", *on).err


def test_as_many_sign_after_a_rotation_as_before(holdshort: Holdshort, founded: Path) -> None:
    on = ("--data", founded)
    types = ("--key-type", "ed25519", "--key-type", "ed25519", "--threshold", 2)
    assert holdshort("party", "acme", "--role", "developer", *types, *on).code == 0
    assert holdshort("key", "rotate", "acme", *on, "--json").json["threshold"] == 2
