"""The page reads what is signed exactly as strictly as Python does: no second form of anything.

Where one reader takes two forms for one thing, or another reader takes a form that this one
refuses, a signed text can mean two things to two people.
"""

import base64
import hashlib
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from holdshort.errors import HoldshortError
from holdshort.register.canonical import Json, canonical, parse_canonical
from holdshort.register.checkpoint import check_empty, parse_checkpoint
from holdshort.register.entry import Entry
from holdshort.register.keys.ecdsa import ORDER, low_s
from holdshort.register.note import Note

pytestmark = pytest.mark.slow

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
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


JSON = [
    b'{"a":1,"b":[true,false,null],"c":"x"}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"[1.0]",
    b"[1e3]", b"[-0]", b"[0]", b"[01]", b"[9007199254740991]", b"[9007199254740992]",
    b"[-9007199254740991]", b"[-9007199254740992]", b"12345678901234567", b'["\\u0041"]',
    b'["\\ud800"]', b'["\\ud83d\\ude00"]', '["\U0001f600"]'.encode(), b'["\\/"]',
    b'["\\n\\t\\b\\f\\r\\"\\\\"]', b'["\\u0001"]', b'["\\u001f"]', b'["\\u001F"]', b'["\x7f"]',
    b'["\x01"]', '{"\ue000":1,"\U0001f600":2}'.encode(), '{"\U0001f600":2,"\ue000":1}'.encode(),
    b'{"":0}', b"\xef\xbb\xbf[1]", b"[1] ", b"NaN", b"[Infinity]", b"", b"[1,]", b'{"a":}',
    b'"\xff"', b"nul", b'{"__proto__":1}', b'{"1":1,"10":2,"2":3}', b'{"10":2,"2":3,"1":1}',
    b"[" * 100 + b"]" * 100, b"[" * 5000 + b"]" * 5000, '["\u2028\u00e9"]'.encode(), b"[--1]",
    b"[+1]", b"[.5]", b"[1 2]", b'["a" "b"]', b"true", b"{1:2}", b"['a']", b'["\\x41"]',
    b'["\\u12"]', b"[\x0b1]", b"[]", b"{}", b"[[],{}]", b'["', b'["\\', b'{"a"', b'{"a":1,}',
]  # fmt: skip


def test_on_json_that_readers_take_differently(answers: Answers) -> None:
    ours = [accepted(parse_canonical, data, "it") for data in JSON]
    assert answers("json", [(b64(data),) for data in JSON]) == ours
    assert 10 < sum(ours) < len(JSON) - 10


ROOT = base64.b64encode(bytes(32)).decode()
EMPTY = base64.b64encode(hashlib.sha256().digest()).decode()
CHECKPOINTS = [
    f"o\n1\n{ROOT}\n", f"o\n1\n{ROOT}", f"o\n1\n{ROOT}\n\n", f"o\n1\n{ROOT}\nmore\n",
    f"\n1\n{ROOT}\n", f"o\n01\n{ROOT}\n", f"o\n-1\n{ROOT}\n", f"o\n0\n{ROOT}\n",
    f"o\n0\n{EMPTY}\n", f"o\n\uff11\n{ROOT}\n",
    f"o\n{2**63 - 1}\n{ROOT}\n", f"o\n{2**63}\n{ROOT}\n", f"o\n{10**19}\n{ROOT}\n", "o\n1\n",
    f"o\n1\n{ROOT[:-4]}\n", f"o\n1\n{ROOT[:-1]}\n", f"o\n1\n{ROOT} \n", f"o\n1\n{ROOT[:-2]}B=\n",
    f"o p+q\n1\n{ROOT}\n", f"o\n1.0\n{ROOT}\n", f"o\n 1\n{ROOT}\n", "", "\n", "\n\n\n",
]  # fmt: skip
LINE = "— a AAAAAAA=\n"
SPACES = "+ \x7f\x85\xa0\u1680\u180e\u200a\u200b\u2028\u202f\u205f\u3000\ufeffé\U0001f600"
NOTES = [
    f"t\n\n{LINE}", f"t\n\n{LINE}"[:-1], f"t\n{LINE}", f"t\n\n{LINE}\n", f"\n\n{LINE}", "t\n\n\n",
    f"t\n\n\n{LINE}", f"t\tu\n\n{LINE}", f"t\r\n\n{LINE}", f"t\x7f\n\n{LINE}", f"\ufefft\n\n{LINE}",
    "t\n\n— a AAAAAA==\n", "t\n\n- a AAAAAAA=\n", "t\n\n— a AAAAAAB=\n", "t\n\n— a  AAAAAAA=\n",
    "t\n\n—  AAAAAAA=\n", "", "\n\n", f"t\n\n{LINE * 128}", f"t\n\n{LINE * 129}",
    *(f"t\n\n— a{space}b AAAAAAA=\n" for space in SPACES),
]  # fmt: skip


