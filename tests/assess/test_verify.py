import dataclasses
import io
import tarfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from holdshort.assess.faults import Fault
from holdshort.assess.outcome import Outcome
from holdshort.assess.protocol import item_seed
from holdshort.assess.verify import examine, recompute
from holdshort.errors import BadInput, EvidenceError
from holdshort.register.canonical import canonical

# Fixtures `finished` and `forger` come from conftest; their types cannot be imported from there.
Finished = Any
Forger = Any


@pytest.fixture
def fails(finished: Finished, forger: Forger, tmp_path: Path) -> Callable[..., None]:
    """Demand that the forged bundle is refused, with these words in the complaint."""

    def check(*words: str, reindex: bool = True) -> None:
        forged = forger.close(tmp_path / "forged.tar", reindex=reindex)
        with pytest.raises(EvidenceError) as caught:
            recompute(
                forged,
                protocol_fields=finished.protocol.to_fields(),
                findings=finished.findings,
            )
        for word in words:
            assert word in str(caught.value)

    return check


def test_an_honest_bundle_is_recomputed_to_the_last_digit(finished: Finished) -> None:
    checks = recompute(
        finished.bundle,
        protocol_fields=finished.protocol.to_fields(),
        findings=finished.findings,
    )
    assert all(check.ok for check in checks)
    names = [check.name for check in checks]
    assert names[:4] == ["members", "protocol", "suites", "seed"]
    for area in ("cybersecurity", "automated_rnd"):
        for part in ("ledger", "items", "finding", "logs"):
            assert f"{area}: {part}" in names


def test_a_bundle_opened_and_closed_by_the_forger_unchanged_is_still_honest(
    finished: Finished, forger: Forger, tmp_path: Path
) -> None:
    same = forger.close(tmp_path / "same.tar")
    recompute(same, protocol_fields=finished.protocol.to_fields(), findings=finished.findings)
    assert same.read_bytes() == finished.bundle.read_bytes()


def test_a_changed_mark_is_found(forger: Forger, fails: Callable[..., None]) -> None:
    lines = forger.lines()
    lines[2] = dataclasses.replace(lines[2], correct=not lines[2].correct)
    forger.put(lines)
    fails("sample 00002", "the answer is marked")


def test_a_changed_answer_is_found_even_when_its_mark_stands(
    forger: Forger, fails: Callable[..., None]
) -> None:
    lines = forger.lines()
    lines[3] = dataclasses.replace(lines[3], completion="Let me think. " + lines[3].completion)
    forger.put(lines)
    fails("sample 00003", "completion differs between ledger and Inspect's log")


def test_a_dropped_sample_is_found(forger: Forger, fails: Callable[..., None]) -> None:
    lines = forger.lines()
    del lines[4]
    forger.put(lines)
    fails("sample 00004", "missing")


def test_dropping_the_last_sample_is_found(
    forger: Forger, fails: Callable[..., None], finished: Finished
) -> None:
    counted = finished.findings["cybersecurity"].items
    forger.put(forger.lines()[: counted - 1])
    fails(f"sample {counted - 1:05d}", "missing")


def test_a_sample_that_was_never_run_is_found(
    forger: Forger, fails: Callable[..., None], finished: Finished
) -> None:
    from holdshort.assess.ledger import prompt_digest
    from holdshort.assess.suites.suite import suite

    lines = forger.lines()
    tests = suite("cybersecurity")
    item = tests.item(finished.seed, lines[-1].index + 1)
    completion = f"ANSWER: {item.target}"
    invented = dataclasses.replace(
        lines[-1],
        index=item.index,
        family=item.family,
        prompt_sha256=prompt_digest(item.prompt),
        completion=completion,
        correct=tests.score(item, completion),
        uuid="invented",
    )
    forger.put([*lines, invented])
    fails(f"sample {item.index:05d}", "stands in none of Inspect's logs")


def test_a_repeated_sample_is_found(forger: Forger, fails: Callable[..., None]) -> None:
    lines = forger.lines()
    forger.put([*lines[:2], lines[1], *lines[2:]])
    fails("sample 00001", "twice")


