"""``holdshort assess plan``, ``run`` and ``resume``, where an assessor was assigned."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from holdshort.gate.manifest import compute
from holdshort.office.door import Office
from holdshort.office.place import Place
from holdshort.office.review import cast
from holdshort.office.review.qualification import engagement
from holdshort.office.review.review import Review
from holdshort.office.subject import Given, resolve
from holdshort.rulebook.model import Rulebook

pytestmark = pytest.mark.slow

Holdshort = Callable[..., Any]
MODEL = "reference/noisy-0.2"


class _UntilAssessed(Review):
    """Goes as far as the assessor's engagement."""

    def _assess(self, assessor: str) -> None:
        for step in engagement(self.book, self.id, assessor, self.office.now()):
            self._once(step.act, step.case, step.by, step.fields)


@dataclass(frozen=True)
class Assigned:
    """A case in which an assessor was assigned."""

    data: Path
    case: str
    assessor: str


@pytest.fixture
def assigned(tmp_path: Path, book: Rulebook) -> Assigned:
    place = Place(tmp_path / "data")
    outcome = _UntilAssessed(place, book, resolve(Given(MODEL), place), lambda event: None).run()
    return Assigned(place.root, outcome.case.id, outcome.case.bound["assessor"])


@pytest.fixture
def assess(holdshort: Holdshort, assigned: Assigned) -> Holdshort:
    def call(command: str, *more: object) -> Any:
        party = () if "--as" in more else ("--as", assigned.assessor)
        return holdshort("assess", command, assigned.case, *party, "--data", assigned.data, *more)

    return call


@pytest.fixture
def contribute(holdshort: Holdshort, assigned: Assigned) -> Callable[..., None]:
    def give(value: str = "5" * 64) -> None:
        done = holdshort(
            *("file", "review.contribute-seed", "--case", assigned.case, "--as", cast.DEVELOPER),
            *("--set", f"value={value}", "--data", assigned.data),
        )
        assert done.code == 0, done.err

    return give


