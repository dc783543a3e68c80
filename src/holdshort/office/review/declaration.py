"""What the developer declares: the model, its training compute, its weights."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from holdshort.compute.decimals import decimal_text, significant
from holdshort.compute.estimate import Estimate, estimate
from holdshort.compute.facts import Facts, load_facts
from holdshort.gate.manifest import Manifest
from holdshort.office.door import Document
from holdshort.office.subject import Subject
from holdshort.register.canonical import Json
from holdshort.rulebook.expression import show


@dataclass(frozen=True)
class Declaration:
    """The fields of ``review.declare``, its documents, and what to tell whoever watches."""

    fields: Mapping[str, Json]
    artefacts: list[Document]
    notes: list[str]


def declaration(subject: Subject, manifest: Manifest | None) -> Declaration:
    """Declare a model from its facts file and its files. The documents are published with it.

    Raises:
        BadInput: the facts file is malformed or allows no estimate.
    """
    fields: dict[str, Json] = {"model": subject.title, "facts": {}}
    artefacts, notes = [], []
    if manifest is not None:
        fields["weights"] = manifest.digest
        artefacts.append(Document("weights-manifest", manifest.to_json()))
        notes.append(
            f"Weights: {len(manifest.files)} file(s), {manifest.total_size:,} bytes, "
            f"manifest {manifest.digest[:16]}…"
        )
    else:
        notes.append("No weights are at hand (--weights): a gate will have nothing to check.")
    known = training_facts(subject)
    if known is None:
        notes.append("No facts file is given (--facts): training compute is unknown.")
        return Declaration(fields, artefacts, notes)
    facts, took = known
    stated: dict[str, Json] = {**facts.to_fields(), "estimate": took.to_fields()}
    fields["facts"] = stated
    fields["training_compute"] = decimal_text(significant(took.total, 4))
    fields |= _money(facts)
    document = json.dumps(stated, indent=2, sort_keys=True, ensure_ascii=False).encode()
    artefacts.append(Document("training-facts", document))
    notes += _compute_notes(took)
    return Declaration(fields, artefacts, notes)


def training_facts(subject: Subject) -> tuple[Facts, Estimate] | None:
    """The facts file and the estimate made from it; None if there is no file.

    Raises:
        BadInput: the file is malformed or allows no estimate.
    """
    if subject.facts is None:
        return None
    facts = load_facts(subject.facts)
    return facts, estimate(facts)


def _money(facts: Facts) -> dict[str, Json]:
    stated = {
        "ai_revenue": facts.developer.ai_revenue,
        "ai_rnd_spend": facts.developer.ai_rnd_spend,
    }
    return {name: decimal_text(cited.value) for name, cited in stated.items() if cited}


def _compute_notes(took: Estimate) -> list[str]:
    total, low, high = (show(significant(value, 3)) for value in (took.total, took.low, took.high))
    lines = [f"Training compute: {total} FLOP (90 % interval {low} to {high})."]
    lines += [f"  {method.method}: {method.derivation}" for method in took.methods]
    lines += [f"  contradiction: {line}" for line in took.contradictions]
    return lines
