"""The Merkle tree of the log: RFC 6962 §2.1 hashing, proofs, and their verification.

::

    MTH({})     = SHA-256()
    MTH({d})    = SHA-256(0x00 || d)                        a leaf hash
    MTH(D[0:n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n]))   k = largest power of two < n

Node ``(level, index)`` is the root of the *complete* subtree over leaves
``index·2^level … (index + 1)·2^level − 1``. A complete subtree never changes, so it is hashed once;
any other hash of the tree lies on its right border and is folded from O(log n) complete ones.

Verification follows RFC 9162 §2.1.3.2 and §2.1.4.2. Proofs from an empty tree are refused: they
would say nothing.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from holdshort.errors import BadInput, RegisterError

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256().digest()

NodeReader = Callable[[int, int], bytes]
"""``node(level, index)`` gives the hash of one complete subtree."""


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 6962 hash of one log entry, 32 bytes."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 hash of an inner node, 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Every complete subtree of a growing log; about 64 bytes of hashes a leaf."""

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for each in leaf_hashes:
            self.append(each)

    def __len__(self) -> int:
        return len(self._levels[0])

    def append(self, leaf_hash: bytes) -> None:
        """Add the hash of the next leaf."""
        levels = self._levels
        levels[0].append(leaf_hash)
        level, width = 0, len(levels[0])
        while not width & 1:
            below = levels[level]
            level += 1
            if level == len(levels):
                levels.append([])
            levels[level].append(hashlib.sha256(b"\x01" + below[-2] + below[-1]).digest())
            width >>= 1

    def node(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree ``(level, index)``."""
        return self._levels[level][index]

    def root(self, size: int | None = None) -> bytes:
        """The root of the first ``size`` leaves; of all leaves by default."""
        return root(self._within(size), self.node)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The audit path of leaf ``index`` in the tree of ``size`` leaves, deepest first."""
        return inclusion(index, self._within(size), self.node)

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """The proof that the tree of ``old`` leaves is a prefix of the tree of ``new``."""
        return consistency(old, self._within(new), self.node)

    def _within(self, size: int | None) -> int:
        if size is None:
            return len(self)
        if not 0 <= size <= len(self):
            raise BadInput(f"The log has {len(self)} entries, not {size}.")
        return size


@dataclass
class Frontier:
    """A compact range: the root of a growing log in O(log n) memory, without its past."""

    size: int = 0
    _peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf_hash: bytes) -> None:
        """Add the hash of the next leaf."""
        peak, width = leaf_hash, self.size
        while width & 1:
            peak = node_hash(self._peaks.pop(), peak)
            width >>= 1
        self._peaks.append(peak)
        self.size += 1

    def root(self) -> bytes:
        """The root of all leaves so far."""
        return _fold(self._peaks)


def root(size: int, node: NodeReader) -> bytes:
    """The root of the first ``size`` leaves, from O(log n) complete subtrees."""
    return _range_hash(0, size, node)


def inclusion(index: int, size: int, node: NodeReader) -> list[bytes]:
    """RFC 6962 §2.1.1 audit path of leaf ``index`` in the tree of ``size`` leaves."""
    if not 0 <= index < size:
        raise BadInput(f"There is no entry {index} in a log of {size} entries.")
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(_range_hash(middle, stop, node))
            stop = middle
        else:
            path.append(_range_hash(start, middle, node))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, node: NodeReader) -> list[bytes]:
    """RFC 6962 §2.1.2 proof between the trees of ``old`` and of ``new`` leaves."""
    if not 0 < old <= new:
        raise BadInput(f"There is no consistency proof from {old} to {new} entries.")
    path: list[bytes] = []
    start, stop = 0, new
    while stop > old:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(_range_hash(middle, stop, node))
            stop = middle
        else:
            path.append(_range_hash(start, middle, node))
            start = middle
    if start > 0:  # the old tree is not itself a complete subtree of the new one
        path.append(_range_hash(start, stop, node))
    return path[::-1]


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """RFC 9162 §2.1.3.2: the leaf stands at ``index`` under ``root``, or RegisterError."""
    if not 0 <= index < size:
        raise RegisterError(f"There is no entry {index} in a log of {size} entries.")
    _check_hash(leaf_hash, "leaf hash")
    _check_hash(root, "root")
    _check_proof(proof)
    position, last, computed = index, size - 1, leaf_hash
    for sibling in proof:
        if not last:
            raise RegisterError("The inclusion proof is too long.")
        if position & 1 or position == last:
            computed = node_hash(sibling, computed)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise RegisterError("The inclusion proof is too short.")
    if computed != root:
        raise RegisterError(f"Entry {index} is not under this root of {size} entries.")


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """RFC 9162 §2.1.4.2: the old log is a prefix of the new one, or RegisterError."""
    if not 0 < old <= new:
        raise RegisterError(f"A log of {old} entries proves nothing of one of {new}.")
    if old == new:
        if proof:
            raise RegisterError("The consistency proof is too long.")
        if old_root != new_root:
            raise RegisterError(f"Two different roots were given for {old} entries.")
        return
    if not proof:
        raise RegisterError("The consistency proof is empty.")
    _check_hash(old_root, "old root")
    _check_hash(new_root, "new root")
    _check_proof(proof)
    nodes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_computed = new_computed = nodes[0]
    for sibling in nodes[1:]:
        if not last:
            raise RegisterError("The consistency proof is too long.")
        if position & 1 or position == last:
            old_computed = node_hash(sibling, old_computed)
            new_computed = node_hash(sibling, new_computed)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new_computed = node_hash(new_computed, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise RegisterError("The consistency proof is too short.")
    if old_computed != old_root:
        raise RegisterError(f"The proof does not lead to the old root of {old} entries.")
    if new_computed != new_root:
        raise RegisterError(f"The log of {new} entries does not continue that of {old} entries.")


def _split(width: int) -> int:
    """The largest power of two smaller than ``width`` (RFC 6962 calls it k)."""
    return 1 << ((width - 1).bit_length() - 1)


def _range_hash(start: int, stop: int, node: NodeReader) -> bytes:
    """``MTH(D[start:stop])`` where ``start`` is a multiple of a power of two ≥ the width."""
    peaks = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        peaks.append(node(level, start >> level))
        start += 1 << level
    return _fold(peaks)


def _fold(peaks: Sequence[bytes]) -> bytes:
    """The root above complete subtrees that stand side by side, widest first."""
    if not peaks:
        return EMPTY_ROOT
    folded = peaks[-1]
    for peak in reversed(peaks[:-1]):
        folded = node_hash(peak, folded)
    return folded


def _check_hash(value: bytes, what: str) -> None:
    if len(value) != HASH_SIZE:
        raise RegisterError(f"The {what} is not {HASH_SIZE} bytes long.")


def _check_proof(proof: Iterable[bytes]) -> None:
    if any(len(each) != HASH_SIZE for each in proof):
        raise RegisterError(f"A hash of the proof is not {HASH_SIZE} bytes long.")
