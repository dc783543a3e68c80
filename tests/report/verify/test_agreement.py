"""The page and Python come to the same answer: on published vectors, and on random damage.

Each test makes its cases in Python, where the register's own code answers them, and asks the page
about all of them at once. The dice are seeded, so a disagreement can be looked at again.
"""

import base64
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from holdshort.errors import HoldshortError
from holdshort.register.charter import read_charter
from holdshort.register.checkpoint import Checkpoint
from holdshort.register.cosignature import ed25519_message, subtree_message
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.merkle import Tree, verify_inclusion
from holdshort.register.note import Note, NoteSignature, Vkey, key_id
from holdshort.register.policy import Policy
from holdshort.register.proof import Proof, verify_proof

pytestmark = pytest.mark.slow

MERKLE = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "tlog" / "merkle"
NOW = 1_790_003_600

Answers = Callable[[str, Sequence[Sequence[Any]]], list[bool]]


def accepted(check: Callable[..., object], *arguments: object) -> bool:
    """What Python says."""
    try:
        check(*arguments)
    except HoldshortError:
        return False
    return True


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] if at < len(data) else data


def damaged(data: bytes, dice: random.Random) -> bytes:
    """The bytes with one to three small changes, of the kinds on which readers differ."""
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(data) + 1)
        lines = data.split(b"\n")
        line = dice.randrange(len(lines))
        stray = dice.choice([b"\n", b" ", b"=", b"\x00", b"\xc3", b"0", b"\r", b"\xc2\xa0"])
        match dice.choice("insert delete flip shuffle repeat drop cut letters".split()):
            case "insert":
                data = data[:at] + stray + data[at:]
            case "delete":
                data = data[:at] + data[at + 1 :]
            case "flip":
                data = flip(data, at)
            case "cut":
                data = data[:at]
            case "shuffle":
                dice.shuffle(lines)
                data = b"\n".join(lines)
            case "repeat":
                data = b"\n".join([*lines[:line], dice.choice(lines), *lines[line:]])
            case "drop":
                data = b"\n".join([*lines[:line], *lines[line + 1 :]])
            case "letters":
                lines[line] = lines[line].replace(b"+", b"/", 1).replace(b"A", b"a", 1)
                data = b"\n".join(lines)
    return data


def test_on_the_98_published_inclusion_vectors(answers: Answers) -> None:
    if not MERKLE.is_dir():
        pytest.skip("the published Merkle vectors are not beside this checkout")
    files = sorted((MERKLE / "inclusion").rglob("*.json"))
    cases = [json.loads(file.read_bytes()) for file in files]
    assert len(cases) == 98
    given = [
        (
            case["leafHash"] or "",
            str(case["leafIdx"]),
            str(case["treeSize"]),
            case["proof"] or [],
            case["root"] or "",
        )
        for case in cases
    ]
    assert answers("inclusion", given) == [not case["wantErr"] for case in cases]


Inclusion = tuple[bytes, int, int, list[bytes], bytes]


def damaged_inclusion(case: Inclusion, dice: random.Random) -> Inclusion:
    """One change of leaf, place, size, path or root."""
    leaf, index, size, path, root = case
    at = dice.randrange(len(path) + 1)
    match dice.choice("leaf index size hash more fewer root".split()):
        case "leaf":
            leaf = dice.choice([flip(leaf, 3), leaf[1:]])
        case "index":
            index = max(0, index + dice.choice((-1, 1, 2**40)))
        case "size":
            size = max(0, size + dice.choice((-1, 1, 8, 2**62)))
        case "hash":
            path = [flip(each, 5) if n == at else each for n, each in enumerate(path)]
        case "more":
            path = [*path[:at], dice.choice([root, leaf, bytes(32)]), *path[at:]]
        case "fewer":
            path = path[:at] + path[at + 1 :]
        case "root":
            root = dice.choice([flip(root, 3), b"", root[:31]])
    return leaf, index, size, path, root


def test_on_random_trees_and_damaged_inclusion_proofs(answers: Answers) -> None:
    dice = random.Random(9162)
    cases: list[Inclusion] = []
    for _ in range(500):
        size = dice.randint(1, 70)
        index = dice.randrange(size)
        tree = Tree(dice.randbytes(32) for _ in range(size))
        case = (tree.node(0, index), index, size, tree.inclusion(index), tree.root())
        for _ in range(dice.choice((0, 0, 1, 2))):
            case = damaged_inclusion(case, dice)
        cases.append(case)
    ours = [accepted(verify_inclusion, *case) for case in cases]
    given = [
        (b64(leaf), str(index), str(size), [b64(each) for each in path], b64(root))
        for leaf, index, size, path, root in cases
    ]
    assert answers("inclusion", given) == ours
    assert 100 < sum(ours) < 400


