"""Random draws that give the same items in ten years.

``random.Random`` keeps its stream of floats stable but not what ``shuffle``, ``sample`` or
``choice`` make of it, so an item drawn with them could change with the interpreter. Here the
stream is SHA-256 in counter mode and every draw is spelled out:

    block i   = SHA-256(key ‖ i as 8 bytes, big-endian), i = 0, 1, 2 …
    below(n)  = take ⌈bits(n-1)/8⌉ bytes of the stream as a big-endian integer, keep its lowest
                bits(n-1) bits, and repeat until the value is under n (rejection: no bias)
    sample(k) = the first k places of a Fisher–Yates shuffle from the front: for place 0 … k-1,
                swap it with place + below(length - place)
    shuffled  = sample(length)

Changing anything here changes every item of every suite; the golden tests then fail.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draws:
    """An endless stream of unbiased draws from ``key`` (bytes of any length)."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._counter = 0
        self._buffer = b""

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            block = self._key + self._counter.to_bytes(8, "big")
            self._buffer += hashlib.sha256(block).digest()
            self._counter += 1
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def below(self, n: int) -> int:
        """Return an integer in [0, n), each equally likely; ValueError unless n ≥ 1."""
        if n < 1:
            msg = f"nothing to draw from: n = {n}"
            raise ValueError(msg)
        bits = (n - 1).bit_length()
        size, mask = (bits + 7) // 8, (1 << bits) - 1
        while True:
            value = int.from_bytes(self._take(size), "big") & mask
            if value < n:
                return value

    def between(self, low: int, high: int) -> int:
        """Return an integer in [low, high], both ends included."""
        return low + self.below(high - low + 1)

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of ``choices``, each place equally likely."""
        return choices[self.below(len(choices))]

    def shuffled(self, things: Sequence[T]) -> list[T]:
        """Return the things in a uniformly random order."""
        return self.sample(things, len(things))

    def sample(self, things: Sequence[T], count: int) -> list[T]:
        """Return the things at ``count`` different places, in random order."""
        order = list(things)
        for place in range(count):
            other = place + self.below(len(order) - place)
            order[place], order[other] = order[other], order[place]
        return order[:count]

    def letters(self, alphabet: str, length: int) -> str:
        """Return ``length`` independent letters of ``alphabet``."""
        return "".join(self.pick(alphabet) for _ in range(length))
