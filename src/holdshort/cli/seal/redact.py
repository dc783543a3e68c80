"""``holdshort seal redact``: a public copy, and what was taken out of it."""

import re
from pathlib import Path

import click

from holdshort.cli.options import json_option
from holdshort.cli.output import emit, next_step, say, write_all
from holdshort.cli.seal.entries import fresh
from holdshort.errors import BadInput

_CHARACTERS = re.compile(r"(\d+)-(\d+)")
_LINES = re.compile(r"L(\d+)(?:-L?(\d+))?")


@click.command("redact")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--passage",
    "passages",
    type=(str, str, str),
    multiple=True,
    required=True,
    metavar="PLACE GROUND CHARACTER",
    help="What to take out: L12-L14 (lines), 120-160 (characters) or the text itself, which "
    "occurs once; on which ground; and what kind of matter it is. Repeatable.",
)
@click.option(
    "--held-by", multiple=True, metavar="PARTY", help="Who keeps the original; repeatable."
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write to; that of FILE if it is left out.",
)
@json_option
def command(
    file: Path,
    passages: tuple[tuple[str, str, str], ...],
    held_by: tuple[str, ...],
    output: Path | None,
    as_json: bool,
) -> None:
    """Take passages out of FILE, a text in UTF-8.

    Three files are written beside it: NAME.public.EXT, the public copy with numbered marks;
    NAME.redactions.json, which states ground and character of each passage and commits to it; and
    NAME.withheld.json, mode 0600: the passages with their salts. Publish the first two; seal the
    third.
    """
    from holdshort.register.canonical import canonical
    from holdshort.register.keys.files import write
    from holdshort.register.sealing.redaction import Passage, redact

    text = read_text(file)
    found = [
        Passage(*_span(text, place), ground, character) for place, ground, character in passages
    ]
    redaction = redact(file.name, text, found, held_by)
    folder = output or file.parent
    public = fresh(folder / f"{file.stem}.public{file.suffix}")
    statement = fresh(folder / f"{file.stem}.redactions.json")
    withheld = fresh(folder / f"{file.stem}.withheld.json")
    write(withheld, redaction.withheld)
    made = [(public, redaction.public.encode()), (statement, canonical(redaction.statement))]
    write_all(made, [file])
    if as_json:
        emit(
            {
                "public": str(public),
                "redactions": str(statement),
                "withheld": str(withheld),
                "passages": redaction.statement["passages"],
            }
        )
        return
    say(f"Taken out of {file}: {len(found)} {'passage' if len(found) == 1 else 'passages'}.")
    say(f"Public:    {public}")
    say(f"           {statement}")
    say(f"Withheld:  {withheld}")
    next_step(
        f"holdshort file … --attach {public.name}={public} --attach {statement.name}={statement} "
        f"--attach {withheld.name}={withheld} --seal {withheld.name}=GROUND",
        "to publish the copy and seal what was taken out",
    )


def read_text(path: Path) -> str:
    """A text file, byte for byte as UTF-8; BadInput if it is none."""
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise BadInput(f"The file cannot be read: {error.strerror}.", where=str(path)) from None
    except UnicodeDecodeError:
        raise BadInput(
            "It is not text in UTF-8; passages can be taken out of text only.",
            where=str(path),
            do="Redact its text, or seal the document whole.",
        ) from None


def _span(text: str, place: str) -> tuple[int, int]:
    """The characters that a place means."""
    if match := _CHARACTERS.fullmatch(place):
        return int(match[1]), int(match[2])
    if match := _LINES.fullmatch(place):
        lines = text.splitlines(keepends=True)
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= len(lines):
            raise BadInput(f"There are lines 1 to {len(lines)}.", where=f"--passage {place}")
        start = sum(map(len, lines[: first - 1]))
        whole = "".join(lines[first - 1 : last])
        return start, start + len(whole.rstrip("\r\n"))
    if text.count(place) != 1:
        raise BadInput(
            f"The text occurs {text.count(place)} times.",
            where=f"--passage {place}",
            do="Give more of it, or its lines: L12-L14.",
        )
    return text.index(place), text.index(place) + len(place)
