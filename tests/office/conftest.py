"""A register with parties, opened anew for a test."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from holdshort.office.door import Office
from holdshort.office.opening import Opening, enrol, open_register
from holdshort.office.place import Place
from holdshort.register.canonical import Json
from holdshort.rulebook.model import Rulebook

PARTIES: Mapping[str, str] = {
    "acme": "developer",
    "beacon": "assessor",
    "accreditor": "authority.accreditor",
    "officer": "authority.case-officer",
    "decider": "authority.decision-maker",
    "court": "court",
}


@pytest.fixture
def office(tmp_path: Path, book: Rulebook) -> Office:
    """A register with one party of each kind; five entries and the charter."""
    office, _ = open_register(Place(tmp_path / "data"), book, Opening("Test", rehearsal=False))
    for party, role in PARTIES.items():
        enrol(office, party, party.title(), role, "registrar")
    return office


@pytest.fixture
def declare() -> Callable[..., dict[str, Json]]:
    """The fields of a declaration."""

    def fields(**more: Json) -> dict[str, Json]:
        return {"model": "Model", "facts": {}, **more}

    return fields
