"""A YAML document that knows where each of its values stands.

`Place` walks a composed YAML tree and hands out plain values; whatever is missing, misspelt,
doubled or of the wrong kind is reported with file, line and the path of keys that leads there.
"""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import yaml

from holdshort.errors import RulebookError


@dataclass(frozen=True)
class Place:
    """A node of the document and the path of keys that leads to it."""

    node: yaml.Node
    file: str
    path: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """``file:line (path)``."""
        line = self.node.start_mark.line + 1
        path = ".".join(self.path)
        return f"{self.file}:{line} ({path})" if path else f"{self.file}:{line}"

    def error(self, what: str, do: str | None = None) -> RulebookError:
        """An error located here."""
        return RulebookError(what, where=self.where, do=do)

    @property
    def is_mapping(self) -> bool:
        """Whether names with values stand here."""
        return isinstance(self.node, yaml.MappingNode)

    def quoting(self, text: str) -> "Place":
        """A part of the text here, as a place of its own."""
        node = yaml.ScalarNode("tag:yaml.org,2002:str", text, self.node.start_mark)
        return Place(node, self.file, self.path)

    def items(self) -> Iterator[tuple[str, "Place"]]:
        """The pairs of a mapping, in the order of the file.

        Raises:
            RulebookError: not a mapping, a key that is no text, or a key given twice.
        """
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("A mapping of names to values is expected here.")
        seen: set[str] = set()
        for key, value in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.error("A name is expected before the colon.")
            if key.value in seen:
                raise Place(key, self.file, self.path).error(f"{key.value!r} stands here twice.")
            seen.add(key.value)
            yield key.value, Place(value, self.file, (*self.path, key.value))

    def fields(self, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, "Place"]:
        """The values of a mapping whose keys are known.

        Raises:
            RulebookError: a required key is missing or an unknown one is there.
        """
        found = dict(self.items())
        known = [*required, *optional]
        for key, place in found.items():
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                hint = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(known)}."
                raise place.error(f"{key!r} is not known here.", hint)
        for key in required:
            if key not in found:
                raise self.error(f"{key!r} is missing here.")
        return found

    def list(self) -> "list[Place]":
        """The elements of a list; a single value counts as a list of one."""
        if isinstance(self.node, yaml.SequenceNode):
            return [
                Place(node, self.file, (*self.path, str(i)))
                for i, node in enumerate(self.node.value)
            ]
        return [self]

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(place.text() for place in self.list())

    def text(self) -> str:
        """A text, whatever it looks like (``1e25`` and ``true`` are texts too)."""
        if not isinstance(self.node, yaml.ScalarNode) or not str(self.node.value).strip():
            raise self.error("A text is expected here.")
        return str(self.node.value).strip()

    def flag(self) -> bool:
        """``true`` or ``false``."""
        text = self.text()
        if text not in ("true", "false"):
            raise self.error(f"{text!r} is neither true nor false.")
        return text == "true"

    def number(self) -> Decimal:
        """A finite number, exactly as written."""
        text = self.text()
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise self.error(f"{text!r} is not a number.") from None
        if not value.is_finite():
            raise self.error(f"{text!r} is not a finite number.")
        return value

    def day(self) -> date:
        """A date, YYYY-MM-DD."""
        text = self.text()
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self.error(f"{text!r} is not a date.", "Write YYYY-MM-DD.") from None

    def one_of(self, values: Sequence[str]) -> str:
        """One of a closed set of texts."""
        text = self.text()
        if text not in values:
            near = difflib.get_close_matches(text, values, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Possible: {', '.join(values)}."
            raise self.error(f"{text!r} is not possible here.", hint)
        return text


def compose(text: bytes, file: str) -> Place:
    """The root of a YAML document.

    Raises:
        RulebookError: not UTF-8, not YAML, empty, or with anchors that reuse nodes.
    """
    try:
        node = yaml.compose(text.decode("utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise RulebookError(f"Not UTF-8 at byte {error.start}.", where=file) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RulebookError(f"Not YAML: {error.problem}.", where=f"{file}:{line}") from None
    except yaml.YAMLError as error:
        raise RulebookError(f"Not YAML: {error}.", where=file) from None
    if node is None:
        raise RulebookError("The file is empty.", where=file)
    return Place(node, file)
