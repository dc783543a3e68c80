"""``holdshort seal destroy``: the end of access."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.options import data_option, json_option
from holdshort.cli.output import emit, next_step, say
from holdshort.cli.seal.entries import ENTRY, published
from holdshort.errors import Refused

if TYPE_CHECKING:
    from holdshort.office.door import Office
    from holdshort.register.canonical import Json
    from holdshort.register.entry import Entry

ACT = "register.destroy-key"


@click.command("destroy")
@ENTRY
@click.option("--as", "party", required=True, help="The party whose key is destroyed.")
@click.option("--reasons", required=True, help="Why; it goes on the record.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    entry: int,
    party: str,
    reasons: str,
    yes: bool,
    data: Path,
    as_json: bool,
) -> None:
    """Destroy the key with which PARTY can open what is sealed in ENTRY.

    It is refused while the rulebook has the party keep the matter. The destruction is put on the
    record first; then the key goes. The act, its commitments and the ciphertext stay, and the
    register verifies as before.

    Exit 0: destroyed. 1: it must be kept, or you said no.
    """
    from holdshort.office.door import Office
    from holdshort.office.sealing.filing import blob_of
    from holdshort.office.sealing.readers import held_path, holders, release

    if as_json and not yes:
        raise click.UsageError("--json asks nobody: give --yes if the key is to be destroyed.")
    office = Office.open(data)
    found = published(office.folder, entry)
    blob = blob_of(office.place, found)
    others = [each for each in holders(office.place, blob) if each != party]
    unknown = _kept(office, found, party)
    path = held_path(office.place, blob, party)
    if not path.exists():
        raise Refused(f"{party} holds no key to entry {entry} here.", where=str(path))
    if not yes:
        say(f"Entry {entry}, {found.act.type} in {found.act.case} by {found.act.by}.")
        for each in unknown:
            say(each)
        say(f"{party} will not be able to read or disclose it again. {_left(others)}")
        if not click.confirm("Destroy the key?"):
            ctx.exit(1)
    recorded = _record(office, entry, blob, party, reasons)
    release([path])
    if as_json:
        emit({"destroyed": str(path), "recorded": recorded, "keys_left_here": others})
        return
    said = f"entry {recorded} says so" if recorded is not None else "nothing is on the record"
    say(f"Destroyed: the key of {party} to entry {entry}; {said}.")
    say(_left(others))
    if recorded is None:
        say(f"This rulebook has no act {ACT}: put the destruction on the record in another way.")
    next_step(f"holdshort verify {data}", "shows that the register is whole")


def _left(others: list[str]) -> str:
    if others:
        return f"Keys are left here of: {', '.join(others)}."
    return "No other key is here; whoever was handed a copy elsewhere still has it."


def _kept(office: "Office", entry: "Entry", party: str) -> list[str]:
    """What the rulebook says of keeping it, where nothing stands against destroying it.

    Raises:
        Refused: the party has to keep it; names the clause.
    """
    from holdshort.office.sealing.retention import retentions

    enrolled = office.docket.parties.get(party)
    said = []
    for kept in retentions(office.docket, entry, office.now()):
        if enrolled and kept.binds(enrolled.role) and kept.stands_against_destroying:
            raise Refused(kept.says, clause=kept.cite, where=f"entry {entry.index}")
        said.append(str(kept))
    return said or ["The rulebook does not say how long it is kept."]


def _record(office: "Office", entry: int, blob: str, party: str, reasons: str) -> int | None:
    """File the destruction, unless it is on record already; its entry, or None without an act."""
    from holdshort.office.door import REGISTER

    rules = office.law_of(REGISTER, ACT).cases[REGISTER].acts
    if ACT.partition(".")[2] not in rules:
        return None
    stated: dict[str, Json] = {"entry": entry, "blob": blob, "reasons": reasons}
    for each in office.entries():
        act = each.act
        if act.type == ACT and act.by == party and act.fields.get("blob") == blob:
            return each.index
    return office.file(ACT, REGISTER, party, stated).entry.index
