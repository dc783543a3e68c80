"""Each kind of tampering is named, also where several are there at once."""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.assess.bundle import campaign_findings, pack
from holdshort.assess.campaign import run
from holdshort.assess.executors.pool import PoolExecutor
from holdshort.assess.faults import Fault
from holdshort.assess.ledger import Line
from holdshort.assess.protocol import Protocol
from holdshort.assess.verify import Claims, checks_of, examine
from holdshort.errors import BadInput, EvidenceError
from holdshort.register.canonical import canonical

# Fixtures come from conftest; their types cannot be imported from there.
Finished = Any
Forger = Any

LOGS = "areas/cybersecurity/logs/"
CHAIN = "areas/cybersecurity/units.jsonl"


@pytest.fixture
def faults(finished: Finished, forger: Forger, tmp_path: Path) -> Callable[..., dict[Fault, str]]:
    """What is said of the forged bundle, by kind of fault."""

    def found(*, reindex: bool = True) -> dict[Fault, str]:
        forged = forger.close(tmp_path / "forged.tar", reindex=reindex)
        checks = examine(
            forged, protocol_fields=finished.protocol.to_fields(), findings=finished.findings
        )
        assert [check for check in checks if check.ok is (check.fault is not None)] == []
        return {check.fault: check.detail for check in checks if check.fault}

    return found


def relogged(forger: Forger, tmp_path: Path, change: Callable[[Any], None]) -> None:
    """The first log, rewritten by Inspect itself after a change."""
    from inspect_ai.log import read_eval_log, write_eval_log

    name = next(name for name in forger.members if name.startswith(LOGS))
    path = tmp_path / "log.eval"
    path.write_bytes(forger.members[name])
    log = read_eval_log(str(path))
    change(log)
    write_eval_log(log, str(path), format="eval")
    forger.members[name] = path.read_bytes()


def test_a_log_that_inspect_wrote_again_unchanged_is_still_honest(
    forger: Forger, faults: Callable[..., dict[Fault, str]], tmp_path: Path
) -> None:
    """The forger's tools are sound: what fails below fails for what was forged."""
    relogged(forger, tmp_path, lambda log: None)
    assert faults() == {}


def test_a_changed_score_is_named(forger: Forger, faults: Callable[..., dict[Fault, str]]) -> None:
    lines = forger.lines()
    lines[2] = dataclasses.replace(lines[2], correct=not lines[2].correct)
    forger.put(lines)
    assert faults().keys() == {Fault.SCORE, Fault.SAMPLE}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda log: setattr(log.eval, "model", "other/model"), "model other/model"),
        (lambda log: setattr(log.eval.model_generate_config, "seed", 7), "seed 7"),
        (lambda log: setattr(log.eval, "task", "automated_rnd"), "task automated_rnd"),
        (lambda log: log.eval.metadata.update(suite_digest="0" * 64), "suite_digest 000"),
        (
            lambda log: setattr(log.results.scores[0].metrics["accuracy"], "value", 0.123),
            "accuracy 0.123",
        ),
        (lambda log: setattr(log.results, "completed_samples", 3), "completed samples 3"),
    ],
)
def test_a_changed_header_is_named(
    forger: Forger,
    faults: Callable[..., dict[Fault, str]],
    tmp_path: Path,
    change: Callable[[Any], None],
    says: str,
) -> None:
    relogged(forger, tmp_path, change)
    found = faults()
    assert found.keys() == {Fault.HEADER}
    assert says in found[Fault.HEADER]


def test_a_message_that_is_not_the_answer_is_named(
    forger: Forger, faults: Callable[..., dict[Fault, str]], tmp_path: Path
) -> None:
    def reword(log: Any) -> None:
        log.samples[0].messages[-1].content = "I would rather not."

    relogged(forger, tmp_path, reword)
    assert "message" in faults()[Fault.SAMPLE]


def test_an_answer_of_another_model_is_named(
    forger: Forger, faults: Callable[..., dict[Fault, str]]
) -> None:
    lines = forger.lines()
    lines[2] = dataclasses.replace(lines[2], model="other")
    forger.put(lines)
    found = faults()
    assert found.keys() == {Fault.MODEL, Fault.SAMPLE}
    assert "as other and as " in found[Fault.MODEL]


