"""Evidence in the formats of others: their fields, our numbers, nothing made up."""

import base64
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from holdshort.assess.account import accounts
from holdshort.assess.bundle import INDEX
from holdshort.assess.exports import Shown
from holdshort.assess.exports.eval_result import statements
from holdshort.assess.exports.oscal import assessment_results
from holdshort.assess.outcome import Outcome
from holdshort.register.canonical import canonical

# Fixtures come from conftest; their types cannot be imported from there.
Finished = Any
Forger = Any

DIGEST: Any = {
    "type": "object",
    "required": ["alg", "value", "salted"],
    "properties": {"value": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
}
EVAL_RESULT: Any = {
    "type": "object",
    "required": [
        *("verifier", "evaluatedAt", "suite", "claims", "sampleSize", "commitments"),
        *("assuranceLevel", "subjectProfile"),
    ],
    "properties": {
        "verifier": {"required": ["id"]},
        "suite": {"required": ["name", "version"]},
        "claims": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["metric", "comparator", "threshold", "passed"],
                "properties": {
                    "comparator": {"enum": [">=", ">", "<=", "<"]},
                    "threshold": {"type": "string"},
                    "passed": {"type": "boolean"},
                },
            },
        },
        "sampleSize": {"type": "integer"},
        "commitments": {
            "required": ["model", "dataset"],
            "properties": {"model": DIGEST, "dataset": DIGEST},
        },
        "assuranceLevel": {
            "enum": ["self_attested", "third_party", "reproduced", "enclave_attested"]
        },
        "subjectProfile": {"enum": ["receipt", "public-model", "release-gate"]},
        "preRegistration": {"required": ["alg", "value"]},
        "receipt": {"required": ["schema", "merkleRootB64"]},
        "harness": {"required": ["name", "version"]},
    },
}
"""The required and optional fields of the proposal, in our own words."""

UUID: Any = {
    "type": "string",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f-]{16}$",
}
TOKEN: Any = {"type": "string", "pattern": r"^[A-Za-z_][A-Za-z0-9._-]*$"}
OSCAL: Any = {
    "required": ["uuid", "metadata", "import-ap", "results"],
    "additionalProperties": False,
    "properties": {
        "uuid": UUID,
        "metadata": {"required": ["title", "last-modified", "version", "oscal-version"]},
        "import-ap": {"required": ["href"]},
        "back-matter": {"required": ["resources"]},
        "results": {
            "minItems": 1,
            "items": {
                "required": ["uuid", "title", "description", "start", "reviewed-controls"],
                "properties": {
                    "uuid": UUID,
                    "observations": {
                        "items": {
                            "required": ["uuid", "description", "methods", "collected"],
                            "properties": {
                                "uuid": UUID,
                                "methods": {"items": {"enum": ["EXAMINE", "INTERVIEW", "TEST"]}},
                                "props": {
                                    "items": {
                                        "required": ["name", "value"],
                                        "properties": {
                                            "name": TOKEN,
                                            "value": {"type": "string", "pattern": r"^\S(.*\S)?$"},
                                        },
                                    }
                                },
                            },
                        }
                    },
                    "findings": {
                        "items": {
                            "required": ["uuid", "title", "description", "target"],
                            "properties": {
                                "uuid": UUID,
                                "target": {
                                    "required": ["type", "target-id", "status"],
                                    "properties": {
                                        "type": {"enum": ["statement-id", "objective-id"]},
                                        "target-id": TOKEN,
                                        "status": {
                                            "required": ["state"],
                                            "properties": {
                                                "state": {"enum": ["satisfied", "not-satisfied"]}
                                            },
                                        },
                                    },
                                },
                            },
                        }
                    },
                },
            },
        },
    },
}
"""What the model of assessment results demands of what we write, in our own words."""


@pytest.fixture
def shown(finished: Finished, forger: Forger) -> Shown:
    index = forger.json(INDEX)["areas"]
    plans = finished.protocol.areas
    return Shown(
        bundle="ab" * 32,
        protocol=finished.protocol,
        findings=tuple(finished.findings[plan.area] for plan in plans),
        areas=tuple(accounts(finished.bundle, finished.protocol)),
        roots=tuple(index[plan.area]["root"] for plan in plans),
        item_seed=finished.seed.hex(),
        third_party=False,
    )


def with_outcome(shown: Shown, outcome: Outcome) -> Shown:
    findings = tuple(dataclasses.replace(each, outcome=outcome) for each in shown.findings)
    return dataclasses.replace(shown, findings=findings)


