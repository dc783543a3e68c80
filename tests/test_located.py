"""What people write is read with libyaml, and explained with PyYAML's own parser."""

from pathlib import Path

import pytest
import yaml

from holdshort.errors import BadInput
from holdshort.located import Mapping, Scalar, _composed, _Explainer, _Loader, _node, compose

ROOT = Path(__file__).parents[1]
WRITTEN = sorted(ROOT.glob("src/**/*.yaml")) + sorted(ROOT.glob("tests/**/*.yaml"))


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_both_parsers_read_the_same_on_the_same_lines(path: Path) -> None:
    def read(loader: type[_Loader | _Explainer]) -> object:
        try:
            root = _composed(path.read_text("utf-8"), loader)
        except (yaml.YAMLError, UnicodeDecodeError):
            return None
        try:
            return root and (_node(root, "file"), _tags(root))
        except BadInput as error:
            return str(error)

    assert read(_Loader) == read(_Explainer)


def _tags(node: yaml.Node) -> list[str]:
    inside = node.value if isinstance(node.value, list) else []
    parts = [part for each in inside for part in (each if isinstance(each, tuple) else (each,))]
    return [node.tag, *(tag for part in parts for tag in _tags(part))]


def test_the_surrogate_pairs_of_json_are_the_letter_that_they_stand_for() -> None:
    root = compose(b'{"name": "\\ud83d\\ude00"}', "f")
    assert root is not None
    tree = _node(root, "f")
    assert isinstance(tree, Mapping)
    assert tree.items["name"] == Scalar("\N{GRINNING FACE}", True, "f:1")


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("a: 1\nb: [1\n", "f:3", "expected ',' or ']'"),
        ("a: 1\nb: &x 2\n", "f:2", "anchors and aliases"),
        ("a: 1\nb: !!python/none x\n", "f:2", "tags are not used"),
        ("a: 1\nb: \x07\n", "f:2", "special characters are not allowed"),
        ("a: 1\n--- \nb: 2\n", "f:2", "but found another document"),
    ],
)
def test_what_is_no_yaml_of_ours_is_explained(text: str, where: str, says: str) -> None:
    with pytest.raises(BadInput) as refusal:
        compose(text.encode(), "f")
    assert where in str(refusal.value)
    assert says in str(refusal.value)
