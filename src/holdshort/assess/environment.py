"""What a campaign ran on: interpreter, platform, every installed package; no name of a machine."""

import platform
from importlib.metadata import distributions

from holdshort.register.canonical import Json


def describe() -> dict[str, Json]:
    """The environment of this process, as it enters the evidence."""
    packages: dict[str, Json] = {each.metadata["Name"]: each.version for each in distributions()}
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "machine": platform.machine(),
        "packages": packages,
    }
