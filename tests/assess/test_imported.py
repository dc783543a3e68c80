"""Logs from elsewhere: bound as they are, graded lower, with what is missing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from holdshort.assess.faults import Faulty
from holdshort.assess.imported import (
    import_logs,
    imported_checks,
    is_imported,
    missing_in,
)
from holdshort.errors import BadInput
from holdshort.register.canonical import parse

Forger = Any  # comes from conftest; its type cannot be imported from there


def evaluated(folder: Path, log_format: Literal["eval", "json"], answers: list[str]) -> Path:
    """A log that Inspect made with its own mock model, elsewhere than in a campaign."""
    import inspect_ai
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.scorer import match

    def output(answer: str) -> ModelOutput:
        made = ModelOutput.from_content("mockllm/model", answer)
        made.usage = ModelUsage(input_tokens=3, output_tokens=1, total_tokens=4)
        return made

    given = iter(answers)
    samples = [Sample(id=f"q/{n}", input=f"What is {n}?", target=str(n)) for n in range(4)]
    (log,) = inspect_ai.eval(
        inspect_ai.Task(MemoryDataset(samples, name="sums"), scorer=match(), name="sums"),
        model=get_model(
            "mockllm/model",
            memoize=False,
            custom_outputs=lambda *_: output(next(given)),
        ),
        log_dir=str(folder),
        log_format=log_format,
        log_realtime=False,
        display="none",
        score_display=False,
        max_samples=1,
    )
    assert log.status == "success"
    return Path(log.location)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("logs")
    return {
        "eval": evaluated(folder, "eval", ["0", "1", "2", "x"]),
        "json": evaluated(folder, "json", ["0", "x", "x", "x"]),
    }


def changed(log: Path, out: Path, change: Callable[[Any], None]) -> Path:
    from inspect_ai.log import read_eval_log, write_eval_log

    read = read_eval_log(str(log))
    change(read)
    write_eval_log(read, str(out))
    return out


@pytest.mark.parametrize("kinds", [("eval",), ("json",), ("eval", "json")])
def test_logs_are_bound_as_they_are_and_verify(
    logs: dict[str, Path], tmp_path: Path, kinds: tuple[str, ...], make_forger: Any
) -> None:
    out = tmp_path / "imported.tar"
    found = import_logs([logs[kind] for kind in kinds], out)
    assert (found.samples, found.scored) == (4 * len(kinds), 4 * len(kinds))
    assert is_imported(out)
    assert all(check.ok for check in imported_checks(out))
    members = make_forger(out).members
    assert [data for name, data in members.items() if name.startswith("logs/")] == [
        logs[kind].read_bytes() for kind in kinds
    ]
    again = tmp_path / "again.tar"
    import_logs([logs[kind] for kind in kinds], again)
    assert again.read_bytes() == out.read_bytes()


def test_what_is_missing_is_listed_and_why(logs: dict[str, Path], tmp_path: Path) -> None:
    found = import_logs([logs["eval"]], tmp_path / "imported.tar")
    what = [each for each, _ in found.missing]
    assert {"protocol", "item seed", "weights", "marks", "error rate", "generation seed"} <= {*what}
    assert missing_in(tmp_path / "imported.tar") == found.missing
    assert "agreement" not in what


def test_scores_that_were_changed_later_and_totals_that_do_not_fit_are_told(
    logs: dict[str, Path], tmp_path: Path
) -> None:
    from inspect_ai.log import ProvenanceData, edit_score, write_eval_log
    from inspect_ai.log import read_eval_log as read
    from inspect_ai.scorer import ScoreEdit

    log = read(str(logs["eval"]))
    author = ProvenanceData(author="somebody", reason="it looked right")
    edit_score(log, "q/3", "match", ScoreEdit(value="C", provenance=author), False)
    write_eval_log(log, str(tmp_path / "edited.eval"))
    found = import_logs([tmp_path / "edited.eval"], tmp_path / "imported.tar")
    missing = dict(found.missing)
    assert missing["first scores"].startswith("1 scores were changed")
    assert "states an accuracy of 0.75 for match; its samples give 1.0" in missing["agreement"]


def test_an_end_that_was_not_clean_is_told(logs: dict[str, Path], tmp_path: Path) -> None:
    def stop(log: Any) -> None:
        log.status = "cancelled"
        log.results = None
        del log.samples[2:]

    log = changed(logs["eval"], tmp_path / "stopped.eval", stop)
    found = import_logs([log], tmp_path / "imported.tar")
    assert found.samples == 2
    assert "ended as cancelled" in dict(found.missing)["end of the run"]


def test_a_log_that_holds_fewer_samples_than_it_says_is_refused(
    logs: dict[str, Path], tmp_path: Path
) -> None:
    log = changed(logs["eval"], tmp_path / "short.eval", lambda log: log.samples.pop())
    with pytest.raises(Faulty, match="header says 4 samples; the log holds 3"):
        import_logs([log], tmp_path / "imported.tar")
    assert not (tmp_path / "imported.tar").exists()


def test_what_is_no_log_is_refused(logs: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "imported.tar"
    cut = tmp_path / "cut.eval"
    cut.write_bytes(logs["eval"].read_bytes()[:-200])
    newer = tmp_path / "newer.json"
    text = logs["json"].read_text().replace('"version": 2', '"version": 99')
    newer.write_text(text)
    other = tmp_path / "other.json"
    other.write_text('{"a": 1}')
    for log in (cut, newer, other):
        with pytest.raises(Faulty, match="Inspect cannot read the log"):
            import_logs([log], out)
    for given, says in (
        ([], "no log to import"),
        ([tmp_path / "none.eval"], "no such log"),
        ([tmp_path], "no such log"),
        ([logs["eval"], logs["eval"]], "there twice"),
    ):
        with pytest.raises(BadInput, match=says):
            import_logs(given, out)
    (tmp_path / "log.txt").write_text("x")
    with pytest.raises(BadInput, match=r"ends in \.eval or \.json"):
        import_logs([tmp_path / "log.txt"], out)
    assert not out.exists()
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("samples.jsonl", lambda data: data.replace(b'"match"', b'"other"')),
        ("samples.jsonl", lambda data: data[: data.index(b"\n") + 1]),
        ("samples.jsonl", lambda data: data + data),
        ("imported.json", lambda data: data.replace(b'"samples":4', b'"samples":5')),
        ("imported.json", lambda data: b'{"grade":"full","logs":[],"missing":[]}'),
        ("logs/", lambda data: data[:-200]),
    ],
)
def test_what_is_changed_later_is_found_also_under_a_new_index(
    logs: dict[str, Path],
    tmp_path: Path,
    make_forger: Any,
    name: str,
    change: Callable[[bytes], bytes],
) -> None:
    import hashlib

    from holdshort.register.canonical import canonical

    import_logs([logs["eval"]], tmp_path / "imported.tar")
    forger = make_forger(tmp_path / "imported.tar")
    name = next(each for each in forger.members if each.startswith(name))
    changed = change(forger.members[name])
    assert changed != forger.members[name]
    forger.members[name] = changed
    index: Any = parse(forger.members["index.json"], "index.json")
    listed = {"sha256": hashlib.sha256(changed).hexdigest(), "size": len(changed)}
    members = {**index["members"], name: listed}
    forger.members["index.json"] = canonical({**index, "members": members})
    forged = forger.close(tmp_path / "forged.tar", reindex=False)
    assert [check for check in imported_checks(forged) if not check.ok]


def test_the_command_imports_and_verify_says_the_grade(
    holdshort: Callable[..., Any], logs: dict[str, Path], tmp_path: Path
) -> None:
    out = tmp_path / "imported.tar"
    ran = holdshort("assess", "import", logs["eval"], logs["json"], "--out", out)
    assert ran.code == 0
    assert "8 samples of 2 log(s), 8 scored. Grade: imported." in ran.out
    assert "  protocol: Nothing was locked" in ran.out
    verified = holdshort("assess", "verify", out, "--json")
    assert verified.code == 0
    said = json.loads(verified.out)
    assert (said["holds"], said["grade"], said["findings"]) == (True, "imported", [])
    assert said["missing"]
    assert "already" in holdshort("assess", "import", logs["eval"], "--out", out).err
    report = holdshort("assess", "report", out, "--html", tmp_path / "report.html")
    assert report.code == 2
    assert "No finding follows" in report.err
    on = holdshort("assess", "verify", out, "--register", tmp_path)
    assert on.code == 2
    assert "rests on no protocol" in on.err