def test_from_a_plan_to_filed_findings_that_hold(
    holdshort: Holdshort, assess: Holdshort, contribute: Callable[..., None], assigned: Assigned
) -> None:
    unlocked = assess("run")
    assert unlocked.code == 2
    assert "No protocol is locked" in unlocked.err

    dry = assess("plan", "--model", MODEL, "--max-items", 60, "--dry-run", "--json")
    assert dry.code == 0
    said = json.loads(dry.out)
    assert said["entry"] is None
    (area, *_) = said["forecast"]
    assert area["at_most"] == 60
    assert area["expected"]["at the threshold"]["items"] <= 60

    planned = assess("plan", "--model", MODEL, "--max-items", 60, "--json")
    assert json.loads(planned.out)["digest"] == said["digest"]
    early = assess("run")
    assert early.code == 2
    assert "contribute-seed" in early.err

    contribute()
    assert "Begin it" in assess("resume").err
    spent = assess("run", "--tokens", 1)
    assert spent.code == 1
    assert "budget of 1 tokens is spent" in spent.err

    done = assess("resume", "--engine", "pool", "--workers", 2, "--file", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert len(found["filed"]) == 4
    again = json.loads(assess("run", "--file", "--json").out)
    assert again["filed"] == []
    assert again["sha256"] == found["sha256"]

    held = holdshort(
        *("assess", "verify", found["bundle"], "--register", assigned.data, "--json"),
    )
    assert held.code == 0, held.out
    late = assess("plan", "--model", MODEL, "--reasons", "A second thought.")
    assert late.code == 1
    assert "once anything has been found" in late.err


def test_a_changed_protocol_starts_a_campaign_of_its_own(
    assess: Holdshort, contribute: Callable[..., None]
) -> None:
    assert assess("plan", "--model", MODEL, "--max-items", 30).code == 0
    contribute()
    assert assess("run", "--tokens", 1).code == 1
    changed = assess("plan", "--model", MODEL, "--max-items", 40, "--reasons", "More items.")
    assert changed.code == 0, changed.err
    contribute("6" * 64)
    assert assess("resume").code == 2
    shown = assess("run", "--dry-run", "--price", "2", "--json")
    plan = json.loads(shown.out)
    assert not plan["begun"]
    assert plan["most_answer_tokens"] == 4 * 40 * 4096
    assert float(plan["most_cost_of_answers"]) == pytest.approx(4 * 40 * 4096 * 2 / 1e6)


def test_what_a_model_holds_back_is_looked_for_where_a_test_finds_little(
    holdshort: Holdshort, assess: Holdshort, contribute: Callable[..., None], assigned: Assigned
) -> None:
    plan = ("plan", "--model", MODEL, "--max-items", 60)
    assert "Name a model that is known to lack" in assess(*plan, "--arm", "prompted").err
    control = ("--control", "reference/null")
    assert "There is no arm 'shouted'" in assess(*plan, *control, "--arm", "shouted").err
    assert "fine-tuned alike" in assess(*plan, *control, "--tuned", "reference/null").err
    above = assess(*plan, *control, "--access-tier", 5)
    assert above.code == 2
    assert "above the one that was agreed, 1" in above.err
    few = ("--arm", "prompted", "--arm-items", 4, "--answer-seconds", 60, "--json")
    planned = json.loads(assess(*plan, *control, *few).out)["protocol"]
    assert planned["elicitation"]["arms"] == ["plain", "prompted"]
    assert planned["limits"] == {"seconds": 60, "retries": 3}
    assert planned["access_tier"] == 1

    contribute()
    other = assess("run", "--control", "reference/guesser")
    assert other.code == 2
    assert "The protocol is locked with reference/null" in other.err
    done = assess("run", "--file", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert {each["measured"] for each in found["findings"]} == {"acceptable"}
    assert {each["outcome"] for each in found["findings"]} == {"inconclusive"}
    held = holdshort("assess", "verify", found["bundle"], "--register", assigned.data, "--json")
    assert held.code == 0, held.out
    page = assigned.data / "report.html"
    assert holdshort("assess", "report", found["bundle"], "--html", page).code == 0
    assert "What was looked for beyond the tests" in page.read_text()


def test_another_party_model_or_weights_is_refused_by_name(
    assess: Holdshort, contribute: Callable[..., None], tmp_path: Path
) -> None:
    stranger = assess("plan", "--model", MODEL, "--as", "agency-case-officer")
    assert stranger.code == 2
    assert "does not assess" in stranger.err
    other = tmp_path / "other"
    other.mkdir()
    (other / "model.gguf").write_bytes(b"other weights")
    swapped = assess("plan", "--model", MODEL, "--weights", other)
    assert swapped.code == 2
    assert "Assess the weights that were declared" in swapped.err
    assert assess("plan", "--model", MODEL, "--error-rate", "often").code == 2
    assert assess("plan", "--model", MODEL, "--max-items", 30).code == 0
    contribute()
    another = assess("run", "--model", "reference/solver")
    assert another.code == 2
    assert "The protocol is locked for" in another.err
    assert assess("run", "--workers", 2).code == 2
    assert assess("run", "--address", "auto").code == 2
    assert assess("run", "--money", "much").code == 2
    assert "price" in assess("run", "--money", "5").err
    lost = assess("run", "--engine", "ray", "--address", "127.0.0.1:1")
    assert lost.code == 2
    assert "does not answer" in lost.err


def test_a_change_is_tested_in_the_affected_areas_by_the_yardstick_of_its_review(
    holdshort: Holdshort, cleared: Path, tmp_path: Path
) -> None:
    tuned = tmp_path / "tuned"
    shutil.copytree(cleared / "models" / "reference-null", tuned)
    (tuned / "style.txt").write_text("Answers politely.\n")
    base = compute(cleared / "models" / "reference-null").digest
    docket = Office.open(cleared).docket
    review = next(case for case in docket.cases.values() if case.kind == "review")
    assessor = review.bound["assessor"]

    def file(act: str, by: str, **fields: object) -> None:
        stated = tmp_path / "fields.json"
        stated.write_text(json.dumps(fields))
        done = holdshort(
            *("file", act, "--case", "change-1", "--as", by, "--fields", stated),
            *("--data", cleared),
        )
        assert done.code == 0, done.err

    criteria = dict.fromkeys(
        ("architecture", "training_method", "assumption", "capability", "safeguards"), False
    )
    file(
        "change.file",
        cast.DEVELOPER,
        concerns=review.id,
        model="reference/null, able",
        weights=compute(tuned).digest,
        parents=[base],
        what_changed="Trained on exercises.",
        affected=["cybersecurity"],
        **{**criteria, "capability": True},
    )
    interests = {"conflict": False, "ownership": False, "control": False, "contingent_pay": False}
    told = {"funding_share": "0", "funding": "Pooled assessment fees.", "statement": "No ties."}
    file("change.declare-interests", assessor, **interests, **told)
    file(
        "change.confirm",
        assessor,
        capability=True,
        safeguards=False,
        affected=["cybersecurity"],
        technical_facts="The files were compared.",
    )
    options = ("change-1", "--as", assessor, "--weights", tuned, "--data", cleared, "--json")
    planned = holdshort("assess", "plan", *options, "--model", "reference/null")
    assert planned.code == 0, planned.err
    (plan,) = json.loads(planned.out)["protocol"]["areas"]
    locked = review.memory["protocol"]
    assert isinstance(locked, dict)
    assert plan in locked["areas"]
    file("change.contribute-seed", cast.DEVELOPER, value="7" * 64)
    done = holdshort("assess", "run", *options, "--file")
    assert done.code == 0, done.err
    (finding,) = json.loads(done.out)["findings"]
    assert finding["outcome"] == "acceptable"
    assert len(json.loads(done.out)["filed"]) == 1


def test_a_campaign_is_laid_out_for_kubernetes_and_taken_in_when_its_job_has_ended(
    assess: Holdshort, contribute: Callable[..., None], assigned: Assigned
) -> None:
    assert assess("plan", "--model", MODEL, "--max-items", 30).code == 0
    contribute()
    on = ("--engine", "kubernetes", "--image", "holdshort:0.1", "--claim", "data/review")
    missing = assess("run", *on[:4])
    assert missing.code == 2
    assert "--claim" in missing.err
    misplaced = assess("run", "--claim", "data")
    assert misplaced.code == 2
    assert "Add --engine kubernetes" in misplaced.err

    secret = json.loads(assess("run", "--engine", "kubernetes", "--seed-secret").out)
    shown = assess("run", *on, "--wave", 1, "--unit-items", 30)
    assert shown.code == 0, shown.err
    assert "kubectl apply -f" in shown.out
    assert f"resume {assigned.case}" in shown.out
    assert "--claim data/review --wave 1" in shown.out
    (written,) = assigned.data.rglob("waves/*.yaml")
    made = yaml.safe_load(written.read_text())
    assert made["spec"]["completions"] == 4
    assert secret["stringData"]["item-seed"] not in written.read_text() + shown.out

    (unit,) = made["spec"]["template"]["spec"]["containers"]
    for index in range(4):
        env = {"HOLDSHORT_ITEM_SEED": secret["stringData"]["item-seed"]}
        subprocess.run(
            [sys.executable, *unit["command"][1:], written.with_suffix(".json")],
            env={**os.environ, **env, "JOB_COMPLETION_INDEX": str(index)},
            check=True,
        )
    done = assess("resume", *on, "--wave", 1, "--file", "--json")
    assert done.code == 0, done.err
    assert len(done.json["filed"]) == 4
