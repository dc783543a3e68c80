"""A gate honours a checkpoint that enough witnesses stand behind, and no other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.errors import RegisterError
from holdshort.gate.check import RegisterView
from holdshort.office.door import REGISTER, Office
from holdshort.register.cosignature import Cosigner
from holdshort.register.folder import Folder
from holdshort.register.keys import PrivateKey
from holdshort.register.note import add_signatures
from holdshort.register.policy import Policy

NOON = 1_795_435_200
ALPHA = Cosigner("alpha.example/w", PrivateKey.from_seed(b"a" * 32))
BETA = Cosigner("beta.example/w", PrivateKey.from_seed(b"b" * 32))
BOTH = (
    f"witness alpha/w {ALPHA.verifier.vkey}\nwitness beta/w {BETA.verifier.vkey}\n"
    "group both all alpha/w beta/w\nquorum both\n"
)


@pytest.fixture
def published(cleared: Path) -> Folder:
    return Folder(cleared / "public")


def cosigned(folder: Folder, *witnesses: Cosigner) -> None:
    """Put cosignatures under the published checkpoint."""
    lines = [each.cosign(folder.head(), NOON) for each in witnesses]
    signed = add_signatures(folder.checkpoint(), lines)
    (folder.path / "checkpoint").write_bytes(signed)


def test_whom_the_gate_trusts_must_have_cosigned(published: Folder) -> None:
    policy = Policy.parse(BOTH)
    for witnesses in ((), (ALPHA,)):
        if witnesses:
            cosigned(published, *witnesses)
        with pytest.raises(RegisterError, match="beta/w"):
            RegisterView(published, policy=policy)
    cosigned(published, BETA)
    assert RegisterView(published, policy=policy).checkpoint == published.head()


def test_cosignatures_that_nobody_asks_for_stop_no_gate(published: Folder) -> None:
    cosigned(published, ALPHA)
    assert RegisterView(published).checkpoint.size == published.head().size


def test_a_cosignature_of_another_checkpoint_does_not_count(published: Folder) -> None:
    other = type(published.head())(published.head().origin, published.head().size, b"\x01" * 32)
    signed = add_signatures(published.checkpoint(), [ALPHA.cosign(other, NOON)])
    (published.path / "checkpoint").write_bytes(signed)
    policy = Policy.parse(f"witness alpha {ALPHA.verifier.vkey}\nquorum alpha\n")
    with pytest.raises(RegisterError):
        RegisterView(published, policy=policy)


class TestNamedByTheRoot:
    """The register's own witnesses."""

    @pytest.fixture
    def renamed(self, cleared: Path) -> Folder:
        """The root names two witnesses, who answer nowhere: what follows is not published."""
        office = Office.open(cleared)
        fields = {"witness_policy": BOTH, "reasons": "So that nobody tells two stories."}
        with pytest.raises(Exception, match="not published yet"):
            office.file("register.witnesses", REGISTER, "root", fields)
        with pytest.raises(Exception, match="not published yet"):
            office.snapshot()
        return self.publish(office, Folder(cleared / "public"))

    def publish(self, office: Office, folder: Folder) -> Folder:
        """Publish what waits, as an operator without witnesses could."""
        from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
        from holdshort.register.note import NoteSigner

        leaves = [entry.leaf for entry in office.entries()][folder.size() :]
        origin = office.docket.charter.origin
        head = Checkpoint(origin, office.docket.size, office.docket.frontier.root())
        signed = sign_checkpoint(head, NoteSigner(origin, office.key(REGISTER)))
        folder.publish(leaves, signed, start=folder.size())
        return folder

    def test_their_cosignatures_are_demanded_from_the_next_snapshot_on(
        self, renamed: Folder
    ) -> None:
        with pytest.raises(RegisterError, match="alpha/w"):
            RegisterView(renamed)
        cosigned(renamed, ALPHA, BETA)
        assert RegisterView(renamed).checkpoint.size == renamed.head().size

    def test_their_cosignatures_are_demanded_before_any_snapshot_tells_of_them(
        self, cleared: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office = Office.open(cleared)
        monkeypatch.setattr(Office, "_restatement_is_due", lambda self: False)
        fields = {"witness_policy": BOTH, "reasons": "So that nobody tells two stories."}
        with pytest.raises(Exception, match="not published yet"):
            office.file("register.witnesses", REGISTER, "root", fields)
        folder = self.publish(office, Folder(cleared / "public"))
        *_, snapshot, named = [entry.act.type for entry in office.entries()]
        assert (snapshot, named) == ("register.snapshot", "register.witnesses")
        with pytest.raises(RegisterError, match="alpha/w"):
            RegisterView(folder)
        cosigned(folder, ALPHA, BETA)
        assert RegisterView(folder).checkpoint.size == folder.head().size

    def test_where_the_root_has_other_keys_since_the_gate_is_told_whom_to_trust(
        self, cleared: Path
    ) -> None:
        from holdshort.office.signing import rotate

        office = Office.open(cleared)
        rotate(office, "root", ["ed25519"])
        fields = {"witness_policy": BOTH, "reasons": "So that nobody tells two stories."}
        with pytest.raises(Exception, match="not published yet"):
            office.file("register.witnesses", REGISTER, "root", fields)
        with pytest.raises(Exception, match="not published yet"):
            office.snapshot()
        folder = self.publish(office, Folder(cleared / "public"))
        cosigned(folder, ALPHA, BETA)
        with pytest.raises(RegisterError, match="keys in the charter did not name") as refused:
            RegisterView(folder)
        assert "--policy" in str(refused.value)
        assert RegisterView(folder, policy=Policy.parse(BOTH)).checkpoint.size == folder.head().size


def test_the_command_takes_a_policy(
    holdshort: Callable[..., object], cleared: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "policy"
    policy.write_text(BOTH)
    asked = ("gate", "check", cleared / "models" / "reference-null", "--register", cleared)
    ran = holdshort(*asked, "--policy", policy, "--allow-rehearsal")
    assert ran.code == 2  # type: ignore[attr-defined]
    assert "alpha/w" in ran.err  # type: ignore[attr-defined]
    policy.write_text("quorum some\n")
    assert "line 1" in holdshort(*asked, "--policy", policy).err  # type: ignore[attr-defined]
