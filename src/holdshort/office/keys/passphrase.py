"""Secrets that open keys, from the environment.

======================================================= ==========================================
``HOLDSHORT_PASSPHRASE_FILE``, ``HOLDSHORT_PASSPHRASE`` opens encrypted key files, encrypts new ones
``HOLDSHORT_PIN_FILE``, ``HOLDSHORT_PIN``               opens a device (PKCS#11)
======================================================= ==========================================

A variable that names a file comes first: other processes of the same user can read an environment,
and it is handed on to every child. The two secrets are kept apart because a device locks itself
after a few wrong PINs.
"""

import os
import stat
from pathlib import Path

from holdshort.errors import KeyFileError

_LONGEST = 4096


def from_environment(name: str = "PASSPHRASE") -> bytes | None:
    """What the file of ``HOLDSHORT_<name>_FILE`` or ``HOLDSHORT_<name>`` itself holds, or None.

    One newline at the end of a file is not part of the secret. KeyFileError if the file cannot be
    read, holds nothing, or is open to others.
    """
    if path := os.environ.get(f"HOLDSHORT_{name}_FILE"):
        return _read(Path(path), name)
    secret = os.environ.get(f"HOLDSHORT_{name}")
    return secret.encode(errors="surrogateescape") if secret else None


def _read(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            content = file.read(_LONGEST + 1)
    except OSError as error:
        raise KeyFileError(
            f"HOLDSHORT_{name}_FILE cannot be read: {error.strerror}.", where=str(path)
        ) from None
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError(
            "The secret can be read by others than its owner.",
            where=str(path),
            do=f"Run: chmod 600 {path}",
        )
    secret = content.removesuffix(b"\n").removesuffix(b"\r")
    if not secret or len(content) > _LONGEST:
        raise KeyFileError(f"The file does not hold 1 to {_LONGEST} bytes.", where=str(path))
    return secret
