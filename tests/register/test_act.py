"""Acts: in-toto Statements that say what was done, by whom, in which case."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput
from holdshort.register.act import Act, Artefact
from holdshort.register.canonical import canonical, digest

ID = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True)
KEBAB = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
SHA256 = st.binary(min_size=32, max_size=32).map(bytes.hex)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
ARTEFACTS = st.lists(
    st.builds(Artefact, st.from_regex(r"[a-zA-Zé ./]{1,12}", fullmatch=True), SHA256),
    max_size=3,
    unique_by=lambda each: each.name,
).map(tuple)
ACTS = st.builds(
    Act,
    register=st.from_regex(r"[a-z]{1,8}\.example/[a-z]{1,8}", fullmatch=True),
    rulebook=SHA256,
    kind=KEBAB,
    name=KEBAB,
    case=ID,
    by=ID,
    at=st.datetimes().map(lambda at: at.replace(microsecond=0).isoformat() + "Z"),
    fields=st.dictionaries(TEXT, JSON, max_size=3),
    artefacts=ARTEFACTS,
)


def act(**changes: Any) -> Act:
    made: dict[str, Any] = {
        "register": "holdshort.example/aaif",
        "rulebook": "5f" * 32,
        "kind": "review",
        "name": "declare",
        "case": "review-1",
        "by": "acme",
        "at": "2026-11-23T10:15:00Z",
        "fields": {"model": "acme-1"},
        "artefacts": (Artefact("manifest.json", "cd" * 32),),
    }
    return Act(**(made | changes))


@given(ACTS)
def test_an_act_survives_its_payload(made: Act) -> None:
    assert Act.from_payload(made.to_payload()) == made


def test_the_payload_is_the_documented_statement() -> None:
    case = digest({"register": "holdshort.example/aaif", "case": "review-1"})
    assert json.loads(act().to_payload()) == {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "https://holdshort.dev/act/review.declare/v1",
        "predicate": {
            "register": "holdshort.example/aaif",
            "rulebook": "5f" * 32,
            "case": "review-1",
            "kind": "review",
            "act": "declare",
            "by": "acme",
            "at": "2026-11-23T10:15:00Z",
            "fields": {"model": "acme-1"},
        },
        "subject": [
            {"name": "review-1", "digest": {"sha256": case}},
            {"name": "manifest.json", "digest": {"sha256": "cd" * 32}},
        ],
    }
    assert act().type == "review.declare"


def test_fields_that_a_reader_does_not_know_are_kept() -> None:
    made = act(fields={"x-later": {"deep": [1, None, True]}})
    assert Act.from_payload(made.to_payload()).fields == {"x-later": {"deep": [1, None, True]}}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"case": "Review-1"}, "case"),
        ({"case": ""}, "case"),
        ({"case": "a" * 129}, "case"),
        ({"case": "a\n"}, "case"),
        ({"by": "../acme"}, "by"),
        ({"by": "-acme"}, "by"),
        ({"by": None}, "by"),
        ({"kind": "Review"}, "kind"),
        ({"kind": "a.b"}, "kind"),
        ({"kind": "a-"}, "kind"),
        ({"name": "a" * 65}, "act"),
        ({"name": "declare\n"}, "act"),
        ({"register": "two words"}, "register"),
        ({"register": "a+b"}, "register"),
        ({"rulebook": "5F" * 32}, "rulebook"),
        ({"at": "2026-02-29T10:15:00Z"}, "at"),
        ({"at": "2026-11-23T10:15:00+00:00"}, "at"),
        ({"at": "2026-11-23T10:15:00.5Z"}, "at"),
        ({"at": "2026-11-23T24:00:00Z"}, "at"),
        ({"at": "2026-11-23T10:15:60Z"}, "at"),
        ({"at": "2026-11-23t10:15:00Z"}, "at"),
        ({"at": "２026-11-23T10:15:00Z"}, "at"),
        ({"fields": []}, "fields"),
        ({"artefacts": (Artefact("a", "cd" * 32), Artefact("a", "ab" * 32))}, "subject"),
    ],
)
def test_what_cannot_stand_in_a_register_is_refused_by_name(
    change: dict[str, Any], where: str
) -> None:
    with pytest.raises(BadInput) as caught:
        act(**change)
    assert caught.value.where == where


def test_a_float_in_a_field_is_refused_where_it_stands() -> None:
    with pytest.raises(BadInput, match=r"predicate\.fields\.flop: .*decimal string"):
        act(fields={"flop": 1e26}).to_payload()


def test_an_artefact_needs_a_name_and_a_digest() -> None:
    for name, sha256 in (("", "cd" * 32), ("a\nb", "cd" * 32), ("a", "cd" * 31)):
        with pytest.raises(BadInput):
            Artefact(name, sha256)


def _predicate(**changes: object) -> Callable[[dict[str, Any]], None]:
    return lambda statement: statement["predicate"].update(changes)


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda s: s.update(_type="https://in-toto.io/Statement/v0.1"), "_type"),
        (lambda s: s.update(predicateType="https://holdshort.dev/act/review.bar/v1"), "predicate"),
        (lambda s: s.update(comment="x"), "unknown comment"),
        (lambda s: s.pop("subject"), "lacks subject"),
        (lambda s: s.update(subject=[]), "starts with the case"),
        (lambda s: s["subject"].reverse(), "first subject"),
        (lambda s: s["subject"][0]["digest"].update(sha256="00" * 32), "digest of the first"),
        (lambda s: s["subject"][1].update(uri="x"), "unknown uri"),
        (lambda s: s["subject"][1]["digest"].update(sha512="x"), "unknown sha512"),
        (lambda s: s["predicate"].pop("by"), "lacks by"),
        (_predicate(signed_for="x"), "unknown signed_for"),
        (_predicate(register="other.example/log"), "digest of the first"),
        (_predicate(act="bar"), "predicateType"),
        (_predicate(at=5), "not a string"),
        (_predicate(fields=[1]), "fields"),
    ],
)
def test_a_statement_that_contradicts_itself_is_refused(
    damage: Callable[[dict[str, Any]], None], what: str
) -> None:
    statement = json.loads(act().to_payload())
    damage(statement)
    with pytest.raises(BadInput, match=what) as caught:
        Act.from_payload(canonical(statement), "entry 7")
    assert str(caught.value).startswith("entry 7")


def test_a_statement_in_another_byte_form_is_refused() -> None:
    loose = json.dumps(json.loads(act().to_payload())).encode()
    with pytest.raises(BadInput, match="canonical"):
        Act.from_payload(loose)


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b'{"a":1}', b"\xff"])
def test_what_is_no_statement_is_refused(payload: bytes) -> None:
    with pytest.raises(BadInput):
        Act.from_payload(payload)
