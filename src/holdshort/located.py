"""Read what people write, in YAML or JSON, into a tree that knows on which line everything stands.

Rulebooks, facts files and the fields of an act are all read through :func:`compose`. PyYAML's
composer gives marks without building any object, so no tag can run code. libyaml parses, for every
command reads a law; what it refuses PyYAML's own parser reads, or says why not. Numbers stay the
text that was written: YAML 1.1 reads ``1e25`` as a string and ``1.0e+25`` as a binary float, and
neither is what the author meant. Duplicate keys, anchors, aliases and tags are refused: a page must
not unfold to gigabytes, and two readers must not see two documents in one file.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import yaml
from yaml._yaml import CParser

from holdshort.errors import BadInput

# Whatever a person writes here is some dozens of pages; a megabyte of it is a mistake.
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
    data = _read(path)
    if path.suffix.lower() == ".json":
        data = _strict_json(data, path)
    root = compose(data, str(path))
    tree = None if root is None else _node(root, str(path))
    if not isinstance(tree, Mapping):
        raise BadInput("This is not a list of 'key: value' lines.", where=str(path))
    return tree


def compose(data: bytes, file: str) -> yaml.Node | None:
    """The root node of a YAML document of at most a megabyte; None of an empty one.

    Raises:
        BadInput: not UTF-8, not YAML, too large, nested too deeply, or with anchors, aliases or
            tags; says on which line.
    """
    if len(data) > _LARGEST:
        raise BadInput("The file is larger than one megabyte.", where=file)
    try:
        text = data.decode("utf-8-sig")
        return _parsed(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(
            "This line is not UTF-8.", where=f"{file}:{line}", do="Save the file as UTF-8."
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise BadInput(f"This is not YAML: {error.problem}.", where=f"{file}:{line}") from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise BadInput(f"This is not YAML: {error.reason}.", where=f"{file}:{line}") from None
    except RecursionError:
        raise BadInput("It is nested too deeply.", where=file) from None


def _parsed(text: str) -> yaml.Node | None:
    """The root node as libyaml has it, or PyYAML's own parser where libyaml has none.

    That is so for the escaped surrogate pairs of JSON, and for whatever is no YAML.

    Raises:
        yaml.YAMLError: as PyYAML words it.
    """
    try:
        return _composed(text, _Loader)
    except yaml.YAMLError:
        return _composed(text, _Explainer)


def _composed(text: str, loader: type["_Loader | _Explainer"]) -> yaml.Node | None:
    made = loader(text)
    try:
        root: yaml.Node | None = made.get_single_node()
    finally:
        made.dispose()
    return root


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST + 1)
    except OSError as error:
        raise BadInput(
            f"The file cannot be read: {error.strerror or error}.", where=str(path)
        ) from error


def _strict_json(data: bytes, path: Path) -> bytes:
    """JSON that YAML reads alike: it allows tabs between tokens, and YAML does not."""
    try:
        json.loads(data)
    except json.JSONDecodeError as error:
        raise BadInput(f"This is not JSON: {error.msg}.", where=f"{path}:{error.lineno}") from error
    except UnicodeDecodeError:
        return data  # `compose` says on which line
    except RecursionError:
        raise BadInput("It is nested too deeply.", where=str(path)) from None
    return data.replace(b"\t", b" ")  # inside strings JSON forbids them


class _Strict(yaml.composer.Composer, yaml.resolver.Resolver):
    """A composer without aliases: one of them can blow a page up to gigabytes."""

    def __init__(self) -> None:
        yaml.composer.Composer.__init__(self)
        yaml.resolver.Resolver.__init__(self)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[attr-defined]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.composer.ComposerError(
                None, None, "anchors and aliases are not used here", event.start_mark
            )
        if getattr(event, "tag", None):
            raise yaml.composer.ComposerError(
                None, None, "tags are not used here", event.start_mark
            )
        return super().compose_node(parent, index)


class _Loader(_Strict, CParser):
    """Reads with libyaml."""

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        _Strict.__init__(self)


class _Explainer(_Strict, yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    """Reads with PyYAML's own parser: ten times as long, and it words better what is wrong."""

    def __init__(self, text: str) -> None:
        yaml.reader.Reader.__init__(self, text)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)
        _Strict.__init__(self)


def _node(node: yaml.Node, file: str) -> Node:
    where = f"{file}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.ScalarNode):
        return Scalar(_joined(node.value, where), bool(node.style), where)
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
