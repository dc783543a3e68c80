"""Options that several commands share."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.register.keys import PublicKey
    from holdshort.register.policy import Policy

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_DATA = Path("holdshort-data")


def json_option(function: F) -> F:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Machine output on stdout.")(
        function
    )


def data_option(function: F) -> F:
    """``--data DIR``."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path),
        default=DEFAULT_DATA,
        show_default=True,
        help="Folder of the embedded register.",
    )(function)


def argument(pair: str) -> tuple[str, str]:
    """NAME and VALUE of a model argument."""
    name, equals, value = pair.partition("=")
    if not (name and equals):
        raise BadInput(f"{pair!r} is not NAME=VALUE.", where="-M")
    return name, value


def read_policy(path: Path | None) -> "Policy | None":
    """The C2SP tlog-policy in a file; BadInput if it cannot be read, or names the line."""
    from holdshort.register.policy import Policy

    if path is None:
        return None
    try:
        return Policy.parse(path.read_bytes(), str(path))
    except OSError as error:
        raise BadInput(f"The policy cannot be read: {error.strerror}.", where=str(path)) from None


def read_public_key(path: Path) -> "PublicKey":
    """The public key in a JSON file, as ``holdshort key new`` writes it; BadInput if it is none."""
    from holdshort.register.canonical import parse
    from holdshort.register.keys import PublicKey

    try:
        return PublicKey.from_json(parse(path.read_bytes(), str(path)), str(path))
    except OSError as error:
        raise BadInput(f"The key cannot be read: {error.strerror}.", where=str(path)) from None


def on(data: Path) -> str:
    """`` --data DIR`` for a command to type next; nothing where the default will do."""
    return "" if data == DEFAULT_DATA else f" --data {shlex.quote(str(data))}"
