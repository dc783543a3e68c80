import dataclasses
import errno
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import ModelAPI, ModelOutput, ModelUsage, modelapi

from holdshort.assess.bundle import campaign_findings, pack
from holdshort.assess.campaign import ArmProgress, Progress, results, run
from holdshort.assess.ledger import read_lines
from holdshort.assess.protocol import Protocol
from holdshort.assess.recovery import unfinished
from holdshort.assess.statistics import Decision
from holdshort.assess.verify import recompute
from holdshort.errors import BadInput, Busy, HoldshortError, StorageError

MakeProtocol = Callable[..., Protocol]
MakeSeed = Callable[[Protocol], bytes]

AREA = "cybersecurity"


class Flaky(ModelAPI):
    """Declines every question, and breaks in a chosen way on chosen ones."""

    asked: list[str]
    broken: dict[int, Exception | str]

    async def generate(self, *args: Any, **kwargs: Any) -> ModelOutput:
        prompt = str((args or (kwargs["input"],))[0][-1].text)
        if prompt in Flaky.asked:
            raise AssertionError("an item was asked twice")
        trouble = Flaky.broken.get(len(Flaky.asked))
        if isinstance(trouble, Exception):
            Flaky.broken.pop(len(Flaky.asked))
            raise trouble
        Flaky.asked.append(prompt)
        output = ModelOutput.from_content("flaky/model", "I cannot help with this.")
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        output.error = trouble
        return output


@modelapi(name="flaky")
def flaky() -> type[ModelAPI]:
    return Flaky


@pytest.fixture(autouse=True)
def unbroken() -> None:
    Flaky.asked, Flaky.broken = [], {}


def ledger(folder: Path) -> list[int]:
    return [line.index for line in read_lines(folder / "areas" / AREA / "samples.jsonl")]


@pytest.mark.parametrize(
    ("model", "decision"),
    [("reference/solver", Decision.ABOVE), ("reference/null", Decision.BELOW)],
)
def test_a_clear_case_is_decided_within_ten_items(
    tmp_path: Path,
    protocol_for: MakeProtocol,
    seed_of: MakeSeed,
    model: str,
    decision: Decision,
) -> None:
    protocol = protocol_for(model)
    (result,) = run(protocol, seed_of(protocol), tmp_path)
    assert result.decision is decision
    assert result.items <= 10
    # No more was asked than what was in flight when the test decided.
    assert len(ledger(tmp_path)) <= result.items + 1
    assert results(protocol, tmp_path) == (result,)


def test_progress_is_told_item_by_item_up_to_the_decision(
    tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed
) -> None:
    protocol = protocol_for("reference/solver")
    heard: list[Progress | ArmProgress] = []
    (result,) = run(protocol, seed_of(protocol), tmp_path, progress=heard.append, max_connections=1)
    told = [each for each in heard if isinstance(each, Progress)]
    assert [each.done for each in told] == list(range(result.items + 1))
    assert told[-1].decision is result.decision
    assert all(each.decision is None for each in told[:-1])
    assert told[-1].interval == result.interval


def test_a_finished_campaign_is_not_run_again(
    tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed
) -> None:
    protocol = protocol_for("flaky/model")
    first = run(protocol, seed_of(protocol), tmp_path)
    asked = len(Flaky.asked)
    assert run(protocol, seed_of(protocol), tmp_path) == first
    assert len(Flaky.asked) == asked


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (ConnectionRefusedError("connection refused"), "connection refused"),
        (TimeoutError("too slow"), "it timed out"),
        ("overloaded", "overloaded"),
    ],
)
def test_a_providers_error_is_named_and_never_counts_as_a_wrong_answer(
    tmp_path: Path,
    protocol_for: MakeProtocol,
    seed_of: MakeSeed,
    trouble: Exception | str,
    says: str,
) -> None:
    protocol = protocol_for("flaky/model")
    Flaky.broken = {3: trouble}
    with pytest.raises(HoldshortError) as caught:
        run(protocol, seed_of(protocol), tmp_path, max_connections=1)
    assert caught.value.where == f"area {AREA}"
    assert "item 00003" in caught.value.what
    assert says in caught.value.what
    assert ledger(tmp_path) == [0, 1, 2]
    # The next run goes on with the item that failed, and asks no other again.
    Flaky.broken = {}
    if isinstance(trouble, str):
        Flaky.asked.pop()  # that answer was an error: the item may be asked again
    (result,) = run(protocol, seed_of(protocol), tmp_path, max_connections=1)
    assert result.decision is Decision.BELOW
    assert ledger(tmp_path) == list(range(result.items))


