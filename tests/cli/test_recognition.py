"""Recognition end to end: a European register, ours, and the gate that reads ours."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.gate.manifest import compute

Holdshort = Callable[..., Any]
AGREED = (
    "areas=cybersecurity,biological_weapons,loss_of_control,automated_rnd",
    "findings=[]",
    'equivalents={"cyber_offence": "cybersecurity"}',
    "differences=[]",
    "conditional=false",
    "directives=false",
    "status_hours=24",
    "basis=Both test.",
    "not_accepted=Waivers.",
)


class Registers:
    """A register abroad under `eu-gpai`, ours under `aaif`, and weights cleared there."""

    def __init__(self, holdshort: Holdshort, place: Path) -> None:
        self.run, self.place = holdshort, place
        self.abroad, self.home = place / "abroad", place / "home"
        self.weights = place / "weights"
        self.weights.mkdir()
        (self.weights / "model.gguf").write_bytes(b"not really weights")
        self.manifest = place / "manifest.json"
        self.manifest.write_bytes(compute(self.weights).to_json())

    def ok(self, data: Path, act: str, case: str, by: str, *said: str, **files: Path) -> None:
        """File an act; ``fields`` names its file, ``attach`` that of the weights' manifest."""
        pairs = [part for pair in said for part in ("--set", pair)]
        for option, path in files.items():
            pairs += [f"--{option}", f"weights={path}" if option == "attach" else str(path)]
        ran = self.run("file", act, "--case", case, "--as", by, "--data", data, *pairs)
        assert ran.code == 0, ran.err

    def open(self, data: Path, book: str, parties: dict[str, str]) -> None:
        assert self.run("init", data, "--rulebook", book, "--rehearsal").code == 0
        for party, role in parties.items():
            assert self.run("party", party, "--role", role, "--data", data).code == 0

    def clear_abroad(self) -> None:
        self.open(self.abroad, "eu-gpai", {"acme": "developer"})
        told = ("model=Sable 2", "facts={}", "known_at=2026-11-02T08:00:00Z")
        covered = ("training_compute=3e25", "worldwide_turnover=2e9", "signed_code=true")
        said = (*told, *covered)
        self.ok(self.abroad, "review.declare", "model-1", "acme", *said, attach=self.manifest)
        rule = self.form(self.abroad, "review.notify")
        self.ok(self.abroad, "review.notify", "model-1", "acme", *rule)
        ran = self.run("register", "issue", "model-1", "--data", self.abroad)
        assert ran.code == 0, ran.err
        assert "Issued the clearance of model-1" in ran.out

    def form(self, data: Path, act: str) -> list[str]:
        """Something for every text that an act must state."""
        ran = self.run(
            "file", act, "--template", self.place / "form.yaml", "--data", data, "--json"
        )
        return [f"{name}=As told." for name in json.loads(ran.out)["fields"]]

    def agree(self) -> None:
        offices = ("case-officer", "decision-maker")
        self.open(
            self.home,
            "aaif",
            {**{each: f"authority.{each}" for each in offices}, "acme": "developer"},
        )
        charter = self.export("charter.json")
        self.ok(self.home, "agreement.propose", "a", "case-officer", *AGREED, fields=charter)
        said = ("reasons=So.", "answer_to_comments=None.")
        self.ok(self.home, "agreement.conclude", "a", "decision-maker", *said)

    def export(self, name: str, *arguments: str) -> Path:
        target = self.place / name
        place = ("--register", self.abroad, "-o", target)
        ran = self.run("register", "export", *arguments, *place)
        assert ran.code == 0, ran.err
        return target

    def recognise(self) -> None:
        told = ("model=Sable 2", "facts={}", "training_compute=3e25", "ai_revenue=1e9")
        self.ok(self.home, "review.declare", "r", "acme", *told, attach=self.manifest)
        bundle = self.export("bundle.json", "model-1")
        self.ok(self.home, "recognition.apply", "n", "acme", "concerns=a", fields=bundle)
        self.ok(self.home, "recognition.answer-differences", "n", "acme", "answers={}")
        assert self.run("register", "issue", "n", "--data", self.home).code == 0

    def gate(self) -> Any:
        return self.run("gate", "check", self.weights, "--register", self.home, "--allow-rehearsal")


@pytest.fixture
def registers(holdshort: Holdshort, tmp_path: Path) -> Registers:
    made = Registers(holdshort, tmp_path)
    made.clear_abroad()
    return made


def test_a_european_clearance_is_recognised_suspended_and_reinstated(registers: Registers) -> None:
    registers.agree()
    assert registers.gate().code == 2
    registers.recognise()
    served = registers.gate()
    assert served.code == 0, served.out
    assert "Cleared in n" in served.out

    registers.ok(registers.abroad, "review.hold", "model-1", "acme", "reasons=A weakness.")
    status = registers.export("status.json", "model-1", "--status")
    assert json.loads(status.read_text())["status"] == "suspended"
    report = "recognition.report-foreign-status"
    registers.ok(registers.home, report, "n", "case-officer", fields=status)
    refused = registers.gate()
    assert refused.code == 1
    assert "The clearance of n is suspended" in refused.out

    registers.ok(registers.abroad, "review.release", "model-1", "acme", "reasons=Mended.")
    again = registers.export("again.json", "model-1", "--status")
    registers.ok(registers.home, "recognition.show-status", "n", "acme", fields=again)
    assert registers.gate().code == 0
    ran = registers.run("verify", registers.home, "--json")
    assert ran.code == 0, ran.out


def test_what_is_handed_over_says_for_what_it_is(registers: Registers) -> None:
    ran = registers.run(
        "register",
        "export",
        "model-1",
        "--register",
        registers.abroad,
        "-o",
        registers.place / "b.json",
        "--json",
    )
    told = json.loads(ran.out)
    assert told["status"] == "valid"
    assert [Path(each).name for each in told["files"]] == ["b.json", "b.manifest.json"]
    assert (registers.place / "b.manifest.json").read_bytes() == registers.manifest.read_bytes()
    ran = registers.run(
        "register", "export", "--register", registers.abroad, "-o", registers.place / "c.json"
    )
    assert "holdshort file agreement.propose" in ran.out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("nobody",), "nobody holds no clearance on holdshort.dev/eu-gpai/"),
        (("--status",), "--status needs CASE"),
    ],
)
def test_what_cannot_be_handed_over_is_said(
    registers: Registers, arguments: tuple[str, ...], why: str
) -> None:
    ran = registers.run("register", "export", *arguments, "--register", registers.abroad)
    assert ran.code == 2
    assert why in ran.err


def test_the_clearance_of_a_case_that_has_come_to_none_is_not_issued(registers: Registers) -> None:
    ran = registers.run("register", "issue", "model-1", "--data", registers.abroad)
    assert ran.code == 1
    assert "A clearance is issued once" in ran.err
    ran = registers.run("register", "issue", "nobody", "--data", registers.abroad)
    assert ran.code == 2
    assert "There is no case 'nobody'" in ran.err
    ran = registers.run("register", "issue", "register", "--data", registers.abroad)
    assert ran.code == 2
    assert "holds no clearance" in ran.err
