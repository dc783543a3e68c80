"""The keys folder: who can sign from here."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.cli.passphrase import ask, choose
from holdshort.errors import BadInput, KeyFileError, StorageError
from holdshort.office.keys.keyring import Keyring
from holdshort.office.keys.passphrase import from_environment
from holdshort.office.place import Place
from holdshort.register.canonical import canonical
from holdshort.register.envelope import sign, verify
from holdshort.register.keys import PrivateKey, PublicKey, generate

ENVIRONMENT = [f"HOLDSHORT_{name}{end}" for name in ("PASSPHRASE", "PIN") for end in ("", "_FILE")]


@pytest.fixture(autouse=True)
def no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def public(keys: list[PrivateKey]) -> list[PublicKey]:
    return [key.public for key in keys]


def names(place: Place) -> list[str]:
    return sorted(path.name for path in place.keys.iterdir())


def asked(answers: dict[str, bytes], questions: list[str]) -> Callable[[str], bytes]:
    """Somebody who answers by the file's name, and what they were asked."""

    def answer(what: str) -> bytes:
        questions.append(what)
        return next(secret for name, secret in answers.items() if what.endswith(name))

    return answer


def test_a_party_signs_with_the_keys_that_were_made_for_it(place: Place) -> None:
    made = Keyring(place).create("acme", ["ed25519", "ml-dsa-65"])
    assert names(place) == ["acme.key", "acme.ml-dsa-65.key"]
    signers = Keyring(place).signers("acme", public(made))
    envelope = sign(b"x", signers)
    assert len(verify(envelope, {key.keyid: key.public for key in made})) == 2


def test_signers_come_in_the_order_of_the_keys(place: Place) -> None:
    keys = public(Keyring(place).create("acme", ["ed25519", "ml-dsa-44", "ed25519"]))
    for order in (keys, keys[::-1], keys[1:]):
        assert [each.public for each in Keyring(place).signers("acme", order)] == order


def test_a_rotation_leaves_the_old_key_where_it_is(place: Place) -> None:
    keyring = Keyring(place)
    old = keyring.create("acme")
    before = place.key("acme").read_bytes()
    new = keyring.create("acme")
    third = keyring.create("acme", ["ml-dsa-65", "ml-dsa-65"])
    assert names(place) == [
        "acme.2.key",
        "acme.key",
        "acme.ml-dsa-65.2.key",
        "acme.ml-dsa-65.key",
    ]
    assert place.key("acme").read_bytes() == before
    for keys in (old, new, third):
        assert [each.public for each in keyring.signers("acme", public(keys))] == public(keys)


def test_a_key_that_the_party_does_not_hold_does_not_sign(place: Place) -> None:
    keyring = Keyring(place)
    held, other = keyring.create("acme")[0], keyring.create("acme")[0]
    assert [each.keyid for each in keyring.signers("acme", [held.public])] == [held.keyid]
    beacon = keyring.create("beacon")[0]
    with pytest.raises(KeyFileError) as refusal:
        keyring.signers("acme", [beacon.public])
    said = str(refusal.value)
    assert "No key of acme can sign from here" in said
    assert f"It holds {beacon.keyid[:16]}… (ed25519)" in said
    assert f"acme.key holds {held.keyid[:16]}…; acme.2.key holds {other.keyid[:16]}…" in said
    assert "acme.<name>.signer" in said


def test_an_empty_folder_is_told(place: Place) -> None:
    key = PrivateKey.from_seed(bytes(32)).public
    with pytest.raises(KeyFileError, match="found: no key file"):
        Keyring(place).signers("acme", [key])
    with pytest.raises(BadInput, match="party id"):
        Keyring(place).signers("../acme", [key])


def test_a_key_that_others_can_read_is_told_and_not_passed_over(place: Place) -> None:
    made = Keyring(place).create("acme")
    place.key("acme").chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        Keyring(place).signers("acme", public(made))


