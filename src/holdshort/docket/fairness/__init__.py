"""The like-treatment audit: whether facts explain how an authority and a court used their choices.

No clause can read who a party is, so equal facts make equal acts lawful. What the law leaves open,
which of several lawful acts is chosen and when, can still serve favour. The audit reads a whole
record for that, in five steps:

========================== =======================================================================
``record``, ``situations`` every choice that an office or a court had, what it could see, what it
                           could lawfully do, what it did, how long it took
``facts``, ``severity``    the facts that the law reads; how hard each act is on the party
``measures``               outcomes in comparable numbers
``tables``                 matters of equal facts side by side
``permutation``,           exact tests: among matters of equal facts it does not matter whose they
``family``                 are; all of them together keep one error rate
``power``                  how much favouritism this very record could hide
========================== =======================================================================

Nothing here draws a lot but the power, and a test too large to be counted out; both by a stated
seed. See ``docs/explanation/like-treatment.md``.
"""

from holdshort.docket.fairness.audit import Answer, Audit, audit
from holdshort.docket.fairness.measures import MEASURES, Observation, observations
from holdshort.docket.fairness.record import Choice, Record, read_record

__all__ = [
    "MEASURES",
    "Answer",
    "Audit",
    "Choice",
    "Observation",
    "Record",
    "audit",
    "observations",
    "read_record",
]
