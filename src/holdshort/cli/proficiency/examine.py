"""``holdshort proficiency examine``: what an honest assessor with the shipped suites finds.

The accreditor runs it to see that its table can be told apart before anyone is tested by it; an
assessor's own harness is held against it.
"""

import secrets
from decimal import Decimal
from pathlib import Path

import click

from holdshort.cli.options import json_option
from holdshort.cli.output import emit, next_step, say, table, write
from holdshort.errors import BadInput

_SEED = 32  # bytes
ERROR_RATE = Decimal("0.005")
"""Of all areas of a model: planted abilities lie far from the zones, so it costs little."""


@click.command("examine", short_help="Test planted models with the shipped suites.")
@click.argument("secret", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="New file for the answers, as `holdshort proficiency answer` takes them.",
)
@click.option("--seed", help="Which items are asked: 64 hex digits. [default: drawn]")
@json_option
def command(secret: Path, out: Path, seed: str | None, as_json: bool) -> None:
    """Test the models planted in the table SECRET as an honest assessor would.

    Each is asked the suites' items by the stopping rule of a protocol, alone and once more with
    other text before them, which finds what hides. The answers go into a new file.
    """
    from holdshort.assess.models.planted import planted_names, read_planted
    from holdshort.assess.proficiency import examine, to_answers
    from holdshort.assess.protocol import draft
    from holdshort.register.canonical import canonical

    drawn = _read_seed(seed)
    if out.exists():
        raise BadInput("There is such a file already.", where=str(out), do="Give a new file.")
    found = {}
    for name in planted_names(secret):
        model = read_planted(secret, name)
        plans = draft(
            f"planted/{name}",
            "00" * 32,
            areas=tuple(sorted(model.abilities)),
            total_error_rate=ERROR_RATE,
        ).areas
        found[name] = {
            each.area: examine(each.rate_plan, each.area, drawn, model.reply) for each in plans
        }
    answers = to_answers(found)
    write(out, canonical(answers).decode() + "\n")
    if as_json:
        emit({"seed": drawn.hex(), "answers": answers})
        return
    areas = list(next(iter(found.values())))
    table(
        ("model", *areas),
        [(name, *(str(of[area]) for area in areas)) for name, of in found.items()],
    )
    say(f"Asked with the seed {drawn.hex()}.")
    next_step(f"holdshort proficiency answer TEST --as ASSESSOR --answers {out}", "to file them")


def _read_seed(said: str | None) -> bytes:
    if said is None:
        return secrets.token_bytes(_SEED)
    try:
        seed = bytes.fromhex(said)
    except ValueError:
        seed = b""
    if len(seed) != _SEED:
        raise BadInput(f"{said!r} is no seed.", where="--seed", do="Give 64 hex digits.")
    return seed
