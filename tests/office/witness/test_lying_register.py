"""A register that shows one history to its witnesses and another to a reader is caught.

Real witnesses on the loopback, a real published register for each history, one key of the log.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.errors import RegisterError
from holdshort.office.witness.gathering import Diverged, gather
from holdshort.office.witness.place import WitnessPlace
from holdshort.register.audit import audit_log
from holdshort.register.folder import Folder
from holdshort.register.note import Note
from holdshort.register.policy import Policy
from holdshort.register.witness.fork import check_fork, split_pair

pytestmark = pytest.mark.slow

Make = Callable[..., WitnessPlace]
Start = Callable[[WitnessPlace], Any]
ORIGIN = "log.example/one"
NAMES = ("north.example", "south.example", "west.example")

CHECK_FORK = """
import sys
from holdshort.cli.witness import command
command.main(sys.argv[1:], prog_name="holdshort witness")
"""


@pytest.fixture
def witnesses(make: Make, start: Start) -> list[Any]:
    started = [start(make(name)) for name in NAMES]
    return [each.wait() for each in started]


@pytest.fixture
def policy(witnesses: list[Any]) -> Policy:
    """Two of three; the first two have seen the true history when a test begins to lie."""
    lines = [
        f"witness {name} {each.place.witness().cosigners[1].verifier.vkey} {each.url}\n"
        for name, each in zip(NAMES, witnesses, strict=True)
    ]
    return Policy.parse("".join(lines) + f"group most 2 {' '.join(NAMES)}\nquorum most\n")


def published(root: Path, log: Any, size: int) -> Folder:
    folder = Folder(root)
    folder.publish(log.entries(size), log.checkpoint(size))
    return folder


def test_a_register_with_two_histories_cannot_have_both_believed(
    witnesses: list[Any], policy: Policy, log: Any, tmp_path: Path
) -> None:
    key = log().signer.verifier
    truth, lie = log("a"), log("b", forks=6)
    shown, hidden = published(tmp_path / "a", truth, 10), published(tmp_path / "b", lie, 10)
    for folder in (shown, hidden):
        assert audit_log(folder, [key], strict=False).ok, "each history is flawless by itself"

    # North and south see the truth, and whoever reads it believes it.
    witnesses[2].kill()
    believed = gather(shown.checkpoint(), policy, shown.prove_consistency, timeout=10, log=key)
    assert set(policy.check(believed, key).cosigned_by) == {"north.example", "south.example"}

    # The lie goes to the reader alone: no quorum, whatever lines are put below it.
    grafted = (*Note.parse(hidden.checkpoint()).signatures, *Note.parse(believed).signatures[1:])
    for attempt in (
        hidden.checkpoint(),
        Note(Note.parse(hidden.checkpoint()).text, grafted).to_bytes(),
    ):
        with pytest.raises(RegisterError, match=r"quorum|does not verify"):
            policy.check(attempt, key)

    # It asks for cosignatures on the lie: both witnesses refuse, and show what they hold.
    with pytest.raises(Diverged, match="prove that the log forked") as caught:
        gather(hidden.checkpoint(), policy, hidden.prove_consistency, timeout=10, log=key)
    assert caught.value.shown is not None
    assert check_fork(hidden.checkpoint(), caught.value.shown, key) is not None

    # Each kept the proof, and anyone can check it with the log's key alone.
    for each in witnesses[:2]:
        assert each.post(lie.request(10, 10))[0] == 422
        (kept,) = each.place.state.conflicts(ORIGIN)
        proof = check_fork(*split_pair(kept.read_bytes()), key)
        assert proof is not None
        assert proof.first.size == proof.second.size == 10
        ran = subprocess.run(
            [sys.executable, "-c", CHECK_FORK, "check-fork", str(kept), "--key", key.vkey],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout == f"PROVED: {ORIGIN} signed two different trees of 10 entries.\n"


def test_a_witness_that_saw_nothing_before_is_not_enough_for_the_lie(
    witnesses: list[Any], policy: Policy, log: Any
) -> None:
    key, truth, lie = log().signer.verifier, log("a"), log("b", forks=6)
    url = {name: each.url for name, each in zip(NAMES, witnesses, strict=True)}
    assert [each.post(truth.request(0, 10))[0] for each in witnesses[:2]] == [200, 200]

    # West never saw the truth and cosigns the lie; it alone is no quorum.
    status, lines = witnesses[2].post(lie.request(0, 10))
    assert status == 200
    with pytest.raises(RegisterError, match="quorum of witnesses is not met"):
        policy.check(lie.checkpoint(10) + lines, key)

    # Whoever compares what the witnesses show has the proof.
    import urllib3

    from holdshort.register.witness.state import origin_hash

    shown = {
        name: urllib3.request("GET", f"{url[name]}/{origin_hash(ORIGIN)}/checkpoint").data
        for name in NAMES
    }
    assert check_fork(shown["north.example"], shown["south.example"], key) is None
    assert check_fork(shown["north.example"], shown["west.example"], key) is not None


def test_a_lie_that_continues_further_is_refused_as_well(
    witnesses: list[Any], policy: Policy, log: Any
) -> None:
    key, truth, lie = log().signer.verifier, log("a"), log("b", forks=6)
    gather(truth.checkpoint(10), policy, truth.prove, timeout=10, log=key)
    with pytest.raises(Diverged):
        gather(lie.checkpoint(14), policy, lie.prove, timeout=10, log=key)
    for each in witnesses:
        assert each.post(lie.request(10, 14))[0] == 422
        held = each.place.witness().latest(ORIGIN)
        assert held is not None
        assert held.checkpoint.root == truth.tree(10).root()
    gather(truth.checkpoint(14), policy, truth.prove, timeout=10, log=key)