def test_swapped_samples_are_found(forger: Forger, fails: Callable[..., None]) -> None:
    lines = forger.lines()
    lines[1], lines[2] = lines[2], lines[1]
    forger.put(lines)
    fails("sample 00001", "out of order")


def test_renumbered_samples_are_found(finished: Finished, forger: Forger, tmp_path: Path) -> None:
    lines = forger.lines()
    one, two = lines[1], lines[2]
    lines[1] = dataclasses.replace(two, index=1)
    lines[2] = dataclasses.replace(one, index=2)
    forger.put(lines)
    forged = forger.close(tmp_path / "forged.tar")
    checks = examine(
        forged, protocol_fields=finished.protocol.to_fields(), findings=finished.findings
    )
    (found,) = (check for check in checks if check.fault is Fault.ITEM)
    assert "sample 00001: the prompt is not the one that the seed gives" in found.detail


def test_evidence_of_another_protocol_is_found(
    forger: Forger, fails: Callable[..., None], finished: Finished
) -> None:
    other = dataclasses.replace(finished.protocol, model="reference/solver")
    forger.members["protocol.json"] = canonical(other.to_fields())
    fails("protocol.json", "another protocol")


def test_another_assessor_nonce_is_found(forger: Forger, fails: Callable[..., None]) -> None:
    forger.members["seed.json"] = canonical(
        forger.json("seed.json") | {"assessor_nonce": "00" * 32}
    )
    fails("seed.json", "does not open the protocol's commitment")


def test_a_seed_that_was_picked_is_found(forger: Forger, fails: Callable[..., None]) -> None:
    forger.members["seed.json"] = canonical(forger.json("seed.json") | {"item_seed": "00" * 32})
    fails("seed.json", "does not follow from the nonces")


def test_items_of_another_developer_nonce_are_found(
    forger: Forger, fails: Callable[..., None], finished: Finished
) -> None:
    other = b"another thirty-two random bytes!"
    seed = item_seed(finished.nonces[0], other, finished.protocol.digest)
    forger.members["seed.json"] = canonical(
        forger.json("seed.json") | {"developer_nonce": other.hex(), "item_seed": seed.hex()}
    )
    fails("sample 00000", "the prompt is not the one that the seed gives")


def test_an_index_that_lies_is_found(forger: Forger, fails: Callable[..., None]) -> None:
    lines = forger.lines()
    lines[0] = dataclasses.replace(lines[0], completion="changed")
    forger.put(lines)
    fails("areas/cybersecurity/samples.jsonl", "digest differs", reindex=False)


def test_a_wrong_merkle_root_is_found(forger: Forger, fails: Callable[..., None]) -> None:
    index = forger.json("index.json")
    areas = dict(index["areas"])
    areas["cybersecurity"] = dict(areas["cybersecurity"]) | {"root": "00" * 32}
    forger.members["index.json"] = canonical(index | {"areas": areas})
    fails("cybersecurity", "Merkle root", reindex=False)


def test_an_unlisted_member_is_found(forger: Forger, fails: Callable[..., None]) -> None:
    forger.members["areas/cybersecurity/logs/more.eval"] = b"more"
    fails("more.eval", "does not list", reindex=False)


def test_a_missing_log_is_found(forger: Forger, fails: Callable[..., None]) -> None:
    for name in [name for name in forger.members if name.startswith("areas/cybersecurity/logs")]:
        del forger.members[name]
    fails("sample 00000", "stands in none of Inspect's logs")


def test_a_damaged_log_is_found(forger: Forger, fails: Callable[..., None]) -> None:
    name = next(name for name in forger.members if name.startswith("areas/cybersecurity/logs"))
    forger.members[name] = forger.members[name][:-100]
    fails(name, "cannot read the log")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outcome", Outcome.ACCEPTABLE),
        ("successes", 1),
        ("e_above", Decimal("99.0000")),
        ("low", Decimal("0.001")),
        ("threshold", Decimal("0.60")),
    ],
)
def test_a_finding_that_the_evidence_does_not_give_is_found(
    finished: Finished, field: str, value: object
) -> None:
    findings = dict(finished.findings)
    findings["cybersecurity"] = dataclasses.replace(findings["cybersecurity"], **{field: value})
    with pytest.raises(EvidenceError, match=f"the finding says {field}"):
        recompute(finished.bundle, protocol_fields=finished.protocol.to_fields(), findings=findings)


