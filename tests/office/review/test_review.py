"""A review from its first act to the gate."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from holdshort.docket.replay import replay
from holdshort.errors import BadInput, Busy, HoldshortError
from holdshort.gate.check import RegisterView, check
from holdshort.office.door import Office
from holdshort.office.opening import Opening, open_register
from holdshort.office.place import Place
from holdshort.office.review.events import Acted, Note, Stage
from holdshort.office.review.review import one_at_a_time
from holdshort.register.audit import audit_log
from holdshort.register.folder import Folder
from holdshort.register.status import Status
from holdshort.rulebook.model import Rulebook

Scripted = Callable[..., Any]


def acts(office: Office) -> list[tuple[str, str, str]]:
    """What was done, in which case, by whom."""
    return [(entry.act.type, entry.act.case, entry.act.by) for entry in office.entries()]


@pytest.mark.parametrize(
    ("model", "state", "standing"),
    [
        ("reference/null", "cleared", (Status.VALID,)),
        ("reference/solver", "referred", ()),
        ("reference/guesser", "conditional", (Status.CONDITIONAL,)),
    ],
)
def test_the_findings_decide_what_becomes_of_a_model(
    tmp_path: Path, scripted: Scripted, model: str, state: str, standing: tuple[Status, ...]
) -> None:
    outcome = scripted(tmp_path / "data", model)
    docket = outcome.office.docket
    assert outcome.state == state
    assert not outcome.resumed
    assert docket.last_snapshot.statuses == standing
    view = RegisterView(Folder(tmp_path / "data" / "public"))
    decision = check(outcome.manifest, view, allow_rehearsal=True, now=datetime.now(UTC))
    assert decision.served == bool(standing)
    found = audit_log(Folder(tmp_path / "data" / "public"), [docket.charter.verifier])
    assert found.ok
    assert replay(found.entries, outcome.office.book).fault is None


def test_conditions_name_the_areas_that_stayed_open(tmp_path: Path, scripted: Scripted) -> None:
    office = scripted(tmp_path / "data", "reference/guesser").office
    (act,) = (entry.act for entry in office.entries() if entry.act.name == "clear-with-conditions")
    assert all(area in str(act.fields["conditions"]) for area in office.book.areas)


def test_a_referral_states_the_findings_it_rests_on(tmp_path: Path, scripted: Scripted) -> None:
    office = scripted(tmp_path / "data", "reference/solver").office
    findings = [entry.index for entry in office.entries() if entry.act.name == "file-finding"]
    (act,) = (entry.act for entry in office.entries() if entry.act.name == "refer")
    assert act.fields["inputs"] == findings
    assert "unacceptable" in str(act.fields["technical_facts"])


def test_the_assessor_is_drawn_from_those_without_a_conflict(
    tmp_path: Path, scripted: Scripted
) -> None:
    outcome = scripted(tmp_path / "data")
    assert outcome.case.bound["assessor"] in ("assessor-beacon", "assessor-harbour")


def test_whoever_watches_hears_every_stage_and_every_act(
    tmp_path: Path, scripted: Scripted
) -> None:
    heard: list[Any] = []
    office = scripted(tmp_path / "data", tell=heard.append).office
    stages = [event.title for event in heard if isinstance(event, Stage)]
    assert stages == [
        *("register", "parties", "declaration", "assignment", "assessment", "determination")
    ]
    told = [event.receipt.entry.index for event in heard if isinstance(event, Acted)]
    assert told == list(range(office.docket.size))
    assert any("not given" in e.text or "No facts" in e.text for e in heard if isinstance(e, Note))


def test_a_second_run_finds_nothing_left_to_do_and_files_nothing(
    tmp_path: Path, scripted: Scripted
) -> None:
    first = scripted(tmp_path / "data")
    second = scripted(tmp_path / "data")
    assert second.resumed
    assert second.state == first.state
    assert second.case.id == first.case.id
    assert acts(second.office) == acts(first.office)


def test_two_models_are_reviewed_side_by_side_on_one_register(
    tmp_path: Path, scripted: Scripted
) -> None:
    null = scripted(tmp_path / "data", "reference/null")
    solver = scripted(tmp_path / "data", "reference/solver")
    half = scripted(tmp_path / "data", "reference/guesser")
    docket = half.office.docket
    states = {each.case.id: docket.state(docket.cases[each.case.id], half.office.now())
              for each in (null, solver, half)}  # fmt: skip
    assert list(states.values()) == ["cleared", "referred", "conditional"]
    assert docket.last_snapshot.statuses == (Status.VALID, Status.CONDITIONAL)
    assert Counter(act for act, _, _ in acts(half.office))["register.enrol"] == 8
    view = RegisterView(Folder(tmp_path / "data" / "public"))
    served = [
        check(each.manifest, view, allow_rehearsal=True).case for each in (null, solver, half)
    ]
    assert served == [null.case.id, None, half.case.id]


def test_other_weights_under_the_same_name_are_another_case(
    tmp_path: Path, scripted: Scripted
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "weights").write_text(name)
    cases = {
        scripted(tmp_path / "data", weights=tmp_path / name).case.id for name in ("one", "two")
    }
    assert len(cases) == 2


# ------------------------------------------------------------------ a review is refused


def test_one_review_at_a_time_runs_on_a_register(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with one_at_a_time(place), pytest.raises(Busy) as busy, one_at_a_time(place):
        pass
    assert "--data" in str(busy.value.do)
    with one_at_a_time(Place(tmp_path)):
        pass


HOLDER = """
import sys
from pathlib import Path
from holdshort.office.place import Place
from holdshort.office.review.review import one_at_a_time
with one_at_a_time(Place(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_review_of_another_process_is_not_waited_for(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Busy), one_at_a_time(Place(tmp_path)):
            pass
        holder.communicate("\n")
    with one_at_a_time(Place(tmp_path)):
        pass


def test_one_person_does_not_play_the_parties_of_a_real_register(
    tmp_path: Path, scripted: Scripted, book: Rulebook
) -> None:
    office, _ = open_register(Place(tmp_path), book, Opening("Real", rehearsal=False))
    with pytest.raises(BadInput, match="not a rehearsal"):
        scripted(tmp_path)
    assert Office.open(tmp_path).docket.size == office.docket.size == 1


def test_a_register_under_another_law_is_left_alone(
    tmp_path: Path, scripted: Scripted, book: Rulebook
) -> None:
    from holdshort.rulebook.load import read_rulebook

    other = read_rulebook(book.text + b"\n# another edition\n", "another edition")
    open_register(Place(tmp_path), other, Opening("Other", rehearsal=True))
    with pytest.raises(BadInput, match="This register applies"):
        scripted(tmp_path)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("madeup/model", "cannot be used"),
        ("reference/genius", "no reference model"),
        ("gguf/nowhere.gguf", "no such model file"),
        ("model", "no Inspect model name"),
    ],
)
def test_a_model_that_is_none_is_refused_before_any_act_names_it(
    tmp_path: Path, scripted: Scripted, model: str, says: str
) -> None:
    with pytest.raises(HoldshortError, match=says):
        scripted(tmp_path / "fresh", model)
    assert not Place(tmp_path / "fresh").database.exists()
    size = scripted(tmp_path / "data").office.docket.size
    with pytest.raises(HoldshortError, match=says):
        scripted(tmp_path / "data", model)
    assert Office.open(tmp_path / "data").docket.size == size


