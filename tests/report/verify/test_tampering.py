"""Every byte that a proof hangs on is changed, and the page names the line that no longer holds."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from holdshort.register.canonical import canonical
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.note import NoteSigner

pytestmark = pytest.mark.slow

Given = dict[str, Any]
Change = Callable[[Any], Given]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def proof_with(old: str | bytes, new: str | bytes) -> Change:
    """The proof file with one text changed, the signatures left as they were."""
    before, after = (each.encode() if isinstance(each, str) else each for each in (old, new))

    def change(register: Any) -> Given:
        data = register.proof.to_bytes()
        assert before in data
        return {"proof": data.replace(before, after, 1)}

    return change


def entry_with(old: bytes, new: bytes, *, logged: bool = False) -> Change:
    """The entry with one text changed; ``logged``: and put into the log like that."""

    def change(register: Any) -> Given:
        assert old in register.entry
        leaf = register.entry.replace(old, new, 1)
        return register.instead(leaf) if logged else {"entry": leaf}

    return change


def statement_with(old: bytes, new: bytes) -> Change:
    """An entry whose statement was changed before it was signed and logged."""

    def change(register: Any) -> Given:
        assert old in register.payload
        payload = register.payload.replace(old, new, 1)
        return register.instead(sign(payload, [register.acme]).to_bytes())  # type: ignore[no-any-return]

    return change


def path_of(change: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]) -> Change:
    """The proof with another audit path."""
    return lambda r: {"proof": replace(r.proof, path=change(r.proof.path)).to_bytes()}


def index_of(index: int) -> Change:
    return lambda r: {"proof": replace(r.proof, index=index).to_bytes()}


def signature_of(name: str) -> Change:
    """The proof with one bit of one signature changed, its base64 still canonical."""

    def change(register: Any) -> Given:
        lines = register.proof.to_bytes().decode().split("\n")
        (at,) = [n for n, line in enumerate(lines) if line.startswith(f"— {name} ")]
        start, _, encoded = lines[at].rpartition(" ")
        lines[at] = f"{start} {b64(flip(base64.b64decode(encoded), 40))}"
        return {"proof": "\n".join(lines).encode()}

    return change


def cosigned_by(*names: str) -> Change:
    return lambda r: {
        "proof": r.prove(r.at, cosigners=[getattr(r, name) for name in names]).to_bytes()
    }


def checkpoint_of(make: Callable[[Any], bytes]) -> Change:
    return lambda r: {"proof": replace(r.proof, checkpoint=make(r)).to_bytes()}


def policy_lines(*lines: str) -> Change:
    """A policy with keys by name: ``{log}``, ``{rome}``, ``{oslo}``, ``{log_as_witness}``."""

    def change(register: Any) -> Given:
        keys = {
            "log": register.log.verifier.vkey,
            "rome": register.rome.verifier.vkey,
            "oslo": register.cosigner("oslo.civic.example/w").verifier.vkey,
            "log_as_witness": type(register.rome)("w", register.log.private).verifier.vkey,
            "stranger": NoteSigner(register.origin, register.acme).verifier.vkey,
        }
        keys["bad_id"] = keys["log"].replace(register.log.verifier.key_id.hex(), "00000000")
        return {"policy": "".join(f"{line.format(**keys)}\n" for line in lines)}

    return change


def lenient_root(register: Any) -> Given:
    """The same root, written with bits before the padding that say nothing."""
    root = b64(register.head.root)
    other = f"{root[:-2]}{chr(ord(root[-2]) + 1)}="
    assert base64.b64decode(other) == register.head.root
    return proof_with(root, other)(register)


def zero_root(register: Any) -> Given:
    return proof_with(b64(register.head.root), b64(bytes(32)))(register)


def forged_signature(register: Any) -> Given:
    """An entry that stands in the log, with a signature that its signer never made."""
    signatures = Entry.parse(0, register.entry).envelope.signatures
    made = next(each.sig for each in signatures if each.keyid == register.acme.keyid)
    leaf = register.entry.replace(b64(made).encode(), b64(bytes(64)).encode())
    return {**register.instead(leaf), "keys": canonical(register.acme.public.to_json()).decode()}


def void_act(register: Any) -> Given:
    act = register.act("review", "declare", "acme", {}, "other.example")
    return register.instead(sign(act.to_payload(), [register.acme]).to_bytes())  # type: ignore[no-any-return]


def two_histories(register: Any) -> Given:
    other = [*register.leaves[:-1], register.declaration(99)]
    return {"charter": register.charter, "charter_proof": register.prove(0, other).to_bytes()}


TAMPERED: dict[str, tuple[Change, str, str]] = {
    # what was changed: how, the line that fails, what it says
    "another entry": (lambda r: {"entry": r.leaves[5]}, "inclusion", "not under this root"),
    "a bit of the payload": (entry_with(b"A", b"B"), "inclusion", "not under this root"),
    "a byte after the entry": (entry_with(b"]}", b"]}\n"), "envelope", "one byte form"),
    "a space in the entry": (entry_with(b",", b", "), "envelope", "one byte form"),
    "a duplicate key in the entry": (
        entry_with(b'{"payload"', b'{"payload":"","payload"', logged=True),
        "envelope",
        "The key 'payload' stands twice",
    ),
    "a duplicate key in the statement": (
        statement_with(b'"act":', b'"act":"x","act":'),
        "act",
        "The key 'act' stands twice",
    ),
    "a float in the statement": (statement_with(b'"3.8e25"', b"3.8e25"), "act", "is a float"),
    "a loose statement": (statement_with(b",", b", "), "act", "not in canonical JSON"),
    "a day that is none": (statement_with(b"2026-11-23", b"2026-02-30"), "act", "not an instant"),
    "an act for another register": (void_act, "register", "void in this one"),
    "an entry that is no act": (
        lambda r: r.instead(sign(b"hello", [r.acme], "text/plain").to_bytes()),
        "act",
        "payload type",
    ),
    "an entry over 65,535 bytes": (
        lambda r: r.instead(r.declaration(1, long="x" * 50_000)),
        "envelope",
        "at most 65535 bytes",
    ),
    "a hash of the path": (
        path_of(lambda path: (flip(path[0], 0), *path[1:])),
        "inclusion",
        "not under this root",
    ),
    "a hash too many": (path_of(lambda path: (*path, bytes(32))), "inclusion", "too long"),
    "a hash too few": (path_of(lambda path: path[:-1]), "inclusion", "too short"),
    "the index": (index_of(5), "inclusion", "not under this root"),
    "an index beyond the log": (index_of(2**62), "inclusion", "no entry 4611686018427387904"),
    "an index with a zero before": (proof_with("index 4", "index 04"), "proof", "the index"),
    "the size": (proof_with("\n7\n", "\n8\n"), "log", "does not verify"),
    "the root": (zero_root, "log", "does not verify"),
    "the root's base64": (lenient_root, "checkpoint", "canonical base64"),
    "a size with a zero before": (proof_with("\n7\n", "\n07\n"), "checkpoint", "not a tree size"),
    "the log's signature": (signature_of("holdshort.example/test"), "log", "does not verify"),
    "a cosignature": (
        signature_of("rome.civic.example/w"),
        "witness civic/rome",
        "does not verify",
    ),
    "an empty line at the end": (
        lambda r: {"proof": r.proof.to_bytes() + b"\n"},
        "checkpoint",
        "blank line before its signatures",
    ),
    "text at the end": (
        lambda r: {"proof": r.proof.to_bytes() + b"more\n"},
        "checkpoint",
        "not a signature line",
    ),
    "a proof cut short": (
        lambda r: {"proof": r.proof.to_bytes()[:-1]},
        "checkpoint",
        "does not end",
    ),
    "another header": (proof_with("@v1", "@v2"), "proof", "not a proof file"),
    "another key of the log": (
        policy_lines("log {stranger}", "quorum none"),
        "log",
        "itself did not sign",
    ),
    "another log's checkpoint": (
        checkpoint_of(lambda r: r.cosigned(r.checkpoint(r.leaves, "holdshort.example/else"))),
        "log",
        "itself did not sign",
    ),
    "a key id that is another's": (policy_lines("log {bad_id}", "quorum none"), "policy", "key id"),
    "a quorum that is not met": (cosigned_by("press"), "quorum", "it lacks 1 of majority"),
    "no witness at all": (cosigned_by(), "quorum", "no witness counts"),
    "a cosignature of the future": (
        checkpoint_of(lambda r: r.cosigned(r.head, r.rome, r.press, time=2**40)),
        "quorum",
        "in the future",
    ),
    "one operator twice": (
        policy_lines(
            "log {log}",
            "witness civic/rome {rome}",
            "witness civic/oslo {oslo}",
            "group both 2 civic/rome civic/oslo",
            "quorum both",
        ),
        "policy",
        "would count twice",
    ),
    "a witness with the log's key": (
        policy_lines("log {log}", "witness w {log_as_witness}", "quorum w"),
        "policy",
        "already",
    ),
    "a policy without a quorum": (policy_lines("log {log}"), "policy", "no quorum line"),
    "a signature of the act": (forged_signature, "signature 1 | signature 2", "does not verify"),
    "a key that is none": (lambda r: {"keys": '{"type":"rsa"}'}, "key 1", "ed25519"),
    "the hash of the charter": (
        lambda r: {"pin": "0" * 64, "charter": r.charter},
        "charter-hash",
        "not the charter whose hash you gave",
    ),
    "a hash that is none": (
        lambda r: {"pin": "f00", "charter": r.charter},
        "charter-hash",
        "64 hexadecimal digits",
    ),
    "a charter that is another act": (
        lambda r: {"charter": r.enrolment},
        "charter",
        "not a charter",
    ),
    "a charter of another log": (
        lambda r: {"charter": r.make_charter("holdshort.example/else")},
        "charter-log",
        "of another log",
    ),
    "a charter that is not the first entry": (
        lambda r: {"charter": r.charter, "charter_proof": r.proof.to_bytes()},
        "charter-place",
        "first entry",
    ),
    "a charter that too few signed": (
        lambda r: {"charter": r.make_charter(signers=r.root[:1])},
        "charter-signatures",
        "Too few keys of the root",
    ),
    "a charter that a stranger signed": (
        lambda r: {"charter": r.make_charter(signers=[*r.root[:2], r.acme])},
        "charter-signatures",
        "none of the root's",
    ),
    "a log with two histories": (two_histories, "charter-place", "two histories"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_the_page_refuses_and_names_the_line(
    check: Callable[..., Any], register: Any, what: str
) -> None:
    change, lines, says = TAMPERED[what]
    shown = check(**change(register))
    assert (shown.verdict, shown.headline) == ("fails", "Does not hold")
    named = shown.failed & set(lines.split(" | "))
    assert named, shown.lines
    assert says in " ".join(shown.says(name) for name in named)
