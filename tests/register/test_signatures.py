"""Many signatures, checked beside the fold in other processes, or here where they are few."""

import pytest

from holdshort.register import signatures as module
from holdshort.register.keys import PrivateKey, PublicKey
from holdshort.register.signatures import Signatures

MESSAGE = b"an act"


@pytest.fixture(scope="module")
def signed() -> tuple[PublicKey, bytes]:
    key = PrivateKey.from_seed(b"a seed that is known to everybody"[:32])
    return key.public, key.sign(MESSAGE)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes are worth their start from the first signature on."""
    monkeypatch.setattr(module, "_BATCH", 4)
    monkeypatch.setattr(module, "_WORTH_IT", 8)


@pytest.mark.parametrize("processes", [0, 2])
@pytest.mark.usefixtures("small")
def test_all_hold_or_the_first_that_does_not_is_named(
    signed: tuple[PublicKey, bytes], processes: int
) -> None:
    key, signature = signed
    with Signatures(processes) as checked:
        for entry in range(50):
            checked.add(entry, "acme", key, signature, MESSAGE)
        assert checked.failed() is None
        assert checked.count == 50
    with Signatures(processes) as checked:
        for entry in range(50):
            checked.add(entry, "acme", key, signature, b"else" if entry in (17, 40) else MESSAGE)
        failed = checked.failed()
    assert failed is not None
    assert (failed.entry, failed.by) == (17, "acme")
    assert failed.why


def test_few_are_checked_without_another_process(
    signed: tuple[PublicKey, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(module, "spawned", none)
    key, signature = signed
    with Signatures() as checked:
        for entry in range(100):
            checked.add(entry, "acme", key, signature, MESSAGE if entry != 99 else b"")
        failed = checked.failed()
    assert failed is not None
    assert failed.entry == 99


@pytest.mark.usefixtures("small")
def test_where_no_process_can_be_started_they_are_checked_here(
    signed: tuple[PublicKey, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("no processes here")

    monkeypatch.setattr(module, "spawned", refuse)
    key, signature = signed
    with Signatures(2) as checked:
        for entry in range(30):
            checked.add(entry, "acme", key, signature, MESSAGE if entry != 21 else b"")
        assert checked.hopeless
        failed = checked.failed()
    assert failed is not None
    assert failed.entry == 21


@pytest.mark.usefixtures("small")
def test_a_process_that_dies_leaves_nothing_unchecked(signed: tuple[PublicKey, bytes]) -> None:
    import os
    import signal

    key, signature = signed
    with Signatures(1) as checked:
        for entry in range(12):
            checked.add(entry, "acme", key, signature, MESSAGE)
        assert checked._pool is not None
        for process in list(checked._pool._processes):
            os.kill(process, signal.SIGKILL)
        for entry in range(12, 40):
            checked.add(entry, "acme", key, signature, MESSAGE if entry != 33 else b"")
        failed = checked.failed()
    assert failed is not None
    assert failed.entry == 33
