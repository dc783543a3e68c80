"""Which form of place a URL or path means."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from holdshort.errors import BadInput
from holdshort.register.mirror.store.folder import FolderStore
from holdshort.register.mirror.store.objects import ObjectStore
from holdshort.register.mirror.store.store import Store
from holdshort.register.mirror.store.web import WebStore

_URL = re.compile(r"[a-z][a-z0-9+.-]*(?=://)")


def protocol(place: str) -> str | None:
    """The protocol of a URL; None for the path of a folder."""
    found = _URL.match(place)
    return found[0] if found else None


def open_store(url: str, options: Mapping[str, Any] | None = None) -> Store:
    """The place at a URL or path; ``options`` are fsspec's for its protocol.

    Raises:
        BadInput: there is no such protocol here, or the URL is none of it.
    """
    kind = protocol(url)
    if kind in (None, "file"):
        return FolderStore(Path(url.removeprefix("file://")))
    import fsspec  # type: ignore[import-untyped]  # it has no types

    try:
        if kind in ("http", "https"):
            return WebStore(url, fsspec.filesystem(kind, allow_redirects=False, **(options or {})))
        return ObjectStore(url, *fsspec.core.url_to_fs(url, **(options or {})))
    except (ImportError, ValueError, TypeError) as error:
        raise BadInput(
            f"A register cannot be reached by {kind}: {error}.",
            do="Give a folder, or a URL such as https://… or s3://bucket/prefix.",
        ) from None
