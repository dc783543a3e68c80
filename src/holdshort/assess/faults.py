"""What can be wrong with evidence, by name: one word that a program can act on."""

from enum import StrEnum

from holdshort.errors import EvidenceError


class Fault(StrEnum):
    """One kind of fault. What is said beside it names the place."""

    ARCHIVE = "archive"
    """The file is cut off, padded, or not put together as a bundle is."""
    MEMBER = "member"
    """A member is missing, unlisted, or not what the index says."""
    PROTOCOL = "protocol"
    """The evidence was made under another protocol."""
    SUITE = "suite"
    """The installed code is not that of the protocol, so nothing can be recomputed with it."""
    SEED = "seed"
    """The items were picked: the seed does not follow from the two nonces."""
    ROOT = "root"
    """The Merkle root is not that of the samples."""
    ORDER = "order"
    """Samples stand in another order than that of the items."""
    REPEATED = "repeated sample"
    """One item is there twice."""
    MISSING = "missing sample"
    """A sample that was scored, or that the test needs, is left out."""
    EXTRA = "extra sample"
    """A sample stands in the ledger that Inspect never logged, or that was not allowed."""
    ITEM = "item"
    """A prompt is not the one that the seed gives."""
    SCORE = "score"
    """An answer is marked otherwise than its program marks it."""
    SAMPLE = "sample"
    """A sample is not the same in the ledger and in Inspect's log."""
    LOG = "log"
    """A log of Inspect's cannot be read, or is not whole."""
    MODEL = "model"
    """One model answered under two names, or the manifest is of other weights."""
    HEADER = "header"
    """A log's header, its settings or its totals, is not that of its samples or its protocol."""
    CHAIN = "chain"
    """Units of work were left out, put in, changed or put in another order."""
    FINDING = "finding"
    """A finding says otherwise than the evidence gives."""
    RECORD = "record"
    """The register says otherwise than the bundle."""


class Faulty(EvidenceError):
    """An evidence bundle does not support what is claimed of it; ``fault`` says in what."""

    def __init__(
        self, fault: Fault, what: str, *, where: str | None = None, do: str | None = None
    ) -> None:
        super().__init__(what, where=where, do=do)
        self.fault = fault
