"""Evidence in the words of others: what a bundle shows, for programs that know other formats.

An export is a view. It says nothing that the bundle does not, it names the bundle by its digest,
and it is made of evidence that was verified; the bundle stays the record.
"""

from dataclasses import dataclass

from holdshort.assess.account import AreaAccount
from holdshort.assess.finding import Finding
from holdshort.assess.protocol import Protocol


@dataclass(frozen=True)
class Shown:
    """What verified evidence shows: one finding, one account and one Merkle root an area.

    ``bundle`` is its SHA-256; ``third_party`` says that the findings stand on a register, signed by
    an assessor that is not the developer.
    """

    bundle: str
    protocol: Protocol
    findings: tuple[Finding, ...]
    areas: tuple[AreaAccount, ...]
    roots: tuple[str, ...]
    item_seed: str
    third_party: bool

    @property
    def first(self) -> str:
        """When the first item was asked, RFC 3339."""
        return min(area.first for area in self.areas)

    @property
    def last(self) -> str:
        """When the last answer came, RFC 3339."""
        return max(area.last for area in self.areas)
