"""Lists of words out of an enumeration that a book declares: `list of one_of`."""

from pathlib import Path

import pytest

from holdshort.rulebook.expression import ListOf, OneOf
from holdshort.rulebook.load import read_rulebook
from holdshort.rulebook.model import FieldType, Rulebook
from holdshort.rulebook.proof import prove
from holdshort.rulebook.vocabulary import READABLE, field_type

SOUND = Path(__file__).with_name("sound.yaml").read_text()
WAYS = "values: [api, product]"
ALWAYS = "\"state != 'cleared' || areas.all(a, case.finding[a] == 'good')\""


def book(limit: str, sets: str = "act.scope") -> Rulebook:
    """The sound book, in which a review is of ways to serve a model, and a limit on them."""
    text = SOUND
    for old, new in (
        ("scope: {type: list of area, default: []", f"scope: {{type: list of one_of, {WAYS}"),
        ("scope: {type: list of area,", f"scope: {{type: list of one_of, {WAYS},"),
        ("sets: {scope: act.scope}", f"sets: {{scope: {sets}}}"),
        (ALWAYS, limit),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return read_rulebook(text.encode(), "ways.yaml")


def test_a_clause_reads_them_as_a_list_of_the_words_that_the_book_declares() -> None:
    type_ = FieldType("list of one_of", ("api", "product"))
    assert type_.name in READABLE
    assert field_type(type_, ("cyber",)) == ListOf(OneOf(("api", "product")))
    assert type_.element == FieldType("one_of", ("api", "product"))
    assert FieldType("list of area").words(("cyber",)) == ("cyber",)


@pytest.mark.parametrize(
    ("holds", "verdict"),
    [
        ("size(case.scope) > 0", "proven"),
        ("case.scope.all(way, way in ['api', 'product'])", "proven"),
        ("case.scope.exists(way, way == 'api') || 'product' in case.scope", "proven"),
        ("size(case.scope) == 1", "refuted"),
        ("!('api' in case.scope)", "refuted"),
        ("case.scope.all(way, way == 'product')", "refuted"),
    ],
)
def test_the_prover_knows_what_membership_all_exists_and_size_say_of_them(
    holds: str, verdict: str
) -> None:
    (result,) = prove(book(f"\"state != 'assigned' || {holds}\"")).results
    assert result.verdict == verdict


def test_an_act_may_set_words_that_are_written_out() -> None:
    for word, verdict in (("api", "proven"), ("product", "refuted")):
        law = book(f"\"state != 'assigned' || '{word}' in case.scope\"", sets="\"['api']\"")
        assert law.act("review.assign").sets[0].value.decide({}) == ["api"]
        assert prove(law).results[0].verdict == verdict
