"""What the developer declares: the model, its training compute, its weights."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from holdshort.compute.decimals import decimal_text, significant
from holdshort.compute.estimate import Estimate, estimate
from holdshort.compute.facts import Facts, load_facts
from holdshort.gate.manifest import Manifest
from holdshort.office.door import Office
from holdshort.office.review.subject import Subject
from holdshort.register.act import Artefact
from holdshort.register.canonical import Json
from holdshort.rulebook.expression import show


@dataclass(frozen=True)
class Declaration:
    """The fields of ``review.declare``, its documents, and what to tell whoever watches."""

    fields: Mapping[str, Json]
    artefacts: list[Artefact]
    notes: list[str]


def declaration(office: Office, subject: Subject, manifest: Manifest | None) -> Declaration:
    """Declare a model from its facts file and its files. The documents are published.

    Raises:
        BadInput: the facts file is malformed or allows no estimate.
    """
    fields: dict[str, Json] = {"model": subject.title, "facts": {}}
    artefacts, notes = [], []
    if manifest is not None:
        digest = office.folder.put_blob(manifest.to_json())
        fields["weights"] = digest
        artefacts.append(Artefact("weights-manifest", digest))
        notes.append(
            f"Weights: {len(manifest.files)} file(s), {manifest.total_size:,} bytes, "
            f"manifest {digest[:16]}…"
        )
    else:
        notes.append("No weights are at hand (--weights): a gate will have nothing to check.")
    if subject.facts is None:
        notes.append("No facts file is given (--facts): training compute is unknown.")
        return Declaration(fields, artefacts, notes)
    facts = load_facts(subject.facts)
    took = estimate(facts)
    stated: dict[str, Json] = {**facts.to_fields(), "estimate": took.to_fields()}
    fields["facts"] = stated
    fields["training_compute"] = decimal_text(significant(took.total, 4))
    fields |= _money(facts)
    document = json.dumps(stated, indent=2, sort_keys=True, ensure_ascii=False).encode()
    artefacts.append(Artefact("training-facts", office.folder.put_blob(document)))
    notes += _compute_notes(took)
    return Declaration(fields, artefacts, notes)


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