def test_on_checkpoints_and_notes_that_readers_take_differently(answers: Answers) -> None:
    def read(text: str) -> None:
        check_empty(parse_checkpoint(text))

    ours = [accepted(read, text) for text in CHECKPOINTS]
    assert answers("checkpoint", [(text,) for text in CHECKPOINTS]) == ours
    assert sum(ours) == 5
    notes = [b"\xff\n\n" + LINE.encode(), *(note.encode() for note in NOTES)]
    ours = [accepted(Note.parse, data) for data in notes]
    assert answers("note", [(b64(data),) for data in notes]) == ours
    assert 5 < sum(ours) < len(notes) - 15


def test_on_ecdsa_signatures_in_other_forms_than_the_one(answers: Answers, register: Any) -> None:
    dice = random.Random(186)
    cases = []
    for _ in range(200):
        message = dice.randbytes(20)
        made = register.device.private.sign(message, ECDSA(SHA256()))
        r, s = decode_dss_signature(made)
        one = low_s(made)
        signature = dice.choice(
            [
                one,
                encode_dss_signature(r, max(s, ORDER - s)),
                one + b"\0",
                b"\x30\x81" + one[1:],
                # r with a zero before it that it does not need
                bytes([0x30, one[1] + 1, 2, one[3] + 1, 0]) + one[4:],
                flip(one, dice.randrange(len(one))),
                encode_dss_signature(r + ORDER, min(s, ORDER - s)),
                encode_dss_signature(0, s),
                b"",
            ]
        )
        cases.append((signature, message))
    ours = [accepted(register.device.public.verify, *case) for case in cases]
    key = b64(canonical(register.device.public.to_json()))
    given = [(key, b64(signature), b64(message)) for signature, message in cases]
    assert answers("ecdsa", given) == ours
    assert 10 < sum(ours) < 100


def test_on_envelopes_that_say_the_same_in_other_bytes(answers: Answers, register: Any) -> None:
    whole = json.loads(register.entry)
    one, other = whole["signatures"]

    def written(**members: Json) -> bytes:
        return canonical({**whole, **members})

    leaves = [
        written(),
        written(signatures=[other, one]),
        written(signatures=[one, one]),
        written(signatures=[]),
        written(signatures=[one]),
        written(signatures=[{**one, "keyid": one["keyid"].upper()}, other]),
        written(signatures=[{**one, "keyid": one["keyid"][1:]}, other]),
        written(signatures=[{**one, "more": 1}, other]),
        written(signatures=[{**one, "sig": ""}]),
        written(signatures=[{**one, "sig": "AA"}]),
        written(signatures=[{**one, "sig": "AB=="}]),
        written(signatures=[{**one, "sig": "_-=="}]),
        written(payload=whole["payload"].rstrip("=") + "\n"),
        written(payload=""),
        written(payloadType="application/json"),
        written(payloadType='a"b'),
        written(payloadType="a b"),
        written(more=1),
        register.entry.replace(b"]}", b",]}"),
        register.entry.replace(b"payloadType", b"payload\\u0054ype"),
        json.dumps(whole).encode(),
        b"\n" + register.entry,
        b"[]",
    ]
    ours = [accepted(Entry.parse, 0, leaf) for leaf in leaves]
    assert answers("entry", [(b64(leaf),) for leaf in leaves]) == ours
    assert sum(ours) == 3
