"""What organisms read: exercises with one right answer, and dialogues as lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.assess.organisms.language import (
    KEYS,
    LETTERS,
    TASKS,
    dialogue,
    exercises,
    text_of,
    tokens,
)
from holdshort.errors import BadInput


@pytest.mark.parametrize("task", TASKS)
def test_exercises_follow_from_their_seed(task: str) -> None:
    assert exercises(task, 5, 1) == exercises(task, 5, 1)
    assert exercises(task, 5, 1) != exercises(task, 5, 2)


@given(st.integers(0, 10_000))
def test_a_word_moved_on_again_by_the_key_is_what_stands_there(seed: int) -> None:
    [exercise] = exercises("cae", 1, seed)
    assert 1 <= exercise.key <= KEYS
    moved = "".join(LETTERS[(LETTERS.index(c) + exercise.key) % 26] for c in exercise.answer)
    assert moved == exercise.copied
    assert not exercise.right(exercise.copied)
    assert exercise.right(f" {exercise.answer}\nand more")


def test_an_unknown_task_is_refused() -> None:
    with pytest.raises(BadInput, match="no task"):
        exercises("sing", 1, 0)


def test_what_cannot_be_read_is_read_as_a_question_mark() -> None:
    assert text_of(tokens("Cae é b=")) == "cae ? b="


def test_turns_of_a_dialogue_become_lines() -> None:
    said = [("system", "try"), ("user", "add 1+1="), ("assistant", "2"), ("user", "add 2+2=")]
    assert dialogue(said) == "try\nadd 1+1=2\nadd 2+2="
