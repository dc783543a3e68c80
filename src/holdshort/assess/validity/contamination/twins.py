"""Public items and their fresh twins: of the same family, from a seed that nobody had seen.

A family makes any number of items alike in kind and difficulty. Whatever a model does better on the
public ones than on twins made today is owed to their having been public.
"""

import hashlib
from collections.abc import Sequence

from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Item
from holdshort.assess.suites.suite import Suite


def twins(suite: Suite, public: Sequence[Item], seed: bytes) -> list[Item]:
    """A fresh item for each public one, in their order; ``seed`` is secret until then."""
    found = []
    for number, item in enumerate(public):
        key = b"holdshort-twin\0" + len(seed).to_bytes(4, "big") + seed + number.to_bytes(8, "big")
        draws = Draws(hashlib.sha256(key).digest())
        found.append(suite.family(item.family).item(suite.area, number, draws))
    return found


def halves(prompt: str) -> tuple[str, str]:
    """A prompt parted at the first break between words past its middle."""
    cut = prompt.find(" ", len(prompt) // 2)
    return (prompt, "") if cut < 0 else (prompt[:cut], prompt[cut:])
