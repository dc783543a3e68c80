"""What a sandbox of ours may use, as whoever runs the assessment sets it.

Given to Inspect as the sandbox's configuration: a YAML file, or `Settings` itself. Every name may
be left out; one that nobody knows is refused.
"""

from pathlib import Path, PurePosixPath

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from holdshort.errors import BadInput

_MEBIBYTE = 1024 * 1024

_TAKEN = frozenset("/ bin dev etc lib lib32 lib64 libx32 proc sbin sys tmp usr sample".split())
"""First parts of paths that a sandbox has anyway."""


class Settings(BaseModel):
    """Limits of one sandbox, and what of the machine is shown in it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    memory: int = Field(default=1024, ge=16, le=1 << 20)
    """MiB, all processes and files together."""
    processes: int = Field(default=128, ge=2, le=1 << 16)
    """Processes and threads at any time."""
    processors: int = Field(default=1, ge=1, le=1024)
    """Processors' worth of time."""
    disk: int = Field(default=256, ge=1, le=1 << 20)
    """MiB in each of /sample and /tmp; it lies in memory."""
    files: int = Field(default=20_000, ge=16, le=1 << 24)
    """Files and folders in each of /sample and /tmp."""
    exec_seconds: int = Field(default=120, ge=1, le=7 * 86_400)
    """How long a command runs at most, whatever it is given."""
    cpu_seconds: int = Field(default=600, ge=1, le=7 * 86_400)
    """Processor time of one process."""
    bind: dict[str, str] = Field(default_factory=dict)
    """Further folders or files of the machine that are shown, read-only: path inside → outside."""

    @field_validator("bind")
    @classmethod
    def _check_bind(cls, bind: dict[str, str]) -> dict[str, str]:
        for inside, outside in bind.items():
            parts = PurePosixPath(inside).parts
            if len(parts) < 2 or parts[0] != "/" or ".." in parts or parts[1] in _TAKEN:
                raise ValueError(f"{inside!r} is no path of its own in a sandbox")
            if not PurePosixPath(outside).is_absolute() or Path(outside) == Path("/"):
                raise ValueError(f"{outside!r} is no absolute path below the root")
        return bind

    def __hash__(self) -> int:  # Inspect sorts samples by it; a dict has none
        return hash(self.model_dump_json())

    @property
    def memory_bytes(self) -> int:
        """``memory`` in bytes."""
        return self.memory * _MEBIBYTE

    @property
    def disk_bytes(self) -> int:
        """``disk`` in bytes."""
        return self.disk * _MEBIBYTE


def read(value: object, where: str = "sandbox") -> Settings:
    """Settings from what Inspect hands over; :class:`BadInput` naming file and setting."""
    if isinstance(value, Settings):
        return value
    if isinstance(value, str):
        where, value = value, _load(Path(value))
    if value is None:
        value = {}
    try:
        return Settings.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise BadInput(
            f"{first['msg']}.",
            where=f"{where}: {name}" if name else where,
            do=f"The settings are: {', '.join(Settings.model_fields)}.",
        ) from None


def _load(path: Path) -> object:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot be read: {error}.", where=str(path)) from None
    except yaml.YAMLError as error:
        raise BadInput(f"is no YAML: {' '.join(str(error).split())}.", where=str(path)) from None