def test_a_changed_order_is_named(forger: Forger, faults: Callable[..., dict[Fault, str]]) -> None:
    lines = forger.lines()
    lines[1], lines[2] = lines[2], lines[1]
    forger.put(lines)
    found = faults()
    assert Fault.ORDER in found
    assert "sample 00001" in found[Fault.ORDER]


def test_a_missing_sample_is_named_by_ledger_and_log(
    forger: Forger, faults: Callable[..., dict[Fault, str]]
) -> None:
    lines = forger.lines()
    del lines[4]
    forger.put(lines)
    found = faults()
    assert found.keys() == {Fault.MISSING}
    assert "sample 00004" in found[Fault.MISSING]


def test_a_sample_missing_from_the_log_is_named(
    forger: Forger, faults: Callable[..., dict[Fault, str]], tmp_path: Path
) -> None:
    relogged(forger, tmp_path, lambda log: log.samples.pop(3))
    assert faults().keys() == {Fault.HEADER}  # the totals of the header betray it first


def test_a_sample_hidden_from_the_list_of_the_log_is_named(
    forger: Forger, faults: Callable[..., dict[Fault, str]], tmp_path: Path
) -> None:
    """Viewers go by the list; the sample itself lies in the file all the same."""
    import zipfile

    name = next(name for name in forger.members if name.startswith(LOGS))
    path = tmp_path / "log.eval"
    path.write_bytes(forger.members[name])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("samples/00199_epoch_1.json", "{}")
    forger.members[name] = path.read_bytes()
    found = faults()
    assert found.keys() == {Fault.LOG}
    assert "holds" in found[Fault.LOG]


def test_an_extra_sample_is_named(
    forger: Forger, faults: Callable[..., dict[Fault, str]], finished: Finished
) -> None:
    lines = forger.lines()
    forger.put([*lines, invented(finished, lines[-1])])
    found = faults()
    assert found.keys() == {Fault.EXTRA}
    assert "stands in none of Inspect's logs" in found[Fault.EXTRA]


def invented(finished: Finished, last: Line) -> Line:
    from holdshort.assess.ledger import prompt_digest
    from holdshort.assess.suites.suite import suite

    tests = suite("cybersecurity")
    item = tests.item(finished.seed, last.index + 1)
    completion = f"ANSWER: {item.target}"
    return dataclasses.replace(
        last,
        index=item.index,
        family=item.family,
        prompt_sha256=prompt_digest(item.prompt),
        completion=completion,
        correct=tests.score(item, completion),
        uuid="invented",
    )


def test_a_repeated_sample_is_named(
    forger: Forger, faults: Callable[..., dict[Fault, str]]
) -> None:
    lines = forger.lines()
    forger.put([*lines[:2], lines[1], *lines[2:]])
    assert faults().keys() == {Fault.REPEATED}


def test_another_protocol_is_named(
    forger: Forger, faults: Callable[..., dict[Fault, str]], finished: Finished
) -> None:
    other = dataclasses.replace(finished.protocol, model="reference/solver")
    forger.members["protocol.json"] = canonical(other.to_fields())
    assert faults().keys() == {Fault.PROTOCOL}


def test_every_kind_is_named_where_there_are_several(
    forger: Forger, faults: Callable[..., dict[Fault, str]]
) -> None:
    lines = forger.lines()
    lines[0] = dataclasses.replace(lines[0], correct=not lines[0].correct)
    lines[1], lines[2] = lines[2], lines[1]
    del lines[5]
    forger.put(lines)
    forger.put(forger.lines("automated_rnd")[:1], "automated_rnd")
    found = faults(reindex=False)
    assert {Fault.MEMBER, Fault.SCORE, Fault.ORDER, Fault.MISSING, Fault.ROOT} <= found.keys()


@pytest.mark.parametrize("name", ["areas/other/samples.jsonl", "readme.txt", "imported.txt"])
def test_a_member_that_nobody_recomputes_is_named(
    forger: Forger, faults: Callable[..., dict[Fault, str]], name: str
) -> None:
    index = forger.members.pop("index.json")
    forger.members[name] = b"trust me"
    forger.members = {**dict(sorted(forger.members.items())), "index.json": index}
    found = faults()
    assert found.keys() == {Fault.MEMBER}
    assert "is no part of a bundle" in found[Fault.MEMBER]


