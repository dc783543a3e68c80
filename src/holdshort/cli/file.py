"""``holdshort file``: file any act that the rulebook knows."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.options import data_option, json_option, on
from holdshort.cli.output import emit, next_step, say, write
from holdshort.cli.passphrase import ask
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket
    from holdshort.office.door import Document, Filing, Office
    from holdshort.register.canonical import Json
    from holdshort.rulebook.model import ActRule


@click.command("file", short_help="File an act.")
@click.argument("kind")
@click.option("--case", required=True, help="Id of the case; a new one opens it.")
@click.option("--as", "party", required=True, help="The party that acts.")
@click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help="A field; repeatable.")
@click.option(
    "--fields",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A JSON file with the fields.",
)
@click.option(
    "--attach",
    multiple=True,
    metavar="NAME=FILE",
    help="A document to publish with it; repeatable.",
)
@click.option(
    "--seal",
    "seals",
    multiple=True,
    metavar="NAME=GROUND",
    help="Keep this field or document from the public, on this ground; repeatable.",
)
@click.option(
    "--reader", "readers", multiple=True, metavar="PARTY", help="Who may read it; repeatable."
)
@click.option(
    "--draft",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the act here for several people to sign; file nothing yet.",
)
@data_option
@json_option
def command(
    kind: str,
    case: str,
    party: str,
    pairs: tuple[str, ...],
    fields: Path | None,
    attach: tuple[str, ...],
    seals: tuple[str, ...],
    readers: tuple[str, ...],
    draft: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """File the act KIND (as in review.declare), signed with the party's key.

    A field's value is read as its type asks: `true`, `12`, `a,b,c` for a list, JSON for an object,
    `@FILE` for the content of a file. An act that is not lawful is refused with its clause, and
    nothing is recorded.

    What is sealed is published as ciphertext that only the filing party and the readers can open:
    see `holdshort seal`.
    """
    from holdshort.office.door import Filing, Office
    from holdshort.office.sealing.filing import Plan, sealing

    if draft and seals:
        raise click.UsageError("What is sealed is filed at once: --draft does not go with --seal.")
    office = Office.open(data, ask)
    rule = office.law_of(case, kind).act(kind)
    stated = {**_from_file(fields), **dict(_pair(pair, rule) for pair in pairs)}
    documents = [attached(each) for each in attach]
    if draft:
        filing = Filing(kind, case, party, stated, documents)
        _draw_up(office, filing, draft, data, as_json=as_json)
        return
    plan = Plan(kind, case, party, stated, documents, _grounds(seals), readers)
    with sealing(office, plan) as (said, published):
        receipt = office.file(kind, case, party, said, published)
    state = office.docket.cases[case].state
    if as_json:
        emit(
            {
                "entry": receipt.entry.index,
                "leaf_hash": receipt.entry.leaf_hash.hex(),
                "act": kind,
                "case": case,
                "state": state,
                "cite": rule.clause.cite,
                "sealed": dict(plan.seals),
                "followed_by": [follow.entry.index for follow in receipt.followed_by],
            }
        )
        return
    say(f"Filed {kind} as entry {receipt.entry.index}. {rule.clause.says} [{rule.clause.cite}]")
    say(f"{case} is now {state}.")
    for name, ground in plan.seals.items():
        say(f"Sealed: {name} ({ground}), for {', '.join(dict.fromkeys([party, *readers]))}.")
    for follow in receipt.followed_by:
        _say_standing(office.docket, follow.entry.index)
    next_step(f"holdshort docket {case}{on(data)}", "to see what may be done now")


def _draw_up(office: "Office", filing: "Filing", draft: Path, data: Path, *, as_json: bool) -> None:
    from holdshort.office.signing import draw_up
    from holdshort.register.draft import Draft

    act = draw_up(office, filing)
    write(draft, Draft(act).to_bytes().decode())
    party = office.docket.parties[act.by]
    if as_json:
        emit({"draft": str(draft), "act": act.type, "threshold": party.threshold})
        return
    say(f"Drew up {act.type} by {act.by}: {draft}")
    say(f"It takes {party.threshold} of the {len(party.keys)} keys of {act.by}, within a day.")
    next_step(f"holdshort key sign {draft} --key FILE", "by each of them")
    next_step(f"holdshort submit {draft}{on(data)}", "then")


def _grounds(seals: tuple[str, ...]) -> dict[str, str]:
    """What to seal, and on which ground."""
    found = {}
    for pair in seals:
        name, equals, ground = pair.partition("=")
        if not (name and equals and ground):
            raise BadInput(f"{pair!r} is not NAME=GROUND.", where="--seal")
        found[name] = ground
    return found


def _say_standing(docket: "Docket", entry: int) -> None:
    """What the register has just stated of the clearances that changed."""
    from holdshort.register.status import Status

    for change in docket.last_snapshot.changes if docket.last_snapshot else ():
        status = Status(change.status).name.lower()
        case = docket.clearances[change.index].case
        say(f"The clearance of {case} is now {status}: the register says so in entry {entry}.")


def _from_file(path: Path | None) -> "dict[str, Json]":
    from holdshort.register.canonical import parse

    if path is None:
        return {}
    try:
        value = parse(path.read_bytes(), str(path))
    except OSError as error:
        raise BadInput(f"The file cannot be read: {error.strerror}.", where=str(path)) from None
    if not isinstance(value, dict):
        raise BadInput("The fields are one JSON object.", where=str(path))
    return dict(value)


def _pair(pair: str, rule: "ActRule") -> "tuple[str, Json]":
    name, equals, text = pair.partition("=")
    if not equals:
        raise BadInput(f"{pair!r} is not NAME=VALUE.", where="--set")
    if text.startswith("@"):
        try:
            text = Path(text[1:]).read_text("utf-8")
        except OSError as error:
            what = f"{text[1:]} cannot be read: {error.strerror}."
            raise BadInput(what, where=f"--set {name}") from None
        except UnicodeDecodeError:
            raise BadInput(f"{text[1:]} is not text in UTF-8.", where=f"--set {name}") from None
    field = rule.fields.get(name)
    return name, _value(text, field.type.name if field else "text", name)


def attached(pair: str) -> "Document":
    """A document that is published if the act is lawful; the act names its digest."""
    from holdshort.office.door import Document

    name, equals, file = pair.partition("=")
    if not (name and equals and file):
        raise BadInput(f"{pair!r} is not NAME=FILE.", where="--attach")
    return Document(name, Path(file))


def _value(text: str, type_: str, name: str) -> "Json":
    from holdshort.register.canonical import parse
    from holdshort.rulebook.model import WORD_LISTS

    match type_:
        case "bool":
            return {"true": True, "false": False}.get(text, text)
        case "integer":
            return int(text) if text.isdecimal() else text
        case _ if type_ in ("object", "list", *WORD_LISTS) and text[:1] in "{[":
            return parse(text.encode(), f"--set {name}")
        case "list":
            return [_number(part) for part in text.split(",") if part]
        case _ if type_ in WORD_LISTS:
            return [part.strip() for part in text.split(",") if part.strip()]
        case _:
            return text


def _number(text: str) -> "Json":
    try:
        value = json.loads(text)
    except ValueError:
        return text.strip()
    return value if isinstance(value, int) else text.strip()
