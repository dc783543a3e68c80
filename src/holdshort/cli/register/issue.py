"""``holdshort register issue``: issue the clearance that a case has come to."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.options import data_option, json_option, on
from holdshort.cli.output import emit, next_step, say
from holdshort.cli.passphrase import ask
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.docket.state import Case
    from holdshort.rulebook.model import ActRule


@click.command("issue", short_help="Issue the clearance that a case has come to.")
@click.argument("case")
@data_option
@json_option
def command(case: str, data: Path, as_json: bool) -> None:
    """Have the register issue the clearance of CASE: what a gate reads.

    It follows from the record alone. If the law does not allow it, it is refused with its clause.
    """
    from holdshort.office.clearance import clearance_artefacts, clearance_fields
    from holdshort.office.door import REGISTER, Office

    office = Office.open(data, ask)
    known = office.docket.cases.get(case)
    if known is None:
        raise BadInput(f"There is no case {case!r}.", do=f"holdshort docket{on(data)} lists them.")
    rule = _issuing(known, office.docket.state(known, office.now()))
    fields = clearance_fields(office.docket, known, office.now())
    receipt = office.file(rule.type, case, REGISTER, fields, clearance_artefacts(known))
    if as_json:
        emit({"entry": receipt.entry.index, "act": rule.type, "case": case, "state": known.state})
        return
    say(f"Issued the clearance of {case} as entry {receipt.entry.index}. [{rule.clause.cite}]")
    next_step(f"holdshort gate check WEIGHTS --register {data}", "to see that a gate honours it")


def _issuing(case: "Case", state: str) -> "ActRule":
    """The act that issues the clearance of a case in this state."""
    acts = case.book.cases[case.kind].acts.values()
    issuing = [each for each in acts if each.effect == "clearance"]
    if not issuing:
        raise BadInput(f"{case.id} is a case of the kind {case.kind}, which holds no clearance.")
    return next((each for each in issuing if state in each.origin), issuing[0])
