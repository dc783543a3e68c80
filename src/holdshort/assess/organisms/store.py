"""Weights of organisms on disk: ``NAME.npz``, arrays in half precision, and a card ``NAME.json``.

The card says by what construction, from which seed and schedule, the weights were trained, and
states the SHA-256 of the ``.npz``; weights that do not have it are refused. The organisms that
come with the package lie in ``weights/`` beside this module.
"""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from holdshort.assess.organisms.kinds import KINDS
from holdshort.assess.organisms.network import Floats, Shape, Weights
from holdshort.errors import BadInput, StorageError

PACKAGED = Path(__file__).parent / "weights"
_SIZES = ("width", "heads", "hidden", "layers", "word", "context")


@dataclass(frozen=True)
class Organism:
    """A trained network and its card; ``name`` is that of its files."""

    name: str
    shape: Shape
    weights: Weights
    card: Mapping[str, Any]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the weights' file, in hex."""
        return hashlib.sha256(_packed(self.weights)).hexdigest()

    def with_weights(self, name: str, weights: Weights, says: str) -> "Organism":
        """Another organism of the same shape, such as this one fine-tuned."""
        return Organism(name, self.shape, weights, {"kind": name, "says": says, "from": self.name})


def organism(name: str, folder: Path | None = None) -> Organism:
    """An organism that comes with the package, or one saved in ``folder``.

    Raises:
        BadInput: there is none of that name, its files are damaged, or its digest is another.
    """
    return _read(name, folder or PACKAGED)


def names() -> list[str]:
    """The organisms that come with the package."""
    return [name for name in KINDS if (PACKAGED / f"{name}.npz").is_file()]


def save(held: Organism, folder: Path) -> Path:
    """Write weights, then card; each appears whole or not at all. The path of the weights.

    Raises:
        StorageError: the files cannot be written.
    """
    packed = _packed(held.weights)
    card = {
        **held.card,
        "sha256": hashlib.sha256(packed).hexdigest(),
        "parameters": held.shape.parameters,
        "shape": asdict(held.shape),
    }
    path = folder / f"{held.name}.npz"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(path, packed)
        _replace(path.with_suffix(".json"), (json.dumps(card, indent=2) + "\n").encode())
    except OSError as error:
        raise StorageError(
            f"The organism could not be written: {error.strerror}.", where=str(path)
        ) from error
    return path


@lru_cache(maxsize=32)
def _read(name: str, folder: Path) -> Organism:
    path = folder / f"{name}.npz"
    if not name.replace("-", "").replace("_", "").isalnum() or not path.is_file():
        known = ", ".join(sorted(each.stem for each in folder.glob("*.npz"))) or "none"
        raise BadInput(f"There is no organism {name!r}.", where=str(folder), do=f"There: {known}.")
    try:
        packed = path.read_bytes()
        card = json.loads(path.with_suffix(".json").read_text("utf-8"))
        shape = Shape(**{each: int(card["shape"][each]) for each in _SIZES})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"The card cannot be read: {error}.", where=f"{name}.json") from None
    if hashlib.sha256(packed).hexdigest() != card.get("sha256"):
        raise BadInput(
            "The weights are not those of the card: another SHA-256.",
            where=str(path),
            do="Install the package again, or train the organism anew.",
        )
    return Organism(name, shape, _unpacked(packed, shape, str(path)), card)


def _unpacked(packed: bytes, shape: Shape, where: str) -> dict[str, Floats]:
    """The arrays in single precision, checked for name, shape and finiteness."""
    try:
        with np.load(io.BytesIO(packed), allow_pickle=False) as held:
            found = {name: held[name].astype(np.float32) for name in held.files}
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        raise BadInput(f"The weights cannot be read: {error}.", where=where) from None
    if {name: array.shape for name, array in found.items()} != shape.arrays:
        raise BadInput("The arrays are not those of the card's shape.", where=where)
    if not all(np.isfinite(array).all() for array in found.values()):
        raise BadInput("The weights contain what is no number.", where=where)
    return found


def _packed(weights: Weights) -> bytes:
    """The bytes of the ``.npz``: the same for the same weights (no times, a fixed order)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(weights):
            array = io.BytesIO()
            np.lib.format.write_array(array, weights[name].astype(np.float16), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), array.getvalue())
    return out.getvalue()


def _replace(path: Path, content: bytes) -> None:
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
