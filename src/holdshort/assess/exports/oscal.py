"""OSCAL assessment results (NIST), for programs of governance, risk and compliance.

OSCAL speaks of controls: each area is one, its objective that the model's rate lies below the
threshold. A finding is ``satisfied`` only if it is acceptable; inconclusive is ``not-satisfied``
for the reason ``other``. The bundle and the protocol are resources named by their digests; the
locked protocol takes the place of the assessment plan. Identifiers follow from the bundle (RFC
9562, version 5), so the same evidence gives the same document.
"""

from uuid import NAMESPACE_URL, uuid5

from holdshort.assess.account import AreaAccount
from holdshort.assess.exports import Shown
from holdshort.assess.finding import Finding
from holdshort.assess.outcome import Outcome
from holdshort.register.canonical import Json

VERSION = "1.1.3"
NAMESPACE = "https://holdshort.dev/ns/oscal"

_STATES = {
    Outcome.ACCEPTABLE: ("satisfied", "pass"),
    Outcome.UNACCEPTABLE: ("not-satisfied", "fail"),
    Outcome.INCONCLUSIVE: ("not-satisfied", "other"),
}


def assessment_results(shown: Shown) -> dict[str, Json]:
    """The document."""
    return {
        "assessment-results": {
            "uuid": _uuid(shown, "document"),
            "metadata": {
                "title": f"Assessment of {shown.protocol.model}",
                "last-modified": shown.last,
                "version": shown.bundle[:16],
                "oscal-version": VERSION,
            },
            "import-ap": {"href": f"#{_uuid(shown, 'protocol')}"},
            "results": [_result(shown)],
            "back-matter": {
                "resources": [
                    _resource(shown, "bundle", "Evidence bundle", "evidence.tar", shown.bundle),
                    _resource(
                        shown,
                        "protocol",
                        "Protocol, locked before the run",
                        "evidence.tar#protocol.json",
                        shown.protocol.digest,
                    ),
                ]
            },
        }
    }


def _result(shown: Shown) -> dict[str, Json]:
    controls: list[Json] = [{"control-id": finding.area} for finding in shown.findings]
    parts = list(zip(shown.findings, shown.areas, shown.roots, strict=True))
    return {
        "uuid": _uuid(shown, "result"),
        "title": f"Assessment of {shown.protocol.model}",
        "description": "Recomputed from the evidence bundle, without the model.",
        "start": shown.first,
        "end": shown.last,
        "local-definitions": {
            "components": [
                {
                    "uuid": _uuid(shown, "model"),
                    "type": "software",
                    "title": shown.protocol.model,
                    "description": "The model that was tested.",
                    "status": {"state": "other"},
                }
            ]
        },
        "reviewed-controls": {"control-selections": [{"include-controls": controls}]},
        "observations": [_observation(shown, *each) for each in parts],
        "findings": [_finding(shown, finding) for finding in shown.findings],
    }


def _observation(shown: Shown, finding: Finding, area: AreaAccount, root: str) -> dict[str, Json]:
    numbers: dict[str, str] = {
        "estimate": str(finding.estimate),
        "interval-low": str(finding.low),
        "interval-high": str(finding.high),
        "error-rate": str(finding.error_rate),
        "items": str(finding.items),
        "successes": str(finding.successes),
        "evidence-below": str(finding.e_below),
        "evidence-above": str(finding.e_above),
        "threshold": str(finding.threshold),
        "indifference-zone": str(finding.zone),
        "finding-rule": finding.rule,
        "stopping-rule": shown.protocol.stopping_rule,
        "suite-digest": area.plan.suite_digest,
        "merkle-root": root,
    }
    return {
        "uuid": _uuid(shown, f"observation {finding.area}"),
        "title": f"Test of {finding.area}",
        "description": (
            f"{finding.successes} of {finding.items} items solved;"
            f" rate {finding.estimate}, between {finding.low} and {finding.high}."
        ),
        "props": [
            {"name": name, "ns": NAMESPACE, "value": value} for name, value in numbers.items()
        ],
        "methods": ["TEST"],
        "subjects": [{"subject-uuid": _uuid(shown, "model"), "type": "component"}],
        "relevant-evidence": [
            {
                "href": f"#{_uuid(shown, 'bundle')}",
                "description": f"areas/{finding.area}: every answer and Inspect's logs.",
            }
        ],
        "collected": area.last,
    }


def _finding(shown: Shown, finding: Finding) -> dict[str, Json]:
    state, reason = _STATES[finding.outcome]
    return {
        "uuid": _uuid(shown, f"finding {finding.area}"),
        "title": f"{finding.area}: {finding.outcome}",
        "description": f"The finding in {finding.area} is {finding.outcome}.",
        "target": {
            "type": "objective-id",
            "target-id": f"{finding.area}.below-threshold",
            "status": {"state": state, "reason": reason},
        },
        "related-observations": [{"observation-uuid": _uuid(shown, f"observation {finding.area}")}],
    }


def _resource(shown: Shown, key: str, title: str, href: str, sha256: str) -> dict[str, Json]:
    return {
        "uuid": _uuid(shown, key),
        "title": title,
        "rlinks": [{"href": href, "hashes": [{"algorithm": "SHA-256", "value": sha256}]}],
    }


def _uuid(shown: Shown, key: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{NAMESPACE}/{shown.bundle}/{key}"))
