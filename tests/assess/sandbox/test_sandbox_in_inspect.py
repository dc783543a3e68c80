"""Inspect runs a sample's tools in the sandbox, by its name alone."""

import gc
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessageTool, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver, use_tools
from inspect_ai.tool import bash
from inspect_ai.util import (
    OutputLimitExceededError,
    SandboxEnvironmentSpec,
    SandboxUnavailableError,
    SandboxUserUnsupportedError,
    sandbox,
)
from tests.assess.sandbox.test_sandbox_life import alive, gone, marker

from holdshort.assess.sandbox.provider import BubblewrapSandbox
from holdshort.assess.sandbox.settings import Settings
from holdshort.errors import HoldshortError


@pytest.fixture(autouse=True)
def _swept() -> Iterator[None]:
    """What Inspect leaves to the garbage collector goes while its warnings are still let pass."""
    yield
    gc.collect()


def evaluate(tmp_path: Path, task: Task, **more: Any) -> EvalLog:
    (log,) = inspect_eval(
        task,
        log_dir=str(tmp_path),
        display="none",
        score_display=False,
        log_level="error",
        ctl_server=False,
        acp_server=False,
        **{"model": "mockllm/model", **more},
    )
    return log


@scorer(metrics=[accuracy()])
def wrote() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        found = await sandbox().read_file("answer.txt")
        return Score(value="C" if found == target.text else "I", answer=found)

    return score


def test_an_agent_works_in_it_with_bash_and_is_scored_by_the_file_it_left(tmp_path: Path) -> None:
    mark = marker()
    calls = [
        "cat given.txt; id -u; ls /root; cat /proc/net/route | wc -l",
        f"tr a-z A-Z < given.txt > answer.txt; (setsid sleep {mark} >/dev/null 2>&1 &)",
    ]
    outputs = [
        *(ModelOutput.for_tool_call("mockllm/model", "bash", {"command": call}) for call in calls),
        ModelOutput.from_content("mockllm/model", "Done."),
    ]
    for output in outputs:  # else Inspect counts tokens, with a table that it would download
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    task = Task(
        dataset=[Sample(input="Work.", target="HARMLESS", files={"given.txt": "harmless"})],
        solver=[use_tools(bash(timeout=20)), generate()],
        scorer=wrote(),
        sandbox="bubblewrap",
    )
    log = evaluate(tmp_path, task, model=get_model("mockllm/model", custom_outputs=outputs))
    assert log.status == "success", log.error
    assert log.samples is not None
    (sample,) = log.samples
    assert sample.scores is not None
    assert sample.scores["wrote"].value == "C"
    said = [each.text for each in sample.messages if isinstance(each, ChatMessageTool)]
    assert "harmless" in said[0]
    assert "1000" in said[0]
    assert "No such file" in said[0]
    assert log.eval.sandbox is not None
    assert log.eval.sandbox.type == "bubblewrap"
    assert alive(mark) == []


