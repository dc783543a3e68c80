"""``holdshort witness``: run a witness that cosigns other registers, and check proofs of forks.

What each subcommand needs is imported inside it, so that help loads nothing.
"""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.options import json_option
from holdshort.cli.output import emit, next_step, say
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.office.witness.place import WitnessPlace
    from holdshort.register.witness.witness import Witness

DIR = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@click.group("witness")
def command() -> None:
    """Cosign other registers, as long as each only grows; check proofs that one did not."""


@command.command("init", short_help="Make a witness: keys, settings, an empty state.")
@DIR
@click.option("--name", required=True, help="Its name, like example.org/witness: never changes.")
@click.option("--ml-dsa", is_flag=True, help="Cosign with an ML-DSA-44 key beside Ed25519.")
@json_option
def init(folder: Path, name: str, ml_dsa: bool, as_json: bool) -> None:
    """Make a witness in DIR, which is new."""
    from holdshort.office.witness.place import WitnessPlace

    keys = [key.vkey for key in WitnessPlace(folder).create(name, ml_dsa=ml_dsa)]
    if as_json:
        emit({"name": name, "vkeys": keys})
        return
    say(f"Made the witness {name}. What others know it by:")
    for key in keys:
        say(f"  {key}")
    where = shlex.quote(str(folder))
    next_step(f"holdshort witness add-log {where} VKEY", "to follow a log")


@command.command("add-log", short_help="Follow a log.")
@DIR
@click.argument("vkey", required=False)
@click.option("--origin", help="The log's origin, if it is not the name of its key.")
@click.option(
    "--register", type=click.Path(path_type=Path), help="Folder of a published register instead."
)
@json_option
def add_log(
    folder: Path, vkey: str | None, origin: str | None, register: Path | None, as_json: bool
) -> None:
    """Let the witness in DIR follow a log, by its verifier key or by its published register."""
    from holdshort.office.witness.place import WitnessPlace, read_log_key, register_log

    if (vkey is None) == (register is None) or (register and origin):
        raise click.UsageError("Give a VKEY (with --origin if need be), or --register PLACE.")
    charter = None
    if register:
        origin, vkey, charter = register_log(register)
    key = vkey or ""
    origin = origin or read_log_key(key).name
    added = WitnessPlace(folder).add_log(origin, key)
    if as_json:
        emit({"origin": origin, "vkey": key, "charter": charter, "added": added})
        return
    say(f"{'Follows' if added else 'Followed already:'} {origin}")
    if charter:
        say(f"Compare its charter with what the register publishes elsewhere: {charter}")
    next_step(f"holdshort witness serve {shlex.quote(str(folder))}", "to answer it")


@command.command("serve", short_help="Answer requests for cosignatures.")
@DIR
@click.option(
    "--listen", metavar="ADDRESS", default="127.0.0.1:8099", show_default=True, help="HOST:PORT."
)
@json_option
def serve(folder: Path, listen: str, as_json: bool) -> None:
    """Serve the witness in DIR until interrupted; one line a request on standard error."""
    from holdshort.office.witness.place import WitnessPlace
    from holdshort.office.witness.service import serve as run

    def ready(witness: "Witness") -> None:
        if as_json:
            emit({"listen": listen, **_keys(witness), "logs": sorted(witness.logs)})
        else:
            logs = "1 log" if len(witness.logs) == 1 else f"{len(witness.logs)} logs"
            say(f"{witness.cosigners[0].name} follows {logs}, on http://{listen}")

    run(WitnessPlace(folder), *_address(listen), ready)


