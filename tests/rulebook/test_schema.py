"""The JSON Schema that editors read says what the loader reads: no key more, no key fewer."""

import json
import re
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from holdshort.rulebook.document import Place
from holdshort.rulebook.load import open_rulebook, shipped
from holdshort.rulebook.soundness import EFFECTS

SCHEMA: dict[str, Any] = json.loads(
    (resources.files("holdshort.rulebook") / "rulebook.schema.json").read_text("utf-8")
)


class _Texts(yaml.SafeLoader):
    """Dates stay texts, as they are in JSON."""


_Texts.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> object:
    return yaml.load(text, _Texts)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def at(path: Sequence[str], schema: dict[str, Any] = SCHEMA) -> Iterator[dict[str, Any]]:
    """Every schema that applies at a place."""
    schema = resolved(schema)
    for option in schema.get("anyOf", ()):
        yield from at(path, option)
    if not path:
        yield schema
        return
    head, rest = path[0], path[1:]
    if schema.get("type") == "array":
        yield from at(rest if head.isdecimal() else path, schema["items"])
    elif head in schema.get("properties", {}):
        yield from at(rest, schema["properties"][head])
    elif isinstance(schema.get("additionalProperties"), dict):
        yield from at(rest, schema["additionalProperties"])


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_book_follows_it(name: str) -> None:
    text = (resources.files("holdshort.rulebook") / "books" / f"{name}.yaml").read_text("utf-8")
    errors = [
        f"{error.json_path}: {error.message}"
        for error in Draft202012Validator(SCHEMA).iter_errors(read(text))
    ]
    assert errors == []


def test_its_keys_are_those_that_the_loader_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[tuple[str, ...], set[tuple[frozenset[str], frozenset[str]]]] = {}
    fields = Place.fields

    def listening(
        self: Place, required: Sequence[str], optional: Sequence[str] = ()
    ) -> dict[str, Place]:
        known = frozenset([*required, *optional])
        asked.setdefault(tuple(self.path), set()).add((known, frozenset(required)))
        return fields(self, required, optional)

    monkeypatch.setattr(Place, "fields", listening)
    for name in shipped():
        open_rulebook(name)
    wrong = []
    for path, shapes in asked.items():
        # The same place is read more than once where a part of it is needed first.
        objects = [each for each in at(path) if "properties" in each]
        described = {
            (frozenset(each["properties"]), frozenset(each.get("required", ()))) for each in objects
        }
        if not shapes & described:
            wrong.append((path, [sorted(k) for k, _ in shapes], [sorted(k) for k, _ in described]))
    assert wrong == []
    assert len(asked) > 300


def test_it_knows_every_effect() -> None:
    assert set(SCHEMA["$defs"]["act_rule"]["properties"]["effect"]["enum"]) == set(EFFECTS)


@pytest.mark.parametrize(
    "change",
    [
        (r"confidence: primary", "confidence: certain"),
        (r"regime: pass-to-deploy", "regime: sometimes"),
        (r"    required: lift\n", "    required: lifted\n"),
        (r"    equal: true", "    equal: false"),
        (r"  margin: unknown", "  margin: 1.5"),
        (r"unit: business days,", "unit: working days,"),
        (r"duties:\n", "duties:\n  nothing: {says: x}\n"),
    ],
)
def test_it_refuses_what_the_loader_refuses(change: tuple[str, str]) -> None:
    text = (resources.files("holdshort.rulebook") / "books" / "aaif.yaml").read_text("utf-8")
    broken, count = re.subn(change[0], change[1], text, count=1)
    assert count == 1
    assert list(Draft202012Validator(SCHEMA).iter_errors(read(broken)))