def test_a_broken_facts_file_is_refused_before_any_act_names_the_model(
    tmp_path: Path, scripted: Scripted
) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text("model: [\n")
    with pytest.raises(BadInput, match=r"facts\.yaml:2"):
        scripted(tmp_path / "data", facts=facts)
    assert not Place(tmp_path / "data").database.exists()


# ------------------------------------------------------------------ suites that change meanwhile


def stopped_after(name: str) -> Callable[[Any], None]:
    """A listener that interrupts once the named act is filed."""

    def tell(event: Any) -> None:
        if isinstance(event, Acted) and event.receipt.entry.act.name == name:
            raise KeyboardInterrupt

    return tell


def some_weights(tmp_path: Path) -> Path:
    """Weights of a model that is not made of the suites' own code."""
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "model.gguf").write_bytes(b"weights")
    return tmp_path / "weights"


def change_suite(monkeypatch: pytest.MonkeyPatch, area: str) -> None:
    """Let the code of an area's suite have another digest from now on."""
    from holdshort.assess.suites.suite import Suite

    real = Suite.digest

    def digest(suite: Suite) -> str:
        return "ab" * 32 if suite.area == area else real(suite)

    monkeypatch.setattr(Suite, "digest", digest)


@pytest.mark.parametrize("after", ["lock-protocol", "contribute-seed"])
def test_suites_that_changed_after_the_lock_change_the_protocol_in_the_open(
    tmp_path: Path, scripted: Scripted, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    weights = some_weights(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        scripted(tmp_path / "data", "reference/guesser", stopped_after(after), weights=weights)
    change_suite(monkeypatch, "cybersecurity")
    outcome = scripted(tmp_path / "data", "reference/guesser", weights=weights)
    entries = list(outcome.office.entries())
    (changed,) = (entry.act for entry in entries if entry.act.name == "change-protocol")
    assert "cybersecurity" in str(changed.fields["reasons"])
    assert "automated_rnd" not in str(changed.fields["reasons"])
    (locked,) = (entry.act for entry in entries if entry.act.name == "lock-protocol")
    assert changed.fields["commitment"] != locked.fields["commitment"]
    assert outcome.state == "conditional"
    folders = sorted(
        each.name for each in Place(tmp_path / "data").assessment(outcome.case.id).iterdir()
    )
    assert folders[-1] == "2"


def test_suites_that_did_not_change_keep_their_protocol(tmp_path: Path, scripted: Scripted) -> None:
    with pytest.raises(KeyboardInterrupt):
        scripted(tmp_path / "data", tell=stopped_after("contribute-seed"))
    names = [act for act, _, _ in acts(scripted(tmp_path / "data").office)]
    assert "review.change-protocol" not in names
    assert names.count("review.lock-protocol") == 1


def test_once_something_is_found_the_protocol_stays_and_the_version_is_asked_for(
    tmp_path: Path, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    from holdshort.assess.campaign import check_suites

    weights = some_weights(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        scripted(tmp_path / "data", tell=stopped_after("file-finding"), weights=weights)
    change_suite(monkeypatch, "cybersecurity")

    def run(self: Any, tell: object) -> None:
        check_suites(self.protocol)  # as every campaign does first

    monkeypatch.setattr("holdshort.office.review.review.Assessment.run", run)
    with pytest.raises(BadInput, match="changed since the protocol was locked") as refused:
        scripted(tmp_path / "data", weights=weights)
    assert "Install the version" in str(refused.value.do)