def test_keys_are_made_together_or_not_at_all(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match="cannot be held here"):
        Keyring(place).create("acme", ["ed25519", "ecdsa-p256"])
    assert names(place) == []

    def full(path: Path, *rest: object) -> PrivateKey:
        if "ml-dsa" in path.name:
            raise StorageError("The key could not be written: No space left on device.")
        return generate(path)

    monkeypatch.setattr("holdshort.office.keys.keyring.generate", full)
    with pytest.raises(StorageError):
        Keyring(place).create("acme", ["ed25519", "ml-dsa-65"])
    assert names(place) == []


def test_keys_made_for_an_act_that_was_refused_go_again(place: Place) -> None:
    keyring = Keyring(place)
    kept = keyring.create("acme")
    made = keyring.create("acme", ["ed25519", "ml-dsa-65"], b"another secret")
    keyring.discard("acme", public(made))
    assert names(place) == ["acme.key"]
    assert keyring.own("acme")[0].public == kept[0].public


def test_a_first_key_is_made_once(place: Place) -> None:
    first = public(Keyring(place).own("registrar", ["ed25519", "ml-dsa-65"]))
    assert public(Keyring(place).own("registrar", ["ed25519", "ml-dsa-65"])) == first
    assert names(place) == ["registrar.key", "registrar.ml-dsa-65.key"]


