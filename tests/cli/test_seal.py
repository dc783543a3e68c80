"""``holdshort seal``: from a redacted document to its end, on a real register."""

import hashlib
import json
import shutil
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from holdshort.office.opening import Opening, enrol, open_register
from holdshort.office.place import Place
from holdshort.rulebook.load import read_rulebook

Holdshort = Callable[..., Any]

TEXT = "Safety framework\nWe test.\nThe learning rate is 3e-4.\nThe end — für heute.\n"
SB53 = (resources.files("holdshort.rulebook") / "books" / "us-ca-sb53.yaml").read_text("utf-8")
DESTROY = """\
      destroy-key:
        title: Record that a key to sealed matter was destroyed
        by: anyone
        from: open
        fields:
          entry: {type: integer, says: The entry whose sealed matter the party opens no more.}
          blob: {type: digest, says: Digest of the age file that the key opened.}
        must_state: [reasons]
        says: Whoever held a key to sealed matter has destroyed it. What was filed stays as it is.
        cite: house, the register
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register under SB 53, on which acme has declared a model; not to be changed."""
    from django.db import connections

    text = SB53
    if "      destroy-key:\n" not in text:
        place = text.index("      adopt:\n")
        text = text[:place] + DESTROY + text[place:]
    place_ = Place(tmp_path_factory.mktemp("made") / "data")
    opening = Opening("Test", rehearsal=False)
    office, _ = open_register(place_, read_rulebook(text.encode(), "sb53.yaml"), opening)
    enrol(office, "acme", "Acme", "developer", "registrar")
    enrol(office, "oes", "Emergency Services", "authority.emergency-services", "registrar")
    office.file(
        "review.declare",
        "review-1",
        "acme",
        {"model": "M", "facts": {}, "training_compute": "2e26", "foundation_model": True},
    )
    connections.close_all()
    return place_.root


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "data"))


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "documents" / "report.md"
    path.parent.mkdir()
    path.write_text(TEXT, "utf-8")
    return path


@pytest.fixture
def redacted(holdshort: Holdshort, data: Path, report: Path) -> int:
    """The entry under which a redacted report was filed, what was taken out sealed."""
    made = holdshort(
        "seal", "redact", report, "--passage", "L3", "trade-secret", "training recipe", "--json"
    ).json
    ran = holdshort(
        *("file", "review.redact", "--case", "review-1", "--as", "acme", "--data", data, "--json"),
        *("--set", f"document={digest(Path(made['public']))}"),
        *("--set", f"unredacted={digest(report)}", "--set", "ground=trade secrets"),
        *("--set", "character=A recipe.", "--set", "justification=Rivals would copy it."),
        *("--attach", f"report.public.md={made['public']}"),
        *("--attach", f"report.redactions.json={made['redactions']}"),
        *("--attach", f"report.withheld.json={made['withheld']}"),
        *("--seal", "unredacted=trade-secret", "--seal", "report.withheld.json=trade-secret"),
        *("--reader", "oes"),
    )
    assert ran.code == 0, ran.err
    entry: int = ran.json["entry"]
    return entry


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_document_is_redacted_sealed_opened_and_put_together_again(
    holdshort: Holdshort, data: Path, report: Path, redacted: int, tmp_path: Path
) -> None:
    public = report.with_name("report.public.md")
    assert "The learning rate" not in public.read_text("utf-8")
    assert "[redacted 1: trade secret]" in public.read_text("utf-8")
    assert report.with_name("report.withheld.json").stat().st_mode & 0o777 == 0o600
    inside = tmp_path / "inside"
    ran = holdshort("seal", "open", redacted, "--as", "oes", "--output", inside, "--data", data)
    assert ran.code == 0, ran.err
    assert f"unredacted = {digest(report)}" in ran.out
    again = tmp_path / "again.md"
    ran = holdshort(
        *("seal", "restore", public, "--redactions", report.with_name("report.redactions.json")),
        *("--withheld", inside / "report.withheld.json", "--output", again),
    )
    assert ran.code == 0, ran.err
    assert again.read_bytes() == report.read_bytes()


