"""Forms: every act of every book can be written down, and reads back as it was filled in."""

from pathlib import Path

import pytest

from holdshort import located
from holdshort.rulebook.form import form
from holdshort.rulebook.load import open_rulebook, shipped
from holdshort.rulebook.model import ActRule, Rulebook

BOOKS = {id_: open_rulebook(id_) for id_ in shipped()}


def acts(book: Rulebook) -> list[ActRule]:
    return [rule for kind in book.cases.values() for rule in kind.acts.values()]


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS.keys())
def test_the_form_of_every_act_is_yaml_with_each_of_its_fields_and_no_other(
    book: Rulebook, tmp_path: Path
) -> None:
    for rule in acts(book):
        path = tmp_path / "form.yaml"
        path.write_text(form(book, rule) + "end: here\n")
        assert list(located.read(path).items) == [*rule.fields, "end"], rule.type


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS.keys())
def test_it_says_whose_law_it_is_what_it_meets_and_what_may_be_sealed(book: Rulebook) -> None:
    for rule in acts(book):
        text = " ".join(line.removeprefix("# ") for line in form(book, rule).splitlines())
        assert f"({rule.type}), {book.title}" in text
        assert " ".join(f"[{rule.clause.cite}]".split()) in text
        for duty in book.duties.values():
            assert (f"the duty {duty.id}," in text) == (rule.type in duty.met_by)
        for name in rule.fields:
            sealed = f"--seal {name}=GROUND" in text
            assert sealed == book.confidentiality.may_seal(rule.type, name)


def test_choices_and_units_stand_beside_the_line() -> None:
    text = form(BOOKS["aaif"], BOOKS["aaif"].act("review.declare"))
    assert "# Estimated training compute. (a number, like 3.8e25, FLOP; may stay empty)" in text
    text = form(BOOKS["aaif"], BOOKS["aaif"].act("criteria.hear"))
    assert "(one of industry, academia, government, civil-society)" in text
