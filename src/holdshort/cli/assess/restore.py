"""``holdshort assess restore``: the full bundle from a public copy, for a reader of it."""

import shlex
from pathlib import Path

import click

from holdshort.cli.assess.options import identity_option
from holdshort.cli.options import json_option
from holdshort.cli.output import emit, next_step, say
from holdshort.cli.seal.entries import fresh
from holdshort.errors import BadInput


@click.command("restore", short_help="Get the full bundle back from a public copy.")
@click.argument("copy", type=click.Path(path_type=Path))
@identity_option(required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="Where to put the bundle; nothing is replaced.",
)
@json_option
def command(copy: Path, identity: Path, out: Path, as_json: bool) -> None:
    """Open what is sealed in a public COPY: the full bundle again, byte for byte.

    Exit 1: the key opens nothing here, or what it opens is not what the copy says. 2: there is no
    such copy or key.
    """
    digest = restored(copy, identity, fresh(out))
    if as_json:
        emit({"bundle": str(out), "sha256": digest})
        return
    say(f"Written: {out} (sha256 {digest})")
    next_step(f"holdshort assess verify {shlex.quote(str(out))}", "to recompute all of it")


def restored(copy: Path, identity: Path, out: Path) -> str:
    """Restore a copy with the identity in a file; the digest of the full bundle."""
    from holdshort.assess.redacted import is_copy, restore
    from holdshort.cli.passphrase import ask
    from holdshort.office.keys.passphrase import from_environment
    from holdshort.register.sealing.age import read_identity

    if not is_copy(copy):
        raise BadInput("Nothing is sealed in it.", where=str(copy), do="Leave --identity out.")
    try:
        data = identity.read_bytes()
    except OSError as error:
        what = f"The identity cannot be read: {error.strerror}."
        raise BadInput(what, where=str(identity)) from None

    def passphrase(where: str) -> bytes:
        return from_environment() or ask(f"the passphrase of {where}")

    return restore(copy, out, read_identity(data, str(identity), passphrase))