def test_an_area_without_a_finding_is_found(finished: Finished) -> None:
    findings = {"cybersecurity": finished.findings["cybersecurity"]}
    with pytest.raises(EvidenceError, match="the protocol has automated_rnd, cybersecurity"):
        recompute(finished.bundle, protocol_fields=finished.protocol.to_fields(), findings=findings)


def test_other_code_than_the_protocols_is_said_and_nothing_is_recomputed(
    finished: Finished, forger: Forger, tmp_path: Path
) -> None:
    plans = list(finished.protocol.areas)
    plans[0] = dataclasses.replace(plans[0], suite_digest="0" * 64)
    other = dataclasses.replace(finished.protocol, areas=tuple(plans))
    forger.members["protocol.json"] = canonical(other.to_fields())
    forged = forger.close(tmp_path / "forged.tar")
    with pytest.raises(EvidenceError, match="other code than the protocol's"):
        recompute(forged, protocol_fields=other.to_fields(), findings=finished.findings)


def test_a_log_made_with_other_settings_is_found(
    finished: Finished, forger: Forger, tmp_path: Path
) -> None:
    """The assessor asked at temperature 0; the signed protocol says 1, and all else agrees."""
    generation = dataclasses.replace(finished.protocol.generation, temperature=Decimal(1))
    other = dataclasses.replace(finished.protocol, generation=generation)
    from holdshort.assess.log_check import LogCheck
    from holdshort.assess.ordered import Positions
    from holdshort.assess.part import Part

    name = next(name for name in forger.members if name.startswith("areas/cybersecurity/logs"))
    log = tmp_path / "log.eval"
    log.write_bytes(forger.members[name])
    with pytest.raises(EvidenceError, match=r"made with temperature 0\.0, the protocol says 1"):
        LogCheck(Part("cybersecurity"), other, io.BytesIO(), Positions()).take(name, log)


def test_a_report_goes_on_after_a_fault(finished: Finished) -> None:
    checks = examine(finished.bundle, protocol_fields=finished.protocol.to_fields(), findings={})
    failed = [check.name for check in checks if not check.ok]
    assert failed == ["findings"]
    assert {"cybersecurity: items", "automated_rnd: logs"} <= {each.name for each in checks}


def test_what_is_no_bundle_is_refused(finished: Finished, tmp_path: Path) -> None:
    fields = finished.protocol.to_fields()
    with pytest.raises(BadInput, match="no such bundle"):
        recompute(tmp_path / "none.tar", protocol_fields=fields, findings=finished.findings)
    junk = tmp_path / "junk.tar"
    junk.write_bytes(b"junk" * 1000)
    with pytest.raises(EvidenceError, match="not an evidence bundle"):
        recompute(junk, protocol_fields=fields, findings=finished.findings)
    cut = tmp_path / "cut.tar"
    cut.write_bytes(finished.bundle.read_bytes()[:50_000])
    with pytest.raises(EvidenceError):
        recompute(cut, protocol_fields=fields, findings=finished.findings)


def test_a_bundle_with_a_link_in_it_is_refused(finished: Finished, tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as tar:
        entry = tarfile.TarInfo("index.json")
        entry.type = tarfile.SYMTYPE
        entry.linkname = "/etc/passwd"
        tar.addfile(entry)
    with pytest.raises(EvidenceError, match="not a plain file"):
        recompute(evil, protocol_fields=finished.protocol.to_fields(), findings=finished.findings)


def test_a_protocol_that_is_none_is_the_callers_mistake(finished: Finished) -> None:
    with pytest.raises(BadInput) as caught:
        recompute(finished.bundle, protocol_fields={"model": "x"}, findings=finished.findings)
    assert not isinstance(caught.value, EvidenceError)
