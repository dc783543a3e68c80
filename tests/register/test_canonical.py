"""One byte form for every value."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput
from holdshort.register.canonical import Json, canonical, digest, parse, parse_canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4)
)


@given(VALUES)
def test_canonical_bytes_are_those_of_an_independent_implementation(value: Json) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(VALUES)
def test_reading_canonical_bytes_gives_the_value_back(value: Json) -> None:
    assert parse(canonical(value), "x") == value
    assert parse_canonical(canonical(value), "x") == value


@given(VALUES)
def test_only_the_canonical_form_is_read_as_canonical(value: Json) -> None:
    loose = json.dumps(value).encode()
    if loose == canonical(value):
        assert parse_canonical(loose, "x") == value
    else:
        with pytest.raises(BadInput):
            parse_canonical(loose, "x")


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "weird"])
def test_published_vectors_without_floats_pass(name: str, vectors: Callable[[str], Path]) -> None:
    folder = vectors("jcs")
    value = json.loads((folder / "input" / f"{name}.json").read_bytes())
    expected = (folder / "output" / f"{name}.json").read_bytes()
    if name in {"arrays", "structures"}:  # their numbers are integers, one of them 1e30 or 56.0
        value = json.loads((folder / "input" / f"{name}.json").read_bytes(), parse_float=int_of)
    assert canonical(value) == expected
    octets = (folder / "outhex" / f"{name}.txt").read_text().split()
    assert canonical(value).hex(" ").split() == octets
    assert parse_canonical(expected, name) == value
    assert digest(value) == hashlib.sha256(expected).hexdigest()


def int_of(text: str) -> int:
    assert float(text).is_integer()
    return int(float(text))


def test_the_published_vector_with_floats_is_refused(vectors: Callable[[str], Path]) -> None:
    data = (vectors("jcs") / "input" / "values.json").read_bytes()
    with pytest.raises(BadInput, match="is a float"):
        parse(data, "values.json")
    with pytest.raises(BadInput, match="is a float"):
        canonical(json.loads(data))


def test_the_published_vector_with_floats_passes_but_for_its_floats(
    vectors: Callable[[str], Path],
) -> None:
    folder = vectors("jcs")
    value = json.loads((folder / "input" / "values.json").read_bytes())
    expected = (folder / "output" / "values.json").read_bytes()
    floats = value.pop("numbers")
    start, stop = expected.index(b'"numbers"'), expected.index(b'"string"')
    assert canonical(value) == expected[:start] + expected[stop:]
    for number in floats:
        with pytest.raises(BadInput, match="is a float"):
            canonical(number)
    assert rfc8785.dumps({**value, "numbers": floats}) == expected  # the independent one takes them


@pytest.mark.parametrize(
    "number", ["0.0", "-0.0", "1.0", "1e0", "1E2", "1e400", "1e-7", "5e-324", "9007199254740993.0"]
)
def test_no_spelling_of_a_float_is_read(number: str) -> None:
    for data in (number, f"[{number}]", f'{{"a":{{"b":{number}}}}}'):
        for reader in (parse, parse_canonical):
            with pytest.raises(BadInput, match="float"):
                reader(data.encode(), "x")


@given(st.floats())
def test_no_float_is_written(number: float) -> None:
    with pytest.raises(BadInput, match="is a float"):
        canonical({"a": [number]})  # type: ignore[list-item]


@given(VALUES, TEXT, VALUES, VALUES)
def test_a_key_that_stands_twice_is_refused_wherever_it_stands_and_however_it_is_spelled(
    around: Json, key: str, one: Json, two: Json
) -> None:
    def spell(text: str) -> str:
        units = text.encode("utf-16-be").hex()
        return '"' + "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)) + '"'

    plain, first, second, other = (canonical(each).decode() for each in (key, one, two, around))
    for again in (plain, spell(key)):
        data = f'[{other},{{{plain}:{first},"other key of it":{{}},{again}:{second}}}]'
        for reader in (parse, parse_canonical):
            with pytest.raises(BadInput, match="stands twice"):
                reader(data.encode(), "x")


def test_a_float_is_refused_where_it_stands() -> None:
    with pytest.raises(BadInput, match=r"^\.runs\[1\]\.flop: .*1e\+25 is a float.*decimal string"):
        canonical({"runs": [{}, {"flop": 1e25}]})  # type: ignore[dict-item]


@pytest.mark.parametrize("value", [2**53, -(2**53)])
def test_an_integer_that_other_readers_would_round_is_refused(value: int) -> None:
    with pytest.raises(BadInput, match="beyond"):
        canonical([value])
    with pytest.raises(BadInput, match="beyond"):
        parse(str(value).encode(), "x")


@pytest.mark.parametrize("value", [{1: "a"}, {"a": {1, 2}}, [b"bytes"], {"a": object()}])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(BadInput):
        canonical(value)  # type: ignore[arg-type]


def test_a_value_that_contains_itself_is_refused() -> None:
    loop: list[Json] = []
    loop.append(loop)
    with pytest.raises(BadInput, match="nested too deeply"):
        canonical(loop)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b'{"a":1,"b":2,"a":1}', "'a' stands twice"),
        (b'{"a":{"b":1,"b":2}}', "'b' stands twice"),
        (b"1.0", "float"),
        (b"[1e3]", "float"),
        (b"NaN", "not JSON"),
        (b"[-Infinity]", "not JSON"),
        (b"\xff", "Byte 0 is not UTF-8"),
        (b"\xef\xbb\xbf1", "not JSON"),
        (b'"\\ud800"', "surrogate"),
        (b'"\xed\xa0\x80"', "UTF-8"),
        (b"1 1", "Extra data"),
        (b"{} x", "Extra data"),
        (b"", "not JSON"),
        (b'{"a":1,}', "not JSON"),
        (b"9" * 5000, "beyond"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_bad_json_is_refused_with_its_place(data: bytes, what: str) -> None:
    for reader in (parse, parse_canonical):
        with pytest.raises(BadInput, match=what) as caught:
            reader(data, "file.json")
        assert caught.value.where is not None
        assert caught.value.where.startswith("file.json")


def test_a_syntax_error_names_line_and_column() -> None:
    with pytest.raises(BadInput, match=r"^file\.json, line 2 column 1:"):
        parse(b"[1,\n", "file.json")


@pytest.mark.parametrize("data", [b' {"a":1}', b'{"b":1,"a":2}', b'"\\u0041"', b"-0", b'"\\/"'])
def test_a_value_in_another_form_is_read_but_not_as_canonical(data: bytes) -> None:
    parse(data, "x")
    with pytest.raises(BadInput, match="not in canonical JSON"):
        parse_canonical(data, "x")


@given(st.binary(max_size=40))
def test_no_bytes_raise_anything_but_bad_input(data: bytes) -> None:
    for reader in (parse, parse_canonical):
        try:
            reader(data, "x")
        except BadInput:
            continue
