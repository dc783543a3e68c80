"""The page of a data sheet: the status first, nothing from elsewhere, nothing left out."""

import re
from dataclasses import replace

import pytest

from holdshort.report.figures.intervals import IntervalRow
from holdshort.report.history import PageTable
from holdshort.report.sheet import SheetView, sheet_page

VIEW = SheetView(
    rehearsal=False,
    status="valid",
    model="Able 2",
    under="A review. As of today.",
    facts=(("Model", "Able 2", False), ("Weights digest", "ab" * 32, True)),
    findings=(IntervalRow("Cyber", "acceptable", "0.1", "0.0", "0.3", 20, "0.5", "0.1"),),
    tables=(
        PageTable("Findings", "Of tests.", ("area",), (("Cyber",),), range(0)),
        PageTable("Bars that stand", "", ("case",), (), range(0)),
    ),
    register=(("Origin", "holdshort.dev/aaif/1", False),),
)


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = sheet_page(VIEW)
    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|\bsrc=|@import|url\(", page)
    assert page == sheet_page(VIEW)


@pytest.mark.parametrize(
    ("status", "tone"),
    [
        ("valid", "acceptable"),
        ("conditional", "conditional"),
        ("suspended", "unacceptable"),
        ("invalid", "unacceptable"),
    ],
)
def test_no_status_but_valid_looks_like_one(status: str, tone: str) -> None:
    assert f'class="state tone-{tone}"' in sheet_page(replace(VIEW, status=status))


def test_what_there_is_none_of_is_said_and_not_left_out() -> None:
    page = sheet_page(VIEW)
    nothing = page.partition("Not on the record")[2]
    assert "Bars that stand" in nothing
    assert "Findings</h2>" in page.partition("Not on the record")[0]


def test_a_rehearsal_says_so() -> None:
    assert "This is not a clearance by any authority" in sheet_page(replace(VIEW, rehearsal=True))
    assert "This is not a clearance" not in sheet_page(VIEW)


def test_what_others_wrote_is_shown_and_not_run() -> None:
    page = sheet_page(replace(VIEW, model="<script>alert(1)</script>", findings=()))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_every_region_is_named_by_a_heading_that_is_there() -> None:
    page = sheet_page(VIEW)
    named = {id_ for ids in re.findall(r'aria-labelledby="([^"]+)"', page) for id_ in ids.split()}
    assert named <= set(re.findall(r'id="([^"]+)"', page))
