"""Contacts by outsiders: who was in touch about a case, as the record of that case shows it.

A contact is a case of its own, of the kind ``contact``, that concerns the review of a model. What
somebody wants of a bar on the model he may want of the review as well, so a case shows the contacts
about the review that it is, or that it concerns.
"""

from typing import TYPE_CHECKING

from holdshort.docket.state import Case

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

CONTACT = "contact"


def contacts(docket: "Docket", case: Case) -> list[Case]:
    """The contacts about a case, or about the case that it concerns, in the order of the log."""
    about = docket.cases.get(case.concerns) if case.concerns else case
    if case.kind == CONTACT or about is None:
        return []
    concerning = (docket.cases[id_] for id_ in about.concerned_by)
    return [each for each in concerning if each.kind == CONTACT]
