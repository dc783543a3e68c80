"""Whether a law keeps its limits, found out beside the replay of a large register.

The proof takes seconds and asks for nothing but the text of the law. A small register is replayed
before another process has so much as started; then it is proven here and now.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from holdshort.docket.law import unproven
from holdshort.processes import processors, spawned

WORTH_IT = 10_000
"""Acts from which on a process is worth its start."""

Unkept = Callable[[], str | None]
"""Waits for the proof; the first limit that is not proven, and why."""


@contextmanager
def proving(text: bytes, acts: int) -> Iterator[Unkept]:
    """Prove the limits of the law of this text while ``acts`` are replayed within the block."""
    if acts < WORTH_IT or processors() < 2:
        yield lambda: unproven(text)
        return
    pool = spawned(1)
    try:
        yield _begin(pool, text)
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(pool: ProcessPoolExecutor, text: bytes) -> Unkept:
    try:
        proof = pool.submit(unproven, text)
    except (OSError, BrokenProcessPool):
        return lambda: unproven(text)

    def wait() -> str | None:
        try:
            return proof.result()
        except (OSError, BrokenProcessPool):
            return unproven(text)  # where there can be no other process

    return wait