class TestPassphrase:
    def test_it_is_asked_for_once_and_only_if_the_key_is_needed(self, place: Place) -> None:
        old = Keyring(place).create("acme", passphrase=b"forgotten")[0]
        new = Keyring(place).create("acme", passphrase=b"secret")[0]
        Keyring(place).create("beacon")
        questions: list[str] = []
        keyring = Keyring(place, asked({"acme.2.key": b"secret"}, questions))
        for _ in range(2):
            signer = keyring.signers("acme", [new.public])[0]
            new.public.verify(signer.sign(b"x"), b"x")
        assert questions == [f"the passphrase of {place.keys / 'acme.2.key'}"]
        with pytest.raises(StopIteration):
            keyring.signers("acme", [old.public])

    def test_new_keys_are_encrypted_with_that_of_the_environment(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOLDSHORT_PASSPHRASE", "secret")
        made = Keyring(place).create("acme")
        assert b"ENCRYPTED" in place.key("acme").read_bytes()
        assert Keyring(place).signers("acme", public(made))
        monkeypatch.setenv("HOLDSHORT_PASSPHRASE", "another")
        with pytest.raises(KeyFileError, match=r"acme\.key: The passphrase is wrong"):
            Keyring(place).signers("acme", public(made))
        monkeypatch.delenv("HOLDSHORT_PASSPHRASE")
        with pytest.raises(KeyFileError, match="no passphrase"):
            Keyring(place).signers("acme", public(made))

    def test_a_file_that_holds_it_comes_before_the_variable(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "secret"
        path.write_bytes(b" pass phrase \r\n")
        path.chmod(0o600)
        monkeypatch.setenv("HOLDSHORT_PASSPHRASE", "another")
        monkeypatch.setenv("HOLDSHORT_PASSPHRASE_FILE", str(path))
        assert from_environment() == b" pass phrase "
        assert from_environment("PIN") is None

    @pytest.mark.parametrize("content", [b"", b"\n", bytes(4097)])
    def test_a_file_without_a_secret_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
    ) -> None:
        path = tmp_path / "secret"
        path.write_bytes(content)
        path.chmod(0o600)
        monkeypatch.setenv("HOLDSHORT_PIN_FILE", str(path))
        with pytest.raises(KeyFileError, match="does not hold 1 to 4096 bytes"):
            from_environment("PIN")

    def test_a_file_that_others_can_read_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "secret"
        path.write_bytes(b"secret")
        path.chmod(0o640)
        monkeypatch.setenv("HOLDSHORT_PASSPHRASE_FILE", str(path))
        with pytest.raises(KeyFileError, match="chmod 600"):
            from_environment()
        monkeypatch.setenv("HOLDSHORT_PASSPHRASE_FILE", str(tmp_path / "none"))
        with pytest.raises(KeyFileError, match="No such file"):
            from_environment()

    def test_nobody_at_the_terminal_is_told_what_to_do(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
        for question in (ask, choose):
            with pytest.raises(KeyFileError, match=r"^The passphrase of a\.key is needed.*_FILE"):
                question("the passphrase of a.key")

    def test_whoever_sits_at_the_terminal_types_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        typed = iter(["secret", "first", "other", "same", "same"])
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: next(typed))
        assert ask("the passphrase of a.key") == b"secret"
        assert choose("a new passphrase") == b"same"


class TestSignerFiles:
    @pytest.fixture
    def elsewhere(self, tmp_path: Path) -> PrivateKey:
        """A key file somewhere else, reached through another library."""
        return generate(tmp_path / "elsewhere.pem")

    def test_a_key_elsewhere_signs(
        self, place: Place, tmp_path: Path, elsewhere: PrivateKey
    ) -> None:
        uri = f"file2:{tmp_path / 'elsewhere.pem'}"
        Keyring(place).attach("acme", "vault", uri, elsewhere.public)
        path = place.keys / "acme.vault.signer"
        assert path.read_bytes() == (
            canonical({"uri": uri, "public": elsewhere.public.to_json()}) + b"\n"
        )
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        here = Keyring(place).create("acme")[0]
        signers = Keyring(place).signers("acme", [elsewhere.public, here.public])
        assert [each.keyid for each in signers] == [elsewhere.keyid, here.keyid]
        assert len(sign(b"x", signers).signatures) == 2
        elsewhere.public.verify(signers[0].sign(b"x"), b"x")

    def test_a_name_that_is_taken_is_left(
        self, place: Place, tmp_path: Path, elsewhere: PrivateKey
    ) -> None:
        uri = f"file2:{tmp_path / 'elsewhere.pem'}"
        Keyring(place).attach("acme", "vault", uri, elsewhere.public)
        with pytest.raises(KeyFileError, match="not touched"):
            Keyring(place).attach("acme", "vault", "file2:/other", elsewhere.public)

    def test_a_key_that_is_not_the_promised_one_is_told_at_once(
        self, place: Place, tmp_path: Path, elsewhere: PrivateKey
    ) -> None:
        promised = PrivateKey.from_seed(bytes(32)).public
        signer = Keyring(place).attach(
            "acme", "vault", f"file2:{tmp_path / 'elsewhere.pem'}", promised
        )
        with pytest.raises(KeyFileError, match="elsewhere"):
            signer.sign(b"x")

    def test_a_place_that_does_not_answer_is_told(self, place: Place) -> None:
        key = PrivateKey.from_seed(bytes(32)).public
        signer = Keyring(place).attach("acme", "vault", "file2:/no/such/key.pem", key)
        with pytest.raises(KeyFileError, match=r"file2:/no/such/key\.pem: .*could not be used"):
            signer.sign(b"x")

    def test_a_key_that_cannot_sign_elsewhere_is_refused(self, place: Place) -> None:
        post_quantum = PrivateKey.from_seed(bytes(32), "ml-dsa-65").public
        with pytest.raises(BadInput, match="ml-dsa-65 cannot sign from a device"):
            Keyring(place).attach("acme", "vault", "awskms:x", post_quantum)
        plain = PrivateKey.from_seed(bytes(32)).public
        for uri in ("gnupg:x", "https://example.org", "hsm", ""):
            with pytest.raises(BadInput, match="not the address of a key"):
                Keyring(place).attach("acme", "vault", uri, plain)
        assert not place.keys.exists()

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"[]",
            b'{"uri":"hsm:"}',
            b'{"uri":"hsm:","public":{},"pin":"1234"}',
            b'{"uri":7,"public":{}}',
            b'{"uri":"hsm:","public":{"type":"ed25519"}}',
            b'{"uri":"hsm:","uri":"hsm:","public":{}}',
        ],
    )
    def test_a_malformed_file_is_refused(self, place: Place, content: bytes) -> None:
        made = Keyring(place).create("acme")
        (place.keys / "acme.vault.signer").write_bytes(content)
        with pytest.raises(BadInput, match=r"acme\.vault\.signer"):
            Keyring(place).signers("acme", public(made))
