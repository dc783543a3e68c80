"""What the tests of figures and pages share: a sample review, and a ruler for labels."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from holdshort.report.document import (
    ActRow,
    ClauseRow,
    CoverageView,
    FindingRow,
    ReviewReport,
)
from holdshort.report.figures.canvas import width_of

SVG = "{http://www.w3.org/2000/svg}"

# Advance widths of U+0020 to U+007E in DejaVu Sans Bold, in thousandths of an em, as a browser
# measured them. Widely used system fonts are narrower.
DEJAVU_BOLD = [int(n) for n in """
348 456 521 838 696 1002 872 306 457 457 523 838 380 415 380 365 696 696 696 696 696 696 696 696
696 696 400 400 838 838 838 580 1000 774 762 734 830 683 683 821 837 372 372 775 637 995 837 850
733 850 770 680 703 812 774 1103 771 724 725 457 365 457 838 500 500 675 716 593 716 678 405 716
712 343 343 665 343 1042 712 687 716 716 493 595 478 712 652 924 645 652 582 712 365 712 838
""".split()]  # fmt: skip


@pytest.fixture(scope="session")
def measured() -> Callable[[str], float]:
    """Width of a text in em: as measured for ASCII, as estimated for the rest."""

    def width(text: str) -> float:
        return sum(
            DEJAVU_BOLD[ord(c) - 32] / 1000 if " " <= c <= "~" else width_of(c, 1, bold=True)
            for c in text
        )

    return width


@pytest.fixture(scope="session")
def labels_outside(measured: Callable[[str], float]) -> Callable[[str], list[str]]:
    """The labels of a figure that reach beyond its viewBox; also proves it well-formed."""

    def outside(svg: str) -> list[str]:
        root = ET.fromstring(svg)
        _, _, wide, high = (float(n) for n in root.attrib["viewBox"].split())
        found = []
        for label in root.iter(f"{SVG}text"):
            x, y, size = (float(label.attrib[key]) for key in ("x", "y", "font-size"))
            text = label.text or ""
            length = float(label.get("textLength", measured(text) * size))
            if label.get("font-weight") != "bold" and "textLength" not in label.attrib:
                length *= 0.90  # regular is narrower than bold by at least that
            start = {"start": 0.0, "middle": 0.5, "end": 1.0}[label.get("text-anchor", "start")]
            if "transform" in label.attrib:
                assert re.fullmatch(r"rotate\(-90 .*\)", label.attrib["transform"])
                box = (x - size, y - length, x + size * 0.3, y)
            else:
                left = x - start * length
                box = (left, y - size, left + length, y + size * 0.3)
            if box[0] < -1.5 or box[1] < -0.5 or box[2] > wide + 1.5 or box[3] > high + 0.5:
                found.append(f"{text!r} at {box} of {wide} x {high}")
        return found

    return outside


@pytest.fixture
def finding() -> FindingRow:
    """A finding that was decided after three items."""
    return FindingRow(
        area="cybersecurity",
        label="Cybersecurity",
        outcome="acceptable",
        estimate="0.0333",
        low="0.001",
        high="0.2041",
        items=14,
        successes=1,
        max_items=60,
        threshold="0.30",
        zone="0.05",
        error_rate="0.0125",
        e_below="131.5",
        e_above="0.00042",
        path=((1, "0.3", "-0.2"), (2, "1.1", "-0.9"), (14, "2.119", "-3.4")),
    )


@pytest.fixture
def report(finding: FindingRow) -> ReviewReport:
    """A small rehearsed review with something in every section."""
    return ReviewReport(
        rehearsal=True,
        model="tiny-model",
        model_digest="sha256:" + "ab" * 32,
        weights_files=(("model.gguf", "144,811,904 bytes", "sha256:" + "cd" * 32),),
        rulebook_title="A Proposal",
        rulebook_digest="sha256:" + "ef" * 32,
        register_origin="register.example/2026",
        checkpoint_size=27,
        checkpoint_root="q83vEjRWeJCrze8SNFZ4kA==",
        state="cleared with conditions",
        summary=("The model is cleared with conditions.", "One area was tested."),
        coverage=CoverageView(
            decision="not covered",
            basis="voluntary",
            compute="2.4 × 10²³ operations",
            threshold="10²⁶ operations",
            reasons=("Below the threshold.",),
            methods=(("6ND", "2.4 × 10²³", "6 × parameters × tokens"),),
        ),
        findings=(finding,),
        acts=tuple(
            ActRow(
                index=n,
                at=f"2026-11-23T10:15:0{n}Z",
                party=party,
                role=role,
                act=act,
                says=f"{party} does what it should.",
                clause="§ 6(b)",
                clause_title="Accreditation",
                leaf_hash=f"{n}" * 64,
            )
            for n, (party, role, act) in enumerate(
                (
                    ("An Office", "authority.case-officer", "open-review"),
                    ("A Lab", "developer", "declare"),
                    ("A Test House", "assessor", "report-findings"),
                    ("A Court", "court", "order"),
                )
            )
        ),
        clauses=(
            ClauseRow("§ 6(b)", "Assessors shall be accredited.", "https://example.org/law",
                      "text read", "One summary says otherwise."),
            ClauseRow("§ 9", "No bar without a finding.", "A summary", "reported", None),
        ),
        draw=(("A Test House", "drawn", "02ab"), ("Another", "candidate", "9f1c")),
        commands=(("holdshort verify ./register", "Checks every act."),),
        generated_at="2026-11-23T10:31:07Z",
        limits=("One person held all keys.",),
    )  # fmt: skip
