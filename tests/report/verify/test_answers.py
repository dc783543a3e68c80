"""What the page answers about entries that are what they say, and how it is used."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from holdshort.register.canonical import canonical
from holdshort.register.charter import read_charter
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.merkle import leaf_hash

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

Check = Callable[..., Any]
CHARTER_LINES = ("charter", "charter-signatures", "charter-hash", "charter-log", "charter-place")


def test_an_entry_with_its_proof_holds_under_a_policy(check: Check, register: Any) -> None:
    shown = check()
    assert (shown.verdict, shown.headline) == ("holds", "On the register")
    assert shown.failed == set()
    assert "place 4 of the 7 entries of holdshort.example/test" in shown.text
    assert "declare, by acme, in the case review-1." in shown.text
    assert "23 November 2026, 10:15:00 UTC" in shown.text
    assert "automated_rnd" in shown.text
    assert leaf_hash(register.entry).hex() in shown.says("leaf")
    assert shown.state("witness civic/rome") == shown.state("witness press/one") == "holds"
    assert "Has not cosigned" in shown.says("witness campus/one")
    assert shown.state("signature 1") == "unchecked"
    assert f"SHA-256 {hashlib.sha256(register.entry).hexdigest()}" in shown.text


def test_the_proof_may_carry_the_entry(check: Check, register: Any) -> None:
    carrying = replace(register.proof, extra=register.entry).to_bytes()
    shown = check(proof=carrying, entry=None)
    assert shown.verdict == "holds"
    assert "The proof carries it." in shown.says("envelope")


def test_without_an_entry_the_page_cannot_tell(check: Check) -> None:
    shown = check(entry=None)
    assert (shown.verdict, shown.headline) == ("unchecked", "Cannot tell")
    assert shown.failed == set()


def test_a_log_key_alone_vouches_without_witnesses(check: Check, register: Any) -> None:
    shown = check(policy=register.log.verifier.vkey)
    assert shown.verdict == "holds"
    assert "none vouches here" in shown.says("quorum")
    assert "without witnesses" in shown.text


def test_a_log_of_one_entry_has_an_empty_path(check: Check, register: Any) -> None:
    alone = register.prove(0, register.leaves[:1]).to_bytes()
    assert check(proof=alone, entry=register.charter).verdict == "holds"


def test_without_anything_to_trust_the_page_cannot_tell(check: Check) -> None:
    shown = check(policy="")
    assert shown.verdict == "unchecked"
    assert "Anyone can make a log" in shown.says("trust")
    assert shown.state("inclusion") == "holds"


def test_the_hash_of_a_charter_without_the_charter_is_not_enough(
    check: Check, register: Any
) -> None:
    shown = check(policy="", pin=register.pin)
    assert shown.verdict == "unchecked"
    assert "Give the charter itself too" in shown.says("trust")


@pytest.fixture
def enrolment(register: Any) -> dict[str, bytes]:
    """The registrar's act, with its proof, the charter, and the charter's proof."""
    return {
        "entry": register.enrolment,
        "proof": register.prove(1).to_bytes(),
        "charter": register.charter,
        "charter_proof": register.prove(0).to_bytes(),
    }


def test_a_pinned_charter_gives_the_log_the_witnesses_and_the_keys(
    check: Check, register: Any, enrolment: dict[str, bytes]
) -> None:
    assert read_charter(Entry.parse(0, register.charter)).leaf_hash == register.pin
    shown = check(**enrolment, policy="", pin=register.pin.upper())
    assert shown.verdict == "holds"
    assert {shown.state(line) for line in CHARTER_LINES} == {"holds"}
    assert "2 of the root's 3 keys signed; it takes 2" in shown.says("charter-signatures")
    assert "By Registrar (registrar)" in shown.says("signature 1")
    assert shown.state("signature 1") == "holds"


def test_the_charter_may_be_carried_by_its_proof(check: Check, register: Any) -> None:
    carrying = replace(register.prove(0), extra=register.charter).to_bytes()
    shown = check(policy="", pin=register.pin, charter_proof=carrying)
    assert shown.verdict == "holds"
    assert {shown.state(line) for line in CHARTER_LINES} == {"holds"}


def test_a_charter_without_its_hash_is_taken_on_faith_and_not_enough(
    check: Check, enrolment: dict[str, bytes]
) -> None:
    shown = check(**enrolment, policy="")
    assert shown.verdict == "unchecked"
    assert "may have made it up" in shown.says("trust")
    assert "a charter that you did not pin" in shown.says("signature 1")


def test_a_charter_that_the_trusted_log_holds_as_its_first_entry_needs_no_hash(
    check: Check, enrolment: dict[str, bytes]
) -> None:
    shown = check(**enrolment)
    assert shown.verdict == "holds"
    assert shown.state("signature 1") == "holds"


def test_a_policy_without_a_log_takes_the_charters(check: Check, register: Any) -> None:
    shown = check(policy=register.witnesses, pin=register.pin, charter=register.charter)
    assert shown.verdict == "holds"
    assert "the witnesses are those that you gave" in shown.says("trust")


def test_a_rehearsal_says_so(check: Check, register: Any) -> None:
    played = register.make_charter(rehearsal=True)
    proof = register.prove(register.at, [played, *register.leaves[1:]]).to_bytes()
    shown = check(proof=proof, policy="", charter=played, pin=leaf_hash(played).hex())
    assert shown.verdict == "holds"
    assert "one person played all parties" in shown.text


@pytest.mark.parametrize("indent", [None, 1])
def test_signatures_are_checked_with_keys_that_the_reader_gives(
    check: Check, register: Any, indent: int | None
) -> None:
    keys = [register.acme.public.to_json(), register.device.public.to_json()]
    shown = check(keys=json.dumps(keys, indent=indent))
    assert shown.verdict == "holds"
    assert shown.state("signature 1") == shown.state("signature 2") == "holds"
    assert "not fully checked" not in shown.text


def test_keys_may_be_given_as_pem(check: Check, register: Any) -> None:
    public = register.device.private.public_key()
    shown = check(
        keys=public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    )
    assert {shown.state("signature 1"), shown.state("signature 2")} == {"holds", "unchecked"}
    assert f"ecdsa-p256\n{register.device.keyid}" in shown.says("key 1")


def test_a_key_that_did_not_sign_leaves_the_signature_unchecked(
    check: Check, register: Any
) -> None:
    shown = check(keys=canonical(register.registrar.public.to_json()).decode())
    assert shown.verdict == "holds"
    assert shown.state("signature 1") == "unchecked"
    assert "not fully checked" in shown.text


def test_an_act_that_a_founder_signed_for_another_is_not_called_theirs(
    check: Check, register: Any
) -> None:
    payload = register.act("review", "declare", "acme", {}).to_payload()
    logged = register.instead(sign(payload, [register.registrar]).to_bytes())
    shown = check(**logged, policy="", pin=register.pin, charter=register.charter)
    assert shown.state("signature 1") == "unchecked"
    assert "while the act says that it is by acme" in shown.says("signature 1")


def test_an_ml_dsa_cosignature_counts_where_the_browser_knows_it(
    check: Check, register: Any
) -> None:
    proof = register.prove(register.at, cosigners=(register.rome, register.campus))
    shown = check(proof=proof.to_bytes())
    assert shown.verdict == "holds"
    assert shown.state("witness campus/one") == "holds"


def test_a_browser_without_ml_dsa_says_so_and_does_not_count_it(
    page_without_ml_dsa: "Page", check_on: Check, register: Any
) -> None:
    def cosigned_by(*cosigners: object) -> Any:
        proof = register.prove(register.at, cosigners=cosigners)
        return check_on(page_without_ml_dsa, proof=proof.to_bytes())

    shown = cosigned_by(register.rome, register.campus)
    assert shown.verdict == "unchecked"
    assert "Not checked by this browser" in shown.says("witness campus/one")
    assert "This browser cannot tell" in shown.says("quorum")
    assert cosigned_by(register.rome, register.press, register.campus).verdict == "holds"
    assert cosigned_by(register.campus).failed == {"quorum"}


def test_texts_by_other_hands_stay_text(check: Check, register: Any, page: "Page") -> None:
    markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    more = {markup: markup, "turned": "a\u202egnp.exe", "__proto__": {"x": "y"}}
    shown = check(**register.instead(register.declaration(1, **more)))
    assert shown.verdict == "holds"
    assert markup in shown.text
    assert "a\ufffdgnp.exe" in shown.text
    assert "__proto__" in shown.text
    assert page.title() == "Check one entry | Holdshort"
    assert page.query_selector("#result img, #result script") is None


def test_a_change_of_what_is_given_takes_the_answer_away(check: Check, page: "Page") -> None:
    check()
    page.fill("#pin", "f")
    assert not page.is_visible("#result")


def test_the_form_works_from_the_keyboard_and_the_answer_takes_the_focus(
    check: Check, page: "Page"
) -> None:
    check()
    reached = []
    page.focus("#proof")
    for _ in range(12):
        reached.append(page.evaluate("document.activeElement.id"))
        page.keyboard.press("Tab")
    wanted = "proof entry pin charter charter-proof policy policy-file keys key-files check"
    assert [name for name in reached if name] == wanted.split()
    page.focus("#check")
    page.keyboard.press("Enter")
    page.wait_for_selector("#result:not([hidden])")
    assert page.evaluate("document.activeElement.id") == "verdict"


def test_without_a_proof_the_page_asks_for_one(page: "Page") -> None:
    page.click("button[type=reset]")
    page.click("#check")
    page.wait_for_function("document.getElementById('status').textContent.includes('proof')")
    assert not page.is_visible("#result")
    assert page.evaluate("document.activeElement.id") == "proof"


def test_a_policy_in_a_file_counts_like_one_that_is_typed(page: "Page", register: Any) -> None:
    page.click("button[type=reset]")
    for name, data in {
        "proof": register.proof.to_bytes(),
        "entry": register.entry,
        "policy-file": register.policy.encode(),
    }.items():
        page.set_input_files(f"#{name}", {"name": name, "mimeType": "text/plain", "buffer": data})
    page.click("#check")
    page.wait_for_selector("#result[data-verdict=holds]")


@pytest.mark.parametrize(
    "attempt",
    [
        "fetch('https://holdshort.example/')",
        "document.body.innerHTML = '<b>x</b>'",
        "Object.assign(new Image(), {src: 'https://holdshort.example/x.png'}).decode()",
        # Later, since what the debugger runs by itself may make code of text.
        """new Promise((yes, no) => setTimeout(() => {
          try { yes(new Function('return 1')()) } catch (error) { no(error) }
        }))""",
    ],
)
def test_the_browser_itself_holds_the_page_to_its_policy(
    browser: "Browser", address: str, attempt: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    outcome = page.evaluate(
        f"async () => {{ try {{ await ({attempt}); return 'allowed'; }}"
        " catch (error) { return error.name; } }"
    )
    context.close()
    assert outcome != "allowed"


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_no_screen_scrolls_sideways(page: "Page", check: Check, register: Any, width: int) -> None:
    check(policy=register.policy.replace("all", "any"), pin="0" * 64, charter=register.charter)
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
