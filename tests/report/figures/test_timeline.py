import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdshort.errors import BadInput
from holdshort.report.figures.timeline import (
    LANES,
    TimelineRow,
    describe,
    lanes_of,
    timeline_figure,
)

SVG = "{http://www.w3.org/2000/svg}"

roles = st.one_of(st.sampled_from([*LANES, "authority.case-officer"]), st.text(max_size=40))
acts = st.builds(TimelineRow, st.integers(0, 99_999), roles, st.text(max_size=80), st.text())


def row(index: int, role: str) -> TimelineRow:
    return TimelineRow(index, role, "A Party", "act")


def figure(rows: list[TimelineRow], width: int = 860) -> str:
    return timeline_figure(rows, title="Acts", description=describe(rows), width=width)


@settings(max_examples=40)
@given(st.lists(acts, min_size=1, max_size=40), st.sampled_from([320, 340, 860]))
def test_every_label_lies_inside_the_figure(
    labels_outside: Callable[[str], list[str]], rows: list[TimelineRow], width: int
) -> None:
    assert labels_outside(figure(rows, width)) == []


@settings(max_examples=40)
@given(st.lists(acts, min_size=1, max_size=40))
def test_every_act_stands_once_and_below_the_one_before(rows: list[TimelineRow]) -> None:
    nodes = list(ET.fromstring(figure(rows)).iter(f"{SVG}circle"))
    heights = [float(node.attrib["cy"]) for node in nodes]
    assert len(nodes) == len(rows)
    assert heights == sorted(set(heights))


def test_officers_of_one_authority_share_its_lane() -> None:
    rows = [row(1, "authority.director"), row(2, "authority.case-officer"), row(3, "developer")]
    nodes = ET.fromstring(figure(rows)).iter(f"{SVG}circle")
    director, officer, developer = (float(node.attrib["cx"]) for node in nodes)
    assert director == officer != developer


def test_lanes_keep_their_order_whoever_acts_first() -> None:
    rows = [row(1, "platform"), row(2, "ombudsman"), row(3, "authority"), row(4, "developer")]
    assert lanes_of(rows) == ("developer", "authority", "platform", "ombudsman")


def test_more_kinds_of_party_than_a_phone_has_room_for_share_a_last_lane() -> None:
    lanes = lanes_of([row(n, f"kind-{n}") for n in range(30)])
    assert len(lanes) == 10
    assert lanes[-1] == "others"


@pytest.mark.parametrize("width", [340, 860])
def test_thirty_acts_are_numbered_in_letters_that_can_be_read(width: int) -> None:
    rows = [row(n, LANES[n % 6]) for n in range(30)]
    labels = list(ET.fromstring(figure(rows, width)).iter(f"{SVG}text"))
    numbers = [label for label in labels if label.get("class") == "on-text"]
    assert [label.text for label in numbers] == [str(n) for n in range(30)]
    assert all(float(label.attrib["font-size"]) >= 11 for label in labels)


def test_no_acts_are_refused() -> None:
    with pytest.raises(BadInput):
        figure([])