def test_what_a_bundle_says_of_itself_is_read_from_it(finished: Finished) -> None:
    claims = Claims.of(finished.bundle)
    assert claims.protocol == finished.protocol
    assert claims.findings == finished.findings
    assert all(check.ok for check in checks_of(finished.bundle, claims))


def test_a_bundle_that_says_nothing_of_itself_is_refused(
    finished: Finished, forger: Forger, tmp_path: Path
) -> None:
    forger.members["protocol.json"] = b"{}"
    with pytest.raises(EvidenceError, match=r"protocol\.json"):
        Claims.of(forger.close(tmp_path / "forged.tar"))
    with pytest.raises(BadInput, match="no such bundle"):
        Claims.of(tmp_path / "nowhere.tar")


# ------------------------------------------------------------------ units of work


@pytest.fixture(scope="module")
def in_units(
    tmp_path_factory: pytest.TempPathFactory,
    protocol_for: Callable[..., Protocol],
    seed_of: Callable[[Protocol], bytes],
    nonces: tuple[bytes, bytes],
) -> tuple[Path, Protocol, dict[str, Any]]:
    """A bundle of a campaign that was run in units."""
    folder = tmp_path_factory.mktemp("units")
    protocol = protocol_for("reference/noisy-0.5", max_items=24)
    run(protocol, seed_of(protocol), folder, executor=PoolExecutor(2), unit_items=8)
    out = tmp_path_factory.mktemp("bundle") / "units.tar"
    pack(folder, out, assessor_nonce=nonces[0], developer_nonce=nonces[1])
    return out, protocol, {each.area: each for each in campaign_findings(protocol, folder)}


def chain_faults(
    forge: Callable[[list[bytes]], list[bytes]],
    in_units: tuple[Path, Protocol, dict[str, Any]],
    make_forger: Callable[[Path], Forger],
    tmp_path: Path,
) -> list[tuple[Fault | None, str]]:
    bundle, protocol, findings = in_units
    forger = make_forger(bundle)
    lines = forge(forger.members[CHAIN].splitlines(keepends=True))
    forger.members[CHAIN] = b"".join(lines)
    forged = forger.close(tmp_path / "forged.tar")
    checks = examine(forged, protocol_fields=protocol.to_fields(), findings=findings)
    return [(check.fault, check.detail) for check in checks if not check.ok]


def test_the_chain_of_units_is_in_the_bundle_and_verified(
    in_units: tuple[Path, Protocol, dict[str, Any]],
    make_forger: Callable[[Path], Forger],
    tmp_path: Path,
) -> None:
    assert chain_faults(lambda lines: lines, in_units, make_forger, tmp_path) == []
    bundle, protocol, findings = in_units
    checks = examine(bundle, protocol_fields=protocol.to_fields(), findings=findings)
    (units,) = [check for check in checks if check.name == "cybersecurity: units"]
    assert units.detail.startswith("3 in one chain")


def relinked(lines: list[bytes]) -> list[bytes]:
    """The chain with its digests made to agree again."""
    previous, made = "", []
    for line in lines:
        body = canonical(json.loads(line) | {"previous": previous})
        previous = hashlib.sha256(body).hexdigest()
        made.append(body + b"\n")
    return made


@pytest.mark.parametrize(
    ("forge", "says"),
    [
        (lambda lines: lines[1:], "does not follow"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "does not follow"),
        (lambda lines: [*lines[:-1], lines[-1][:-1]], "does not follow"),
        (lambda lines: lines[:-1], "is not in the chain"),
        (lambda lines: relinked(lines[1:]), "is not in the chain"),
        (lambda lines: [], "is not in the chain"),
        (
            lambda lines: relinked(
                [canonical(json.loads(lines[0]) | {"unit": "0" * 64}), *lines[1:]]
            ),
            "is not in the chain",
        ),
        (
            lambda lines: relinked(
                [canonical(json.loads(lines[0]) | {"logs": {"none.eval": "0" * 64}}), *lines[1:]]
            ),
            "none.eval is missing or changed",
        ),
    ],
)
def test_a_chain_that_was_tampered_with_is_named(
    in_units: tuple[Path, Protocol, dict[str, Any]],
    make_forger: Callable[[Path], Forger],
    tmp_path: Path,
    forge: Callable[[list[bytes]], list[bytes]],
    says: str,
) -> None:
    ((fault, detail),) = chain_faults(forge, in_units, make_forger, tmp_path)
    assert fault is Fault.CHAIN
    assert says in detail
