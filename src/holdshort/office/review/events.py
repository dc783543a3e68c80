"""What a review tells whoever watches it."""

from collections.abc import Callable
from dataclasses import dataclass

from holdshort.assess.campaign import ArmProgress, Progress
from holdshort.office.door import Receipt


@dataclass(frozen=True)
class Stage:
    """A step of the review begins."""

    title: str


@dataclass(frozen=True)
class Acted:
    """An act is on the register."""

    receipt: Receipt
    role: str


@dataclass(frozen=True)
class Note:
    """Something that a reader should know and that is no act."""

    text: str


@dataclass(frozen=True)
class Bytes:
    """Files are being copied or read."""

    what: str
    done: int
    total: int


Event = Stage | Acted | Note | Bytes | Progress | ArmProgress
Listener = Callable[[Event], None]
