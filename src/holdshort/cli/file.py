"""``holdshort file``: file any act that the rulebook knows."""

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
@click.option("--case", help="Id of the case; a new one opens it.")
@click.option("--as", "party", help="The party that acts.")
@click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help="A field; repeatable.")
@click.option(
    "--fields",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file with the fields, YAML or JSON; --set goes before it.",
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
@click.option(
    "--template",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Write the form for KIND here, to be filled in; file nothing. - is standard output.",
)
@data_option
@json_option
def command(
    kind: str,
    case: str | None,
    party: str | None,
    pairs: tuple[str, ...],
    fields: Path | None,
    attach: tuple[str, ...],
    seals: tuple[str, ...],
    readers: tuple[str, ...],
    draft: Path | None,
    template: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """File the act KIND (as in review.declare), signed with the party's key.

    A field's value is read as its type asks: `true`, `12`, `a,b,c` for a list, JSON for an object,
    `@FILE` for the content of a file. A field that is the digest of a document is filled in where a
    document of its name is attached, and a clearance where the act issues one. An act that is not
    lawful is refused with its clause, and nothing is recorded.

    With --template, the form for the act: every field with the words of the law beside it, to be
    filled in and given to --fields.

    What is sealed is published as ciphertext that only the filing party and the readers can open:
    see `holdshort seal`.
    """
    from holdshort.cli.fields import from_file, from_pairs
    from holdshort.office.door import Filing, Office
    from holdshort.office.sealing.filing import Plan, sealing

    if template:
        _form(kind, case, template, data, as_json=as_json)
        return
    if not (case and party):
        raise click.UsageError("Say in which case (--case) and who acts (--as).")
    if draft and seals:
        raise click.UsageError("What is sealed is filed at once: --draft does not go with --seal.")
    office = Office.open(data, ask)
    rule = office.law_of(case, kind).act(kind)
    documents = [attached(each) for each in attach]
    stated = {
        **_digests(rule, documents),
        **(from_file(fields, rule) if fields else {}),
        **from_pairs(pairs, rule),
    }
    stated = {**_clearance(office, rule, case), **stated}
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


def _form(kind: str, case: str | None, template: Path, data: Path, *, as_json: bool) -> None:
    from holdshort.office.door import Office
    from holdshort.rulebook.form import form

    book = Office.open(data).law_of(case or "", kind)
    rule = book.act(kind)
    text = form(book, rule)
    if str(template) == "-":
        say(text.rstrip("\n"))
        return
    write(template, text)
    if as_json:
        emit({"template": str(template), "act": kind, "fields": list(rule.fields)})
        return
    say(f"Wrote the form for {kind}, {len(rule.fields)} fields: {template}")
    next_step(
        f"holdshort file {kind} --case CASE --as PARTY --fields {template}{on(data)}",
        "once it is filled in",
    )


def _clearance(office: "Office", rule: "ActRule", case: str) -> "dict[str, Json]":
    """The clearance that an act issues, as it follows from the record, where nobody states it."""
    from holdshort.office.clearance import clearance_fields

    known = office.docket.cases.get(case)
    if rule.effect != "clearance" or known is None:
        return {}
    return clearance_fields(office.docket, known, office.now())


def _digests(rule: "ActRule", documents: "list[Document]") -> "dict[str, Json]":
    """The fields that state the digest of a document which is attached under their name."""
    return {
        each.name: each.artefact().sha256
        for each in documents
        if each.name in rule.fields and rule.fields[each.name].type.name == "digest"
    }


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


def attached(pair: str) -> "Document":
    """A document that is published if the act is lawful; the act names its digest."""
    from holdshort.office.door import Document

    name, equals, file = pair.partition("=")
    if not (name and equals and file):
        raise BadInput(f"{pair!r} is not NAME=FILE.", where="--attach")
    return Document(name, Path(file))