def test_on_damaged_proof_files(answers: Answers, register: Any) -> None:
    dice = random.Random(6962)
    policy = Policy.parse(register.policy)
    proofs = [
        register.proof,
        register.prove(register.at, cosigners=(register.rome,)),
        register.prove(0, cosigners=(register.press, register.campus, register.rome)),
        register.prove(6),
    ]
    cases = []
    for number in range(800):
        chosen = dice.choice(proofs)
        data = chosen.to_bytes()
        # Most of the file is its checkpoint's signatures; the lines above would hardly be hit.
        head = dice.choice([data.index(b"\n\n"), len(data)])
        if number % 20:
            data = damaged(data[:head], dice) + data[head:]
        cases.append((data, register.leaves[chosen.index]))

    def check(data: bytes, leaf: bytes) -> None:
        verify_proof(Proof.parse(data), leaf, policy, now=NOW)

    ours = [accepted(check, *case) for case in cases]
    asked = register.policy.encode()
    given = [(b64(data), b64(leaf), b64(asked), NOW) for data, leaf in cases]
    assert answers("proof", given) == ours
    assert 20 < sum(ours) < 400


def test_on_logs_and_cosignatures_of_unusual_kinds(answers: Answers, register: Any) -> None:
    """Extension lines, a log that signs with ML-DSA-44, no time, two times, keys of no worth."""
    leaf, path = register.entry, register.proof.path
    plain = register.head
    longer = replace(plain, extensions=("more", "and more"))
    elsewhere = replace(plain, origin="holdshort.example/else")
    pq_log = register.cosigner(register.origin, "ml-dsa-44")
    by_pq = pq_log.verifier.vkey
    rome, campus = register.rome, register.campus
    one = f"log {register.log.verifier.vkey}\n"
    witnesses = [f"witness {w.name} {w.verifier.vkey}\n" for w in (rome, campus)]
    both = "".join(witnesses) + f"group two all {rome.name} {campus.name}\nquorum two\n"

    def note(head: Checkpoint, *lines: NoteSignature) -> bytes:
        return Note(head.text(), lines).to_bytes()

    def timeless(cosigner: Any, head: Checkpoint) -> NoteSignature:
        message = (
            ed25519_message(head, 0)
            if cosigner is rome
            else subtree_message(cosigner.name, 0, head.origin, 0, head.size, head.root)
        )
        made = bytes(8) + cosigner.private.sign(message)
        return NoteSignature(cosigner.name, cosigner.verifier.key_id, made)

    def log(head: Checkpoint) -> NoteSignature:
        return register.log.sign(head.text())  # type: ignore[no-any-return]

    late = (1 << 63) - 1
    stranger = NoteSignature("stranger.example", bytes(4), b"anything")
    worthless = str(Vkey("x", key_id("x", 1, bytes(32)), 1, bytes(32)))
    cases: list[tuple[bytes, str]] = [
        (note(longer, log(longer), rome.cosign(longer, 9), campus.cosign(longer, 9)), one + both),
        (note(longer, log(longer), rome.cosign(plain, 9), campus.cosign(plain, 9)), one + both),
        (note(plain, pq_log.cosign(plain, 9)), f"log {by_pq}\nquorum none\n"),
        (note(plain, timeless(pq_log, plain)), f"log {by_pq}\nquorum none\n"),
        (note(longer, pq_log.cosign(longer, 9)), f"log {by_pq}\nquorum none\n"),
        (note(longer, pq_log.cosign(longer, 9), log(longer)), f"{one}log {by_pq}\nquorum none\n"),
        (note(plain, log(plain), rome.cosign(plain, 9), timeless(campus, plain)), one + both),
        (
            note(plain, log(plain), rome.cosign(plain, 9), campus.cosign(plain, late)),
            one + both,
        ),
        (
            note(plain, log(plain), *(w.cosign(plain, t) for w in (rome, campus) for t in (9, 8))),
            one + both,
        ),
        (note(plain, stranger, log(plain), log(plain)), f"{one}quorum none\n"),
        (note(plain, log(plain), replace(log(plain), signature=bytes(64))), f"{one}quorum none\n"),
        (note(plain, stranger), f"{one}quorum none\n"),
        (note(elsewhere, log(elsewhere)), f"{one}quorum none\n"),
        (note(plain, log(plain), timeless(rome, plain)), f"{one}{witnesses[0]}quorum none\n"),
        (note(plain, log(plain)), f"log {worthless}\n{one}quorum none\n"),
        (note(plain, log(plain)), f"{one}quorum none\n"),
    ]

    def check(checkpoint: bytes, policy: str) -> None:
        proof = Proof(register.at, path, checkpoint)
        verify_proof(proof, leaf, Policy.parse(policy), now=NOW)

    ours = [accepted(check, *case) for case in cases]
    given = [
        (b64(Proof(register.at, path, checkpoint).to_bytes()), b64(leaf), b64(policy.encode()), NOW)
        for checkpoint, policy in cases
    ]
    assert answers("proof", given) == ours
    assert sum(ours) == 7


def test_on_damaged_entries_and_statements(answers: Answers, register: Any) -> None:
    dice = random.Random(8785)
    leaves = [register.entry, register.charter]
    for _ in range(300):
        leaves.append(damaged(register.entry, dice))
        lined = register.payload.replace(b",", b",\n")
        payload = damaged(lined, dice).replace(b",\n", b",")
        leaves.append(sign(payload, [register.acme]).to_bytes())
    ours = [accepted(Entry.parse, 0, leaf) for leaf in leaves]
    assert answers("entry", [(b64(leaf),) for leaf in leaves]) == ours
    assert any(ours[2:])


