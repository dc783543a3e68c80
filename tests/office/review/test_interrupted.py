"""A review that is interrupted goes on from what the register says, and does nothing twice."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.docket.replay import replay
from holdshort.office.door import Office
from holdshort.office.review.events import Acted, Stage
from holdshort.register.audit import audit_log
from holdshort.register.folder import Folder

Scripted = Callable[..., Any]

ONCE_AN_AREA = "review.file-finding"
MORE_THAN_ONCE = {
    "register.enrol": 8,
    "accreditation.apply": 3,
    "accreditation.review-documents": 3,
    "proficiency.plant": 3,
    "proficiency.answer": 3,
    "proficiency.score": 3,
    "accreditation.grant": 3,
    "review.declare-interests": 3,
    ONCE_AN_AREA: 4,
}


class CrashError(Exception):
    """Something breaks that nobody foresaw."""


def stopping(after: int, error: type[BaseException]) -> Callable[[Any], None]:
    """A listener that stops the review after so many acts of this run."""
    left = after

    def tell(event: Any) -> None:
        nonlocal left
        if isinstance(event, Acted):
            left -= 1
            if left == 0:
                raise error

    return tell


def done(root: Path) -> list[str]:
    """The acts of a register, in order."""
    return [entry.act.type for entry in Office.open(root).entries()]


def check_done_once(root: Path, model: str) -> None:
    """Every act that a review takes is there, as often as it takes it, and the log is whole."""
    counted = Counter(done(root))
    snapshots = counted.pop("register.snapshot")
    assert snapshots >= 1
    assert counted.pop("review.clear" if model == "reference/null" else "review.refer") == 1
    assert counted.pop("review.issue-clearance", 0) == (model == "reference/null")
    for act, times in counted.items():
        assert times == MORE_THAN_ONCE.get(act, 1), act
    office = Office.open(root)
    found = audit_log(Folder(root / "public"), [office.docket.charter.verifier])
    assert found.ok
    assert replay(found.entries, office.book).fault is None


@pytest.mark.parametrize("model", ["reference/null", "reference/solver"])
def test_interrupted_after_every_single_act_it_arrives_where_it_would_have(
    tmp_path: Path, scripted: Scripted, model: str
) -> None:
    """One register, stopped again after each act: by Ctrl-C and by errors in turn."""
    whole = scripted(tmp_path / "whole", model)
    root = tmp_path / "stopped"
    for stop in range(100):
        error = (KeyboardInterrupt, CrashError)[stop % 2]
        try:
            outcome = scripted(root, model, stopping(1, error))
        except error:
            assert len(done(root)) <= stop + 2  # one act, and at most the snapshot it made due
        else:
            break
    assert outcome.resumed
    assert outcome.state == whole.state
    assert done(root) == done(tmp_path / "whole")
    check_done_once(root, model)


@pytest.mark.parametrize("after", range(1, 34, 4))
def test_interrupted_once_after_any_act_it_goes_on(
    tmp_path: Path, scripted: Scripted, after: int
) -> None:
    with pytest.raises(CrashError):
        scripted(tmp_path / "data", "reference/null", stopping(after, CrashError))
    outcome = scripted(tmp_path / "data", "reference/null")
    assert outcome.state == "cleared"
    check_done_once(tmp_path / "data", "reference/null")


@pytest.mark.parametrize(
    "stage", ["register", "parties", "declaration", "assignment", "assessment", "determination"]
)
def test_interrupted_as_a_stage_begins_it_goes_on(
    tmp_path: Path, scripted: Scripted, stage: str
) -> None:
    def tell(event: Any) -> None:
        if event == Stage(stage):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scripted(tmp_path / "data", "reference/null", tell)
    assert scripted(tmp_path / "data", "reference/null").state == "cleared"
    check_done_once(tmp_path / "data", "reference/null")


@pytest.mark.parametrize("method", ["run", "bundle", "findings"])
def test_an_error_inside_the_assessment_leaves_it_to_be_done(
    tmp_path: Path, scripted: Scripted, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def fail(*_: object) -> None:
        raise CrashError

    with monkeypatch.context() as broken:
        broken.setattr(f"holdshort.office.review.review.Assessment.{method}", fail)
        with pytest.raises(CrashError):
            scripted(tmp_path / "data", "reference/null")
    assert done(tmp_path / "data")[-1] == "review.contribute-seed"
    assert scripted(tmp_path / "data", "reference/null").state == "cleared"
    check_done_once(tmp_path / "data", "reference/null")


def test_secrets_survive_a_crash_because_the_keys_hold_them(
    tmp_path: Path, scripted: Scripted
) -> None:
    """A value committed to before the crash is the one revealed after it."""
    with pytest.raises(CrashError):
        scripted(tmp_path / "data", "reference/null", stopping(32, CrashError))
    assert done(tmp_path / "data")[-1].startswith("review.commit-")
    scripted(tmp_path / "data", "reference/null")
    revealed = [act for act in done(tmp_path / "data") if act.startswith("review.reveal-")]
    assert revealed == ["review.reveal-authority", "review.reveal-developer"]
