"""Holding the chain of a campaign's units of work against its logs (see `dispatch`).

Each line names the digest of the line before it, so none can be changed, left out of the middle or
moved. Each log that a unit made says which; so none can be left off the end. The digests of a
unit's logs bind its samples. Lines of earlier versions also name the digest of the unit's own
ledger, which no bundle holds and nobody can recompute: it proves nothing and is passed over.
"""

import hashlib
import io
from collections.abc import Mapping

from holdshort.assess.faults import Fault, Faulty
from holdshort.assess.fields import Fields
from holdshort.assess.intake import CHAIN
from holdshort.register.canonical import parse_canonical


def check_chain(
    data: bytes, path: str, digests: Mapping[str, str], units: Mapping[str, str | None]
) -> int:
    """The chain is whole and speaks of these logs; how many units were taken in.

    ``path`` is where the part lies; ``digests`` are those of its logs and ``units`` the unit that
    each log names, both by the log's file name.
    """
    previous, told = "", dict[str, str]()
    lines = io.BytesIO(data).readlines()
    for number, line in enumerate(lines, 1):
        where = f"{path}/{CHAIN}, line {number}"
        body = line.removesuffix(b"\n")
        fields = Fields(parse_canonical(body, where), where)
        fields.only(("ledger", "logs", "previous", "unit"))
        if body == line or fields.text("previous", empty=True) != previous:
            raise Faulty(Fault.CHAIN, "the line does not follow from the one before.", where=where)
        previous = hashlib.sha256(body).hexdigest()
        logs = fields.nested("logs")
        for name in logs.names:
            if digests.get(name) != logs.hexadecimal(name):
                raise Faulty(
                    Fault.CHAIN, f"the unit's log {name} is missing or changed.", where=where
                )
            told[name] = fields.hexadecimal("unit")
    for name, unit in units.items():
        if unit is not None and told.get(name) != unit:
            raise Faulty(
                Fault.CHAIN,
                f"the unit that made the log {name} is not in the chain.",
                where=f"{path}/{CHAIN}",
            )
    return len(lines)
