import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.assess.bundle import campaign_findings, pack
from holdshort.assess.campaign import run
from holdshort.assess.ledger import Line, read_lines
from holdshort.assess.models.packaged import packaged
from holdshort.assess.models.server import address, gguf_file
from holdshort.assess.protocol import Protocol
from holdshort.assess.verify import recompute
from holdshort.errors import BadInput

AREA = "cybersecurity"


@pytest.mark.slow
def test_a_real_language_model_is_assessed_and_its_evidence_recomputed(
    tmp_path: Path,
    protocol_for: Callable[..., Protocol],
    seed_of: Callable[[Protocol], bytes],
    nonces: tuple[bytes, bytes],
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Three items, twice over: the second campaign gives the same answers as the first."""
    protocol = protocol_for(f"gguf/{packaged()}", AREA, max_items=3, error_rate="0.0125")
    runs: list[list[Line]] = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        (result,) = run(protocol, seed_of(protocol), folder, max_connections=1)
        assert result.items == 3
        runs.append(read_lines(folder / "areas" / AREA / "samples.jsonl"))
    for line in runs[0]:
        assert line.completion
        assert line.input_tokens > 20
        assert line.output_tokens > 0
        assert line.stop_reason in ("stop", "max_tokens")
    assert [line.completion for line in runs[0]] == [line.completion for line in runs[1]]
    out = pack(
        tmp_path / "first",
        tmp_path / "e.tar",
        assessor_nonce=nonces[0],
        developer_nonce=nonces[1],
    )
    findings = {each.area: each for each in campaign_findings(protocol, tmp_path / "first")}
    recompute(out, protocol_fields=protocol.to_fields(), findings=findings)
    assert capfd.readouterr() == ("", "")


def test_a_directory_with_one_gguf_file_means_that_file(tmp_path: Path) -> None:
    weights = tmp_path / "a.gguf"
    weights.write_bytes(b"GGUF")
    assert gguf_file(tmp_path) == weights
    (tmp_path / "b.gguf").write_bytes(b"GGUF")
    with pytest.raises(BadInput, match=r"one \.gguf file, found 2"):
        gguf_file(tmp_path)


def test_what_is_not_gguf_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such model file"):
        gguf_file(tmp_path / "none.gguf")
    junk = tmp_path / "junk.gguf"
    junk.write_bytes(b"junk")
    with pytest.raises(BadInput, match="not in GGUF format"):
        gguf_file(junk)


def test_damaged_weights_are_refused_by_name(tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    with packaged().open("rb") as file:
        cut.write_bytes(file.read(1_000_000))
    with pytest.raises(BadInput, match="cannot load the weights") as caught:
        address(cut, parallel=1, context=512, threads=1)
    assert caught.value.where == str(cut)


def test_a_missing_runtime_is_said_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(BadInput, match="make model"):
        address(tmp_path / "x.gguf", parallel=1, context=512, threads=1)
