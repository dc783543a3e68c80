"""``holdshort assess export``: what a bundle shows, in the formats of others."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.assess.claimed import Claimed
from holdshort.cli.assess.options import record_options
from holdshort.cli.options import json_option
from holdshort.cli.output import emit, say, write_all
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.assess.exports import Shown
    from holdshort.assess.verify import Claims


@click.command("export", short_help="Write what a bundle shows in the formats of others.")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["in-toto", "oscal"]),
    required=True,
    help="in-toto: Statements with the proposed predicate eval-result. oscal: assessment results.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="Where to write it.",
)
@click.option("--verifier", metavar="URI", help="With in-toto: who says so, as a type URI.")
@record_options
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    bundle: Path,
    wanted: str,
    out: Path,
    verifier: str | None,
    place: str | None,
    case: str | None,
    charter: str | None,
    as_json: bool,
) -> None:
    """Write what the evidence BUNDLE shows for programs that know other formats.

    All is recomputed first. in-toto gives one Statement an area, one a line, unsigned: whoever
    vouches for it signs it.

    Exit 0: it is written. 1: the evidence does not hold. 2: there is nothing to export.
    """
    from holdshort.assess.exports.eval_result import statements
    from holdshort.assess.exports.oscal import assessment_results

    if (wanted == "in-toto") != (verifier is not None):
        raise click.UsageError("--verifier goes with --format in-toto, which needs it.")
    claimed = Claimed(bundle, place, case, charter, quiet=as_json)
    claimed.must_be_full()
    failed = [f"{each.name}: {each.detail}" for each in claimed.checks() if not each.ok]
    if claimed.missing and not failed:
        raise BadInput(
            "No finding follows from evidence that was imported; there is nothing to export.",
            where=str(bundle),
        )
    written: list[str] = []
    if claimed.claims is not None and not failed:
        shown = _shown(claimed, claimed.claims)
        if verifier is not None:
            lines = [json.dumps(each, ensure_ascii=False) for each in statements(shown, verifier)]
            text = "\n".join(lines)
        else:
            text = json.dumps(assessment_results(shown), ensure_ascii=False, indent=2)
        written = write_all([(out, f"{text}\n".encode())], [bundle], what="The export")
    if as_json:
        emit({"holds": not failed, "faults": failed, "written": written})
    else:
        for line in failed:
            say(f"FAIL  {line}")
        say(
            f"Written: {out}"
            if written
            else "\nNothing is exported of evidence that does not hold."
        )
    ctx.exit(1 if failed else 0)


def _shown(claimed: Claimed, claims: "Claims") -> "Shown":
    from holdshort.assess.account import accounts
    from holdshort.assess.archive import Archive
    from holdshort.assess.bundle import INDEX, SEED
    from holdshort.assess.exports import Shown

    names = [plan.area for plan in claims.protocol.areas]
    with Archive(claimed.bundle) as archive:
        index = archive.json(INDEX).nested("areas")
        roots = tuple(index.nested(name).text("root") for name in names)
        seed = archive.json(SEED).text("item_seed")
    return Shown(
        bundle=claimed.digest,
        protocol=claims.protocol,
        findings=tuple(claims.findings[name] for name in names),
        areas=tuple(accounts(claimed.bundle, claims.protocol)),
        roots=roots,
        item_seed=seed,
        third_party=claimed.place is not None and not claimed.rehearsal,
    )