def test_on_policies_put_together_at_random(answers: Answers, register: Any) -> None:
    dice = random.Random(404)
    oslo = register.cosigner("oslo.civic.example/w").verifier.vkey
    ml_dsa_log = register.cosigner("log.example", "ml-dsa-44").verifier.vkey
    whole = register.policy.splitlines()
    more = [
        *whole, f"witness civic/oslo {oslo} https://oslo.example/", f"witness plain {oslo}",
        f"witness rome {register.rome.verifier.vkey}", "group civic any civic/rome civic/oslo",
        "group g all civic press/one", "group two 2 civic/rome civic/oslo", "group e all",
        "group x 3 civic press/one", "group none any plain", "group k 01 press/one",
        "quorum civic", "quorum none", "quorum nobody", "# a comment", "", "\t ", "log x+y+z",
        f"log {ml_dsa_log}", f"log {register.rome.verifier.vkey}",
        f"witness lines {register.log.verifier.vkey}",
    ]  # fmt: skip
    lone = f"witness lone {register.cosigner('press.example/two').verifier.vkey}\n"
    stated = f"witness press/two {register.cosigner('press.example/two').verifier.vkey}\n"
    twice = "group a any press/one\ngroup b any press/one\nquorum a\n"
    witnessed = "".join(f"{line}\n" for line in whole[:4])
    texts = [
        b"# \xff\nquorum none\n", b"quorum none", b"quorum\x0bnone\n", b"quorum none\r\n",
        f"{witnessed}{lone}quorum lone\n".encode(), f"{witnessed}{stated}quorum none\n".encode(),
        f"{witnessed}{twice}".encode(), f"{witnessed}group a 2 press/one press/one\n".encode(),
    ]  # fmt: skip
    for _ in range(500):
        lines = list(whole) if dice.random() < 0.7 else dice.sample(whole, 4)
        for _ in range(dice.randint(0, 3)):
            lines.insert(dice.randint(0, len(lines)), dice.choice(more))
        if dice.random() < 0.7:
            lines = list(dict.fromkeys(lines))
        text = "".join(f"{line}\n" for line in lines).encode()
        texts.append(damaged(text, dice) if dice.random() < 0.3 else text)
    ours = [accepted(Policy.parse, text) for text in texts]
    assert answers("policy", [(b64(text),) for text in texts]) == ours
    assert 50 < sum(ours) < 400


def test_on_charters_that_found_nothing(answers: Answers, register: Any) -> None:
    key = register.acme.public.to_json()
    pq = register.cosigner("x", "ml-dsa-44").verifier.public.to_json()
    point = {"type": "ecdsa-p256", "public": b64(b"\4" + bytes(64))}
    cose = bytes.fromhex("a5010203262001215820") + bytes(range(32)) + b"\x22\x58\x20" + bytes(32)
    x, y = register.device.public.raw[1:33], register.device.public.raw[33:]
    passkey = {
        "type": "webauthn",
        "rp_id": "localhost",
        "origin": "http://localhost",
        "credential": "AAAA",
        "public": b64(cose[:10] + x + b"\x22\x58\x20" + y),
    }

    bad_forms: list[Any] = [{**key, "more": 1}, {**key, "public": key["public"].rstrip("=")}]
    bad_forms += [{**key, "public": b64(bytes(32))}, {**key, "type": "toString"}, {}, [], "x"]
    lists: list[Any] = [[], {}, [key], [key, key], [key, pq], *([each] for each in bad_forms)]
    lists += [[passkey], [point], [pq]]

    def setting(party: str, **members: object) -> Callable[[dict[str, Any]], object]:
        return lambda fields: fields[party].update(members)

    def stating(**members: object) -> Callable[[dict[str, Any]], object]:
        return lambda fields: fields.update(members)

    changes: list[Callable[[dict[str, Any]], object]] = [
        stating(),
        *(stating(status_minutes=value) for value in (0, 1, -1, "5", True, None)),
        *(stating(**{name: 5}) for name in ("title", "witness_policy", "root", "log_key")),
        *(setting("root", threshold=value) for value in (None, 0, 1, 3, 4, "2", True)),
        *(setting("root", id=value) for value in ("registrar", "Root", 5)),
        setting("registrar", reader=5),
        setting("registrar", reader=None),
        *(setting("registrar", name=value) for value in (None, "", 5)),
        *(setting("registrar", keys=value) for value in lists),
        *(setting("log_key", keys=value) for value in ([key], [key, pq], [pq])),
        setting("root", threshold=1, keys=[key]),
        lambda fields: fields["root"].pop("threshold"),
        lambda fields: fields.pop("registrar"),
    ]
    leaves = [register.make_charter(change=change) for change in changes]
    ours = [accepted(read_charter, Entry.parse(0, leaf)) for leaf in leaves]
    assert answers("charter", [(b64(leaf),) for leaf in leaves]) == ours
    assert 10 < sum(ours) < len(ours) - 15
