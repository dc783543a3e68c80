"""``holdshort file``: how fields are read, and what the law does not let through."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.office.door import Office

Holdshort = Callable[..., Any]

METHOD = ("methods=capability-testing", "tier=1")
METHOD_FIELDS = {"methods": ["capability-testing"], "tier": 1}

PARTIES = {
    "acme": "developer",
    "beacon": "assessor",
    "accreditor": "authority.accreditor",
    "officer": "authority.case-officer",
    "decider": "authority.decision-maker",
    "court": "court",
}


@pytest.fixture
def data(holdshort: Holdshort, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    assert holdshort("init", folder).code == 0
    for party, role in PARTIES.items():
        assert holdshort("party", party, "--role", role, "--data", folder).code == 0
    return folder


@pytest.fixture
def file(holdshort: Holdshort, data: Path) -> Holdshort:
    """``holdshort file ACT --case r --as PARTY`` with fields."""

    def run(act: str, party: str, *pairs: str, case: str = "r", more: tuple[Any, ...] = ()) -> Any:
        said = [part for pair in pairs for part in ("--set", pair)]
        return holdshort("file", act, "--case", case, "--as", party, "--data", data, *said, *more)

    return run


def last_fields(data: Path) -> dict[str, Any]:
    """What the last act on the register says."""
    return dict(list(Office.open(data).entries())[-1].act.fields)


def test_it_says_what_was_filed_under_which_clause_and_what_comes_next(
    file: Holdshort, data: Path
) -> None:
    ran = file("review.declare", "acme", "model=M", "facts={}")
    assert ran.code == 0
    assert "Filed review.declare as entry 7" in ran.out
    assert "[aaif, obligations, pre-deployment testing]" in ran.out
    assert "r is now declared." in ran.out
    assert f"holdshort docket r --data {data}" in ran.out


@pytest.mark.parametrize(
    ("act", "party", "pairs", "fields"),
    [
        (
            "review.declare",
            "acme",
            ("model=a=b, c", 'facts={"a": [1, "x"]}', "training_compute=3.8e25"),
            {"model": "a=b, c", "facts": {"a": [1, "x"]}, "training_compute": "3.8e25"},
        ),
        (
            "accreditation.apply",
            "beacon",
            ("scope=cybersecurity, loss_of_control", *METHOD, "statement=Fit."),
            {"scope": ["cybersecurity", "loss_of_control"], **METHOD_FIELDS, "statement": "Fit."},
        ),
        (
            "accreditation.apply",
            "beacon",
            ('scope=["cybersecurity"]', *METHOD, "statement=Fit."),
            {"scope": ["cybersecurity"], **METHOD_FIELDS, "statement": "Fit."},
        ),
    ],
)
def test_a_value_is_read_as_its_type_asks(
    file: Holdshort,
    data: Path,
    act: str,
    party: str,
    pairs: tuple[str, ...],
    fields: dict[str, Any],
) -> None:
    ran = file(act, party, *pairs)
    assert ran.code == 0, ran.err
    assert last_fields(data) == fields


@pytest.mark.parametrize(("said", "value"), [("true", True), ("false", False)])
def test_yes_and_no_are_true_and_false(file: Holdshort, data: Path, said: str, value: bool) -> None:
    file("review.declare", "acme", "model=M", "facts={}")
    no = (
        "ownership control contingent_pay personal_equity equity_recused dual_roles "
        "shared_model_lineage paid_by_competitor separate_agreements"
    )
    interests = (f"conflict={said}", *(f"{name}=false" for name in no.split()), "funding_share=0")
    ran = file("review.declare-interests", "beacon", *interests, "funding=None.", "statement=None.")
    assert ran.code == 0, ran.err
    assert last_fields(data)["conflict"] is value


def test_numbers_and_lists_of_numbers_are_read_by_the_types_that_take_them() -> None:
    from holdshort.cli.fields import read_value

    assert read_value("12", "integer", "x") == 12
    assert read_value("-1", "integer", "x") == "-1"
    assert read_value("1.5", "integer", "x") == "1.5"
    assert read_value("3,4", "list", "x") == [3, 4]
    assert read_value("a, 4,", "list", "x") == ["a", 4]
    assert read_value("1.5", "list", "x") == ["1.5"]
    assert read_value('[{"a": 1}]', "list", "x") == [{"a": 1}]
    assert read_value("api, product,", "list of one_of", "x") == ["api", "product"]
    assert read_value('["api"]', "list of one_of", "x") == ["api"]
    assert read_value("true", "text", "x") == "true"
    assert read_value("{", "text", "x") == "{"
    assert read_value("yes", "bool", "x") == "yes"


@pytest.mark.parametrize(
    ("pairs", "code", "says"),
    [
        (("model",), 2, "NAME=VALUE"),
        (("model=M", "facts={"), 2, "--set facts"),
        (("model=M", "facts={}", "facts=[1]"), 1, "facts"),
        (("model=M", "facts={}", "colour=red"), 2, "no field 'colour'"),
        (("model=M", "facts={}", "training_compute=much"), 1, "training_compute = 'much'"),
        (("model=M", "facts={}", "training_compute=-1"), 1, "training_compute"),
        (("model=M", "facts={}", "training_compute=NaN"), 1, "training_compute"),
        (("model=M", 'facts={"a": 0.5}'), 2, "0.5"),
        (("model=M", 'facts={"a": 1, "a": 2}'), 2, "--set facts"),
        (("model= ", "facts={}"), 1, "model"),
        (("model=M", "facts={}", "weights=abc"), 1, "64 lower-case hexadecimal"),
        (("model=M", "facts=@nowhere"), 2, "nowhere cannot be read: No such file"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(
    file: Holdshort, data: Path, pairs: tuple[str, ...], code: int, says: str
) -> None:
    ran = file("review.declare", "acme", *pairs)
    assert ran.code == code
    assert says in ran.err
    assert "Errno" not in ran.err
    assert Office.open(data).docket.size == 7


def test_a_value_may_come_from_a_file(file: Holdshort, data: Path, tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text('{"model": {"name": "Größe"}}', "utf-8")
    ran = file("review.declare", "acme", "model=M", f"facts=@{tmp_path / 'facts.json'}")
    assert ran.code == 0
    assert last_fields(data)["facts"] == {"model": {"name": "Größe"}}
    (tmp_path / "latin").write_bytes("Größe".encode("latin-1"))
    ran = file("review.declare", "acme", f"model=@{tmp_path / 'latin'}", "facts={}", case="s")
    assert ran.code == 2
    assert "UTF-8" in ran.err


def test_fields_may_come_from_one_file_and_set_goes_before_it(
    file: Holdshort, data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "fields.json"
    path.write_text('{"model": "From the file", "facts": {}}')
    assert file("review.declare", "acme", more=("--fields", path)).code == 0
    assert last_fields(data)["model"] == "From the file"
    assert file("review.declare", "acme", "model=Set", case="s", more=("--fields", path)).code == 0
    assert last_fields(data)["model"] == "Set"
    for content, says in (("[]", "one JSON object"), ("{", "not JSON"), ('{"a": 1.5}', "1.5")):
        path.write_text(content)
        ran = file("review.declare", "acme", case="t", more=("--fields", path))
        assert ran.code == 2
        assert says in ran.err
    path.unlink()
    ran = file("review.declare", "acme", case="t", more=("--fields", path))
    assert ran.code == 2
    assert "cannot be read" in ran.err


def test_json_names_the_entry_its_hash_and_what_followed(
    holdshort: Holdshort, cleared: Path
) -> None:
    cases = holdshort("docket", "--data", cleared, "--json").json["cases"]
    case = next(each["case"] for each in cases if each["kind"] == "review")
    hold = ("file", "review.hold", "--case", case, "--as", "developer", "--data", cleared)
    said = holdshort(*hold, "--set", "reasons=Unsafe.", "--json").json
    entry = list(Office.open(cleared).entries())[said["entry"]]
    assert entry.act.type == said["act"] == "review.hold"
    assert said["leaf_hash"] == entry.leaf_hash.hex()
    assert said["state"] == "cleared"
    assert said["followed_by"] == [said["entry"] + 1]
    free = ("file", "review.release", "--case", case, "--as", "developer", "--data", cleared)
    text = holdshort(*free, "--set", "reasons=Safe again.")
    assert f"The clearance of {case} is now valid" in text.out


def test_a_document_is_published_with_the_act_that_names_it_and_not_without(
    file: Holdshort, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "card.md").write_text("# A model")
    attach = ("--attach", f"model-card={tmp_path / 'card.md'}")
    refused = file("review.declare", "beacon", "model=M", "facts={}", more=attach)
    assert refused.code == 1
    blobs = sorted((data / "public" / "blobs").rglob("*"))
    assert file("review.declare", "acme", "model=M", "facts={}", more=attach).code == 0
    (artefact,) = list(Office.open(data).entries())[-1].act.artefacts
    assert artefact.name == "model-card"
    assert Office.open(data).folder.read_blob(artefact.sha256) == b"# A model"
    assert len(sorted((data / "public" / "blobs").rglob("*"))) == len(blobs) + 2
    for pair, says in (("card", "NAME=FILE"), ("card=nowhere", "nowhere: The file cannot be")):
        ran = file("review.declare", "acme", "model=M", "facts={}", more=("--attach", pair))
        assert ran.code == 2
        assert says in ran.err


# ------------------------------------------------------------------ what nobody may do


def test_nobody_accredits_itself(file: Holdshort, data: Path) -> None:
    scope = ("scope=cybersecurity", *METHOD)
    file("accreditation.apply", "beacon", *scope, "statement=Fit.", case="a")
    file("accreditation.review-documents", "accreditor", "findings=Whole.", case="a")
    ran = file("accreditation.grant", "beacon", *scope, "reasons=I am good.", case="a")
    assert ran.code == 1
    assert "Only the authority's accreditor may do this; beacon is the assessor." in ran.err
    assert "aaif, independent evaluation" in ran.err


def test_whoever_holds_the_office_does_not_accredit_itself_either(
    holdshort: Holdshort, file: Holdshort, data: Path
) -> None:
    """An accreditor cannot even apply: the two are different roles, and a party has one."""
    ran = file(
        "accreditation.apply", "accreditor", "scope=cybersecurity", *METHOD, "statement=Fit."
    )
    assert ran.code == 1
    assert "Only the assessor" in ran.err


def test_no_model_is_barred_without_an_unacceptable_finding(
    holdshort: Holdshort, cleared: Path
) -> None:
    cases = holdshort("docket", "--data", cleared, "--json").json["cases"]
    review = next(each["case"] for each in cases if each["kind"] == "review")
    opening = ("file", "restriction.open", "--case", "bar-1", "--as", "case-officer")
    pairs = (f"concerns={review}", "ground=cybersecurity", "reasons=We do not like it.")
    said = [part for pair in pairs for part in ("--set", pair)]
    ran = holdshort(*opening, "--data", cleared, *said)
    assert ran.code == 1
    assert "rests on an unacceptable finding" in ran.err
    assert "[aaif, safeguards, scope]" in ran.err
    refer = ("file", "review.refer", "--case", review, "--as", "decision-maker")
    again = holdshort(*refer, "--data", cleared, "--set", "reasons=Still.")
    assert again.code == 1
    assert "needs the state assessed; the case is cleared" in again.err


def test_the_authority_alone_bars_nothing_even_on_an_unacceptable_finding(
    holdshort: Holdshort, referred: Path
) -> None:
    cases = holdshort("docket", "--data", referred, "--json").json["cases"]
    review = next(each["case"] for each in cases if each["kind"] == "review")

    def act(name: str, party: str, *pairs: str) -> Any:
        said = [part for pair in pairs for part in ("--set", pair)]
        where = ("--case", "bar-1", "--as", party, "--data", referred)
        return holdshort("file", f"restriction.{name}", *where, *said)

    opened = act(
        "open", "case-officer", f"concerns={review}", "ground=cybersecurity", "reasons=Found."
    )
    assert opened.code == 0, opened.err
    order = ("imminent=true", "reasons=Now.", "evidence=Finding.", "scope=All.")
    for party in ("case-officer", "decision-maker"):
        ran = act("order-provisionally", party, *order)
        assert ran.code == 1
        assert "Only the court may do this" in ran.err
        assert "[aaif, safeguards, court enforcement]" in ran.err


def test_an_assessor_does_not_determine(holdshort: Holdshort, referred: Path) -> None:
    cases = holdshort("docket", "--data", referred, "--json").json["cases"]
    review = next(each["case"] for each in cases if each["kind"] == "review")
    assessor = holdshort("docket", review, "--data", referred, "--json").json["bound"]["assessor"]
    for act in ("clear", "refer", "clear-with-conditions"):
        where = ("--case", review, "--as", assessor, "--data", referred)
        ran = holdshort("file", f"review.{act}", *where, "--set", "reasons=Mine.")
        assert ran.code == 1
        assert "Only the authority's decision maker may do this" in ran.err
        assert ran.err.rstrip().endswith("]")  # the clause that says so


def test_nobody_signs_for_another(holdshort: Holdshort, file: Holdshort, data: Path) -> None:
    """Without the party's key in the keys folder there is no act in its name."""
    (data / "keys" / "acme.key").unlink()
    ran = file("review.declare", "acme", "model=M", "facts={}")
    assert ran.code == 2
    assert "acme.key" in ran.err
