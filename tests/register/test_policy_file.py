"""The lines of a trust policy, and what they may say together."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput
from holdshort.register.cosignature import CosignatureVerifier, Cosigner
from holdshort.register.keys import PrivateKey
from holdshort.register.note import NoteSigner, Vkey
from holdshort.register.policy import Group, LogEntry, Policy, WitnessEntry

VECTORS = Path(__file__).parent / "vectors"


def ed25519(name: str, seed: int) -> CosignatureVerifier:
    return Cosigner(name, PrivateKey.from_seed(bytes([seed]) * 32)).verifier


W = [ed25519(f"w{number}.example/key", number) for number in range(1, 10)]
POST_QUANTUM = Cosigner("pq.example", PrivateKey.from_seed(bytes(32), "ml-dsa-44")).verifier
LOG = NoteSigner("log.example/a", PrivateKey.from_seed(bytes([99]) * 32)).verifier
SEVEN = "".join(f"witness w{at} {each.vkey}\n" for at, each in enumerate(W[:7], 1))

# C2SP tlog-policy, "Example policy", with keys of ours where it elides them.
EXAMPLE = f"""\
log {LOG.vkey}

witness X1 {W[0].vkey}
witness X2 {W[1].vkey}
witness X3 {W[2].vkey}
group X-witnesses 2 X1 X2 X3

witness Y1 {W[3].vkey}
witness Y2 {W[4].vkey}
witness Y3 {W[5].vkey}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def refusal(text: str | bytes, log: bool = False) -> str:
    with pytest.raises(BadInput) as caught:
        Policy.parse(text, "policy", LOG if log else None)
    return str(caught.value)


def test_the_example_of_the_specification_is_read() -> None:
    policy = Policy.parse(EXAMPLE)
    assert policy.logs == (LogEntry(LOG),)
    assert [each.name for each in policy.witnesses] == ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
    assert policy.groups == (
        Group("X-witnesses", 2, ("X1", "X2", "X3")),
        Group("Y-witnesses", 1, ("Y1", "Y2", "Y3")),
        Group("X-and-Y", 2, ("X-witnesses", "Y-witnesses")),
    )
    assert policy.quorum == "X-and-Y"
    assert [name for name in ("X1", "Y1") if policy.met({name})] == []
    assert policy.met({"X1", "X3", "Y2"})
    assert not policy.met({"X1", "X2", "X3"})
    assert not policy.met({"X1", "Y1", "Y2", "Y3"})


def test_a_policy_of_the_public_network_is_read_and_written() -> None:
    data = (VECTORS / "witnesses.policy").read_bytes()
    policy = Policy.parse(data)
    assert [each.operator for each in policy.witnesses] == [
        "transparency.dev",
        "witness1.smartit.nu",
        "remora.n621.de",
        "witness.stagemole.eu",
        "witness.navigli.sunlight.geomys.org",
    ]
    assert "# Witnesses of the public network, 2026\n" + policy.text() == data.decode()


def test_a_policy_may_ask_for_nobody() -> None:
    policy = Policy.parse("quorum none\n")
    assert policy == Policy() == Policy.parse(" \t# nobody\n\n\tquorum \t none \n")
    assert policy.met(())
    assert policy.text() == "quorum none\n"


def test_lines_may_stand_in_any_order_and_have_urls() -> None:
    text = (
        f"witness a {W[0].vkey} https://a.example/prefix/\n"
        "quorum a\n"
        f"log {LOG.vkey}\thttps://log.example/\n"
        f"witness b {POST_QUANTUM.vkey}\n"
    )
    policy = Policy.parse(text)
    assert policy.logs == (LogEntry(LOG, "https://log.example/"),)
    assert policy.witnesses == (
        WitnessEntry("a", W[0], "https://a.example/prefix/"),
        WitnessEntry("b", POST_QUANTUM),
    )
    assert Policy.parse(policy.text()) == policy


def test_a_log_may_sign_with_ml_dsa() -> None:
    policy = Policy.parse(f"log {POST_QUANTUM.vkey}\nquorum none\n")
    assert policy.logs == (LogEntry(POST_QUANTUM),)


def test_the_log_may_stand_elsewhere() -> None:
    text = f"witness w {W[0].vkey}\nquorum w\n"
    policy = Policy.parse(text, log=LOG)
    assert policy.logs == (LogEntry(LOG),)
    assert policy.text() == f"log {LOG.vkey}\n{text}"
    assert "line 1: This policy is of the log log.example/a" in refusal(policy.text(), log=True)


