"""Read YAML or JSON into a tree that remembers on which line everything stands.

PyYAML's composer gives marks without building any object, so no tag can run code. Numbers stay the
text that was written: YAML 1.1 reads ``1e25`` as a string and ``1.0e+25`` as a binary float, and
neither is what the author meant. Duplicate keys, anchors, aliases and tags are refused: two readers
must not see two documents in one file.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import yaml

from holdshort.errors import BadInput

# A facts file is a page or two; a megabyte of it is a mistake.
_LARGEST = 1024 * 1024


@dataclass(frozen=True)
class Scalar:
    """A single value as written; ``quoted`` tells ``"64"`` from ``64``."""

    text: str
    quoted: bool
    where: str


@dataclass(frozen=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    where: str


@dataclass(frozen=True)
class Mapping:
    """Keys and values in the order of the file; ``lines`` says where each key stands."""

    items: dict[str, "Node"]
    lines: dict[str, str]
    where: str


Node = Scalar | Sequence | Mapping


def read(path: Path) -> Mapping:
    """The tree of the YAML or JSON file at ``path``, whose top must be a mapping.

    A name that ends in ``.json`` is held to strict JSON. BadInput names file and line.
    """
    text = _read_text(path)
    try:
        if path.suffix.lower() == ".json":
            json.loads(text)
            # JSON allows tabs between tokens, YAML does not; inside strings JSON forbids them.
            text = text.replace("\t", " ")
        root = yaml.compose(text, Loader=_Loader)
        tree = None if root is None else _node(root, str(path))
    except json.JSONDecodeError as error:
        raise BadInput(f"This is not JSON: {error.msg}.", where=f"{path}:{error.lineno}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise BadInput(f"This is not YAML: {error.problem}.", where=f"{path}{line}") from error
    except yaml.reader.ReaderError as error:
        raise BadInput(f"This is not YAML: {error.reason}.", where=str(path)) from error
    except RecursionError as error:
        raise BadInput("It is nested too deeply.", where=str(path)) from error
    if not isinstance(tree, Mapping):
        raise BadInput("This is not a list of 'key: value' lines.", where=str(path))
    return tree


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise BadInput(
            f"The file cannot be read: {error.strerror or error}.", where=str(path)
        ) from error
    if len(data) > _LARGEST:
        raise BadInput("The file is larger than one megabyte.", where=str(path))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput("This line is not UTF-8.", where=f"{path}:{line}") from error


class _Loader(yaml.SafeLoader):
    """The safe loader without aliases: one of them can blow a page up to gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.composer.ComposerError(
                None, None, "anchors and aliases are not used here", event.start_mark
            )
        if getattr(event, "tag", None):
            raise yaml.composer.ComposerError(
                None, None, "tags are not used here", event.start_mark
            )
        return super().compose_node(parent, index)


def _node(node: yaml.Node, file: str) -> Node:
    where = f"{file}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.ScalarNode):
        return Scalar(_joined(node.value, where), node.style is not None, where)
    if isinstance(node, yaml.SequenceNode):
        return Sequence(tuple(_node(item, file) for item in node.value), where)
    items: dict[str, Node] = {}
    lines: dict[str, str] = {}
    for key_node, value_node in node.value:
        line = f"{file}:{key_node.start_mark.line + 1}"
        if not isinstance(key_node, yaml.ScalarNode):
            _refuse("A key must be a single word.", line)
        key = _joined(key_node.value, line)
        if key in items:
            _refuse(f"The key {key!r} stands twice; it stood first at {lines[key]}.", line)
        items[key] = _node(value_node, file)
        lines[key] = line
    return Mapping(items, lines, where)


def _joined(text: str, where: str) -> str:
    """``text`` with the surrogate pairs of JSON escapes joined into the letters they stand for."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        _refuse("A text holds half of a surrogate pair.", where)


def _refuse(what: str, where: str) -> NoReturn:
    raise BadInput(what, where=where)
