"""``holdshort gate``: whether weights may run."""

import shlex
from pathlib import Path

import click

from holdshort.cli.options import json_option, read_policy
from holdshort.cli.output import emit, next_step, say


@click.group("gate")
def command() -> None:
    """Whether weights may run."""


@command.command("digest")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--threads", type=click.IntRange(min=1), help="Readers at once; all cores if left out."
)
@json_option
def digest(directory: Path, threads: int | None, as_json: bool) -> None:
    """The identity of the model in DIRECTORY: the digest of its canonical manifest."""
    from holdshort.gate.manifest import compute

    manifest = compute(directory, threads=threads)
    if as_json:
        emit(
            {
                "digest": manifest.digest,
                "algorithm": manifest.algorithm,
                "size": manifest.total_size,
                "files": [{"path": each.path, "size": each.size} for each in manifest.files],
            }
        )
        return
    for each in manifest.files:
        say(f"{each.size:>15,}  {each.path}")
    say(f"{manifest.digest}  {directory}")


@command.command("check")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--register",
    "place",
    type=click.Path(path_type=Path),
    required=True,
    help="The published register, or the folder that holds it.",
)
@click.option("--charter", help="Hash of the charter that is trusted (holdshort init prints it).")
@click.option(
    "--memory",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File in which this gate keeps what it saw last; an older register is then refused.",
)
@click.option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Whose cosignatures this gate demands (C2SP tlog-policy); else whom the register names.",
)
@click.option("--audience", multiple=True, help="For whom the weights are to run; may be repeated.")
@click.option(
    "--territory",
    multiple=True,
    help="Where: a country, DE, or a part of one, US-CA; may be repeated.",
)
@click.option("--allow-rehearsal", is_flag=True, help="Honour a rehearsal's clearance.")
@json_option
@click.pass_context
def check(
    ctx: click.Context,
    directory: Path,
    place: Path,
    charter: str | None,
    memory: Path | None,
    policy: Path | None,
    audience: tuple[str, ...],
    territory: tuple[str, ...],
    allow_rehearsal: bool,
    as_json: bool,
) -> None:
    """May the weights in DIRECTORY run? Exit 0: yes. 1: no, and why. 2: cannot tell."""
    from holdshort.gate.check import RegisterView
    from holdshort.gate.check import check as decide
    from holdshort.gate.manifest import compute
    from holdshort.gate.memory import remember
    from holdshort.gate.scope import Deployment
    from holdshort.register.folder import Folder, published_in

    deployment = Deployment(audience, territory)
    register = RegisterView(Folder(published_in(place)), charter, read_policy(policy))
    if memory is not None:
        remember(memory, register)
    manifest = compute(directory)
    decision = decide(manifest, register, deployment=deployment, allow_rehearsal=allow_rehearsal)
    if as_json:
        emit(decision.to_json())
    else:
        if decision.rehearsal:
            say("REHEARSAL: no authority stands behind this clearance.")
        say("PASS" if decision.served else "REFUSED")
        for reason in decision.reasons:
            say(f"  {reason}")
        if charter is None:
            say("  The register was taken at its word: its charter is not pinned.")
            asked = shlex.join(["holdshort", "gate", "check", str(directory)])
            pinned = f"--register {shlex.quote(str(place))} --charter {register.charter.leaf_hash}"
            flags = [f"--audience {shlex.quote(each)}" for each in audience]
            flags += [f"--territory {each}" for each in territory]
            flags += ["--allow-rehearsal"] if allow_rehearsal else []
            next_step(" ".join([asked, pinned, *flags]), "to trust this register and no other")
    ctx.exit(0 if decision.served else 1)
