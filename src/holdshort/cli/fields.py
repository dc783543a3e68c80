"""The fields of an act as a person writes them: ``--set NAME=VALUE``, or a file in YAML or JSON.

A value is read as the field's type asks, so that ``1e25`` stays the number that was written and
``no`` in a sentence stays a word. In YAML what stands in quotes is always a text.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort import located
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.register.canonical import Json
    from holdshort.rulebook.model import ActRule


def from_file(path: Path, rule: "ActRule") -> "dict[str, Json]":
    """The fields in a file: strict JSON if its name says so, YAML otherwise.

    What a template leaves empty is left out.

    Raises:
        BadInput: it cannot be read as such; names the line.
    """
    if path.suffix.lower() == ".json":
        return _from_json(path)
    tree = located.read(path)
    stated: dict[str, Json] = {}
    for name, node in tree.items.items():
        if _is_empty(node):
            continue
        field = rule.fields.get(name)
        if field and isinstance(node, located.Scalar) and not node.quoted:
            stated[name] = read_value(node.text, field.type.name, node.where)
        else:
            stated[name] = _json(node)
    return stated


def from_pairs(pairs: Iterable[str], rule: "ActRule") -> "dict[str, Json]":
    """The fields of ``--set``; ``@FILE`` stands for the content of a file.

    Raises:
        BadInput: no pair, or the file cannot be read.
    """
    return dict(_pair(pair, rule) for pair in pairs)


def _from_json(path: Path) -> "dict[str, Json]":
    from holdshort.register.canonical import parse

    try:
        value = parse(path.read_bytes(), str(path))
    except OSError as error:
        raise BadInput(f"The file cannot be read: {error.strerror}.", where=str(path)) from None
    if not isinstance(value, dict):
        raise BadInput("The fields are one JSON object.", where=str(path))
    return dict(value)


def _is_empty(node: located.Node) -> bool:
    if not isinstance(node, located.Scalar):
        return False
    return not node.text.strip() or (not node.quoted and node.text in ("~", "null"))


def _json(node: located.Node) -> "Json":
    """A tree as an act carries it: whole numbers and truths as such, all else as it is written."""
    if isinstance(node, located.Mapping):
        return {name: _json(each) for name, each in node.items.items() if not _is_empty(each)}
    if isinstance(node, located.Sequence):
        return [_json(each) for each in node.items]
    if node.quoted:
        return node.text
    if node.text in ("true", "false"):
        return node.text == "true"
    return _number(node.text)


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
    return name, read_value(text, field.type.name if field else "text", f"--set {name}")


def read_value(text: str, type_: str, where: str) -> "Json":
    """A text as the value of a field of this type; one that it does not fit stays the text."""
    from holdshort.register.canonical import parse
    from holdshort.rulebook.model import WORD_LISTS

    match type_:
        case "bool":
            return {"true": True, "false": False}.get(text, text)
        case "integer":
            return int(text) if text.isdecimal() else text
        case _ if type_ in ("object", "list", *WORD_LISTS) and text[:1] in "{[":
            return parse(text.encode(), where)
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