def test_a_full_disk_stops_the_campaign_and_loses_nothing(
    tmp_path: Path,
    protocol_for: MakeProtocol,
    seed_of: MakeSeed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    protocol = protocol_for("flaky/model")
    fsync, calls = os.fsync, 0

    def full(file: int) -> None:
        nonlocal calls
        if str(Path(f"/proc/self/fd/{file}").readlink()).endswith("samples.jsonl"):
            calls += 1
            if calls == 3:
                raise OSError(errno.ENOSPC, "No space left on device")
        fsync(file)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        run(protocol, seed_of(protocol), tmp_path, max_connections=1)
    (result,) = run(protocol, seed_of(protocol), tmp_path, max_connections=1)
    assert ledger(tmp_path) == list(range(result.items))


@pytest.mark.parametrize("model", ["nobody/model", "openai-api/nobody/model", "gguf/none.gguf"])
def test_a_model_that_cannot_be_used_is_named(
    tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed, model: str
) -> None:
    protocol = protocol_for(model)
    with pytest.raises(BadInput) as caught:
        run(protocol, seed_of(protocol), tmp_path)
    assert model.removeprefix("gguf/") in str(caught.value)


def test_a_suite_that_changed_since_the_lock_is_refused(
    tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed
) -> None:
    protocol = protocol_for("reference/solver")
    plan = dataclasses.replace(protocol.areas[0], suite_digest="0" * 64)
    protocol = dataclasses.replace(protocol, areas=(plan,))
    with pytest.raises(BadInput, match="the suite's code changed since the protocol was locked"):
        run(protocol, seed_of(protocol), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_folder_holds_one_protocol_and_one_seed(
    tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed
) -> None:
    protocol = protocol_for("reference/solver")
    run(protocol, seed_of(protocol), tmp_path)
    with pytest.raises(BadInput, match="another protocol"):
        run(protocol_for("reference/null"), seed_of(protocol), tmp_path)
    with pytest.raises(BadInput, match="another item seed"):
        run(protocol, b"another seed", tmp_path)


def test_two_processes_do_not_work_in_one_folder(
    tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed
) -> None:
    protocol = protocol_for("reference/solver")
    with (tmp_path / "campaign.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Busy):
            run(protocol, seed_of(protocol), tmp_path)


def test_the_campaign_prints_nothing(
    tmp_path: Path,
    protocol_for: MakeProtocol,
    seed_of: MakeSeed,
) -> None:
    protocol = protocol_for("reference/solver")
    done = in_process_of_its_own(protocol, seed_of(protocol), tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def slow_to_decide(protocol_for: MakeProtocol) -> Protocol:
    return protocol_for("reference/noisy-0.5", max_items=60, error_rate="0.000001")


@pytest.mark.parametrize("deadly", [signal.SIGKILL, signal.SIGINT])
def test_a_campaign_that_is_stopped_again_and_again_loses_no_sample_and_asks_none_twice(
    tmp_path: Path,
    protocol_for: MakeProtocol,
    seed_of: MakeSeed,
    deadly: signal.Signals,
) -> None:
    protocol = slow_to_decide(protocol_for)
    seed = seed_of(protocol)
    done_before = 0
    for _ in range(3):
        stopped = in_process_of_its_own(protocol, seed, tmp_path, deadly=deadly, after=5)
        assert stopped.returncode != 0
        done = ledger(tmp_path)
        assert len(done) >= done_before + 4
        assert len(set(done)) == len(done)
        done_before = len(done)
        assert unfinished(tmp_path / "areas" / AREA)
        with pytest.raises(BadInput, match="interrupted"):
            campaign_findings(protocol, tmp_path)
    (result,) = run(protocol, seed, tmp_path)
    assert ledger(tmp_path)[:done_before] == done
    # The same decision as a campaign that nobody disturbed.
    assert run(protocol, seed, tmp_path / "undisturbed") == (result,)


def test_the_evidence_of_a_campaign_that_was_killed_is_whole(
    tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed, nonces: tuple[bytes, bytes]
) -> None:
    protocol = slow_to_decide(protocol_for)
    seed = seed_of(protocol)
    in_process_of_its_own(protocol, seed, tmp_path, deadly=signal.SIGKILL, after=5)
    # A crash between Inspect's log and the ledger: the last sample is in the spool alone.
    path = tmp_path / "areas" / AREA / "samples.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:50])
    run(protocol, seed, tmp_path)
    assert lines[-1] in path.read_bytes()
    out = pack(tmp_path, tmp_path / "e.tar", assessor_nonce=nonces[0], developer_nonce=nonces[1])
    findings = {each.area: each for each in campaign_findings(protocol, tmp_path)}
    checks = recompute(out, protocol_fields=protocol.to_fields(), findings=findings)
    assert any("2 Inspect log(s)" in check.detail for check in checks)


def test_planning_and_verifying_load_no_test_engine_and_no_numerics() -> None:
    script = (
        "import sys, holdshort.assess.verify, holdshort.assess.bundle;"
        "print({'inspect_ai', 'numpy', 'scipy', 'xllamacpp'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


SCRIPT = """
import os, sys
from pathlib import Path
from holdshort.assess.campaign import run
from holdshort.assess.protocol import Protocol
from holdshort.register.canonical import parse

fields, seed, folder, deadly, after = sys.argv[1:]
told = 0

def progress(state):
    global told
    told += 1
    if told == int(after):
        os.kill(os.getpid(), int(deadly))

protocol = Protocol.from_fields(parse(fields.encode(), "argument"), "argument")
run(protocol, bytes.fromhex(seed), Path(folder), progress=progress)
"""


def in_process_of_its_own(
    protocol: Protocol,
    seed: bytes,
    folder: Path,
    *,
    deadly: signal.Signals = signal.SIGKILL,
    after: int = 0,
) -> subprocess.CompletedProcess[str]:
    from holdshort.register.canonical import canonical

    fields = canonical(protocol.to_fields()).decode()
    return subprocess.run(
        [
            sys.executable,
            "-c",
            SCRIPT,
            fields,
            seed.hex(),
            str(folder),
            str(int(deadly)),
            str(after),
        ],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        timeout=120,
    )