def test_names_are_opaque_octets() -> None:
    text = f"witness \u212a\x80\xff {W[0].vkey} http://\xe9\nquorum \u212a\x80\xff\n"
    for given_as in (text.encode("utf-8"), text.replace("\u212a", "K").encode("latin-1")):
        policy = Policy.parse(given_as)
        assert policy.text().encode("utf-8", "surrogateescape") == given_as
    # A Kelvin sign is not a K, and U+0085 or U+3000 is no white space here.
    assert "line 2: No witness or group named 'K'" in refusal(
        f"witness \u212a {W[0].vkey}\nquorum K\n"
    )
    assert Policy.parse(f"witness a\u0085b\u3000c {W[0].vkey}\nquorum none\n").witnesses[
        0
    ].name == ("a\u0085b\u3000c")


def test_the_words_of_the_format_are_names_too() -> None:
    text = (
        f"witness all {W[0].vkey}\nwitness any {W[1].vkey}\nwitness 2 {W[2].vkey}\n"
        "group group 2 all any 2\nquorum group\n"
    )
    assert Policy.parse(text).text() == text


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "policy: There is no quorum line"),
        ("# only a comment\n", "policy: There is no quorum line"),
        ("quorum none", "line 1: The last line does not end"),
        (SEVEN + "quorum w1", "line 8: The last line does not end"),
        ("quorum none\n\x01\n", "line 2: A control character"),
        ("quorum none\r\n", "line 1: A control character"),
        ("quorum none\n#\x7f\n", "line 2: A control character"),
        ("quorum none\n\x0b\n", "line 2: A control character"),
        ("quibble w1\nquorum none\n", "line 1: This is not a line of a policy: 'quibble w1'"),
        ("Quorum none\n", "line 1: This is not a line"),
        ("quorum\n", "Write: quorum <name>|none"),
        ("quorum none none\n", "line 1: This is not a line"),
        ("quorum none\nquorum none\n", "line 2: There is a quorum already: none"),
        (SEVEN + "quorum w1\nquorum w2\n", "line 9: There is a quorum already: w1"),
        ("quorum w1\n" + SEVEN, "line 1: No witness or group named 'w1'"),
        ("log\nquorum none\n", "Write: log <vkey> [<url>]"),
        ("log garbage\nquorum none\n", "line 1: 'garbage' is not a note verifier key"),
        (f"log {LOG.vkey} u v\nquorum none\n", "line 1: This is not a line"),
        (f"log {LOG.vkey}\nlog {LOG.vkey}\nquorum none\n", "line 2: The key of the log"),
        (f"log {W[0].vkey}\nquorum none\n", "line 1: A key of type 0x04 does not sign for a log"),
        (f"log {Vkey('l', bytes(4), 2, b'x')}\nquorum none\n", "0x02 does not sign for a log"),
        ("witness w1\nquorum none\n", "Write: witness <name> <vkey> [<url>]"),
        (f"witness w1 {W[0].vkey} url # no\nquorum w1\n", "line 1: This is not a line"),
        (f"witness w1 {LOG.vkey}\nquorum w1\n", "line 1: A key of type 0x01"),
        (f"witness none {W[0].vkey}\nquorum none\n", "line 1: The name 'none'"),
        (f"witness /w {W[0].vkey}\nquorum none\n", "states no operator"),
        (SEVEN + f"witness w1 {W[8].vkey}\nquorum w1\n", "line 8: The name w1 is given twice"),
        (
            SEVEN + f"witness w9 {W[0].vkey}\nquorum w1\n",
            "line 8: The key of the witness w9 is that of the witness w1",
        ),
        (SEVEN + "group w1 any w2\nquorum w1\n", "line 8: The name w1 is given twice"),
        (SEVEN + "group none any w2\nquorum none\n", "line 8: The name 'none'"),
        (SEVEN + "group g 1\nquorum none\n", "Write: group <name> all|any|<k> <name>..."),
        (SEVEN + "group g any\nquorum none\n", "line 8: This is not a line"),
        (SEVEN + "group g 0 w1\nquorum g\n", "line 8: '0' is not"),
        (SEVEN + "group g -1 w1\nquorum g\n", "line 8: '-1' is not"),
        (SEVEN + "group g 01 w1\nquorum g\n", "line 8: '01' is not"),
        (SEVEN + "group g ١ w1\nquorum g\n", "line 8: '١' is not"),
        (SEVEN + "group g 2 w1\nquorum g\n", "line 8: The group g cannot take 2 of 1"),
        (SEVEN + "group g any w8\nquorum g\n", "line 8: No witness or group named 'w8'"),
        (SEVEN + "group g any g\nquorum g\n", "line 8: No witness or group named 'g'"),
        (SEVEN + "group g any none w1\nquorum g\n", "line 8: No witness or group named 'none'"),
        (SEVEN + "group g all w1 w1\nquorum g\n", "line 8: w1 is listed twice"),
        (
            SEVEN + "group g any w1 w2\ngroup h any w1\nquorum g\n",
            "line 9: w1 is a member of the group g already",
        ),
        ("group g any w1\n" + SEVEN + "quorum g\n", "line 1: No witness or group named 'w1'"),
        (f"log {LOG.vkey}\n" * 2 + "quorum none\n", "is that of the log log.example/a already"),
        ("#" * (1 << 20) + "\nquorum none\n", "larger than"),
    ],
)
def test_a_policy_that_breaks_a_rule_is_refused_with_its_line(text: str, what: str) -> None:
    assert what in refusal(text)
    assert what in refusal(text.encode())


