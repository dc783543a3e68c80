"""What a gate has seen of a register, so that nobody can show it an older one.

A signed register cannot be changed unnoticed, but an old copy of it is signed too: a mirror could
hand a gate the register of yesterday, before a clearance was suspended. So a gate may keep the last
signed checkpoint that it accepted; from then on a register must continue it. Both checkpoints
together prove a fork to anyone, which is why the bytes are kept as they were signed.
"""

from pathlib import Path

from holdshort.errors import BadInput
from holdshort.gate.check import RegisterView
from holdshort.register.atomic import Batch


def remember(path: Path, register: RegisterView) -> None:
    """Check that ``register`` continues what ``path`` remembers, and remember it in its place.

    Raises:
        RegisterError: it does not; what was remembered stays.
        BadInput: the file cannot be read.
        StorageError: it cannot be written.
    """
    try:
        seen = path.read_bytes()
    except FileNotFoundError:
        seen = None
    except OSError as error:
        what = f"What the gate remembers cannot be read: {error.strerror}."
        raise BadInput(what, where=str(path)) from None
    if seen == register.signed:
        return
    if seen is not None:
        register.continues(seen)
    with Batch(path.parent) as batch:
        batch.write(path.name, register.signed, replace=True)
        batch.sync()
