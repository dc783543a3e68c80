"""``holdshort register search``: acts of a register, found by reading all of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.options import json_option
from holdshort.cli.output import emit, next_step, say, table
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket
    from holdshort.register.entry import Entry


@click.command("search", short_help="Find acts in a whole register, so that none is left out.")
@click.argument("place")
@click.option("--model", help="Name of a model, or the digest of its weights.")
@click.option("--party", help="A party: what it did, and what names it.")
@click.option("--case", "case", help="A case, and those that concern it.")
@click.option("--kind", help="A kind of case (review), or of act (review.declare).")
@click.option("--charter", help="Hash of the charter that is trusted.")
@click.option(
    "--copy",
    type=click.Path(path_type=Path),
    help="Where to keep the copy of a URL; by default in the user's cache.",
)
@json_option
def command(
    place: str,
    model: str | None,
    party: str | None,
    case: str | None,
    kind: str | None,
    charter: str | None,
    copy: Path | None,
    as_json: bool,
) -> None:
    """Find the acts of the register at PLACE, a folder or a URL, that match all that is given.

    The whole log is read, proven and replayed, so that the answer is complete whoever serves it.
    """
    from holdshort.cli.verification.progress import bar
    from holdshort.cli.verification.proven import proven, subject_at

    wanted = {"model": model, "party": party, "case": case, "kind": kind}
    if not any(wanted.values()):
        raise BadInput("Say what to look for.", do="Give --model, --party, --case or --kind.")
    with bar(quiet=as_json) as heard:
        subject = subject_at(place, copy, heard)
        audit, entries, docket = proven(subject, charter, heard)
    found = [each for each in entries if _matches(each, docket, wanted)]
    head = audit.checkpoint
    complete = (
        f"Complete: all {len(entries)} entries under the checkpoint were read, proven to be those "
        "that it commits to, and replayed. None can be left out without another root."
    )
    if as_json:
        emit(
            {
                "found": [_told(each) for each in found],
                "entries": len(entries),
                "root": head.root.hex() if head else None,
                "last_at": docket.last_at,
                "complete": complete,
            }
        )
        return
    rows = [
        (str(each.index), each.act.at, each.act.case, each.act.type, each.act.by) for each in found
    ]
    if rows:
        table(("entry", "at", "case", "act", "by"), rows)
    say(f"{len(found)} found. {complete}")
    say(f"The last act is of {docket.last_at}; what came later is not in this checkpoint.")
    if found:
        index = found[-1].index
        next_step(f"holdshort register prove {index} --register {place}", "to hand one on")


def _matches(entry: "Entry", docket: "Docket", wanted: dict[str, str | None]) -> bool:
    act = entry.act
    model, party, case, kind = (wanted[name] for name in ("model", "party", "case", "kind"))
    return (
        (kind is None or kind in (act.kind, act.type))
        and (case is None or case in _line(act.case, docket))
        and (party is None or act.by == party or _names(act.fields, party))
        and (model is None or _is_about(entry, docket, model))
    )


def _line(case: str, docket: "Docket") -> list[str]:
    """A case, the one that it concerns, the one that that concerns, and so on."""
    line = [case]
    while (found := docket.cases.get(line[-1])) and found.concerns and found.concerns not in line:
        line.append(found.concerns)
    return line


def _is_about(entry: "Entry", docket: "Docket", model: str) -> bool:
    cases = (docket.cases.get(case) for case in _line(entry.act.case, docket))
    memories = [case.memory for case in cases if case]
    stated = [entry.act.fields, *memories]
    return any(model in (each.get("model"), each.get("weights")) for each in stated)


def _names(value: object, party: str) -> bool:
    """Whether a value of an act's fields is, or holds, the party's id."""
    if isinstance(value, dict):
        return any(_names(each, party) for each in value.values())
    if isinstance(value, list | tuple):
        return any(_names(each, party) for each in value)
    return value == party


def _told(entry: "Entry") -> dict[str, Any]:
    act = entry.act
    return {
        "entry": entry.index,
        "leaf_hash": entry.leaf_hash.hex(),
        "at": act.at,
        "case": act.case,
        "act": act.type,
        "by": act.by,
        "fields": dict(act.fields),
    }
