"""A YAML document that knows where each of its values stands.

`Place` walks a composed YAML tree and hands out plain values; whatever is missing, misspelt,
doubled or of the wrong kind is reported with file, line and the path of keys that leads there.

What is no YAML, or YAML that a lawyer does not read as a machine does, `holdshort.located` refuses.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import yaml

from holdshort import located
from holdshort.errors import BadInput, RulebookError

# Larger than any quantity, and small enough to be reckoned with exactly.
_MAX_EXPONENT = 6144
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True)
class Place:
    """A node of the document and the path of keys that leads to it.

    ``key`` is the last of those keys: what stands below it on lines of its own is found there.
    """

    node: yaml.Node
    file: str
    path: tuple[str, ...] = ()
    key: yaml.Node | None = None

    @property
    def where(self) -> str:
        """``file:line (path)``."""
        node = self.node if isinstance(self.node, yaml.ScalarNode) else self.key or self.node
        line = node.start_mark.line + 1
        path = ".".join(self.path)
        return f"{self.file}:{line} ({path})" if path else f"{self.file}:{line}"

    def error(self, what: str, do: str) -> RulebookError:
        """An error located here, and the next sensible step."""
        return RulebookError(what, where=self.where, do=do)

    @property
    def is_mapping(self) -> bool:
        """Whether names with values stand here."""
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_unknown(self) -> bool:
        """Whether the word ``unknown`` stands here."""
        return isinstance(self.node, yaml.ScalarNode) and self.node.value == "unknown"

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
            raise self.error(
                "A mapping of names to values is expected here.", "Write lines of `name: value`."
            )
        seen: set[str] = set()
        for key, value in self.node.value:
            here = Place(key, self.file, self.path)
            if not isinstance(key, yaml.ScalarNode) or not key.value.strip():
                raise here.error("A name is expected before the colon.", "Write `name: value`.")
            if key.value in seen:
                raise here.error(
                    f"{key.value!r} stands here twice.", "Keep one of them, or rename the other."
                )
            seen.add(key.value)
            yield key.value, Place(value, self.file, (*self.path, key.value), key)

    def named(self, form: re.Pattern[str], like: str) -> "dict[str, Place]":
        """A mapping whose keys are names of a given form; ``like`` is an example of it.

        Raises:
            RulebookError: a key is no such name.
        """
        found = dict(self.items())
        for name, place in found.items():
            if not form.fullmatch(name):
                raise place.error(f"{name!r} is no name for this.", f"Write it like {like}.")
        return found

    def at(self, *keys: str) -> "Place":
        """The place that ``keys``, which are there, lead to."""
        place = self
        for key in keys:
            place = dict(place.items())[key]
        return place

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
                raise self.error(f"{key!r} is missing here.", f"Add `{key}:`.")
        return found

    def list(self) -> "list[Place]":
        """The elements of a list; a single value counts as a list of one."""
        if isinstance(self.node, yaml.SequenceNode):
            return [
                Place(node, self.file, (*self.path, str(i)), node)
                for i, node in enumerate(self.node.value)
            ]
        return [self]

    def some(self) -> "Sequence[Place]":
        """The elements of a list that has at least one."""
        found = self.list()
        if not found:
            raise self.error("At least one is expected here.", "Write it after the colon.")
        return found

    def texts(self) -> tuple[str, ...]:
        """A list of different texts."""
        found: list[str] = []
        for place in self.list():
            if place.text() in found:
                raise place.error(f"{place.text()!r} stands in this list twice.", "Take one out.")
            found.append(place.text())
        return tuple(found)

    def named_texts(self, form: re.Pattern[str], like: str) -> tuple[str, ...]:
        """A list, not empty, of different names of a given form; ``like`` is an example of it."""
        for place in self.some():
            place.name(form, like)
        return self.texts()

    def name(self, form: re.Pattern[str], like: str) -> str:
        """A name of a given form; ``like`` is an example of it."""
        if not form.fullmatch(self.text()):
            raise self.error(f"{self.text()!r} is no name for this.", f"Write it like {like}.")
        return self.text()

    def text(self) -> str:
        """A text, whatever it looks like (``1e25`` and ``true`` are texts too)."""
        node = self.node
        empty = not isinstance(node, yaml.ScalarNode) or not str(node.value).strip()
        if empty or node.tag == _NULL:
            raise self.error("A text is expected here.", "Write it after the colon.")
        return str(node.value).strip()

    def flag(self) -> bool:
        """``true`` or ``false``."""
        text = self.text()
        if text not in ("true", "false"):
            raise self.error(f"{text!r} is neither true nor false.", "Write `true` or `false`.")
        return text == "true"

    def number(self) -> Decimal:
        """A finite number, exactly as written."""
        text = self.text()
        try:
            value = Decimal(text) if _NUMBER.fullmatch(text) else None
        except InvalidOperation:
            value = None
        if value is None or abs(value.adjusted()) > _MAX_EXPONENT:
            raise self.error(f"{text!r} is not a number.", "Write it like 25, 0.5 or 1e25.")
        return value

    def day(self) -> date:
        """A date, YYYY-MM-DD."""
        text = self.text()
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise self.error(f"{text!r} is not a date.", "Write YYYY-MM-DD.")

    def one_of(self, values: Sequence[str]) -> str:
        """One of a closed set of texts."""
        text = self.text()
        if text not in values:
            near = difflib.get_close_matches(text, values, 1)
            possible = ", ".join(values) or "nothing, for this book has none"
            hint = f"Did you mean {near[0]!r}?" if near else f"Possible: {possible}."
            raise self.error(f"{text!r} is not possible here.", hint)
        return text


def compose(text: bytes, file: str) -> Place:
    """The root of a YAML document.

    Raises:
        RulebookError: not UTF-8, not YAML, empty, too large, nested too deeply, or with anchors,
            aliases or tags.
    """
    try:
        node = located.compose(text, file)
    except BadInput as error:
        raise RulebookError(
            error.what, where=error.where, do=error.do or "Correct that line."
        ) from None
    if node is None:
        raise RulebookError("The file is empty.", where=file, do="Start from a shipped rulebook.")
    return Place(node, file)
