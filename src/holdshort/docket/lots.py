"""Drawing lots that neither side can steer and anyone can draw again.

1. Each side commits to a secret value: ``SHA-256("holdshort-commitment" ‖ 0 ‖ value)``.
2. With the second commitment everything but the two values is settled: who is in the draw, with how
   many tickets, and the root of the log over all of it.
3. A checkpoint that continues this root is signed and witnessed. From then on nobody can show
   another root, and only from then on anybody reveals: the Agency first, the developer last.
4. ``seed = SHA-256("holdshort-draw" ‖ 0 ‖ developer ‖ authority ‖ size as 8 bytes ‖ root)``.
5. An assessor of weight w has w tickets, numbered from 1:
   ``SHA-256("holdshort-ticket" ‖ 0 ‖ seed ‖ number as 8 bytes ‖ id)``. The lowest of all wins, so
   each wins with the probability w / sum of all weights, exactly and without any arithmetic.

What enters the seed is what nobody can make again: the values were committed to, and the root at
exactly that size is one. Of the checkpoint that witnesses it nothing enters: whoever asks a witness
again gets other bytes, and whoever publishes chooses the size. A ticket depends on the seed and its
holder alone: a candidate more, or a ticket more, changes nobody else's.

Why neither side can grind this is told in ``docs/explanation/the-draw.md``.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from holdshort.errors import BadInput
from holdshort.register.canonical import Json

MOST_TICKETS = 1000
"""Tickets of one assessor, at most: a weight is a small whole number, and anyone counts again."""


@dataclass(frozen=True)
class Ticket:
    """The best of an assessor's tickets: ``number`` is which of its ``weight`` it is."""

    party: str
    weight: int
    number: int
    ticket: str

    def to_json(self) -> dict[str, Json]:
        """As the act of assignment carries it."""
        return {
            "party": self.party,
            "weight": self.weight,
            "number": self.number,
            "ticket": self.ticket,
        }


@dataclass(frozen=True)
class Draw:
    """A draw with everything needed to repeat it. ``tickets`` are in ascending order."""

    seed: str
    log_size: int
    log_root: str
    tickets: tuple[Ticket, ...]

    @property
    def winner(self) -> str:
        """The candidate with the lowest ticket."""
        return self.tickets[0].party

    def to_json(self) -> dict[str, Json]:
        """As the act of assignment carries it."""
        return {
            "log_size": self.log_size,
            "log_root": self.log_root,
            "seed": self.seed,
            "tickets": [each.to_json() for each in self.tickets],
        }


def commitment(value: bytes) -> str:
    """Hex commitment to a secret value of 32 bytes."""
    return hashlib.sha256(b"holdshort-commitment\0" + value).hexdigest()


def seed_of(developer: bytes, authority: bytes, log_size: int, log_root: bytes) -> bytes:
    """The seed: both values (32 bytes each), and the root at the size after both commitments."""
    material = developer + authority + log_size.to_bytes(8, "big") + log_root
    return hashlib.sha256(b"holdshort-draw\0" + material).digest()


def best_ticket(seed: bytes, party: str, weight: int) -> Ticket:
    """The lowest of the tickets of an assessor, of which it has ``weight`` (1 or more)."""
    if not 0 < weight <= MOST_TICKETS:
        raise BadInput(f"{party} has {weight} tickets.", do=f"A draw takes 1 to {MOST_TICKETS}.")
    start, end = b"holdshort-ticket\0" + seed, party.encode()
    ticket, number = min(
        (hashlib.sha256(start + number.to_bytes(8, "big") + end).hexdigest(), number)
        for number in range(1, weight + 1)
    )
    return Ticket(party, weight, number, ticket)


def draw(
    developer: bytes, authority: bytes, log_size: int, log_root: bytes, pool: Mapping[str, int]
) -> Draw:
    """Draw one of ``pool`` (not empty): the number of tickets of each, by its id."""
    seed = seed_of(developer, authority, log_size, log_root)
    tickets = (best_ticket(seed, party, weight) for party, weight in pool.items())
    ordered = sorted(tickets, key=lambda each: (each.ticket, each.party))
    return Draw(seed.hex(), log_size, log_root.hex(), tuple(ordered))