@command.command("show", short_help="Keys, logs, sizes and conflicts of a witness.")
@DIR
@click.option("--url", help="Where it answers, for the lines of a policy.")
@json_option
@click.pass_context
def show(ctx: click.Context, folder: Path, url: str | None, as_json: bool) -> None:
    """Show the witness in DIR. Exit 1 if it holds a proof that a log forked."""
    from holdshort.office.witness.place import WitnessPlace

    place = WitnessPlace(folder)
    witness = place.witness()
    logs = [_log(place, witness, origin) for origin in witness.logs]
    forked = any(Path(path).name.startswith("fork-") for log in logs for path in log["conflicts"])
    if as_json:
        emit({**_keys(witness, url), "logs": logs})
    else:
        for line in policy_lines(witness, url):
            say(line)
        for log in logs:
            size = "nothing cosigned yet" if log["size"] is None else f"{log['size']} entries"
            say(f"\n{log['origin']}: {size}{', ' + log['time'] if log['time'] else ''}")
            for path in log["conflicts"]:
                say(f"  CONFLICT {path}")
    ctx.exit(1 if forked else 0)


@command.command("check-fork", short_help="Check a proof that a log forked.")
@click.argument("first", metavar="A", type=click.Path(path_type=Path))
@click.argument("second", metavar="[B]", required=False, type=click.Path(path_type=Path))
@click.option("--key", required=True, help="The log's key, as NAME+HASH+KEY (verifier key).")
@click.option("--log", type=click.Path(path_type=Path), help="The log's folder, if sizes differ.")
@json_option
@click.pass_context
def check_fork(
    ctx: click.Context, first: Path, second: Path | None, key: str, log: Path | None, as_json: bool
) -> None:
    """Check two signed checkpoints, A and B, or a pair that a witness kept in one file.

    Exit 0: they prove that the log forked. 1: they do not contradict each other. 2: cannot tell.
    """
    from holdshort.office.witness.place import read_log_key
    from holdshort.register.folder import Folder, published_in
    from holdshort.register.witness import fork

    if second is None:
        a, b = fork.split_pair(_read(first), str(first))
    else:
        a, b = _read(first), _read(second)
    entries = Folder(published_in(log)).leaves() if log else None
    found = fork.check_fork(a, b, read_log_key(key), entries)
    if as_json:
        emit({"fork": found is not None, "says": str(found) if found else None})
    else:
        say(f"PROVED: {found}" if found else "These two do not contradict each other.")
    ctx.exit(0 if found else 1)


def policy_lines(witness: "Witness", url: str | None = None) -> list[str]:
    """The witness as lines of a C2SP tlog-policy; two keys of one witness are a group of ``any``.

    Without ``url`` the lines do for whoever verifies, but nobody is asked.
    """
    operator = witness.cosigners[0].name.partition("/")[0]
    kinds = {0x04: "ed25519", 0x06: "ml-dsa-44"}
    names = [f"{operator}/{kinds[each.verifier.type]}" for each in witness.cosigners]
    lines = [
        f"witness {name} {each.verifier.vkey}{f' {url}' if url else ''}"
        for name, each in zip(names, witness.cosigners, strict=True)
    ]
    return [*lines, *([f"group {operator} any {' '.join(names)}"] if len(names) > 1 else ())]


def _keys(witness: "Witness", url: str | None = None) -> dict[str, Any]:
    return {
        "name": witness.cosigners[0].name,
        "vkeys": [each.verifier.vkey for each in witness.cosigners],
        "policy": policy_lines(witness, url),
    }


def _log(place: "WitnessPlace", witness: "Witness", origin: str) -> dict[str, Any]:
    from datetime import UTC, datetime

    held = witness.latest(origin)
    time = datetime.fromtimestamp(held.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if held else None
    return {
        "origin": origin,
        "keys": [key.vkey for key in witness.logs[origin].keys],
        "size": held.checkpoint.size if held else None,
        "root": held.checkpoint.root.hex() if held else None,
        "time": time,
        "conflicts": [str(path) for path in place.state.conflicts(origin)],
    }


def _address(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit():
        raise BadInput(f"{listen!r} is no address.", do="Give HOST:PORT, as in 127.0.0.1:8099.")
    return host.strip("[]"), int(port)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"The file cannot be read: {error.strerror}.", where=str(path)) from None
