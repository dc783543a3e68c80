"""A public copy shows what it can without a key, gives all back with it, and hides no tampering."""

import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.assess.faults import Fault, Faulty
from holdshort.assess.redacted import is_copy, redact, restore
from holdshort.assess.redacted_check import copy_checks
from holdshort.assess.verify import Claims, examine
from holdshort.errors import BadInput, Refused, RegisterError
from holdshort.register.canonical import canonical, parse
from holdshort.register.sealing.age import new_identity, recipient_of

# Fixtures come from conftest; their types cannot be imported from there.
Finished = Any
Forger = Any

READER, OTHER = new_identity(), new_identity()
MARKS = "areas/cybersecurity/marks.jsonl"
LEDGER = "areas/cybersecurity/samples.jsonl"


@pytest.fixture(scope="module", params=["logs", "answers"])
def copy(
    request: pytest.FixtureRequest, finished: Finished, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    out = tmp_path_factory.mktemp("copy") / f"{request.param}.tar"
    redact(finished.bundle, out, [recipient_of(READER)], answers=request.param == "answers")
    return out


@pytest.fixture(scope="module")
def sealed_answers(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("copy") / "answers.tar"
    redact(finished.bundle, out, [recipient_of(READER)], answers=True)
    return out


def claims(finished: Finished) -> Claims:
    return Claims(finished.protocol, finished.findings)


def faults(path: Path, finished: Finished) -> dict[Any, str]:
    return {each.fault: each.detail for each in copy_checks(path, claims(finished)) if not each.ok}


def test_a_reader_gets_the_full_bundle_back_byte_for_byte(
    copy: Path, finished: Finished, tmp_path: Path
) -> None:
    digest = restore(copy, tmp_path / "full.tar", READER)
    assert (tmp_path / "full.tar").read_bytes() == finished.bundle.read_bytes()
    assert digest == hashlib.sha256(finished.bundle.read_bytes()).hexdigest()


def test_whoever_is_no_reader_gets_nothing(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="sealed to other readers"):
        restore(copy, tmp_path / "full.tar", OTHER)
    assert list(tmp_path.iterdir()) == []


def test_the_index_is_that_of_the_full_bundle(
    copy: Path, finished: Finished, make_forger: Callable[[Path], Forger]
) -> None:
    full, public = make_forger(finished.bundle).members, make_forger(copy).members
    assert is_copy(copy)
    assert not is_copy(finished.bundle)
    assert public["index.json"] == full["index.json"]
    hidden = [data for name, data in full.items() if name not in public]
    whole = copy.read_bytes()
    assert hidden
    assert all(data[:200] not in whole for data in hidden)


def test_what_is_public_holds_and_what_takes_the_key_is_said(
    copy: Path, finished: Finished
) -> None:
    checks = list(copy_checks(copy, claims(finished)))
    assert all(check.ok for check in checks)
    parts = {"logs"} if copy.stem == "logs" else {"logs", "items"}
    areas = finished.findings
    said = {check.name for check in checks if check.unchecked}
    assert said == {f"{area}: {part}" for area in areas for part in parts}
    assert {f"{area}: finding" for area in areas} <= {check.name for check in checks}


def test_a_copy_is_no_evidence_of_record(copy: Path, finished: Finished) -> None:
    """What an act names must be the full bundle, or a finding could rest on what nobody sees."""
    checks = examine(
        copy, protocol_fields=finished.protocol.to_fields(), findings=finished.findings
    )
    assert Fault.MEMBER in {check.fault for check in checks}


def test_a_finding_that_the_marks_do_not_give_is_named(copy: Path, finished: Finished) -> None:
    findings = dict(finished.findings)
    found = findings["cybersecurity"]
    findings["cybersecurity"] = dataclasses.replace(found, successes=found.successes - 1)
    checks = copy_checks(copy, Claims(finished.protocol, findings))
    assert [check.fault for check in checks if not check.ok] == [Fault.FINDING]


def edit_marks(members: dict[str, bytes], change: Callable[[list[Any]], None]) -> None:
    marks = [parse(line, MARKS) for line in members[MARKS].splitlines()]
    change(marks)
    members[MARKS] = b"".join(canonical(each) + b"\n" for each in marks)


def all_right(marks: list[Any]) -> None:
    for each in marks:
        each["correct"] = True


def releaf(marks: list[Any]) -> None:
    marks[3]["leaf"] = "0" * 64


def swap(marks: list[Any]) -> None:
    marks[3], marks[4] = marks[4], marks[3]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda members: edit_marks(members, all_right), Fault.FINDING),
        (lambda members: edit_marks(members, releaf), Fault.ROOT),
        (lambda members: edit_marks(members, swap), Fault.ORDER),
        (lambda members: edit_marks(members, lambda marks: marks.pop()), Fault.ROOT),
        (lambda members: members.pop(MARKS), Fault.MEMBER),
        (lambda members: members.pop(f"{LEDGER}.age"), Fault.MEMBER),
        (lambda members: members.update({f"{LEDGER}.age": b"x"}), Fault.MEMBER),
        (lambda members: members.update({"sealed.json": b"{}"}), Fault.MEMBER),
        (lambda members: members.update({"results.json": b"{}"}), Fault.MEMBER),
        (lambda members: members.pop("logged.jsonl"), Fault.MEMBER),
    ],
)
def test_tampering_with_what_is_public_is_named(
    sealed_answers: Path,
    finished: Finished,
    make_forger: Callable[[Path], Forger],
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], None],
    fault: Fault,
) -> None:
    forger = make_forger(sealed_answers)
    change(forger.members)
    assert fault in faults(forger.close(tmp_path / "forged.tar", reindex=False), finished)


