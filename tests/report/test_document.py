import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from holdshort.errors import BadInput
from holdshort.report.document import REHEARSAL, FindingRow, ReviewReport, review_report

VOID = {"meta", "br", "link", "img", "input", "hr", "base", "source", "col", "wbr", "area", "embed"}


class Page(HTMLParser):
    """A page as a tree would see it; fails on a tag that is closed out of turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, list[str]] = {}
        self.feed(html)
        self.close()
        assert self.open == [], "every tag is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), "no attribute is given twice"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert "svg" in self.open, "only SVG closes tags by itself"
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.text.setdefault(tag, []).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def words(self, tag: str = "body") -> str:
        return " ".join("".join(self.text.get(tag, [])).split())


@pytest.fixture
def page(report: ReviewReport) -> Page:
    return Page(review_report(report))


def test_the_state_is_the_first_thing_read_after_the_banner(page: Page) -> None:
    assert page.words("h1") == "Rehearsed outcome: cleared with conditions tiny-model"
    names = [name for name, _ in page.tags]
    assert names.index("aside") < names.index("h1") < names.index("h2")
    assert page.words("title").startswith(
        "Rehearsal: cleared with conditions: review of tiny-model"
    )


def test_a_rehearsal_says_so_on_screen_and_on_every_printed_page(page: Page) -> None:
    assert page.words("aside") == REHEARSAL
    printed = page.words("style").split("@media print{")[-1]
    banner = re.search(r"\.rehearsal\{([^}]*)\}", printed)
    assert banner is not None
    # A header group that may not break is what browsers repeat on every page.
    assert "display:table-header-group" in banner[1]
    assert "break-inside:avoid" in banner[1]
    assert ".sheet{display:table" in printed
    assert ".page{display:table-row-group}" in printed


def test_a_real_review_carries_no_banner(report: ReviewReport) -> None:
    page = Page(review_report(replace(report, rehearsal=False)))
    assert page.all("aside") == []
    assert "ehears" not in page.words("main") + page.words("header") + page.words("title")


@pytest.mark.parametrize(
    ("state", "tone"),
    [
        ("cleared", "acceptable"),
        ("Cleared", "acceptable"),
        ("cleared with conditions", "conditional"),
        ("not cleared", "unacceptable"),
        ("barred", "unacceptable"),
        ("referred", "inconclusive"),
        ("uncleared", "inconclusive"),
        ("", "inconclusive"),
    ],
)
def test_only_a_clearance_looks_like_one(report: ReviewReport, state: str, tone: str) -> None:
    page = Page(review_report(replace(report, state=state)))
    assert [a for a in page.all("span") if a.get("class") == f"state tone-{tone}"]


def test_ids_are_unique_and_every_reference_meets_one(page: Page) -> None:
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert [i for i, n in Counter(ids).items() if n > 1] == []
    wanted = set()
    for _, attributes in page.tags:
        wanted |= set((attributes.get("aria-labelledby") or "").split())
        if (attributes.get("href") or "").startswith("#"):
            wanted.add((attributes["href"] or "")[1:])
    assert wanted <= set(ids)


def test_headings_descend_one_level_at_a_time_from_one_h1(page: Page) -> None:
    levels = [int(name[1]) for name, _ in page.tags if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_has_its_landmarks_and_language(page: Page) -> None:
    for landmark in ("header", "main", "nav", "footer"):
        assert len(page.all(landmark)) == 1
    assert page.all("html") == [{"lang": "en"}]


def test_every_table_has_a_caption_scoped_headers_and_a_container_that_scrolls(page: Page) -> None:
    tables = page.all("table")
    assert len(tables) == len(page.all("caption")) == 6
    assert all(header.get("scope") in {"col", "row"} for header in page.all("th"))
    scrolling = [a for a in page.all("div") if a.get("class") == "scroll"]
    assert len(scrolling) == len(tables)
    assert all(a["tabindex"] == "0" and a["role"] == "region" for a in scrolling)


def test_nothing_is_loaded_from_anywhere(report: ReviewReport) -> None:
    html = review_report(report)
    page = Page(html)
    names = {name for name, _ in page.tags}
    assert not names & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "image",
        "use",
    }
    for name, attributes in page.tags:
        assert not {"src", "srcset", "xlink:href", "poster", "style", "action"} & set(attributes)
        assert not [key for key in attributes if key.startswith("on")]
        assert "href" not in attributes or name == "a"
    assert "@import" not in html
    assert set(re.findall(r"url\((.)", html)) <= {"#"}
    policy = next(a for a in page.all("meta") if "http-equiv" in a)
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_every_text_by_other_hands_is_escaped(report: ReviewReport) -> None:
    evil = "<script>alert(1)</script>\"'&\u202e\x00"

    def spoil(value: object) -> object:
        if isinstance(value, str):
            return evil
        if isinstance(value, tuple):
            return tuple(spoil(each) for each in value)
        return value

    plain_text = {
        name: spoil(getattr(report, name))
        for name in ("model", "model_digest", "weights_files", "rulebook_title", "rulebook_digest",
                     "register_origin", "checkpoint_root", "state", "summary", "draw", "commands",
                     "generated_at", "limits")
    }  # fmt: skip
    finding = replace(report.findings[0], label=evil, area=evil)
    act = replace(report.acts[0], at=evil, party=evil, role=evil, act=evil, says=evil,
                  clause=evil, clause_title=evil, leaf_hash=evil)  # fmt: skip
    clause = replace(report.clauses[0], clause=evil, text=evil, source="javascript:alert(1)",
                     confidence=evil, conflict=evil)  # fmt: skip
    coverage = replace(report.coverage, compute=evil, threshold=evil, reasons=(evil,),
                       methods=((evil, evil, evil),))  # fmt: skip
    html = review_report(
        replace(report, findings=(finding,), acts=(act,), clauses=(clause,), coverage=coverage,
                **plain_text)  # type: ignore[arg-type]
    )  # fmt: skip
    page = Page(html)
    assert page.all("script") == []
    assert "\u202e" not in html
    assert "\x00" not in html
    assert page.words().count("<script>alert(1)</script>\"'&\ufffd\ufffd") > 30
    assert not [a for a in page.all("a") if not re.match(r"#|https?://", a.get("href") or "")]


def test_the_table_holds_the_data_of_the_figure(page: Page) -> None:
    figure, table = page.words("svg"), page.words("table")
    assert "0.03 [0.00, 0.21], 14 items" in figure
    for cell in ("0.033", "[0.001, 0.205]", "1 of 14", "60", "0.3 ± 0.05", "0.0125", "132"):
        assert cell in table
    assert "4.2 × 10⁻⁴" in table
    assert "-3.4" in table  # the evidence path, item by item
    for act in ("open-review", "declare", "report-findings", "order"):
        assert act in figure
        assert act in table


def test_each_figure_is_drawn_for_a_page_and_for_a_phone(page: Page) -> None:
    boxes = [a["viewbox"] or "" for a in page.all("svg") if a.get("role") == "img"]
    assert [box.split()[2] for box in boxes] == ["860", "340"] * 3


def test_a_citation_leads_to_its_clause_and_conflicts_are_printed(page: Page) -> None:
    assert {"href": "#clause-1"} in page.all("a")
    assert {"href": "https://example.org/law", "rel": "noreferrer"} in page.all("a")
    assert "Sources disagree: One summary says otherwise." in page.words("main")


def test_the_footer_names_register_checkpoint_and_time(page: Page) -> None:
    footer = page.words("footer")
    assert "register.example/2026" in footer
    assert "27 entries, root q83vEjRWeJCrze8SNFZ4kA==" in footer
    assert "23 November 2026, 10:31:07 UTC" in footer


def test_an_empty_review_still_makes_a_whole_page_that_says_what_is_missing(
    report: ReviewReport,
) -> None:
    bare = replace(
        report, model_digest=None, weights_files=(), summary=(), findings=(), acts=(), clauses=(),
        draw=(), commands=(), limits=(),
        coverage=replace(report.coverage, reasons=(), methods=()),
    )  # fmt: skip
    said = Page(review_report(bare)).words("main")
    for sentence in (
        "No risk area was tested.",
        "The register holds no act of this case.",
        "No assessor was drawn by lot in this review.",
        "no weights were presented",
        "No limits were recorded.",
    ):
        assert sentence in said


def test_a_finding_without_items_or_path_is_printed_as_such(
    report: ReviewReport, finding: FindingRow
) -> None:
    idle = replace(finding, outcome="inconclusive", estimate="", low="0", high="1", items=0,
                   successes=0, e_below="1", e_above="1", path=())  # fmt: skip
    page = Page(review_report(replace(report, findings=(idle,))))
    assert "no estimate [0.00, 1.00], 0 items" in page.words("svg")
    assert page.all("details") == []


def test_a_finding_that_cannot_be_drawn_is_refused_not_guessed(report: ReviewReport) -> None:
    broken = replace(report.findings[0], outcome="probably fine")
    with pytest.raises(BadInput, match="not an outcome"):
        review_report(replace(report, findings=(broken,)))


def test_the_same_review_gives_the_same_bytes(report: ReviewReport) -> None:
    assert review_report(report) == review_report(report)


def test_a_review_with_a_long_register_stays_within_a_few_megabytes(report: ReviewReport) -> None:
    acts = tuple(replace(report.acts[n % 4], index=n) for n in range(1_000))
    path = tuple((n, f"{n / 1000:.3f}", "-1") for n in range(1, 5_001))
    finding = replace(report.findings[0], path=path)
    html = review_report(replace(report, acts=acts, findings=(finding,)))
    assert len(html.encode()) < 4_000_000
