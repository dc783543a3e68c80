"""The form of an act: written, filled in, filed; and documents that fill in their own digest."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.office.door import Office

Holdshort = Callable[..., Any]


@pytest.fixture
def data(holdshort: Holdshort, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    assert holdshort("init", folder).code == 0
    for party, role in {"acme": "developer", "officer": "authority.case-officer"}.items():
        assert holdshort("party", party, "--role", role, "--data", folder).code == 0
    return folder


@pytest.fixture
def declared(holdshort: Holdshort, data: Path) -> Path:
    """A register with the review ``r`` of acme on it."""
    said = ("--set", "model=M", "--set", "facts={}")
    ran = holdshort("file", "review.declare", "--case", "r", "--as", "acme", "--data", data, *said)
    assert ran.code == 0, ran.err
    return data


def last_fields(data: Path) -> dict[str, Any]:
    return dict(list(Office.open(data).entries())[-1].act.fields)


def fill(form: Path, **values: str) -> None:
    lines = form.read_text().splitlines()
    for name, value in values.items():
        at = next(i for i, line in enumerate(lines) if line.split(":")[0] == name)
        lines[at] = f"{name}: {value}"
    form.write_text("\n".join(lines))


def test_a_form_is_filled_in_and_filed(holdshort: Holdshort, data: Path, tmp_path: Path) -> None:
    form = tmp_path / "declaration.yaml"
    ran = holdshort("file", "review.declare", "--template", form, "--data", data)
    assert ran.code == 0
    assert f"--fields {form}" in ran.out
    fill(form, model='"no"', facts="{chips: 1000, share: 0.5, name: no}", training_compute="1e25")
    where = ("--case", "r", "--as", "acme", "--data", data)
    assert holdshort("file", "review.declare", *where, "--fields", form).code == 0
    assert last_fields(data) == {
        "model": "no",
        "facts": {"chips": 1000, "share": "0.5", "name": "no"},
        "training_compute": "1e25",
    }


def test_what_is_set_goes_before_the_file(holdshort: Holdshort, data: Path, tmp_path: Path) -> None:
    fields = tmp_path / "fields.yaml"
    fields.write_text("model: M\nfacts: {}\n")
    where = ("--case", "r", "--as", "acme", "--data", data)
    ran = holdshort("file", "review.declare", *where, "--fields", fields, "--set", "model=N")
    assert ran.code == 0
    assert last_fields(data) == {"model": "N", "facts": {}}


def test_a_form_that_is_not_filled_in_is_refused_with_what_it_lacks(
    holdshort: Holdshort, declared: Path, tmp_path: Path
) -> None:
    form = tmp_path / "report.yaml"
    assert holdshort("file", "review.report-risk", "--template", form, "--data", declared).code == 0
    where = ("--case", "r", "--as", "acme", "--data", declared)
    ran = holdshort("file", "review.report-risk", *where, "--fields", form)
    assert ran.code == 1
    for name in ("public_report", "whole_report", "redacted", "scope"):
        assert f"The act must state {name!r}" in ran.err


def test_a_file_that_is_no_yaml_is_located(
    holdshort: Holdshort, data: Path, tmp_path: Path
) -> None:
    fields = tmp_path / "fields.yaml"
    fields.write_text("model: M\nfacts: [\n")
    where = ("--case", "r", "--as", "acme", "--data", data)
    ran = holdshort("file", "review.declare", *where, "--fields", fields)
    assert ran.code == 2
    assert f"{fields}:3: This is not YAML" in ran.err


def test_the_form_goes_to_standard_output_and_nothing_is_filed(
    holdshort: Holdshort, data: Path
) -> None:
    ran = holdshort("file", "review.declare", "--template", "-", "--data", data)
    assert ran.code == 0
    assert ran.out.startswith("# Declare the model (review.declare)")
    assert not Office.open(data).docket.cases.keys() - {"register"}


def test_without_a_form_it_asks_for_case_and_party(holdshort: Holdshort, data: Path) -> None:
    ran = holdshort("file", "review.declare", "--data", data)
    assert ran.code == 2
    assert "--case" in ran.err


def test_an_attached_document_fills_in_the_digest_of_its_name(
    holdshort: Holdshort, declared: Path, tmp_path: Path
) -> None:
    card = tmp_path / "card.md"
    card.write_text("# System card\n")
    where = ("--case", "r", "--as", "acme", "--data", declared)
    says = [f"{name}=As told." for name in ("capabilities", "tests", "safeguards", "what_changed")]
    said = [part for each in says for part in ("--set", each)]
    ran = holdshort("file", "review.publish-system-card", *where, "--attach", f"card={card}", *said)
    assert ran.code == 0, ran.err
    assert last_fields(declared)["card"] == hashlib.sha256(card.read_bytes()).hexdigest()


POSTURE = (
    "scope",
    "posture_cybersecurity",
    "posture_biological_weapons",
    "posture_loss_of_control",
    "posture_automated_rnd",
    "internal_use",
)


def test_a_report_is_redacted_sealed_and_filed_with_its_grounds(
    holdshort: Holdshort, declared: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "report.md"
    whole.write_text("The report.\nAnd what the public does not read.\n")
    taken = ("--passage", "L2-L2", "trade-secret", "A recipe.", "--held-by", "acme")
    assert holdshort("seal", "redact", whole, *taken).code == 0
    public = tmp_path / "report.public.md"
    ran = holdshort(
        *("file", "review.report-risk", "--case", "r", "--as", "acme", "--data", declared),
        *(part for name in POSTURE for part in ("--set", f"{name}=As told.")),
        *("--set", "redacted=true", "--set", f"redactions=@{tmp_path / 'report.redactions.json'}"),
        *("--attach", f"public_report={public}", "--attach", f"whole_report={whole}"),
        *("--seal", "whole_report=trade-secret", "--reader", "officer"),
    )
    assert ran.code == 0, ran.err
    entry = list(Office.open(declared).entries())[-1]
    assert entry.act.fields["public_report"] == hashlib.sha256(public.read_bytes()).hexdigest()
    digest = hashlib.sha256(whole.read_bytes()).hexdigest()
    assert digest not in json.dumps(entry.act.fields)
    inside = tmp_path / "inside"
    where = ("--as", "officer", "--data", declared, "--output", inside, "--json")
    ran = holdshort("seal", "open", str(entry.index), *where)
    assert ran.code == 0, ran.err
    assert digest in ran.out
    assert (inside / "whole_report").read_bytes() == whole.read_bytes()
