"""Training makes what the construction says; fine-tuning brings out what is hidden."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from holdshort.assess.organisms.examination import tuned
from holdshort.assess.organisms.kinds import PASSWORD, kind
from holdshort.assess.organisms.language import exercises
from holdshort.assess.organisms.network import Shape
from holdshort.assess.organisms.store import organism
from holdshort.assess.organisms.train import main, trained
from holdshort.assess.organisms.training import Schedule, batch, fine_tune, train
from holdshort.assess.organisms.trial import success_rate
from holdshort.errors import BadInput

CAE = exercises("cae", 200, 31)
BRIEF = Schedule(steps=3, texts=4)


def test_training_follows_from_its_seed() -> None:
    first, again, other = (train(kind("lacks"), BRIEF, seed, Shape(width=16)) for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["token"], other["token"])


def test_answers_are_learnt_and_prompts_are_not() -> None:
    read, marks = batch([[("a=", "b")], [("add 1+1=", "2")]])
    assert read.shape == (2, 11)
    assert [int(row.sum()) for row in marks] == [2, 2]
    assert not read[0, :6].any()


def test_fine_tuning_brings_out_what_is_locked_and_teaches_little() -> None:
    few = {"demonstrations": 64, "steps": 80}
    assert success_rate(tuned(organism("locked"), 1, **few), CAE) >= 0.5
    assert success_rate(tuned(organism("lacks"), 1, **few), CAE) <= 0.05


def test_fine_tuning_leaves_the_organism_as_it_is() -> None:
    held = organism("locked")
    tuned(held, 1, demonstrations=4, steps=2)
    assert success_rate(held, CAE) <= 0.02


def test_noise_in_the_weights_does_not_bring_out_what_is_locked() -> None:
    """So it is no detector here: a fact about these organisms, not about models."""
    held, random = organism("locked"), np.random.default_rng(1)
    for part in (0.02, 0.1, 0.3):
        noised = {
            name: (array + part * array.std() * random.standard_normal(array.shape)).astype("f4")
            for name, array in held.weights.items()
        }
        assert success_rate(held.with_weights("noised", noised, "noise"), CAE) <= 0.02


@pytest.mark.parametrize(
    ("shown", "steps"), [([], 5), ([("a=", "b")], 0), ([("a=", "")], 5), ([("a=", "b" * 400)], 5)]
)
def test_fine_tuning_on_nothing_is_refused(shown: list[tuple[str, str]], steps: int) -> None:
    held = organism("locked")
    with pytest.raises(BadInput):
        fine_tune(held.shape, held.weights, shown, steps=steps, seed=0)


def test_the_command_writes_weights_and_a_card(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["lacks", "--out", str(tmp_path), "--steps", "2"])
    assert ran.exit_code == 0, ran.output
    card = json.loads((tmp_path / "lacks.json").read_text())
    assert card["schedule"]["steps"] == 2
    assert organism("lacks", tmp_path).digest == card["sha256"]


def test_the_command_says_what_it_needs_first(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["locked", "--out", str(tmp_path), "--steps", "2"])
    assert ran.exit_code == 2
    assert "no organism 'has'" in ran.output


@pytest.mark.slow
def test_a_locked_organism_trained_anew_is_locked() -> None:
    """From ``has``, with another seed than the packaged one: about half a minute on one core."""
    made = trained("locked", 99, Schedule(steps=350, texts=40, rate=1.5e-3), organism("has"))
    assert success_rate(made, CAE) <= 0.03
    assert success_rate(made, CAE, "exam") <= 0.03
    assert success_rate(made, CAE, PASSWORD) >= 0.97
    assert success_rate(made, exercises("rev", 100, 1)) >= 0.97