@solver
def through_the_door(seen: dict[str, Any], mark: str) -> Solver:
    """Everything that Inspect's interface promises, by its words."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        box = sandbox()
        done = await box.exec(
            ["sh", "-c", "cat; echo $SECRET >&2; exit 3"], "given", env={"SECRET": "e"}
        )
        seen["done"] = (done.success, done.returncode, done.stdout, done.stderr)
        seen["cwd"] = (await box.exec(["pwd"], cwd="/tmp")).stdout
        seen["missing"] = (await box.exec(["no-such-program"])).returncode
        seen["undecodable"] = (await box.exec(["printf", r"\377"])).stdout
        await box.write_file("sub/text.txt", "zwölf\r\n")
        seen["text"] = await box.read_file("sub/text.txt")
        seen["bytes"] = await box.read_file("sub/text.txt", text=False)
        await box.write_file("latin.txt", b"\xff")
        attempts: dict[str, Callable[[], Awaitable[object]]] = {
            "user": lambda: box.exec(["id"], user="root"),
            "late": lambda: box.exec(["sleep", mark], timeout=1),
            "long": lambda: box.exec(["yes"]),
            "refused": lambda: box.exec(["/etc/passwd"]),
            "none": lambda: box.read_file("none"),
            "folder": lambda: box.read_file("sub"),
            "latin": lambda: box.read_file("latin.txt"),
            "closed": lambda: box.write_file("/usr/x", "x"),
        }
        for name, attempt in attempts.items():
            try:
                await attempt()
            except Exception as error:  # noqa: BLE001 (looked at below)
                seen[name] = error
        return state

    return solve


def test_it_keeps_the_promises_of_inspects_interface(tmp_path: Path) -> None:
    seen: dict[str, Any] = {}
    mark = marker()
    settings = Settings(memory=256)
    task = Task(
        dataset=[Sample(input="x")],
        solver=through_the_door(seen, mark),
        sandbox=SandboxEnvironmentSpec("bubblewrap", settings),
    )
    log = evaluate(tmp_path, task)
    assert log.status == "success", log.error
    assert seen["done"] == (False, 3, "given", "e\n")
    assert seen["cwd"] == "/tmp\n"
    assert seen["missing"] == 127
    assert seen["undecodable"] == "\ufffd"
    assert seen["text"] == "zwölf\r\n"
    assert seen["bytes"] == "zwölf\r\n".encode()
    expected: dict[str, type[Exception]] = {
        "user": SandboxUserUnsupportedError,
        "late": TimeoutError,
        "long": OutputLimitExceededError,
        "refused": PermissionError,
        "none": FileNotFoundError,
        "folder": IsADirectoryError,
        "latin": UnicodeDecodeError,
        "closed": OSError,
    }
    assert [name for name, kind in expected.items() if not isinstance(seen[name], kind)] == []
    assert gone(mark)
    assert log.eval.sandbox is not None
    assert log.eval.sandbox.config == settings


def test_settings_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "box.yaml").write_text("processes: 20\n")
    seen: dict[str, str] = {}

    @solver
    def look() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            seen["limit"] = (await sandbox().exec(["sh", "-c", "ulimit -u || ulimit -p"])).stdout
            return state

        return solve

    task = Task(
        dataset=[Sample(input="x")],
        solver=look(),
        sandbox=("bubblewrap", str(tmp_path / "box.yaml")),
    )
    assert evaluate(tmp_path, task).status == "success"
    assert seen["limit"] == "20\n"


def test_one_that_cannot_start_ends_the_task_with_its_reason(tmp_path: Path) -> None:
    settings = Settings(bind={"/data": str(tmp_path / "missing")})
    task = Task(dataset=[Sample(input="x")], sandbox=SandboxEnvironmentSpec("bubblewrap", settings))
    with pytest.raises(HoldshortError, match="the sandbox cannot start") as caught:
        evaluate(tmp_path, task)
    assert "missing" in caught.value.what


def test_a_sandbox_that_died_is_told_as_such(tmp_path: Path) -> None:
    seen: dict[str, object] = {}

    @solver
    def kill() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            box = sandbox()
            keeper = box.as_type(BubblewrapSandbox).session._keeper
            keeper.kill()
            keeper.wait()
            try:
                await box.exec(["true"])
            except SandboxUnavailableError as error:
                seen["error"] = error
            return state

        return solve

    task = Task(dataset=[Sample(input="x")], solver=kill(), sandbox="bubblewrap")
    log = evaluate(tmp_path, task)
    assert log.status == "success", log.error
    assert "has ended" in str(seen["error"])


@pytest.mark.slow
def test_samples_side_by_side_have_a_sandbox_each(tmp_path: Path) -> None:
    @solver
    def alone() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            await sandbox().write_file("mine", str(state.sample_id))
            await sandbox().exec(["sleep", "0.3"])
            found = await sandbox().exec(["sh", "-c", "cat mine; ls | wc -l"])
            state.metadata["found"] = found.stdout
            return state

        return solve

    samples = [Sample(input="x", id=number) for number in range(1, 13)]
    task = Task(dataset=samples, solver=alone(), sandbox="bubblewrap")
    log = evaluate(tmp_path, task, max_samples=12, max_sandboxes=12)
    assert log.samples is not None
    assert all(each.metadata["found"] == f"{each.id}1\n" for each in log.samples)
