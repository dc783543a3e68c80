"""Reading rulebooks: the shipped one whole, and whatever else somebody may hand in."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from holdshort.errors import BadInput, RulebookError
from holdshort.rulebook.document import compose
from holdshort.rulebook.load import open_rulebook, read_rulebook, shipped
from holdshort.rulebook.model import Amount, Clause, Rulebook, Value
from holdshort.rulebook.render import render


@pytest.fixture(scope="module")
def aaif() -> Rulebook:
    return open_rulebook("aaif")


def clauses(book: Rulebook) -> Iterator[Clause]:
    """Every provision of a book."""
    coverage, compute = book.coverage, book.coverage.compute
    yield from (coverage.clause, compute.clause, coverage.otherwise, book.gate.clause)
    yield from compute.totals.values()
    groups: tuple[Any, ...] = (book.areas, book.events, book.duties, book.checks)
    groups += (coverage.classes, compute.counts, book.limits, book.penalties)
    for group in groups:
        yield from (provision.clause for provision in group.values())
    for kind in book.cases.values():
        for act in kind.acts.values():
            yield act.clause
            yield from (requirement.clause for requirement in act.requires)


class TestShipped:
    """The books that come with Holdshort."""

    def test_every_one_of_them_loads(self) -> None:
        assert "aaif" in shipped()
        for name in shipped():
            assert open_rulebook(name).id == name

    def test_the_default_says_what_it_is(self, aaif: Rulebook) -> None:
        assert [(phase.status, phase.since) for phase in aaif.phases] == [
            ("proposal", date(2026, 6, 10))
        ]
        assert list(aaif.areas) == [
            "cybersecurity",
            "biological_weapons",
            "loss_of_control",
            "automated_rnd",
        ]
        assert aaif.clocks.zone == "America/New_York"

    def test_every_provision_has_a_source_that_the_book_knows(self, aaif: Rulebook) -> None:
        found = list(clauses(aaif))
        assert len(found) > 100
        for clause in found:
            assert clause.says
            assert clause.source_id in aaif.sources, clause
            assert clause.where.startswith("aaif.yaml:")
        for value in aaif.values.values():
            assert all(dated.cite.split(",")[0] in aaif.sources for dated in value.history)
        assert all(phase.cite.split(",")[0] in aaif.sources for phase in aaif.phases)

    def test_every_source_is_cited(self, aaif: Rulebook) -> None:
        cited = {clause.source_id for clause in clauses(aaif)}
        assert cited == set(aaif.sources)

    def test_every_choice_of_our_own_is_marked_as_one(self, aaif: Rulebook) -> None:
        assert aaif.sources["house"].confidence == "choice"

    def test_every_place_in_the_file_is_where_the_provision_stands(self, aaif: Rulebook) -> None:
        lines = aaif.text.decode().splitlines()
        for id_, limit in aaif.limits.items():
            number = int(limit.clause.where.split(":")[1].split(" ")[0])
            assert lines[number - 1].strip() == f"{id_}:"
            assert limit.clause.where == f"aaif.yaml:{number} (limits.{id_})"

    def test_its_digest_is_of_its_bytes(self, aaif: Rulebook) -> None:
        import hashlib

        assert aaif.digest == hashlib.sha256(aaif.text).hexdigest()
        assert read_rulebook(aaif.text, "aaif.yaml") == aaif


class TestRendering:
    """The book as a document leaves nothing out."""

    def test_every_act_duty_limit_and_penalty_is_in_it(self, aaif: Rulebook) -> None:
        text = render(aaif)
        for kind in aaif.cases.values():
            for act in kind.acts.values():
                assert f"(`{act.type}`), by {act.by}" in text
                for requirement in act.requires:
                    assert f"- Only if: {requirement.clause.says}" in text
        for group in (aaif.duties, aaif.limits, aaif.penalties):
            assert all(f"- **{id_}**" in text for id_ in group)

    def test_every_sentence_citation_and_conflict_is_in_it(self, aaif: Rulebook) -> None:
        text = render(aaif)
        shown = list(clauses(aaif))
        for clause in shown:
            assert f"{clause.says}" in text
            assert f"[{clause.cite}" in text
        conflicts = [clause.conflict for clause in shown if clause.conflict]
        assert len(conflicts) >= 4
        assert all(f"**Sources disagree or are silent:** {each}" in text for each in conflicts)

    def test_every_number_stands_with_its_date_and_unit(self, aaif: Rulebook) -> None:
        text = render(aaif)
        assert "`compute_threshold = 1e25 FLOP from 2026-06-10`" in text
        assert "`rnd_threshold = 1,000,000,000 USD/year from 2026-06-10`" in text

    def test_every_time_is_in_words(self, aaif: Rulebook) -> None:
        text = render(aaif)
        assert "Days are those of America/New_York and end at 23:59:59." in text
        assert (
            "`us-federal`: business days are all but Saturday, Sunday, the holidays of US" in text
        )
        assert "within 10 business days (us-federal) of restriction.give-notice" in text
        assert "within 6 months of covered, then every 6 months" in text
        assert "from covered, no time is set" in text
        assert "Ends by itself after 14 days: then lifted." in text


class TestValues:
    """Numbers that change with the law."""

    def test_the_one_in_force_on_a_day(self, aaif: Rulebook) -> None:
        history = "history: [{from: 2026-06-10, value: 1e25,"
        later = history.replace("value: 1e25,", "value: 1e24, cite: house}, {from: 2027-01-01,")
        text = aaif.text.decode().replace(history, f"{later} value: 1e25,")
        value = read_rulebook(text.encode(), "b").values["compute_threshold"]
        on = {
            day: found.value if (found := value.on(date.fromisoformat(day))) else None
            for day in ("2026-06-09", "2026-06-10", "2026-12-31", "2027-01-01", "9999-12-31")
        }
        assert list(on.values()) == [None, Decimal("1e24"), Decimal("1e24"), *[Decimal("1e25")] * 2]

    def test_a_value_is_exact_as_it_is_written(self, aaif: Rulebook) -> None:
        assert str(aaif.values["compute_threshold"].history[0].value) == "1E+25"
        assert aaif.values["revenue_threshold"].history[0].value == 500_000_000

    @given(st.lists(st.dates(date(2000, 1, 1), date(2100, 1, 1)), unique=True), st.dates())
    def test_is_the_last_one_that_has_begun(self, days: list[date], day: date) -> None:
        from holdshort.rulebook.model import DatedValue

        history = tuple(DatedValue(since, Decimal(0), "house", None) for since in sorted(days))
        found = Value("v", "FLOP", "A value.", history).on(day)
        begun = [since for since in days if since <= day]
        assert (found.since if found else None) == (max(begun) if begun else None)


@pytest.fixture(scope="module")
def enacted(aaif: Rulebook) -> Rulebook:
    proposal = '  - {is: proposal, since: 2026-06-10, cite: "aaif, published"}\n'
    later = "  - {is: enacted, since: 2027-01-05, cite: house}\n"
    later += "  - {is: in force, since: 2027-07-01, cite: house}\n"
    text = aaif.text.decode().replace(proposal, proposal + later)
    return read_rulebook(text.encode(), "enacted.yaml")


class TestPhases:
    """What a regime is changes with the days."""

    @pytest.mark.parametrize(
        ("day", "says"),
        [
            ("2026-06-09", "proposal from 2026-06-10"),
            ("2026-06-10", "proposal since 2026-06-10, enacted from 2027-01-05"),
            ("2027-01-05", "enacted since 2027-01-05, in force from 2027-07-01"),
            ("2027-07-01", "in force since 2027-07-01"),
        ],
    )
    def test_a_book_says_what_it_is_and_what_it_is_going_to_be(
        self, enacted: Rulebook, day: str, says: str
    ) -> None:
        assert enacted.standing(date.fromisoformat(day)) == says

    def test_before_its_first_phase_it_is_nothing(self, enacted: Rulebook) -> None:
        assert enacted.phase(date(2026, 6, 9)) is None


class TestDuties:
    """When duties start, and how their time is said."""

    def test_an_event_is_recorded_by_acts_at_the_time_that_they_state(self, aaif: Rulebook) -> None:
        incident = aaif.duties["incident-report"]
        assert incident.event == "incident-discovered"
        assert [(start.act, start.field) for start in incident.starts] == [
            ("incident.report", "discovered_at"),
            ("incident.note", "discovered_at"),
        ]

    def test_an_event_may_be_the_filing_itself(self, aaif: Rulebook) -> None:
        report = aaif.duties["risk-report"]
        assert report.event == "covered"
        assert [(start.act, start.field) for start in report.starts] == [("review.declare", None)]

    def test_an_act_starts_a_duty_without_an_event(self, aaif: Rulebook) -> None:
        answer = aaif.duties["answer-to-notice"]
        assert answer.event is None
        assert [start.act for start in answer.starts] == ["restriction.give-notice"]

    def test_each_has_at_most_one_time(self, aaif: Rulebook) -> None:
        for duty in aaif.duties.values():
            times = [time for time in (duty.within, duty.ahead, duty.keeps) if time]
            assert len(times) <= 1

    def test_no_later_than_an_event_is_nothing_ahead_of_it(self, aaif: Rulebook) -> None:
        assert aaif.duties["system-card"].ahead == Amount(0, "days", None)

    def test_a_length_of_zero_is_a_time_only_ahead(self, aaif: Rulebook) -> None:
        text = aaif.text.decode().replace("ahead: {amount: 0,", "within: {amount: 0,")
        with pytest.raises(RulebookError, match="a whole number above zero"):
            read_rulebook(text.encode(), "zero.yaml")


class TestActs:
    """Acts by the name under which they are filed."""

    def test_an_act_is_found(self, aaif: Rulebook) -> None:
        assert aaif.act("review.declare").type == "review.declare"

    @pytest.mark.parametrize(
        ("type_", "says", "known"),
        [
            ("", "no case of the kind ''", "accreditation, agreement, change"),
            ("party.dance", "no case of the kind 'party'", "register, restriction, review"),
            ("review", "no act 'review'", "review.declare, review.declare-interests"),
            ("review.dance", "no act 'review.dance'", "review.declare"),
            ("review.declare.twice", "no act 'review.declare.twice'", "review.declare"),
        ],
    )
    def test_one_that_there_is_not_is_answered_with_those_that_there_are(
        self, aaif: Rulebook, type_: str, says: str, known: str
    ) -> None:
        with pytest.raises(BadInput) as refusal:
            aaif.act(type_)
        assert f"The rulebook aaif knows {says}." in refusal.value.what
        assert refusal.value.do is not None
        assert known in refusal.value.do

    def test_an_office_stands_for_its_roles_and_no_other(self, aaif: Rulebook) -> None:
        from dataclasses import replace

        rule = replace(aaif.act("review.clear"), by="authority")
        assert rule.permits("authority.accreditor")
        assert rule.permits("authority")
        assert not rule.permits("authority-other")
        assert not aaif.act("review.clear").permits("authority")


def test_an_amount_is_said_in_its_number() -> None:
    assert str(Amount(1, "months", None)) == "1 month"
    assert str(Amount(2, "months", None)) == "2 months"
    assert str(Amount(1, "business days", "us-federal")) == "1 business day (us-federal)"


class TestFile:
    """What is no rulebook at all."""

    @pytest.mark.parametrize("name", ["nowhere.yaml", "", "a\0b", "x" * 5000, "."])
    def test_a_file_that_is_not_there(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(BadInput, match="There is no rulebook") as refusal:
            open_rulebook(str(tmp_path / name) if name not in ("", ".") else name)
        assert refusal.value.do is not None
        assert "aaif" in refusal.value.do

    def test_a_file_of_ones_own(self, tmp_path: Path, aaif: Rulebook) -> None:
        path = tmp_path / "mine.yaml"
        path.write_bytes(aaif.text)
        assert open_rulebook(str(path)).digest == aaif.digest
        path.write_bytes(aaif.text.replace(b"rulebook: aaif", b"rulebok: aaif"))
        with pytest.raises(RulebookError, match=r"mine\.yaml:7 \(rulebok\)"):
            open_rulebook(str(path))

    def test_a_byte_order_mark_and_other_line_ends_do_no_harm(self, aaif: Rulebook) -> None:
        text = b"\xef\xbb\xbf" + aaif.text.replace(b"\n", b"\r\n")
        assert list(read_rulebook(text, "b").cases) == list(aaif.cases)

    @pytest.mark.parametrize(
        ("text", "says", "where"),
        [
            (b"", "The file is empty", "broken.yaml"),
            (b"# nothing but a remark\n", "The file is empty", "broken.yaml"),
            (b"---\n...\n", "A mapping of names to values is expected", "broken.yaml:"),
            (b"just a text", "A mapping of names to values is expected", "broken.yaml:1"),
            (b"[a, list]", "A mapping of names to values is expected", "broken.yaml:1"),
            (b"rulebook: aaif\n", "'title' is missing here", "broken.yaml:1"),
            (b"a: \xff\n", "This line is not UTF-8", "broken.yaml:1"),
            (b"a: 1\nb: 2\nc: \xe9t\xe9\n", "This line is not UTF-8", "broken.yaml:3"),
            (b"a: 1\nb: \x00\n", "characters are not allowed", "broken.yaml:2"),
            (b"\xff\xfea\x00", "This line is not UTF-8", "broken.yaml:1"),
            (b"a: 1\n b: 2\n", "This is not YAML: mapping values are not allowed", "broken.yaml:2"),
            (b"a: [1, 2\n", "This is not YAML", "broken.yaml:2"),
            (b"%YAML 9.9\n---\na: 1\n", "This is not YAML", "broken.yaml:"),
            (b"? {a: 1}\n: 2\n", "A name is expected before the colon", "broken.yaml:1"),
            (b"? [a]\n: 2\n", "A name is expected before the colon", "broken.yaml:1"),
            (b"? \n: 2\n", "A name is expected before the colon", "broken.yaml:1"),
            (b"<<: {a: 1}\n", "'<<' is not known here", "broken.yaml:1"),
            (b"a: &a [*a]\n", "anchors and aliases are not used here", "broken.yaml:1"),
            (b"a: *b\n", "anchors and aliases are not used here", "broken.yaml:1"),
            (b"a: !!python/name:os.system\n", "tags are not used here", "broken.yaml:1"),
            (b"[" * 5_000, "nested too deeply", "broken.yaml"),
            (b"{a: " * 5_000, "nested too deeply", "broken.yaml"),
            (b"- " * 5_000, "nested too deeply", "broken.yaml"),
            (b"#" * (1024 * 1024 + 1), "larger than one megabyte", "broken.yaml"),
        ],
        ids=lambda value: repr(value)[:24],
    )
    def test_is_refused_with_its_line_and_what_to_do(
        self, text: bytes, says: str, where: str
    ) -> None:
        with pytest.raises(RulebookError) as refusal:
            read_rulebook(text, "broken.yaml")
        assert says in refusal.value.what
        assert (refusal.value.where or "").startswith(where)
        assert refusal.value.do

    def test_a_page_that_would_unfold_to_gigabytes_does_not(self) -> None:
        lines = ["a0: &a0 [x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
        with pytest.raises(RulebookError, match="anchors and aliases"):
            read_rulebook("\n".join(lines).encode(), "bomb.yaml")

    def test_an_expression_nested_too_deeply_is_refused_too(self, aaif: Rulebook) -> None:
        deep = "(" * 5_000 + "true" + ")" * 5_000
        text = aaif.text.decode().replace('"!case.issued"', f'"{deep}"')
        with pytest.raises(RulebookError) as refusal:
            read_rulebook(text.encode(), "deep.yaml")
        assert "issue-clearance.requires.0.if" in (refusal.value.where or "")

    @settings(max_examples=200)
    @given(st.binary(max_size=60))
    @example(b"\xef\xbb\xbf")
    def test_whatever_it_is_it_is_answered(self, text: bytes) -> None:
        with pytest.raises(RulebookError):
            read_rulebook(text, "anything.yaml")

    @settings(max_examples=200)
    @given(st.text(alphabet="ab:{}[]-?&*!|>'\"#%,\n \t", max_size=40))
    def test_whatever_yaml_it_is_it_is_answered(self, text: str) -> None:
        with pytest.raises(RulebookError):
            read_rulebook(text.encode(), "anything.yaml")


class TestMutilated:
    """A book from which something was cut out, or into which something strange was put."""

    @settings(max_examples=15)
    @given(st.data())
    def test_is_read_or_refused_with_a_place(self, data: st.DataObject) -> None:
        lines = open_rulebook("aaif").text.decode().splitlines(keepends=True)
        number = data.draw(st.integers(0, len(lines) - 1))
        instead = data.draw(
            st.sampled_from(["", "x\n", "  []\n", "    {}\n", "      y: 1\n", lines[number] * 2])
        )
        text = "".join([*lines[:number], instead, *lines[number + 1 :]])
        assert where_refused(text).startswith("cut.yaml:")


def where_refused(text: str) -> str:
    """Where the first fault of a book is; its first line if it has none."""
    try:
        read_rulebook(text.encode(), "cut.yaml")
    except RulebookError as refusal:
        return refusal.where or ""
    return "cut.yaml:1"


class TestPlace:
    """A document that knows where each of its values stands."""

    def test_what_stands_below_a_key_is_found_at_the_key(self) -> None:
        root = compose(b"a:\n  b:\n    - 1\n    - {c: 2}\n", "f")
        assert root.at("a").where == "f:1 (a)"
        assert root.at("a", "b").where == "f:2 (a.b)"
        assert [place.where for place in root.at("a", "b").list()] == ["f:3 (a.b.0)", "f:4 (a.b.1)"]
        assert root.at("a", "b").list()[1].at("c").where == "f:4 (a.b.1.c)"

    def test_a_folded_text_is_found_where_it_begins(self) -> None:
        root = compose(b"a: >-\n  one\n  two\n", "f")
        assert root.at("a").text() == "one two"
        assert root.at("a").where == "f:1 (a)"

    def test_a_single_value_counts_as_a_list_of_one(self) -> None:
        assert compose(b"a: x\n", "f").at("a").texts() == ("x",)

    def test_words_stay_words(self) -> None:
        root = compose(b"a: [1e25, true, 2026-06-10, no, 007]\n", "f")
        assert root.at("a").texts() == ("1e25", "true", "2026-06-10", "no", "007")

    @pytest.mark.parametrize("text", ["NaN", "Infinity", "1_000", "0x10", "1e5000000", "", "~"])
    def test_a_number_is_a_number(self, text: str) -> None:
        with pytest.raises(RulebookError):
            compose(f"a: {text}\n".encode(), "f").at("a").number()

    @given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
    def test_and_is_kept_exactly(self, number: Decimal) -> None:
        assert compose(f"a: '{number}'\n".encode(), "f").at("a").number() == number
