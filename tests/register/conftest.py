"""Real vectors beside the project, a key, and a small published register."""

from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.register.act import Act, Artefact
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.envelope import sign
from holdshort.register.folder import Folder
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import NoteSigner

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
ORIGIN = "holdshort.example/test"


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], Path]:
    """A folder of published test vectors, or a skip that says which is not here."""

    def find(name: str) -> Path:
        if not (SHARED / name).is_dir():
            pytest.skip(f"the vectors {name} are not beside this checkout")
        return SHARED / name

    return find


@pytest.fixture(scope="session")
def key() -> PrivateKey:
    return PrivateKey.from_seed(b"a seed that is known to everybody"[:32])


@pytest.fixture(scope="session")
def log_signer(key: PrivateKey) -> NoteSigner:
    return NoteSigner(ORIGIN, key)


@pytest.fixture(scope="session")
def make_leaf(key: PrivateKey) -> Callable[..., bytes]:
    """A signed act as a leaf; ``number`` makes it unlike the others."""

    def make(number: int, **fields: str) -> bytes:
        act = Act(
            register=ORIGIN,
            rulebook="ab" * 32,
            kind="review",
            name="declare",
            case=f"review-{number}",
            by="acme",
            at="2026-11-23T10:15:00Z",
            fields={"number": number, **fields},
            artefacts=(Artefact("manifest.json", "cd" * 32),),
        )
        return sign(act.to_payload(), [key]).to_bytes()

    return make


@pytest.fixture(scope="session")
def checkpoint_for(log_signer: NoteSigner) -> Callable[[list[bytes]], bytes]:
    """The signed checkpoint of a log of these leaves."""

    def make(leaves: list[bytes]) -> bytes:
        root = Tree(map(leaf_hash, leaves)).root()
        return sign_checkpoint(Checkpoint(ORIGIN, len(leaves), root), log_signer)

    return make


@pytest.fixture
def publish(
    tmp_path: Path, checkpoint_for: Callable[[list[bytes]], bytes]
) -> Callable[[list[bytes]], Folder]:
    """A register folder with these leaves, made in one publication."""

    def make(leaves: list[bytes]) -> Folder:
        folder = Folder(tmp_path / "register")
        folder.publish(leaves, checkpoint_for(leaves))
        return folder

    return make
