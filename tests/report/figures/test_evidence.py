import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdshort.errors import BadInput
from holdshort.report.figures.evidence import EvidenceRow, describe, evidence_path_figure

SVG = "{http://www.w3.org/2000/svg}"
ROW = EvidenceRow("Cybersecurity", "0.0125", ((1, "0.3", "-0.2"), (9, "1.1", "-0.9")))

logs = st.one_of(
    st.decimals(-400, 400, allow_nan=False, places=3).map(str),
    st.sampled_from(["Infinity", "-Infinity"]),
)


@st.composite
def evidence_rows(draw: st.DrawFn) -> EvidenceRow:
    counts = sorted(draw(st.sets(st.integers(0, 10**7), min_size=1, max_size=20)))
    return EvidenceRow(
        label=draw(st.text(max_size=120)),
        error_rate=draw(st.sampled_from(["0.5", "0.05", "0.0125", "0.00001"])),
        path=tuple((n, draw(logs), draw(logs)) for n in counts),
    )


def figure(*rows: EvidenceRow, width: int = 860, name: str = "evidence") -> str:
    return evidence_path_figure(
        rows, title="Evidence", description=describe(rows), width=width, name=name
    )


def curves(svg: str) -> list[list[tuple[float, float]]]:
    paths = [
        path.attrib["d"]
        for path in ET.fromstring(svg).iter(f"{SVG}path")
        if "clip-path" in path.attrib
    ]
    return [[(float(x), float(y)) for x, y in re.findall(r"([-\d.]+) ([-\d.]+)", d)] for d in paths]


@settings(max_examples=40)
@given(st.lists(evidence_rows(), min_size=1, max_size=5), st.sampled_from([320, 340, 860]))
def test_every_label_lies_inside_the_figure(
    labels_outside: Callable[[str], list[str]], rows: list[EvidenceRow], width: int
) -> None:
    assert labels_outside(figure(*rows, width=width)) == []


@settings(max_examples=40)
@given(st.lists(evidence_rows(), min_size=1, max_size=3))
def test_every_curve_is_clipped_to_a_panel_that_is_defined(rows: list[EvidenceRow]) -> None:
    root = ET.fromstring(figure(*rows))
    defined = {clip.attrib["id"] for clip in root.iter(f"{SVG}clipPath")}
    used = {p.attrib["clip-path"] for p in root.iter(f"{SVG}path") if "clip-path" in p.attrib}
    assert used == {f"url(#{name})" for name in defined}
    assert len(defined) == len(rows)


def test_the_line_that_decides_is_drawn_and_named() -> None:
    svg = figure(ROW)
    assert "1/α = 80" in svg
    assert svg.count('class="rule" stroke-dasharray="7 4"') == 2  # the panel's and the legend's


def test_a_curve_that_reaches_one_over_alpha_touches_its_line() -> None:
    svg = figure(replace(ROW, error_rate="0.01", path=((1, "0", "0"), (5, "2", "-1"))))
    line = next(
        float(mark.attrib["y1"])
        for mark in reversed(list(ET.fromstring(svg).iter(f"{SVG}line")))
        if mark.attrib["class"] == "rule"
    )
    _, below = curves(svg)
    assert below[-1][1] == pytest.approx(line, abs=0.1)


def test_a_long_path_is_thinned_but_keeps_its_single_peak() -> None:
    path = tuple((n, "2.5" if n == 4321 else "0", "0") for n in range(10_000))
    _, below = curves(figure(replace(ROW, path=path)))
    assert len(below) < 1_000
    ys = [y for _, y in below]
    assert ys.count(min(ys)) == 1
    assert min(ys) < sorted(ys)[1]


def test_a_curve_that_left_its_panel_ends_in_a_triangle() -> None:
    inside, outside = (
        figure(replace(ROW, path=((1, "0", "0"), (5, "1", low)))).count("h12l-6")
        for low in ("-2", "-90")
    )
    assert (inside, outside) == (0, 1)


def test_areas_without_a_path_get_no_panel() -> None:
    assert figure(ROW) == figure(ROW, replace(ROW, label="Other", path=()))


@pytest.mark.parametrize(
    "broken",
    [
        {"error_rate": "0"},
        {"error_rate": "1"},
        {"error_rate": "2"},
        {"path": ((2, "0", "0"), (1, "0", "0"))},
        {"path": ((-1, "0", "0"),)},
        {"path": ((1, "NaN", "0"),)},
        {"path": ()},
    ],
)
def test_a_malformed_path_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        figure(replace(ROW, **broken))  # type: ignore[arg-type]
