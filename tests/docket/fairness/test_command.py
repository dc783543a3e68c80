"""``holdshort docket fairness`` on published registers; ``holdshort docket CASE`` stays."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.folder import Folder
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import NoteSigner

Play = Callable[..., Any]


def publish(world: Any, to: Path) -> Path:
    """The register as a stranger finds it."""
    leaves = [each.envelope.to_bytes() for each in world.entries]
    origin = world.docket.charter.origin
    head = Checkpoint(origin, len(leaves), Tree(map(leaf_hash, leaves)).root())
    folder = Folder(to)
    folder.put_blob(world.book.text)
    folder.publish(leaves, sign_checkpoint(head, NoteSigner(origin, world.key("register"))))
    return to


@pytest.fixture(scope="module")
def fair(play: Play, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(play(24, seed=3), tmp_path_factory.mktemp("fair") / "public")


@pytest.fixture(scope="module")
def slow(play: Play, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(play(40, slow="rival"), tmp_path_factory.mktemp("slow") / "public")


def test_favouritism_is_found_named_and_exits_with_one(holdshort: Any, slow: Path) -> None:
    said = holdshort("docket", "fairness", slow, "--runs", "50")
    assert said.code == 1
    assert "FOUND  rival fared worse than" in said.out
    assert "how long the party waited for an office" in said.out
    assert "ask for the reasons" in said.out


def test_a_fair_record_says_how_much_it_could_have_hidden(holdshort: Any, fair: Path) -> None:
    said = holdshort("docket", "fairness", fair, "--runs", "50", "--level", "0.01")
    assert said.code == 0
    assert "Nothing found, and this is how much could have been hidden." in said.out
    assert "would have been seen" in said.out
    assert "wait" in said.out


def test_a_record_that_is_too_short_says_so(holdshort: Any, play: Play, tmp_path: Path) -> None:
    said = holdshort("docket", "fairness", publish(play(3), tmp_path / "public"))
    assert said.code == 0
    assert "too short to show any bias" in said.out
    assert "0 %: too few like matters" in said.out


def test_the_document_holds_every_test_and_every_choice(holdshort: Any, slow: Path) -> None:
    said = holdshort("docket", "fairness", slow, "--runs", "50", "--json")
    assert said.code == 1
    document = said.json
    assert document["verdict"] == "found"
    assert any(each["found"] and each["of"] == "rival" for each in document["tests"])
    found = [each for each in document["choices"] if each["chosen"] == "violation.find"]
    assert len(found) == 40
    assert found[0]["also open"] == "violation.dismiss"
    assert found[0]["reasons"]
    assert len(found[0]["like choices"].split(", ")) == 39
    wait = next(each for each in document["power"] if each["measure"] == "wait")
    assert 0 <= float(wait["interval"][0]) <= float(wait["power"]) <= float(wait["interval"][1])


def test_the_same_register_gives_the_same_document(holdshort: Any, slow: Path) -> None:
    once = holdshort("docket", "fairness", slow, "--runs", "50", "--json")
    again = holdshort("docket", "fairness", slow, "--runs", "50", "--json")
    assert once.out == again.out


def test_the_page_and_the_table_are_written(holdshort: Any, slow: Path, tmp_path: Path) -> None:
    page, rows = tmp_path / "page.html", tmp_path / "choices.csv"
    said = holdshort("docket", "fairness", slow, "--runs", "50", "--html", page, "--csv", rows)
    assert f"Written: {page}" in said.out
    html = page.read_text()
    assert html.count("<svg") == 3  # the runway marking and two figures
    assert "rival: wait" in html
    assert "<script" not in html
    with rows.open() as read:
        table = list(csv.DictReader(read))
    assert {each["party"] for each in table} >= {"acme", "rival"}


def test_groups_are_compared_as_well(holdshort: Any, slow: Path, tmp_path: Path) -> None:
    groups = tmp_path / "groups.csv"
    groups.write_text("party,group\nacme,donor\nthird,donor\nfourth,donor\nrival,none\n")
    said = holdshort("docket", "fairness", slow, "--runs", "50", "--groups", groups)
    assert said.code == 1
    assert "The group none fared worse" in said.out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("party,group\nnobody,x\n", "There is no party 'nobody'"),
        ("party,group\nacme,x\nacme,y\n", "'acme' is in a group already"),
        ("party,group\nacme,x\nrival,x\n", "fewer than two groups"),
        ("who,what\nacme,x\n", "A line has a party and a group."),
    ],
)
def test_groups_that_cannot_be_used_are_refused_with_their_line(
    holdshort: Any, slow: Path, tmp_path: Path, text: str, says: str
) -> None:
    groups = tmp_path / "groups.csv"
    groups.write_text(text)
    said = holdshort("docket", "fairness", slow, "--groups", groups)
    assert said.code == 2
    assert says in said.err
    assert str(groups) in said.err


@pytest.mark.parametrize("wrong", [("--level", "2"), ("--level", "x"), ("--effect", "0")])
def test_an_option_that_makes_no_sense_is_refused(
    holdshort: Any, slow: Path, wrong: tuple[str, str]
) -> None:
    said = holdshort("docket", "fairness", slow, *wrong)
    assert said.code == 2
    assert wrong[0] in said.err


def test_a_register_that_contradicts_itself_is_not_audited(
    holdshort: Any, play: Play, tmp_path: Path
) -> None:
    place = publish(play(3), tmp_path / "public")
    bundle = next(each for each in (place / "tile" / "entries").rglob("*") if each.is_file())
    content = bytearray(bundle.read_bytes())
    content[-5] ^= 1
    bundle.write_bytes(content)
    said = holdshort("docket", "fairness", place)
    assert said.code == 2
    assert "holdshort verify" in said.err


def test_where_nothing_is_published_there_is_nothing_to_audit(
    holdshort: Any, tmp_path: Path
) -> None:
    said = holdshort("docket", "fairness", tmp_path)
    assert said.code == 2
    assert "Nothing is published here" in said.err


def test_a_real_register_of_one_review_is_read(holdshort: Any, cleared: Path) -> None:
    said = holdshort("docket", "fairness", cleared, "--json")
    assert said.code == 0
    assert said.json["verdict"] == "too short"
    assert any(each["chosen"] == "review.clear" for each in said.json["choices"])


def test_a_case_is_shown_as_before_even_one_that_is_called_like_the_audit(
    holdshort: Any, cleared: Path
) -> None:
    listed = holdshort("docket", "--data", cleared, "--json")
    case = next(each["case"] for each in listed.json["cases"] if each["kind"] == "review")
    assert holdshort("docket", case, "--data", cleared).out.startswith(f"{case}: ")
    assert holdshort("docket", "--data", cleared, case).out.startswith(f"{case}: ")
    missing = holdshort("docket", "--data", cleared, "--", "fairness")
    assert missing.code == 2
    assert "There is no case 'fairness'" in missing.err
    assert "There is no case 'nothing'" in holdshort("docket", "nothing", "--data", cleared).err


def test_help_names_the_audit(holdshort: Any) -> None:
    said = holdshort("docket", "--help")
    assert "Usage: holdshort docket [OPTIONS] [CASE]" in said.out
    assert "fairness" in said.out
    assert "REGISTER" in holdshort("docket", "fairness", "--help").out