def relabelled(copy: Path, make_forger: Callable[[Path], Forger], out: Path, **label: Any) -> Path:
    forger = make_forger(copy)
    stated = forger.json("sealed.json")
    for name in stated["members"]:
        data = forger.members[f"{name}.age"]
        stated["members"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    forger.members["sealed.json"] = canonical(stated | label)
    return Path(forger.close(out, reindex=False))


def test_marks_that_are_not_those_of_the_sealed_answers_are_named_with_the_key(
    sealed_answers: Path,
    finished: Finished,
    make_forger: Callable[[Path], Forger],
    tmp_path: Path,
) -> None:
    """The leaf hashes stand, so that the root does too."""
    forger = make_forger(sealed_answers)

    def two(marks: list[Any]) -> None:
        counted = marks[: finished.findings["cybersecurity"].items - 1]
        right = next(each for each in reversed(counted) if each["correct"])
        wrong = next(each for each in reversed(counted) if not each["correct"])
        right["correct"], wrong["correct"] = False, True

    edit_marks(forger.members, two)
    forged = forger.close(tmp_path / "forged.tar", reindex=False)
    with pytest.raises(Faulty, match="marks that are shown") as caught:
        restore(forged, tmp_path / "full.tar", READER)
    assert caught.value.fault is Fault.SCORE


def test_what_is_sealed_is_held_against_the_index(
    copy: Path, make_forger: Callable[[Path], Forger], tmp_path: Path
) -> None:
    from holdshort.register.sealing.age import encrypt

    forger = make_forger(copy)
    name = next(each for each in forger.members if each.endswith(".eval.age"))
    honest = forger.members[name]
    for data, kind, says in (
        (encrypt(b"another log", [recipient_of(READER)]), Faulty, "not what is listed"),
        (honest[:-1], RegisterError, "damaged"),
    ):
        forger.members[name] = data
        forger.close(tmp_path / "a.tar", reindex=False)
        forged = relabelled(tmp_path / "a.tar", make_forger, tmp_path / "b.tar")
        with pytest.raises(kind, match=says):
            restore(forged, tmp_path / "full.tar", READER)
        assert not (tmp_path / "full.tar").exists()


def test_a_copy_that_names_another_bundle_is_found_out(
    copy: Path, make_forger: Callable[[Path], Forger], tmp_path: Path
) -> None:
    forged = relabelled(copy, make_forger, tmp_path / "forged.tar", bundle="0" * 64)
    with pytest.raises(Faulty, match="not of the bundle that it names"):
        restore(forged, tmp_path / "full.tar", READER)
    assert not (tmp_path / "full.tar").exists()


def test_only_a_full_bundle_is_redacted_and_only_for_readers(
    copy: Path, finished: Finished, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="Not the full evidence"):
        redact(copy, tmp_path / "b.tar", [recipient_of(READER)], answers=True)
    with pytest.raises(BadInput, match="no reader"):
        redact(finished.bundle, tmp_path / "b.tar", [], answers=True)
    with pytest.raises(BadInput, match="no age recipient"):
        redact(finished.bundle, tmp_path / "b.tar", ["age1x"], answers=True)
    assert list(tmp_path.iterdir()) == []