def test_a_key_counts_once_whatever_it_is_called() -> None:
    """ "Two vkeys are duplicate if they wrap the same underlying public key"."""
    again = CosignatureVerifier("impostor.example", W[0].public)
    assert again.key_id != W[0].key_id
    text = f"witness w1 {W[0].vkey}\nwitness w2 {again.vkey}\nquorum none\n"
    assert "line 2: The key of the witness w2 is that of the witness w1 already" in refusal(text)


def test_a_log_is_not_its_own_witness() -> None:
    own = CosignatureVerifier("w.example", LOG.public)
    for text in (
        f"log {LOG.vkey}\nwitness w {own.vkey}\nquorum w\n",
        f"witness w {own.vkey}\nlog {LOG.vkey}\nquorum w\n",
    ):
        assert "line 2: The key of" in refusal(text)
    assert "line 1: The key of the witness w" in refusal(
        f"witness w {own.vkey}\nquorum w\n", log=True
    )


def test_thirty_two_of_each_are_read_and_129_are_not() -> None:
    """ "Implementation limits"."""
    lines = [
        f"witness w{at} {ed25519(f'{at}.example', 0).vkey}\n"
        if at == 0
        else f"witness w{at} {Cosigner(f'{at}.example', seeded(at)).verifier.vkey}\n"
        for at in range(129)
    ]
    logs = "".join(
        f"log {NoteSigner(f'l{at}.example', seeded(1000 + at)).verifier.vkey}\n" for at in range(32)
    )
    groups = "".join(f"group g{at} any w{at}\n" for at in range(32))
    policy = Policy.parse(logs + "".join(lines[:128]) + groups + "quorum g31\n")
    assert (len(policy.logs), len(policy.witnesses), len(policy.groups)) == (32, 128, 32)
    assert "line 129: The policy has over 128 witnesses" in refusal("".join(lines))


def seeded(number: int) -> PrivateKey:
    return PrivateKey.from_seed(number.to_bytes(32, "big"))


def test_a_policy_made_in_a_program_keeps_the_same_rules() -> None:
    one, two = WitnessEntry("a", W[0]), WitnessEntry("b", W[1])
    with pytest.raises(BadInput, match="given twice"):
        Policy(witnesses=(one, WitnessEntry("a", W[1])))
    with pytest.raises(BadInput, match="cannot take 3 of 2"):
        Policy(witnesses=(one, two), groups=(Group("g", 3, ("a", "b")),))
    with pytest.raises(BadInput, match="cannot stand in a policy"):
        Policy(witnesses=(WitnessEntry("a b", W[0]),))
    with pytest.raises(BadInput, match="cannot stand in a policy"):
        Policy(witnesses=(WitnessEntry("a", W[0], "http://a b"),))
    with pytest.raises(BadInput, match="No witness or group"):
        Policy(quorum="a")


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any policy over up to nine witnesses, each of its own operator."""
    names = [f"n{at}" for at in range(draw(st.integers(0, 9)))]
    witnesses = tuple(
        WitnessEntry(name, key, draw(st.sampled_from([None, "https://w.example/"])))
        for name, key in zip(names, W, strict=False)
    )
    free, groups = list(names), []
    for at in range(draw(st.integers(0, 4)) if names else 0):
        members = draw(st.lists(st.sampled_from(free), min_size=1, unique=True)) if free else []
        if members:
            groups.append(Group(f"g{at}", draw(st.integers(1, len(members))), tuple(members)))
            free = [name for name in free if name not in members] + [f"g{at}"]
    quorum = draw(st.sampled_from(["none", *names, *(group.name for group in groups)]))
    return Policy((LogEntry(LOG),), witnesses, tuple(groups), quorum)


@given(policies())
def test_every_policy_is_read_as_it_was_written(policy: Policy) -> None:
    assert Policy.parse(policy.text()) == policy
    assert Policy.parse(policy.text().encode()).text() == policy.text()


@given(policies(), st.sets(st.sampled_from([f"n{at}" for at in range(9)])), st.integers(0, 8))
def test_one_more_cosignature_never_breaks_a_quorum(
    policy: Policy, cosigned: set[str], more: int
) -> None:
    assert policy.met(cosigned) <= policy.met(cosigned | {f"n{more}"})


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_no_text_raises_anything_but_bad_input(text: str | bytes) -> None:
    try:
        Policy.parse(text)
    except BadInput:
        return
