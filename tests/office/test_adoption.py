"""A law is adopted by an act: proven first, from a date on, and never over an open case."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from holdshort.docket.refusal import Unlawful
from holdshort.docket.replay import Replay, replay
from holdshort.errors import BadInput, RegisterError
from holdshort.office.door import REGISTER, Document, Office, Receipt
from holdshort.register.audit import audit_log
from holdshort.register.canonical import Json
from holdshort.rulebook.load import read_rulebook
from holdshort.rulebook.model import Rulebook

Fields = Callable[..., dict[str, Any]]
Clock = Callable[[str], None]

BEFORE, AFTER = "2030-01-01T00:00:00Z", "2030-07-01T00:00:00Z"
EFFECTIVE = "2030-06-01T00:00:00Z"
INTERESTS: dict[str, Json] = {
    "conflict": False,
    "ownership": False,
    "control": False,
    "contingent_pay": False,
    "personal_equity": False,
    "equity_recused": False,
    "funding_share": "0",
    "dual_roles": False,
    "shared_model_lineage": False,
    "paid_by_competitor": False,
    "separate_agreements": False,
    "funding": "The public.",
    "statement": "None.",
}
COMPUTE = {"training_compute": "5e25", "ai_revenue": "1e9", "ai_rnd_spend": "1e9"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of every office, set by hand."""

    def set_to(now: str) -> None:
        monkeypatch.setattr(Office, "now", lambda self: max(now, self.docket.last_at))

    set_to(BEFORE)
    return set_to


