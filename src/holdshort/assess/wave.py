"""A wave: units of work that are laid out together and run by others, each found by its index.

A pool or a Ray cluster runs units while the campaign waits. Where the campaign does not wait, as
with a Kubernetes Job, it lays out a wave, ends, and takes in later what came of it. A wave is a
list of unit folders in ``waves/<number>.json``::

    {"protocol": <digest>, "units": ["areas/cybersecurity/units/00000", …]}

``python -m holdshort.assess.unit waves/<number>.json`` runs the unit that stands at the place,
from 0, which the environment variable ``JOB_COMPLETION_INDEX`` says. Kubernetes sets it in the pods
of an Indexed Job. A wave is never changed: a process that comes late finds its unit taken in, and
says so.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from holdshort.assess.fields import Fields
from holdshort.errors import BadInput
from holdshort.register.canonical import canonical, parse

WAVES = "waves"
INDEX_VARIABLE = "JOB_COMPLETION_INDEX"


@dataclass(frozen=True)
class Wave:
    """Wave ``number``, from 1, of a campaign; ``units`` are folders in that of the campaign."""

    protocol: str
    number: int
    units: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where it lies in the campaign's folder."""
        return f"{WAVES}/{self.number:05d}.json"


def write_wave(campaign: Path, protocol: str, units: Sequence[Path]) -> Wave:
    """Write the next wave of a campaign, whole or not at all."""
    folder = campaign / WAVES
    folder.mkdir(exist_ok=True)
    number = max((int(path.stem) for path in folder.glob("*.json")), default=0) + 1
    made = Wave(protocol, number, tuple(str(unit.relative_to(campaign)) for unit in units))
    path = campaign / made.path
    partial = path.with_suffix(".partial")
    partial.write_bytes(canonical({"protocol": protocol, "units": list(made.units)}))
    partial.replace(path)
    return made


def unit_of(path: Path) -> Path:
    """The folder of the unit of a wave that this process is to run; :class:`BadInput` if none."""
    value = parse(path.read_bytes(), str(path))
    units = Fields(value, path.name).only(("protocol", "units")).texts("units")
    said = os.environ.get(INDEX_VARIABLE, "")
    index = int(said) if said.isascii() and said.isdigit() else -1
    if not 0 <= index < len(units):
        raise BadInput(
            f"{said!r} is no place in a wave of {len(units)} units.",
            where=INDEX_VARIABLE,
            do="Kubernetes sets it in the pods of an Indexed Job; elsewhere name a unit's folder.",
        )
    campaign = path.resolve().parent.parent
    folder = (campaign / units[index]).resolve()
    if not folder.is_relative_to(campaign):
        raise BadInput(f"{units[index]!r} leads out of the campaign.", where=str(path))
    return folder
