"""``holdshort register export``: the proofs by which another register can rely on this one."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.options import DEFAULT_DATA, json_option
from holdshort.cli.output import emit, next_step, say, write_all

if TYPE_CHECKING:
    from holdshort.register.handover import Fields, Handover


@click.command("export", short_help="Write proofs for another register: a clearance, its status.")
@click.argument("case", required=False)
@click.option(
    "--register",
    "place",
    type=click.Path(path_type=Path),
    default=Path(DEFAULT_DATA),
    show_default=True,
    help="The published register, or the folder that holds it.",
)
@click.option("--status", "status_only", is_flag=True, help="The newest status alone.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="FILE; CASE.json by default.")
@json_option
def command(
    case: str | None, place: Path, status_only: bool, output: Path | None, as_json: bool
) -> None:
    """Write the clearance of CASE and its newest status, each with its proof, into one file.

    The file holds the fields of an act on the other register: `holdshort file recognition.apply
    --fields FILE`. With --status it holds those of `recognition.show-status` and
    `recognition.report-foreign-status`; without CASE, what an agreement states of this register
    (`agreement.propose`). The manifest of the weights goes beside it, if it is published.
    """
    from holdshort.register.canonical import canonical
    from holdshort.register.folder import Folder, published_in
    from holdshort.register.handover import Handover

    if case is None and status_only:
        raise click.UsageError("Say of which case: --status needs CASE.")
    register = Handover(Folder(published_in(place)))
    fields = _fields(register, case, status_only=status_only)
    target = output or Path(f"{case or 'charter'}.json")
    made = [(target, canonical(fields) + b"\n"), *_manifest(register, fields, target)]
    written = write_all(made, what="The proofs")
    if as_json:
        emit({"case": case, "status": fields.get("status"), "fields": [*fields], "files": written})
        return
    if case is None:
        say(f"The charter of {fields['origin']}: {fields['charter']}")
    else:
        say(f"The clearance of {case} is {fields['status']}, as the newest snapshot says.")
    say(f"Written: {', '.join(written)}")
    next_step(f"holdshort file {_act(fields)} --fields {target} …", "on the other register")


def _act(fields: "Fields") -> str:
    """The act on the other register that these fields are for."""
    if "charter" in fields:
        return "agreement.propose"
    if "foreign_clearance" in fields:
        return "recognition.apply"
    stands = fields["status"] in ("valid", "conditional")
    return "recognition.show-status" if stands else "recognition.report-foreign-status"


def _fields(register: "Handover", case: str | None, *, status_only: bool) -> "Fields":
    if case is None:
        return register.charter()
    return register.status(case) if status_only else register.clearance(case)


def _manifest(register: "Handover", fields: "Fields", target: Path) -> list[tuple[Path, bytes]]:
    weights = fields.get("weights")
    if not isinstance(weights, str) or not register.folder.holds(weights):
        return []
    return [(target.with_suffix(".manifest.json"), register.folder.read_blob(weights))]
