"""What a campaign ran on: interpreter, platform, every installed package, and the sandbox.

No names of machines.
"""

import platform
from collections.abc import Mapping
from importlib.metadata import distributions

from holdshort.register.canonical import Json


def describe(sandbox: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """The environment of this process, as it enters the evidence.

    ``sandbox`` is the fingerprint of what contains the model's commands (`sandbox.fingerprint`).
    """
    packages: dict[str, Json] = {each.metadata["Name"]: each.version for each in distributions()}
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "machine": platform.machine(),
        "packages": packages,
        **({} if sandbox is None else {"sandbox": sandbox}),
    }
