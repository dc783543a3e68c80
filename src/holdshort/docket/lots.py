"""Drawing lots that neither side can steer and anyone can draw again.

1. Each side commits to a secret value: ``SHA-256("holdshort-commitment" ‖ 0 ‖ value)``.
2. Once both commitments are in the log, its root is fixed. Nobody knew it when they committed,
   and neither side knows the other's value.
3. Both reveal. The seed is the hash of both values and that root.
4. Every candidate's ticket is the hash of the seed and its id; the lowest ticket wins. Adding or
   removing a candidate changes nobody else's ticket.

A side that dislikes the outcome cannot try again: its value was fixed before it could know any of
the other two.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from holdshort.register.canonical import Json


@dataclass(frozen=True)
class Draw:
    """A draw with everything needed to repeat it. ``tickets`` are in ascending order."""

    seed: str
    log_size: int
    log_root: str
    tickets: tuple[tuple[str, str], ...]

    @property
    def winner(self) -> str:
        """The candidate with the lowest ticket."""
        return self.tickets[0][0]

    def to_json(self) -> dict[str, Json]:
        """As the act of assignment carries it."""
        return {
            "log_size": self.log_size,
            "log_root": self.log_root,
            "seed": self.seed,
            "tickets": [{"party": party, "ticket": ticket} for party, ticket in self.tickets],
        }


def commitment(value: bytes) -> str:
    """Hex commitment to a secret value of 32 bytes."""
    return hashlib.sha256(b"holdshort-commitment\0" + value).hexdigest()


def draw(
    developer: bytes, authority: bytes, log_size: int, log_root: bytes, pool: Sequence[str]
) -> Draw:
    """Draw one of ``pool`` (not empty, ids distinct)."""
    material = developer + authority + log_size.to_bytes(8, "big") + log_root
    seed = hashlib.sha256(b"holdshort-draw\0" + material).digest()
    tickets = sorted(
        (hashlib.sha256(seed + party.encode()).hexdigest(), party) for party in set(pool)
    )
    return Draw(
        seed.hex(), log_size, log_root.hex(), tuple((party, ticket) for ticket, party in tickets)
    )