def test_a_stranger_checks_a_disclosure_with_the_public_folder_alone(
    holdshort: Holdshort, data: Path, report: Path, redacted: int, tmp_path: Path
) -> None:
    file = tmp_path / "shown.json"
    ran = holdshort(
        *("seal", "disclose", redacted, "--field", "unredacted", "--as", "acme"),
        *("--output", file, "--data", data),
    )
    assert ran.code == 0, ran.err
    assert set(json.loads(file.read_text())) == {
        *("register", "entry", "act", "name", "salt", "value")
    }
    public = Path(shutil.copytree(data / "public", tmp_path / "mirror"))
    ran = holdshort("seal", "check", file, "--register", public, "--json")
    assert ran.code == 0, ran.err
    assert ran.json["value"] == digest(report)
    charter = ran.json["charter"]
    assert holdshort("seal", "check", file, "--register", public, "--charter", charter).code == 0
    refused = holdshort("seal", "check", file, "--register", public, "--charter", "ab" * 32)
    assert refused.code == 2
    assert "The charter is" in refused.err


@pytest.mark.parametrize(
    "lie", [{"value": "ab" * 32}, {"salt": "00" * 32}, {"name": "document"}, {"entry": 3}]
)
def test_a_forged_disclosure_does_not_hold(
    holdshort: Holdshort, data: Path, redacted: int, tmp_path: Path, lie: dict[str, Any]
) -> None:
    file = tmp_path / "shown.json"
    holdshort(
        *("seal", "disclose", redacted, "--field", "unredacted", "--as", "acme"),
        *("--output", file, "--data", data),
    )
    file.write_text(json.dumps({**json.loads(file.read_text()), **lie}))
    ran = holdshort("seal", "check", file, "--register", data)
    assert ran.code == 1
    assert ran.out.startswith("No: ")


def test_an_entry_that_is_not_in_the_log_proves_nothing(
    holdshort: Holdshort, data: Path, redacted: int, tmp_path: Path
) -> None:
    file = tmp_path / "shown.json"
    holdshort(
        *("seal", "disclose", redacted, "--field", "unredacted", "--as", "acme"),
        *("--output", file, "--data", data),
    )
    (bundle,) = (data / "public").glob("tile/entries/**/*[0-9]")
    content = bytearray(bundle.read_bytes())
    content[-10] ^= 1  # in the last entry's signature
    bundle.write_bytes(content)
    ran = holdshort("seal", "check", file, "--register", data)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_a_document_is_disclosed_by_its_digest(
    holdshort: Holdshort, data: Path, report: Path, redacted: int, tmp_path: Path
) -> None:
    file = tmp_path / "shown.json"
    ran = holdshort(
        *("seal", "disclose", redacted, "--field", "report.withheld.json.age", "--as", "oes"),
        *("--output", file, "--data", data),
    )
    assert ran.code == 0, ran.err
    check = ("seal", "check", file, "--register", data, "--document")
    assert holdshort(*check, report.with_name("report.withheld.json")).code == 0
    assert holdshort(*check, report).code == 1


def test_what_must_be_kept_cannot_be_destroyed_by_whom_the_law_binds(
    holdshort: Holdshort, data: Path, redacted: int
) -> None:
    ran = holdshort("seal", "due", "--data", data)
    assert f"Entry {redacted}, review.redact in review-1, by acme" in ran.out
    assert "keys here: acme, oes" in ran.out
    assert "5 years, due" in ran.out
    ran = holdshort(
        "seal", "destroy", redacted, "--as", "acme", "--reasons", "Room.", "--yes", "--data", data
    )
    assert ran.code == 1
    assert "[bpc, 22757.12(f)(2)]" in ran.err
    assert holdshort("seal", "open", redacted, "--as", "acme", "--data", data).code == 0


