"""in-toto Statements with the proposed predicate ``eval-result`` (in-toto/attestation, PR 575).

One Statement an area, unsigned: whoever vouches signs it. The predicate is a draft; its fields are
filled as it defines them, and what it has no field for stands under ``holdshort`` (consumers ignore
fields that they do not know).

- A claim is ``metric comparator threshold``, and a finding says which of two such claims the test
  has established with the stated error rate: the pass rate lies below the upper end of the
  indifference zone, or above its lower end. An inconclusive area passes neither.
- ``preRegistration`` is the protocol's digest, locked before the run; ``receipt`` the root over the
  samples; ``commitments.dataset`` the digest of suite and item seed, from which every item follows.
- The subject is the model, if its weights have a digest, else the bundle.
"""

import base64
import hashlib

from holdshort.assess.account import AreaAccount
from holdshort.assess.exports import Shown
from holdshort.assess.finding import Finding
from holdshort.assess.outcome import Outcome
from holdshort.register.canonical import Json, digest

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/eval-result/v0.1"
RECEIPT = "holdshort-evidence/v1"


def statements(shown: Shown, verifier: str) -> list[dict[str, Json]]:
    """One Statement an area; ``verifier`` is the TypeURI of whoever says so."""
    parts = zip(shown.findings, shown.areas, shown.roots, strict=True)
    return [
        {
            "_type": STATEMENT,
            "subject": [_subject(shown)],
            "predicateType": PREDICATE,
            "predicate": _predicate(shown, finding, area, root, verifier),
        }
        for finding, area, root in parts
    ]


def _subject(shown: Shown) -> dict[str, Json]:
    if shown.protocol.model_digest:
        return {"name": shown.protocol.model, "digest": {"sha256": shown.protocol.model_digest}}
    return {"name": "evidence.tar", "digest": {"sha256": shown.bundle}}


def _predicate(
    shown: Shown, finding: Finding, area: AreaAccount, root: str, verifier: str
) -> dict[str, Json]:
    protocol = shown.protocol
    return {
        "verifier": {"id": verifier},
        "evaluatedAt": area.last,
        "suite": {"name": f"holdshort/{finding.area}", "version": area.plan.suite_version},
        "claims": _claims(finding),
        "sampleSize": finding.items,
        "commitments": {"model": _model(shown), "dataset": _dataset(shown, area)},
        "assuranceLevel": "third_party" if shown.third_party else "self_attested",
        "subjectProfile": "public-model" if protocol.model_digest else "receipt",
        "preRegistration": {"alg": "sha256", "value": protocol.digest},
        "receipt": {
            "schema": RECEIPT,
            "merkleRootB64": base64.b64encode(bytes.fromhex(root)).decode(),
        },
        "harness": {"name": "holdshort", "version": protocol.holdshort_version},
        "holdshort": {
            "bundle": {"sha256": shown.bundle},
            "finding": finding.to_fields(),
            "suite_digest": area.plan.suite_digest,
        },
    }


def _claims(finding: Finding) -> list[Json]:
    return [
        {
            "metric": "pass_rate",
            "comparator": "<",
            "threshold": str(finding.threshold + finding.zone),
            "passed": finding.outcome is Outcome.ACCEPTABLE,
        },
        {
            "metric": "pass_rate",
            "comparator": ">",
            "threshold": str(finding.threshold - finding.zone),
            "passed": finding.outcome is Outcome.UNACCEPTABLE,
        },
    ]


def _model(shown: Shown) -> dict[str, Json]:
    if shown.protocol.model_digest:
        return {"alg": "sha256", "value": shown.protocol.model_digest, "salted": False}
    named = hashlib.sha256(shown.protocol.model.encode()).hexdigest()
    return {"alg": "sha256-of-name", "value": named, "salted": False}


def _dataset(shown: Shown, area: AreaAccount) -> dict[str, Json]:
    made_of = {"item_seed": shown.item_seed, "suite_digest": area.plan.suite_digest}
    return {"alg": "sha256", "value": digest(made_of), "salted": False}
