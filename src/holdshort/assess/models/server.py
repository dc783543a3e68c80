"""Serving local weights: llama.cpp's own server inside this process, on the loopback address.

One server a file for the life of the process, started when first asked for. llama.cpp is the
prebuilt wheel `xllamacpp`; nothing is compiled and nothing is downloaded.
"""

import atexit
import os
from pathlib import Path
from typing import Any

from holdshort.errors import BadInput

_MAGIC = b"GGUF"
_SILENT = -1
_servers: dict[Path, Any] = {}


def gguf_file(path: Path) -> Path:
    """The weights that a path means: a GGUF file, or a directory that holds exactly one."""
    if path.is_dir():
        found = sorted(path.glob("*.gguf"))
        if len(found) != 1:
            raise BadInput(f"expected one .gguf file, found {len(found)}.", where=str(path))
        path = found[0]
    if not path.is_file():
        raise BadInput("there is no such model file.", where=str(path))
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise BadInput("the file is not in GGUF format.", where=str(path))
    return path.resolve()


def address(weights: Path, *, parallel: int, context: int, threads: int | None) -> str:
    """Base URL of a server for ``weights``; starts it if none runs.

    ``parallel`` answers are computed at once, each over at most ``context`` tokens. The first
    caller's settings hold for the life of the process.
    """
    if weights not in _servers:
        _servers[weights] = _start(weights, parallel, context, threads)
    return f"{_servers[weights].listening_address}/v1"


def _start(weights: Path, parallel: int, context: int, threads: int | None) -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        # The package may be there and one of its libraries not: say which, not only what to run.
        raise BadInput(
            f"llama.cpp, which serves local weights, cannot be loaded: {error}.",
            where=str(weights),
            do="Run `make model`, which installs it and what it needs.",
        ) from error
    settings = xllamacpp.CommonParams()
    settings.model.path = str(weights)
    settings.model_alias = {weights.stem}
    settings.n_parallel = parallel
    settings.n_ctx = context * parallel  # llama.cpp divides it among the parallel answers
    settings.cpuparams.n_threads = threads or _spare_cores()
    settings.port = 0  # any free one
    settings.verbosity = _SILENT
    settings.offline = True
    settings.ui = False
    settings.warmup = False
    # A cached prefix is computed in other batches than a fresh one and rounds differently: without
    # the cache, an answer does not depend on what was asked before.
    settings.cache_prompt = False
    try:
        server = xllamacpp.Server(settings)
    except RuntimeError as error:
        raise BadInput("llama.cpp cannot load the weights.", where=str(weights)) from error
    if not _servers:
        atexit.register(stop)
    return server


def _spare_cores() -> int:
    """All cores but one. llama.cpp's threads wait for each other at every layer.

    One that must share its core holds up the rest, and Inspect needs a core: on two cores with
    company, two threads were measured at a third of the speed of one.
    """
    mine = getattr(os, "sched_getaffinity", None)  # not on macOS
    cores = len(mine(0)) if mine else os.cpu_count() or 1
    return max(1, cores - 1)


def stop() -> None:
    """Stop every server of this process."""
    _servers.clear()
