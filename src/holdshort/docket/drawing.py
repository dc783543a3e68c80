"""The draw of a case as the record gives it: the pool, the witnessed checkpoint, the winner.

Rules kept here:

- Who is in the draw, and with how many tickets, is settled with the second commitment, by the same
  entry that fixes the root of the seed. Nobody knows anything of the seed then, and nobody joins,
  leaves or is rated anew in time to matter.
- The root is public before anyone reveals: a checkpoint signed by the log, cosigned as the witness
  policy in force asks for, and a consistency proof from the root to it (RFC 6962, 2.1.2).
- The winner follows from the record; an act can only state it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from holdshort.docket.fields import is_digest
from holdshort.docket.lots import MOST_TICKETS, Draw, draw
from holdshort.docket.ratings import rated, tickets_of
from holdshort.docket.state import Case
from holdshort.errors import HoldshortError, RegisterError
from holdshort.register.canonical import Json
from holdshort.register.merkle import verify_consistency
from holdshort.register.policy import Cosigned, Policy

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket


def serving(docket: "Docket", case: Case, now: str) -> list[str]:
    """Assessors that may serve: enrolled, accredited, interests declared, no conflict."""
    from holdshort.docket.checks import independent  # which names the checks of the draw, too

    return sorted(
        party.id
        for party in docket.parties.values()
        if party.role == "assessor"
        and not party.suspended
        and independent(docket, case, party.id, now)
    )


def pool(docket: "Docket", case: Case, now: str) -> dict[str, int]:
    """How many tickets each assessor would have that is in the draw at ``now``, by its id.

    Whoever may serve is in it with the tickets that the law gives its rating; with none, it is not.
    """
    book = docket.law_of(case, now)
    tickets = {
        party: min(tickets_of(book, rated(docket, party, now), case.basis), MOST_TICKETS)
        for party in serving(docket, case, now)
    }
    return {party: number for party, number in tickets.items() if number > 0}


def settled(case: Case) -> dict[str, int] | None:
    """The pool as it was settled with the second commitment; None before."""
    kept = case.memory.get("pool")
    rows = kept if isinstance(kept, dict) else None
    return {party: int(str(number)) for party, number in rows.items()} if rows else None


def fixed_root(case: Case) -> tuple[int, bytes] | None:
    """Size and root of the log right after the second commitment; None before."""
    fixed = case.memory.get("seed_root")
    if not isinstance(fixed, dict):
        return None
    return int(str(fixed["size"])), bytes.fromhex(str(fixed["root"]))


def lot(docket: "Docket", case: Case, now: str) -> Draw | None:
    """The draw that the record gives; None before both have revealed."""
    said = case.memory.get("revealed")
    revealed = said if isinstance(said, dict) else {}
    fixed, candidates = fixed_root(case), settled(case)
    developer, authority = revealed.get("developer"), revealed.get("authority")
    if not (fixed and candidates and developer and authority):
        return None
    return draw(bytes.fromhex(str(developer)), bytes.fromhex(str(authority)), *fixed, candidates)


def witnessed(docket: "Docket", case: Case, checkpoint: Json, consistency: Json) -> Cosigned:
    """The checkpoint that makes the root of a draw public, once all of it was verified.

    ``checkpoint`` is a signed note with its cosignatures, as text; ``consistency`` lists the hashes
    of the proof in hexadecimal.

    Raises:
        HoldshortError: what does not hold, and why.
    """
    fixed = fixed_root(case)
    if fixed is None:
        raise RegisterError("Both sides have yet to commit.", where=case.id)
    if not isinstance(consistency, list) or not all(is_digest(each) for each in consistency):
        raise RegisterError("The consistency proof is a list of hashes.", where="consistency")
    log = docket.charter.verifier
    policy = Policy.parse(docket.witness_policy or "quorum none\n", "witness policy", log)
    cosigned = policy.check(str(checkpoint).encode(), log)
    size, root = fixed
    shown = cosigned.checkpoint
    if shown.origin != docket.charter.origin or shown.size > docket.size:
        raise RegisterError(f"It is no checkpoint of this log of {docket.size} entries.")
    proof = [bytes.fromhex(str(each)) for each in consistency]
    verify_consistency(size, shown.size, proof, root, shown.root)
    return cosigned


def draw_is_witnessed(docket: "Docket", case: Case, said: Mapping[str, Json]) -> bool:
    """Whether an act carries a checkpoint that makes the root of its draw public."""
    try:
        witnessed(docket, case, said.get("checkpoint"), said.get("consistency"))
    except HoldshortError:
        return False
    return True
