"""Facts files written for one test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.compute.facts import Facts, load_facts

Load = Callable[[str], Facts]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write the text as ``facts.yaml`` and load it."""

    def written(text: str) -> Facts:
        place = tmp_path / "facts.yaml"
        place.write_text(text)
        return load_facts(place)

    return written


@pytest.fixture
def load_json(tmp_path: Path) -> Load:
    """Write the text as ``facts.json`` and load it."""

    def written(text: str) -> Facts:
        place = tmp_path / "facts.json"
        place.write_text(text)
        return load_facts(place)

    return written
