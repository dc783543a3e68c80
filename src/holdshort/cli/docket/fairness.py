"""``holdshort docket fairness``: the like-treatment audit of a whole record."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

import click

from holdshort.cli.options import json_option
from holdshort.cli.output import emit, write_all
from holdshort.errors import BadInput

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("fairness")
@click.argument("register")
@click.option(
    "--level",
    default="0.05",
    show_default=True,
    metavar="P",
    help="Chance, at most, that a fair record is said to be unfair in anything.",
)
@click.option(
    "--effect",
    default="0.2",
    show_default=True,
    metavar="E",
    help="Favouritism whose visibility is stated: a share of outcomes, or so much more.",
)
@click.option(
    "--seed", default="0", show_default=True, metavar="TEXT", help="Seed of what is simulated."
)
@click.option(
    "--runs",
    type=click.IntRange(50, 100_000),
    default=400,
    show_default=True,
    metavar="N",
    help="Simulated records for each measure's power.",
)
@click.option(
    "--groups", type=_FILE, metavar="FILE", help="CSV of parties to compare by group: party,group."
)
@click.option("--csv", "csv_file", type=_FILE, metavar="FILE", help="Write every choice.")
@click.option("--html", "html_file", type=_FILE, metavar="FILE", help="Write a page with figures.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    register: str,
    level: str,
    effect: str,
    seed: str,
    runs: int,
    groups: Path | None,
    csv_file: Path | None,
    html_file: Path | None,
    as_json: bool,
) -> None:
    """Test whether facts explain how offices and courts used their choices in REGISTER.

    REGISTER is the folder of a register, what it publishes, or a URL (which is copied first). Which
    act was chosen, how long it took, how high fines were: for every party, among cases of equal
    facts.

    Exit 0: nothing found, or too little to find anything (said in words). 1: something found.
    """
    from holdshort.cli.fairness.files import files
    from holdshort.cli.fairness.reading import read_groups, read_register
    from holdshort.cli.fairness.tell import tell, to_fields
    from holdshort.cli.fairness.told import Told
    from holdshort.cli.verification.progress import bar
    from holdshort.docket.fairness import audit, observations
    from holdshort.docket.fairness.power import powers

    at = _number(level, "--level")
    size = _number(effect, "--effect")
    if not (0 < at < 1):
        raise BadInput(f"{level} is no chance.", where="--level", do="Give one between 0 and 1.")
    if not (0 < size <= 1):
        raise BadInput(f"{effect} is no share.", where="--effect", do="Give one, up to 1.")
    with bar(quiet=as_json) as heard:
        name, record = read_register(register, heard)
        grouped = read_groups(groups, record) if groups else {}
        found = observations(record)
        done = audit(found, level=at, groups=grouped, seed=seed, heard=heard)
        power = powers(found, done, effect=size, seed=seed, runs=runs, heard=heard)
    told = Told(name, record, found, done, power, size, seed, runs, grouped)
    written = write_all(files(told, csv_file, html_file), (groups,), what="The report")
    if as_json:
        emit({**to_fields(told), "written": written})
    else:
        tell(told, written)
    ctx.exit(1 if done.found else 0)


def _number(text: str, where: str) -> Fraction:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise BadInput(f"{text!r} is not a number.", where=where)
    return Fraction(number)