def test_a_statement_an_area_with_the_fields_of_the_proposal(shown: Shown) -> None:
    made: Any = statements(shown, "https://example.org/lab")
    assert len(made) == len(shown.findings)
    for statement, finding, root in zip(made, shown.findings, shown.roots, strict=True):
        canonical(statement)  # no floats
        assert statement["_type"] == "https://in-toto.io/Statement/v1"
        assert statement["subject"][0]["digest"] == {"sha256": shown.bundle}
        predicate = statement["predicate"]
        jsonschema.validate(predicate, EVAL_RESULT)
        assert predicate["sampleSize"] == finding.items
        assert predicate["preRegistration"]["value"] == shown.protocol.digest
        assert base64.b64decode(predicate["receipt"]["merkleRootB64"]).hex() == root
        assert predicate["subjectProfile"] == "receipt"


@pytest.mark.parametrize(
    ("outcome", "passed", "state"),
    [
        (Outcome.ACCEPTABLE, [True, False], "satisfied"),
        (Outcome.UNACCEPTABLE, [False, True], "not-satisfied"),
        (Outcome.INCONCLUSIVE, [False, False], "not-satisfied"),
    ],
)
def test_only_what_the_test_established_passes(
    shown: Shown, outcome: Outcome, passed: list[bool], state: str
) -> None:
    seen = with_outcome(shown, outcome)
    for statement in statements(seen, "https://example.org/lab"):
        predicate: Any = statement["predicate"]
        assert [claim["passed"] for claim in predicate["claims"]] == passed
        assert [claim["comparator"] for claim in predicate["claims"]] == ["<", ">"]
    document: Any = assessment_results(seen)
    for finding in document["assessment-results"]["results"][0]["findings"]:
        assert finding["target"]["status"]["state"] == state


def test_a_model_with_a_digest_is_the_subject(shown: Shown) -> None:
    protocol = dataclasses.replace(shown.protocol, model_digest="cd" * 32)
    made: Any = statements(dataclasses.replace(shown, protocol=protocol), "https://example.org/lab")
    assert made[0]["subject"] == [{"name": protocol.model, "digest": {"sha256": "cd" * 32}}]
    assert made[0]["predicate"]["subjectProfile"] == "public-model"
    assert made[0]["predicate"]["holdshort"]["bundle"] == {"sha256": shown.bundle}


def test_oscal_names_each_thing_once_and_refers_to_what_is_there(shown: Shown) -> None:
    document: Any = assessment_results(shown)
    canonical(document)  # no floats
    jsonschema.validate(document["assessment-results"], OSCAL)
    assert document == assessment_results(shown)
    text = json.dumps(document)
    made = [each["uuid"] for each in walked(document) if "uuid" in each]
    assert len(set(made)) == len(made)
    referred = [
        value.removeprefix("#")
        for each in walked(document)
        for key, value in each.items()
        if key.endswith("-uuid") or (key == "href" and str(value).startswith("#"))
    ]
    assert referred
    assert set(referred) <= set(made)
    assert all(root in text for root in shown.roots)


def walked(value: Any) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [
        *([value] if isinstance(value, dict) else []),
        *(found for each in inner for found in walked(each)),
    ]


def test_the_command_writes_either_of_what_holds(
    holdshort: Callable[..., Any], finished: Finished, tmp_path: Path
) -> None:
    out = tmp_path / "export"
    asked = ("assess", "export", finished.bundle, "--out", out, "--format")
    assert holdshort(*asked, "oscal").code == 0
    assert "assessment-results" in json.loads(out.read_text())
    assert holdshort(*asked, "in-toto", "--verifier", "https://example.org/lab").code == 0
    lines = out.read_text().splitlines()
    assert [json.loads(line)["predicate"]["verifier"]["id"] for line in lines] == [
        "https://example.org/lab"
    ] * 2
    assert "needs it" in holdshort(*asked, "in-toto").err
    assert "needs it" in holdshort(*asked, "oscal", "--verifier", "x").err
    forged = tmp_path / "forged.tar"
    data = bytearray(finished.bundle.read_bytes())
    data[data.index(b"ANSWER: ") + 8] ^= 1
    forged.write_bytes(data)
    other = tmp_path / "other"
    ran = holdshort("assess", "export", forged, "--format", "oscal", "--out", other)
    assert ran.code == 1
    assert not other.exists()
