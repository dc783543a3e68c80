"""A form for one act: what the law asks of it, to be filled in.

The form is YAML with the words of the law as remarks, so that whoever fills it in reads beside each
line what belongs there, in which unit, on which source, and whether the public may be kept from it.
`holdshort file KIND --fields FORM` reads it back; what stays empty is not stated.
"""

import textwrap
from collections.abc import Iterator

from holdshort.rulebook.model import ActRule, Field, FieldType, Rulebook
from holdshort.rulebook.render import when

_WIDTH = 98


def form(book: Rulebook, rule: ActRule) -> str:
    """The form for the act ``rule`` of ``book``: YAML, UTF-8, ending in a newline."""
    lines = [*_head(book, rule)]
    for field in rule.fields.values():
        lines += ["", *_field(book, rule, field)]
    return "\n".join(lines) + "\n"


def _head(book: Rulebook, rule: ActRule) -> Iterator[str]:
    yield from _remark(f"{rule.title} ({rule.type}), {book.title}, version {book.version}")
    yield from _remark(f"{rule.clause.says} [{rule.clause.cite}]")
    if rule.clause.conflict:
        yield from _remark(f"Open: {rule.clause.conflict}")
    for duty in book.duties.values():
        if rule.type in duty.met_by:
            yield from _remark(f"It meets the duty {duty.id}, {when(duty)}: {duty.clause.says}")
    yield from _remark(
        "A text goes on lines of its own below its name, indented. What stays empty is not stated."
    )


def _field(book: Rulebook, rule: ActRule, field: Field) -> Iterator[str]:
    unit = f", {field.unit}" if field.unit else ""
    need = "; may stay empty" if field.optional else ""
    says = field.says if field.says.endswith(".") else f"{field.says.capitalize()}."
    yield from _remark(f"{says} ({_expected(field.type, book)}{unit}{need})")
    if book.confidentiality.may_seal(rule.type, field.name):
        grounds = book.confidentiality.matter[rule.type].grounds
        yield from _remark(
            f"May be kept from the public, on the ground {' or '.join(grounds)}: "
            f"--seal {field.name}=GROUND --reader PARTY"
        )
    if field.type.name == "digest":
        yield from _remark(f"--attach {field.name}=FILE publishes the document and fills this in.")
    if field.type.per_area:
        yield f"{field.name}:"
        yield from (f"  {area}:" for area in book.areas)
    elif field.type.name == "text":
        yield f"{field.name}: >-"
        yield ""
    else:
        yield f"{field.name}:"


def _expected(type_: FieldType, book: Rulebook) -> str:
    choices = {"area": book.areas, "list of area": book.areas, "role": book.roles}
    among = tuple(choices.get(type_.name, ())) or type_.values
    some = "some of" if type_.name.startswith("list of") else "one of"
    words = {
        "bool": "true or false",
        "digest": "64 hexadecimal digits",
        "instant": "like 2026-11-23T10:15:00Z",
        "decimal": "a number, like 3.8e25",
        "integer": "a whole number",
        "identifier": "an id",
        "object": "names with values",
    }
    return f"{some} {', '.join(among)}" if among else words.get(type_.name, f"a {type_.name}")


def _remark(text: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )
