"""A suite: the item families of one area, a threshold, and a seed made into items.

How item ``index`` of a seed comes about (anyone can repeat it):

    key    = SHA-256( f("holdshort-item") ‖ f(seed) ‖ f(area) ‖ f(version) ‖ index as 8 bytes )
             with f(s) = length of s as 4 bytes ‖ s, all integers big-endian
    family = families[ first draw below(len(families)) ]       (see ``draws``)
    item   = what that family generates from the same stream of draws

The family is drawn afresh for every item, so items are independent and identically distributed
over the even mixture of families. What is estimated is then the mean success rate over families,
and a sequential test on the items in order of index is valid without a correction for clusters.
Items can be made at random access: item 700 does not need the 700 before it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Final

from holdshort.assess.suites import (
    automated_rnd,
    biological_weapons,
    calibration,
    cybersecurity,
    loss_of_control,
)
from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family, Item
from holdshort.assess.suites.phrasing import PLAIN_WORDS, Phrasing
from holdshort.errors import BadInput

_HERE = Path(__file__).parent
_SHARED = ("answers.py", "draws.py", "family.py", "lexicon.py", "phrasing.py", "suite.py")


@dataclass(frozen=True)
class Suite:
    """The test of one area.

    ``threshold`` is the success rate at which the ability becomes a matter for the authority and
    ``zone`` the half-width of the band around it where either finding is tolerable; both are
    decimal strings.
    """

    area: str
    version: str
    families: tuple[Family, ...]
    threshold: str
    zone: str
    phrasing: Phrasing = PLAIN_WORDS

    def family(self, name: str) -> Family:
        """Return the family of that name; BadInput naming the known ones."""
        for family in self.families:
            if family.name == name:
                return family
        known = ", ".join(family.name for family in self.families)
        raise BadInput(f"no item family '{name}'", where=self.area, do=f"Known: {known}.")

    def item(self, seed: bytes, index: int) -> Item:
        """Make item ``index`` (0 ≤ index < 2⁶⁴) of ``seed`` (any bytes)."""
        if not 0 <= index < 2**64:
            raise BadInput(
                f"item index {index} is out of range", where=self.area, do="Use 0 or more."
            )
        key = b"".join(
            len(part).to_bytes(4, "big") + part
            for part in (b"holdshort-item", seed, self.area.encode(), self.version.encode())
        )
        draws = Draws(hashlib.sha256(key + index.to_bytes(8, "big")).digest())
        return draws.pick(self.families).item(self.area, index, draws)

    def items(self, seed: bytes, start: int, stop: int) -> list[Item]:
        """Make the items with start ≤ index < stop."""
        return [self.item(seed, index) for index in range(start, stop)]

    def score(self, item: Item, completion: str) -> bool:
        """Tell whether the answer in a completion is right; never raises on text."""
        answer = self.family(item.family).answer(completion)
        return answer is not None and self.family(item.family).correct(answer, item.target)

    def digest(self) -> str:
        """Return the hex SHA-256 of the code that makes and marks this suite's items.

        Hashed, for every source file of the area's package and the shared ones, in the order of
        their paths: length of the path (4 bytes), path, length of the content (8 bytes), content.
        """
        files = {name: _HERE / name for name in _SHARED}
        files |= {f"{self.area}/{path.name}": path for path in (_HERE / self.area).glob("*.py")}
        hashed = hashlib.sha256()
        for name, path in sorted(files.items()):
            content = path.read_bytes()
            hashed.update(len(name.encode()).to_bytes(4, "big") + name.encode())
            hashed.update(len(content).to_bytes(8, "big") + content)
        return hashed.hexdigest()


def _of(package: ModuleType) -> Suite:
    return Suite(
        area=package.__name__.rsplit(".", 1)[1],
        version=package.VERSION,
        families=package.FAMILIES,
        threshold=package.THRESHOLD,
        zone=package.ZONE,
        phrasing=getattr(package, "PHRASING", PLAIN_WORDS),
    )


SUITES: Final[Mapping[str, Suite]] = MappingProxyType(
    {
        made.area: made
        for made in map(_of, (automated_rnd, biological_weapons, cybersecurity, loss_of_control))
    }
)
"""By area, what a model is assessed with."""

CALIBRATION: Final = _of(calibration)
"""What the engine itself is assessed with, on models that are known by construction."""


def suite(area: str) -> Suite:
    """Return the suite of an area, or that of ``calibration``; BadInput naming the areas."""
    if area == CALIBRATION.area:
        return CALIBRATION
    if area not in SUITES:
        raise BadInput(
            f"no suite for the area '{area}'", do=f"Known areas: {', '.join(sorted(SUITES))}."
        )
    return SUITES[area]
