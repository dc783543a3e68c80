"""``holdshort assign``: draw the assessor of a case, or draw every draw of a register again."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.options import data_option, json_option, on
from holdshort.cli.output import emit, next_step, say, table
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.docket.redraw import Redraw, Redrawn


@click.command("assign", short_help="Draw the assessor of a case, or draw every draw again.")
@click.argument("case", required=False)
@click.option("--check", "again", is_flag=True, help="Draw again, from what is published.")
@click.option("--as", "officer", help="Who assigns; default: who committed for the Agency.")
@data_option
@json_option
def command(case: str | None, again: bool, officer: str | None, data: Path, as_json: bool) -> None:
    """Take the draw in CASE as far as the register and the case officer can.

    It has the draw witnessed once both sides have committed, and assigns the assessor once both
    have revealed. With --check: draw every draw (or that of CASE) again; DIR may then be any copy
    of a published register.
    """
    if again:
        if officer:
            raise click.UsageError("Nobody assigns with --check.")
        _check(data, case, as_json)
        return
    if case is None:
        raise click.UsageError("Give a CASE, or --check.")
    _advance(data, case, officer, as_json)


def _advance(data: Path, case: str, officer: str | None, as_json: bool) -> None:
    from holdshort.office.assignment import advance
    from holdshort.office.door import Office

    office = Office.open(data)
    done = advance(office, case, officer)
    found = office.docket.cases[case]
    assessor = found.bound.get("assessor")
    if as_json:
        filed = [{"entry": each.entry.index, "act": each.entry.act.type} for each in done.receipts]
        emit({"case": case, "filed": filed, "assessor": assessor, "waits_for": done.waits_for})
    else:
        for each in done.receipts:
            say(f"Filed {each.entry.act.type} (entry {each.entry.index}).")
        if assessor:
            say(f"{assessor} is assigned to {case}.")
            next_step(f"holdshort assign --check {case}{on(data)}", "to draw it again")
        elif done.waits_for:
            say(f"{case} waits for {done.waits_for}.")
    if not done.receipts and done.waits_for:
        raise click.exceptions.Exit(1)


def _check(data: Path, case: str | None, as_json: bool) -> None:
    found = _redrawn(data)
    draws = [each for each in found.draws if case in (None, each.case)]
    if case is not None and not draws and found.fault is None:
        known = ", ".join(dict.fromkeys(each.case for each in found.draws)) or "none"
        raise BadInput(f"Nothing is drawn in {case!r}.", do=f"Cases with a draw: {known}.")
    ok = found.fault is None and all(each.ok for each in draws)
    if as_json:
        emit({"ok": ok, "fault": found.fault, "draws": [_fields(each) for each in draws]})
    else:
        for each in draws:
            _tell(each)
        if found.fault:
            say(f"FAIL  {found.fault}")
        held = "hold" if ok else "do NOT hold"
        counted = f"{len(draws)} draw{'' if len(draws) == 1 else 's'}"
        say(f"{counted} of {found.entries} entries drawn again: {held}.")
        if ok:
            next_step(f"holdshort verify {data}", "to check the whole register")
    if not ok:
        raise click.exceptions.Exit(1)


def _redrawn(data: Path) -> "Redrawn":
    from holdshort.docket.law import read_text
    from holdshort.docket.redraw import redraw
    from holdshort.register.entry import Entry
    from holdshort.register.folder import Folder, published_in

    folder = Folder(published_in(data))
    leaves = folder.leaves()
    entries = (Entry.parse(index, leaf) for index, leaf in enumerate(leaves))
    digest = Entry.parse(0, folder.leaf(0)).act.rulebook
    book = read_text(folder.read_blob(digest), digest)
    return redraw(entries, book, folder.read_blob)


def _tell(found: "Redraw") -> None:
    """A draw as somebody would do it by hand, step by step."""
    say(click.style(f"{found.case}, draw {found.number}: {found.standing}", bold=True))
    for side, (entry, made) in found.commitments.items():
        say(f"  1. The {side} committed (entry {entry}) to a value with the digest {made}.")
    if found.size is not None:
        say(f"  2. The first {found.size} entries of the log hash to the root {found.root}.")
        say("     With that the pool was settled, and nobody knew either value but its own side:")
        for each in found.candidates:
            rated = f"rated {each.rating}" if each.rating else "not rated"
            say(f"       {each.party}, {rated}: {_tickets(each.tickets)}")
    if found.witnessed is not None:
        who = ", ".join(found.cosigned_by) or "the register alone; its policy asks for no witness"
        say(
            f"  3. A checkpoint of {found.checkpoint_size} entries made this root public (entry "
            f"{found.witnessed}), signed by the register and cosigned by: {who}."
        )
    for side, (entry, value) in found.values.items():
        say(f"  4. The {side} revealed (entry {entry}) the value {value}.")
    if found.drawn:
        say("  5. seed = SHA-256('holdshort-draw' ‖ 0 ‖ developer ‖ authority ‖ size ‖ root)")
        say(f"          = {found.drawn.seed}")
        say("     A ticket is SHA-256('holdshort-ticket' ‖ 0 ‖ seed ‖ number ‖ id); lowest wins:")
        rows = [
            (f"       {each.party}", f"{each.number} of {each.weight}", each.ticket)
            for each in found.drawn.tickets
        ]
        table(("       assessor", "best ticket", "its digest"), rows)
        say(f"  6. The lot falls on {found.drawn.winner}.")
    for point in found.points:
        say(f"  {'ok  ' if point.ok else 'FAIL'}  {point.name}: {point.detail}")
    say()


def _tickets(number: int) -> str:
    return f"{number} ticket{'' if number == 1 else 's'}"


def _fields(found: "Redraw") -> dict[str, Any]:
    return {
        "case": found.case,
        "draw": found.number,
        "ok": found.ok,
        "standing": found.standing,
        "commitments": {
            side: {"entry": entry, "commitment": made}
            for side, (entry, made) in found.commitments.items()
        },
        "log_size": found.size,
        "log_root": found.root,
        "pool": [
            {"party": each.party, "rating": each.rating, "tickets": each.tickets}
            for each in found.candidates
        ],
        "witnessed": found.witnessed,
        "checkpoint_size": found.checkpoint_size,
        "cosigned_by": found.cosigned_by,
        "values": {
            side: {"entry": entry, "value": value} for side, (entry, value) in found.values.items()
        },
        "drawn": found.drawn.to_json() if found.drawn else None,
        "winner": found.drawn.winner if found.drawn else None,
        "assigned": found.assigned[1] if found.assigned else None,
        "points": [
            {"name": each.name, "ok": each.ok, "detail": each.detail} for each in found.points
        ],
    }
