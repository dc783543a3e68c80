"""``holdshort assess report``: a page of evidence that holds, and none of other."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Holdshort = Callable[..., Any]


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def bundle(operator: Callable[[Path], Any], referred: Path, tmp_path: Path) -> Path:
    made = operator(referred)
    act = made.entry(made.find("review.file-finding")[0]).act
    path = tmp_path / "evidence.tar"
    path.write_bytes(made.folder.read_blob(act.fields["evidence"]))
    return path


def test_the_page_says_first_what_is_worst_and_needs_nothing_from_elsewhere(
    holdshort: Holdshort, bundle: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report.html"
    ran = holdshort("assess", "report", bundle, "--html", out)
    assert ran.code == 0
    page = out.read_text()
    assert "<b>unacceptable in every area</b>" in page
    assert "state tone-unacceptable" in page
    assert "Nobody signed for it here" in page
    assert "This is not a clearance" not in page
    assert not re.search(r"<script|<link|\bsrc=|@import|url\((?!#)", page)
    again = tmp_path / "again.html"
    holdshort("assess", "report", bundle, "--html", again)
    assert again.read_text() == page


def test_a_rehearsal_says_so(
    holdshort: Holdshort, bundle: Path, referred: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report.html"
    ran = holdshort("assess", "report", bundle, "--html", out, "--register", referred, "--json")
    assert ran.json == {"holds": True, "faults": [], "written": [str(out)]}
    assert "This is not a clearance by any authority" in out.read_text()
    assert "signed after it on the register" in out.read_text()


def test_of_evidence_that_does_not_hold_nothing_is_written(
    holdshort: Holdshort, bundle: Path, tmp_path: Path
) -> None:
    data = bytearray(bundle.read_bytes())
    data[data.index(b"ANSWER: ") + 8] ^= 1
    bundle.write_bytes(data)
    out = tmp_path / "report.html"
    ran = holdshort("assess", "report", bundle, "--html", out)
    assert ran.code == 1
    assert "FAIL  members" in ran.out
    assert not out.exists()


def test_a_place_must_be_given_and_must_not_be_the_bundle(
    holdshort: Holdshort, bundle: Path
) -> None:
    assert "Say where to" in holdshort("assess", "report", bundle).err
    ran = holdshort("assess", "report", bundle, "--html", bundle)
    assert ran.code == 2
    assert "is what is read here" in ran.err


def test_without_a_browser_printing_says_what_is_missing(
    holdshort: Holdshort, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = holdshort("assess", "report", bundle, "--pdf", tmp_path / "report.pdf")
    assert ran.code == 2
    assert "Printing needs Chromium" in ran.err
    (tmp_path / "chromium").write_text("#!/bin/sh\necho 'no display' >&2\nexit 3\n")
    (tmp_path / "chromium").chmod(0o755)
    ran = holdshort("assess", "report", bundle, "--pdf", tmp_path / "report.pdf")
    assert ran.code == 2
    assert "could not be printed: no display" in ran.err
    assert not (tmp_path / "report.pdf").exists()


@pytest.mark.slow
def test_it_prints_to_a_tagged_pdf(holdshort: Holdshort, bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    assert holdshort("assess", "report", bundle, "--pdf", out).code == 0
    data = out.read_bytes()
    assert data.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in data
    assert len(re.findall(rb"/Type\s*/Page\b", data)) >= 3


@pytest.mark.slow
def test_nothing_runs_out_of_the_page(
    holdshort: Holdshort, bundle: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The last test here: no evaluation is read while Playwright's loop is open."""
    out = tmp_path / "report.html"
    assert holdshort("assess", "report", bundle, "--html", out).code == 0
    browser: Browser = request.getfixturevalue("browser")
    for width in (390, 1280):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(out.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("figure svg:visible").count() == 4
        page.close()
