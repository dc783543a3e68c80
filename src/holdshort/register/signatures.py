"""Checking many signatures at once, in several processes.

An Ed25519 check takes as long as everything else that is done with an act together, and one process
of Python runs one of them at a time beside other work. So they are gathered, and checked elsewhere
while the docket folds on; whoever gathers them asks at the end whether all held.

Few signatures are checked here and now: starting processes takes longer.
"""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from typing import NamedTuple

from holdshort.errors import HoldshortError
from holdshort.processes import processors, spawned
from holdshort.register.canonical import Json, canonical, parse
from holdshort.register.keys import PublicKey

_BATCH = 512
_WORTH_IT = 4 * _BATCH
"""Signatures from which on processes are worth their start."""


class Claim(NamedTuple):
    """That a key of an entry's party signed a message: not checked yet."""

    entry: int
    by: str
    key: bytes
    """Canonical JSON of the public key."""
    signature: bytes
    message: bytes


class Failed(NamedTuple):
    """A claim that does not hold, and why."""

    entry: int
    by: str
    why: str


class Signatures:
    """Claims that are checked as they come; :meth:`failed` waits for the last.

    ``processes`` is how many work beside this one; by default as many as there are processors.
    """

    def __init__(self, processes: int | None = None) -> None:
        self.count = 0
        self._processes = processors() if processes is None else processes
        self._gathered: list[Claim] = []
        self._pool: ProcessPoolExecutor | None = None
        self._waiting: deque[tuple[Future[Failed | None], list[Claim]]] = deque()
        self._failed: Failed | None = None

    def __enter__(self) -> "Signatures":
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def add(self, entry: int, by: str, key: PublicKey, signature: bytes, message: bytes) -> None:
        """Have it checked that ``key`` of the party ``by`` signed ``message``."""
        self.count += 1
        self._gathered.append(Claim(entry, by, _as_bytes(key), signature, message))
        if len(self._gathered) >= (_BATCH if self._pool else _WORTH_IT):
            self._send()

    def failed(self) -> Failed | None:
        """The first claim that does not hold, once all are checked; None if all do."""
        while self._waiting:
            self._settle()
        self._take(check(self._gathered))
        self._gathered = []
        return self._failed

    @property
    def hopeless(self) -> bool:
        """Whether a claim is known not to hold, so that nothing after it matters."""
        return self._failed is not None

    def _send(self) -> None:
        claims, self._gathered = self._gathered, []
        if self._processes < 1:
            self._take(check(claims))
            return
        try:
            if self._pool is None:
                self._pool = spawned(self._processes)
            for at in range(0, len(claims), _BATCH):
                part = claims[at : at + _BATCH]
                self._waiting.append((self._pool.submit(check, part), part))
        except (OSError, BrokenProcessPool):
            self._alone(claims)
        while len(self._waiting) > 4 * self._processes:
            self._settle()  # as fast as they are checked, and no faster

    def _settle(self) -> None:
        future, claims = self._waiting.popleft()
        try:
            self._take(future.result())
        except (OSError, BrokenProcessPool):
            self._alone(claims)

    def _alone(self, claims: Sequence[Claim]) -> None:
        """Go on without other processes, where there can be none."""
        self._processes = 0
        self._take(check(claims))

    def _take(self, found: Failed | None) -> None:
        if found and (self._failed is None or found.entry < self._failed.entry):
            self._failed = found


def check(claims: Sequence[Claim]) -> Failed | None:
    """The first claim that does not hold, None if all do."""
    for claim in claims:
        try:
            _key(claim.key).verify(claim.signature, claim.message)
        except HoldshortError as error:
            return Failed(claim.entry, claim.by, error.what)
    return None


@lru_cache(maxsize=4096)
def _key(key: bytes) -> PublicKey:
    return PublicKey.from_json(parse(key, "public key"))


@lru_cache(maxsize=4096)
def _as_bytes(key: PublicKey) -> bytes:
    value: Json = key.to_json()
    return canonical(value)
