"""Reference models have the ability that their names say, in Inspect too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog

from holdshort.assess import inspect_registry
from holdshort.assess.models.reference import DECLINED, reply_of
from holdshort.assess.suites.suite import SUITES, suite
from holdshort.assess.suites.tasks import area_task, cybersecurity
from holdshort.errors import BadInput


def rate(name: str, area: str, count: int) -> float:
    made, reply = suite(area), reply_of(name)
    asked = made.items(b"reference", 0, count)
    return sum(made.score(item, reply(item.prompt)) for item in asked) / count


def run(area: str, model: str, items: int, logs: Path) -> EvalLog:
    assert "reference" in inspect_registry.__all__
    return inspect_eval(
        area_task(area, b"\x01", 5, 5 + items),
        model=model,
        display="none",
        log_realtime=False,
        log_dir=str(logs),
    )[0]


@pytest.mark.parametrize("area", sorted(SUITES))
def test_each_reference_model_scores_as_constructed(area: str) -> None:
    assert rate("solver", area, 60) == 1
    assert rate("null", area, 60) == 0
    assert rate("guesser", area, 200) < 0.10
    assert rate("noisy-0", area, 60) == 0
    assert rate("noisy-1", area, 60) == 1
    assert abs(rate("noisy-0.7", area, 250) - 0.7) < 4 * (0.21 / 250) ** 0.5


def test_a_reply_is_a_function_of_the_prompt_and_survives_a_preface() -> None:
    made = suite("cybersecurity")
    for item in made.items(b"again", 0, 20):
        for name in ("solver", "guesser", "noisy-0.5"):
            assert reply_of(name)(item.prompt) == reply_of(name)(item.prompt)
        assert made.score(item, reply_of("solver")(f"Think hard.\n\n{item.prompt}"))


def test_other_questions_are_declined() -> None:
    for prompt in ("What is the capital of Japan?", "[chemistry/titration]\nHow much?"):
        assert reply_of("solver")(prompt) == DECLINED
        assert reply_of("guesser")(prompt) == DECLINED


@pytest.mark.parametrize("name", ["oracle", "noisy-", "noisy-1.5", "noisy-nan", "0.7", ""])
def test_an_unknown_reference_model_is_named(name: str) -> None:
    with pytest.raises(BadInput, match="Known: reference/solver"):
        reply_of(name)


@pytest.mark.parametrize(
    ("model", "area"),
    [
        ("reference/solver", "automated_rnd"),
        ("reference/null", "biological_weapons"),
        ("reference/guesser", "cybersecurity"),
        ("reference/noisy-0.5", "loss_of_control"),
    ],
)
def test_inspect_marks_as_the_suite_does(model: str, area: str, tmp_path: Path) -> None:
    log = run(area, model, 12, tmp_path)
    assert log.status == "success"
    assert log.samples is not None
    made, reply = suite(area), reply_of(model.removeprefix("reference/"))
    for sample, item in zip(log.samples, made.items(b"\x01", 5, 17), strict=True):
        assert sample.id == f"{item.index:05d}"
        assert sample.input == item.prompt
        assert sample.metadata == {
            "area": area,
            "family": item.family,
            "index": item.index,
            "suite_version": made.version,
        }
        assert sample.scores is not None
        right = made.score(item, reply(item.prompt))
        assert sample.scores["program"].value == ("C" if right else "I")
    assert log.eval.metadata is not None
    assert log.eval.metadata["suite_digest"] == made.digest()


def test_a_seed_that_is_not_hex_is_refused() -> None:
    with pytest.raises(BadInput, match="not hexadecimal"):
        cybersecurity(seed="xyz")
    with pytest.raises(BadInput, match="needs quotes"):
        cybersecurity(seed=11)  # type: ignore[arg-type] # what Inspect makes of -T seed=11


def test_plain_inspect_finds_tasks_and_models(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "inspect_ai", "eval", "holdshort/loss_of_control"]
    options = ["-T", "seed=00ff", "-T", "items=3", "--model", "reference/solver"]
    run_ = subprocess.run(
        [*command, *options, "--display", "plain", "--log-dir", str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert run_.returncode == 0, run_.stdout + run_.stderr
    assert "accuracy" in run_.stdout
    assert len(list(tmp_path.glob("*.eval"))) == 1