def changed(book: Rulebook, *changes: tuple[str, str]) -> Rulebook:
    text = book.text.decode().replace('version: "1"', 'version: "2"', 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return read_rulebook(text.encode(), "second.yaml")


@pytest.fixture
def second(book: Rulebook) -> Rulebook:
    """The same law with a higher threshold."""
    return changed(book, ("value: 1e25,", "value: 1e26,"))


def adopt(office: Office, book: Rulebook, effective: str = EFFECTIVE, **more: Any) -> Receipt:
    fields = {
        "rulebook": {"id": book.id, "version": book.version, "digest": book.digest},
        "effective": effective,
        "reasons": "Parliament has decided.",
        **more,
    }
    document = Document("rulebook", book.text)
    return office.file("register.adopt", REGISTER, "registrar", fields, [document])


def refusal(office: Office, book: Rulebook, effective: str = EFFECTIVE, **more: Any) -> str:
    before = office.docket.size
    with pytest.raises(Unlawful) as refused:
        adopt(office, book, effective, **more)
    assert office.docket.size == before
    return str(refused.value)


def replayed(office: Office) -> Replay:
    """What a stranger finds in the published folder."""
    found = audit_log(office.folder, [office.docket.charter.verifier])
    assert found.ok, found.failures
    founding = found.entries[0].act.rulebook
    book = read_rulebook(office.folder.read_blob(founding), "founding")
    return replay(found.entries, book, office.folder.read_blob)


def test_what_is_opened_from_the_effective_date_on_is_under_the_new_law(
    office: Office, declare: Fields, clock: Clock, second: Rulebook
) -> None:
    adopt(office, second)
    office.file("review.declare", "early", "acme", declare(**COMPUTE))
    clock(AFTER)
    office.file("review.declare", "late", "acme", declare(**COMPUTE))
    early, late = office.docket.cases["early"], office.docket.cases["late"]
    assert (early.book.version, late.book.version) == ("1", "2")
    assert (early.facts["coverage"], late.facts["coverage"]) == ("covered", "not covered")
    assert replayed(office).fault is None


def test_an_open_case_goes_on_under_its_law(
    office: Office, declare: Fields, clock: Clock, second: Rulebook
) -> None:
    office.file("review.declare", "early", "acme", declare(**COMPUTE))
    adopt(office, second)
    clock(AFTER)
    receipt = office.file("review.declare-interests", "early", "beacon", INTERESTS)
    assert receipt.entry.act.rulebook == office.docket.cases["early"].book.digest
    assert receipt.entry.act.rulebook != second.digest
    assert replayed(office).fault is None


def test_the_register_itself_follows_the_law_in_force(
    office: Office, clock: Clock, book: Rulebook, declare: Fields
) -> None:
    from holdshort.office.opening import enrol

    new = changed(
        book, ("  court: {says:", "  ombudsman: {says: Hears complaints.}\n  court: {says:")
    )
    adopt(office, new)
    with pytest.raises(Unlawful):
        enrol(office, "early", "Early", "ombudsman", "registrar")
    clock(AFTER)
    enrol(office, "hearer", "Hearer", "ombudsman", "registrar")
    assert office.docket.parties["hearer"].role == "ombudsman"
    assert replayed(office).fault is None


def test_another_process_finds_the_law_that_was_adopted(
    office: Office, clock: Clock, second: Rulebook
) -> None:
    adopt(office, second)
    clock(AFTER)
    again = Office.open(office.place.root)
    assert again.book.digest == second.digest


def test_a_law_whose_limits_do_not_hold_is_refused_with_the_limit(
    office: Office, clock: Clock, book: Rulebook
) -> None:
    guard = (
        '          - if: review.finding[case.ground] == "unacceptable"\n'
        "            says: No bar stands without an unacceptable finding in an enumerated area.\n"
        "            cite: aaif, safeguards, scope\n"
    )
    text = book.text.decode()
    assert text.count(guard) == 2
    opening = (
        '          - if: review.finding[act.ground] == "unacceptable"\n'
        "            says: A case to bar a model rests on an unacceptable finding in the area "
        "relied on.\n            cite: aaif, safeguards, scope\n"
    )
    assert opening in text
    bad = changed(
        book,
        (guard, "          - {if: act.imminent, says: Twice., cite: house}\n"),
        (guard, "          - {if: case.noticed, says: Twice., cite: house}\n"),
        (opening, "          - {if: act.ground in areas, says: An area., cite: house}\n"),
    )
    said = refusal(office, bad)
    assert "not proven" in said
    assert "'grounds' is refuted" in said
    with pytest.raises(RegisterError):
        office.folder.read_blob(bad.digest)


def test_no_law_looks_back(office: Office, clock: Clock, second: Rulebook) -> None:
    assert "no law looks back" in refusal(office, second, "2029-01-01T00:00:00Z")


def test_laws_take_effect_one_after_the_other(
    office: Office, clock: Clock, book: Rulebook, second: Rulebook
) -> None:
    adopt(office, second)
    third = changed(book, ("value: 1e25,", "value: 3e25,"))
    assert "this one is to follow it" in refusal(office, third, "2030-05-01T00:00:00Z")
    assert "adopted already" in refusal(office, second, AFTER)


def test_the_text_is_published_and_is_the_one_that_is_named(
    office: Office, clock: Clock, second: Rulebook
) -> None:
    other = {"id": second.id, "version": "7", "digest": second.digest}
    assert "is that of aaif, version 2" in refusal(office, second, rulebook=other)
    nothing = {"id": second.id, "version": "2", "digest": "no digest"}
    assert "names it by its id" in refusal(office, second, rulebook=nothing)
    with pytest.raises(Unlawful, match="not published with the act"):
        office.file(
            "register.adopt",
            REGISTER,
            "registrar",
            {
                "rulebook": {"id": second.id, "version": "2", "digest": second.digest},
                "effective": EFFECTIVE,
                "reasons": "None.",
            },
        )


def test_a_law_that_the_register_could_not_go_on_under_is_refused(
    office: Office, clock: Clock, book: Rulebook
) -> None:
    start = book.text.decode().index("  register:\n")
    section = book.text.decode()[start:].partition("  accreditation:\n")[0]
    other = section.replace("[open]", "[running]").replace(": open\n", ": running\n")
    renamed = changed(book, (section, other))
    assert "no case 'register' with the state 'open'" in refusal(office, renamed)


def plain(*changes: tuple[str, str]) -> Rulebook:
    """The least law that there is, with changes."""
    text = (resources.files("holdshort.rulebook") / "template.yaml").read_text("utf-8")
    for old, new in (("rulebook: ID", "rulebook: plain"), *changes):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return read_rulebook(text.encode(), "plain.yaml")


def test_a_law_under_which_clearances_could_not_be_stated_is_refused(
    office: Office, clock: Clock
) -> None:
    mute = plain(("        effect: snapshot\n", ""))
    assert "where clearances stand" in refusal(office, mute)
    adopt(office, plain())


def test_acts_of_the_register_under_the_old_law_start_no_duty_from_what_they_did_not_say(
    office: Office, clock: Clock
) -> None:
    entered = "        says: A party is entered with its keys and its role.\n"
    since = "          since: {type: instant, says: Since when.}\n"
    otherwise = "  otherwise: {says: The law"
    large = "    large: {when: model.training_compute > 0, says: Large ones., cite: law}\n"
    joined = "  joined: {recorded_by: {register.enrol: since}, says: It joined., cite: law}\n"
    owed = "owed_by: developer, of: large, owed_to: all, within: {amount: 1, unit: days}, cite: law"
    greet = f"  greet: {{{owed}, starts: joined, says: It greets.}}\n"
    bow = f"  bow: {{{owed}, starts: register.enrol, says: It bows.}}\n"
    new = plain(
        (entered, since + entered),
        (otherwise, f"  classes:\n{large}{otherwise}"),
        ("events: {}\n", f"events:\n{joined}"),
        ("duties: {}\n", f"duties:\n{greet}{bow}"),
    )
    adopt(office, new)
    clock(AFTER)
    assert {item.duty.id for item in office.docket.duties(AFTER)} == {"bow"}


def test_who_may_not_adopt_a_law_does_not(office: Office, clock: Clock, second: Rulebook) -> None:
    fields: dict[str, Json] = {
        "rulebook": {"id": second.id, "version": "2", "digest": second.digest},
        "effective": EFFECTIVE,
        "reasons": "I would like it.",
    }
    with pytest.raises(Unlawful, match="Only the authority"):
        office.file("register.adopt", REGISTER, "acme", fields, [Document("rulebook", second.text)])


def test_an_act_under_a_law_that_does_not_apply_is_refused(
    office: Office, clock: Clock, second: Rulebook, declare: Fields
) -> None:
    from holdshort.register.act import Act

    adopt(office, second)
    charter = office.docket.charter
    act = Act(
        charter.origin, second.digest, "review", "declare", "r", "acme", office.now(), declare()
    )
    with pytest.raises(BadInput, match="applies aaif 1"):
        office.docket.check(act)


def test_the_command_adopts_a_day_in_the_zone_of_the_book(
    office: Office, second: Rulebook, tmp_path: Path, holdshort: Any
) -> None:
    file = tmp_path / "second.yaml"
    file.write_bytes(second.text)
    asked = ("rulebook", "adopt", file, "--effective", "2099-01-01", "--reasons", "Decided.")
    done = holdshort(*asked, "--data", office.place.root, "--json")
    assert done.code == 0, done.err
    assert done.json["effective"] == "2099-01-01T05:00:00Z"
    again = holdshort(*asked, "--data", office.place.root)
    assert again.code == 1
    assert "adopted already" in again.err
    wrong = holdshort(
        "rulebook", "adopt", file, "--effective", "soon", "--reasons", "-", "--data", "x"
    )
    assert wrong.code == 2
    assert "--effective" in wrong.err


@pytest.mark.parametrize("when", ["0001-01-01", "9999-12-31T23:59:59-12:00", "2026-02-30"])
def test_a_day_that_no_zone_can_tell_is_refused(when: str, holdshort: Any) -> None:
    asked = ("rulebook", "adopt", "kr-basic-act", "--reasons", "-", "--data", "x", "--json")
    wrong = holdshort(*asked, "--effective", when)
    assert wrong.code == 2
    assert wrong.json["where"] == "--effective"


def test_no_law_gives_the_registers_own_powers_to_another_office(
    office: Office, clock: Clock, second: Rulebook
) -> None:
    for old, new in (
        (
            "        title: Name the witnesses\n        by: authority.root\n",
            "        title: Name the witnesses\n        by: authority.registrar\n",
        ),
        (
            "        title: Appoint a registrar\n        by: authority.root\n",
            "        title: Appoint a registrar\n        by: authority.accreditor\n",
        ),
    ):
        text = second.text.decode()
        assert text.count(old) == 1
        usurping = read_rulebook(text.replace(old, new).encode(), "usurping.yaml")
        assert "in other hands" in refusal(office, usurping)


def test_what_was_signed_before_a_law_counts_under_the_law_of_its_date(
    office: Office, second: Rulebook, declare: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever law is in force when it is entered: a stranger who replays it has its date alone."""
    from holdshort.office.door import Filing
    from holdshort.register.envelope import sign

    moment = datetime.fromisoformat(EFFECTIVE) - timedelta(hours=1)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Clock":
            return cls.fromtimestamp(moment.timestamp(), tz)

    monkeypatch.setattr("holdshort.office.door.datetime", Clock)
    adopt(office, second)
    declared = Filing("review.declare", "signed-before", "acme", declare())
    envelope = sign(office.compose(declared).to_payload(), [office.key("acme")])
    moment += timedelta(hours=2)
    entered = office.submit(envelope).entry
    assert entered.act.rulebook == office.docket.charter.rulebook
    assert office.docket.cases["signed-before"].book.digest == entered.act.rulebook
    assert Office.open(office.place.root).docket.size == office.docket.size
    moment += timedelta(days=2)
    late = sign(replace(entered.act, case="late").to_payload(), [office.key("acme")])
    with pytest.raises(BadInput, match="more than a day ago"):
        office.submit(late)
