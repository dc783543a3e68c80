"""The page of the catalogue, and the sentence of the README, say what is tested."""

from pathlib import Path

from tests.abuse.page import PAGE, page, sentence

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_page_is_made_of_the_scenarios() -> None:
    assert PAGE.read_text() == page(), "run scripts/abuse-page"


def test_the_readme_names_their_number() -> None:
    assert sentence() in " ".join(README.read_text().split()), "run scripts/abuse-page"
