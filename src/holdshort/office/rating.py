"""Publishing the rating that follows from an assessor's record."""

from holdshort.docket.ratings import RATING, holder, record
from holdshort.docket.refusal import Unlawful
from holdshort.errors import BadInput
from holdshort.office.door import Filing, Office, Receipt


def publish(office: Office, accreditation: str, by: str) -> Receipt:
    """Publish the one class that the law makes of the record; anew, if one is published already.

    Raises:
        BadInput: there is no such accreditation.
        Unlawful: no class is lawful for the record.
    """
    docket = office.docket
    case = docket.cases.get(accreditation)
    party = holder(docket, case)
    if case is None or party is None:
        raise BadInput(f"There is no accreditation {accreditation!r}.")
    rated = next(
        (id_ for id_ in reversed(case.concerned_by) if docket.cases[id_].kind == RATING), None
    )
    id_ = rated or f"rating-{accreditation}"
    name = "rating.renew" if rated else "rating.publish"
    opening = {} if rated else {"concerns": accreditation}
    counted = record(docket, party, office.now()).to_fields()
    classes = office.law_of(id_, name).cases[RATING].facts["class"].type.values
    refused: Unlawful | None = None
    for class_ in classes:
        fields = {**opening, **counted, "class": class_}
        try:
            docket.check(office.compose(Filing(name, id_, by, fields)))
        except Unlawful as error:
            refused = error
            continue
        return office.file(name, id_, by, fields)
    raise refused or BadInput("The law knows no class.", where=name)