def test_destroying_a_key_ends_access_is_on_the_record_and_leaves_the_register_whole(
    holdshort: Holdshort, data: Path, redacted: int
) -> None:
    ran = holdshort(
        *("seal", "destroy", redacted, "--as", "oes", "--reasons", "No longer needed."),
        *("--yes", "--data", data),
    )
    assert ran.code == 0, ran.err
    assert f"entry {redacted + 1} says so" in ran.out
    assert "Keys are left here of: acme." in ran.out
    ran = holdshort("seal", "open", redacted, "--as", "oes", "--data", data)
    assert ran.code == 2
    assert "has destroyed it" in ran.err
    assert holdshort("seal", "open", redacted, "--as", "acme", "--data", data).code == 0
    again = holdshort(
        "seal", "destroy", redacted, "--as", "oes", "--reasons", "x", "--yes", "--data", data
    )
    assert again.code == 1
    verified = holdshort("verify", data)
    assert verified.code == 0, verified.out


def test_nothing_is_destroyed_unless_someone_says_yes(
    holdshort: Holdshort, data: Path, redacted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.confirm", lambda text: False)
    ran = holdshort("seal", "destroy", redacted, "--as", "oes", "--reasons", "x", "--data", data)
    assert ran.code == 1
    assert "oes will not be able to read or disclose it again." in ran.out
    assert holdshort("seal", "open", redacted, "--as", "oes", "--data", data).code == 0
    as_json = holdshort(
        "seal", "destroy", redacted, "--as", "oes", "--reasons", "x", "--data", data, "--json"
    )
    assert as_json.code == 2


def test_a_readers_key_is_made_once(holdshort: Holdshort, data: Path) -> None:
    made = holdshort("seal", "reader", "oes", "--data", data, "--json").json
    assert made["recipient"].startswith("age1")
    assert made["made"]
    assert holdshort("seal", "reader", "oes", "--data", data, "--json").json == {
        **made,
        "made": False,
    }


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("open", 99, "--as", "acme"), 2, "There is no entry 99"),
        (("open", 3, "--as", "acme"), 2, "Nothing of entry 3"),
        (("destroy", 3, "--as", "acme", "--reasons", "x", "--yes"), 2, "Nothing of entry 3"),
        (("due",), 0, "Nothing on this register is sealed."),
    ],
)
def test_it_says_what_is_not_there(
    holdshort: Holdshort, data: Path, arguments: tuple[Any, ...], code: int, says: str
) -> None:
    ran = holdshort("seal", *arguments, "--data", data)
    assert ran.code == code
    assert says in ran.out + ran.err


@pytest.mark.parametrize(
    ("passage", "says"),
    [
        ("L9", "There are lines 1 to 4"),
        ("e", "occurs"),
        ("7-3", "empty or beyond"),
        ("nowhere", "occurs 0 times"),
    ],
)
def test_a_passage_that_is_not_there_is_refused_and_nothing_is_written(
    holdshort: Holdshort, report: Path, passage: str, says: str
) -> None:
    ran = holdshort("seal", "redact", report, "--passage", passage, "trade-secret", "recipe")
    assert ran.code == 2
    assert says in ran.err
    assert list(report.parent.iterdir()) == [report]


def test_what_is_no_text_is_not_redacted(holdshort: Holdshort, tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"%PDF\xff")
    ran = holdshort(
        "seal", "redact", tmp_path / "scan.pdf", "--passage", "0-2", "trade-secret", "recipe"
    )
    assert ran.code == 2
    assert "seal the document whole" in ran.err


@pytest.mark.parametrize("pair", ["unredacted", "=x", "unredacted="])
def test_a_seal_names_a_ground(holdshort: Holdshort, data: Path, pair: str) -> None:
    ran = holdshort(
        "file", "review.redact", "--case", "c", "--as", "acme", "--seal", pair, "--data", data
    )
    assert ran.code == 2
    assert "is not NAME=GROUND" in ran.err
