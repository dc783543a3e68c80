"""What the file of a Docker or Kubernetes sandbox says of its containers.

Compose files and the values of Inspect's Helm chart both name their containers under
``services``. Only what is written there is taken down: which image, whether it is pinned by its
digest, whether it is built on the spot, and what it says of the network.
"""

import hashlib
import re
from pathlib import Path

import yaml
from pydantic import BaseModel

from holdshort.errors import BadInput
from holdshort.register.canonical import Json

_PINNED = re.compile(r"@sha256:([0-9a-f]{64})$")


def services(config: object) -> dict[str, Json]:
    """The containers that ``config`` (a file's name, a model of Inspect, or None) describes.

    Raises :class:`BadInput` naming the file.
    """
    if config is None:
        # Inspect then looks for a file of its own, or takes an image of its own.
        return {"configuration": None, "services": None}
    if isinstance(config, BaseModel):
        value: object = config.model_dump(mode="json", exclude_none=True)
        data = config.model_dump_json(exclude_none=True).encode()
        where = "sandbox"
    else:
        where = str(config)
        data, value = _load(Path(where))
    stated = value.get("services") if isinstance(value, dict) else None
    if not isinstance(stated, dict) or not all(isinstance(one, dict) for one in stated.values()):
        raise BadInput("names no containers under services.", where=where)
    return {
        "configuration": hashlib.sha256(data).hexdigest(),
        "services": {str(name): _service(one) for name, one in stated.items()},
    }


def _service(stated: dict[str, object]) -> dict[str, Json]:
    image = stated.get("image")
    pinned = _PINNED.search(image) if isinstance(image, str) else None
    network = stated.get("network_mode")
    return {
        "image": image if isinstance(image, str) else None,
        "digest": pinned[1] if pinned else None,
        "built_here": stated.get("build") is not None,
        "network_mode": network if isinstance(network, str) else None,
    }


def _load(path: Path) -> tuple[bytes, object]:
    try:
        data = path.read_bytes()
        return data, yaml.safe_load(data)
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}.", where=str(path)) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"is no YAML: {' '.join(str(error).split())}.", where=str(path)) from None
