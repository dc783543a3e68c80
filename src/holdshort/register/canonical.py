"""One byte form for every value: canonical JSON (RFC 8785) and a strict reader.

Rules kept here:

- No floats. Two programs may print or round the same float differently, so a signed or digested
  number is an integer within ±(2⁵³ − 1) or a decimal string.
- No duplicate keys, no ``NaN``, no lone surrogates, nothing but one UTF-8 value in the input.
- Digests are taken over canonical bytes; signatures are checked over the bytes received.

The standard library's C encoder and RFC 8785 agree on everything that passes these rules, save
the order of keys outside ASCII (RFC 8785 §3.2.3 sorts by UTF-16 code unit, Python by code point).
Those go to ``rfc8785``; a property test holds the two together.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeAlias

from holdshort.errors import BadInput

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
"""A value that can be signed. In memory: ``dict``, ``list`` or ``tuple``, ``str``, ``int``…"""

MAX_INTEGER = 2**53 - 1
"""Largest integer that every JSON reader keeps exactly (RFC 8785 §3.2.2.3, RFC 7493 §2.2)."""

_DECIMALS = "Write it as a decimal string."
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def canonical(value: Json) -> bytes:
    """The RFC 8785 bytes of ``value``; BadInput names the member that has none."""
    try:
        if not _check(value):
            import rfc8785  # rare, and 10 ms to load

            return rfc8785.dumps(value)
        return _ENCODER.encode(value).encode()
    except UnicodeEncodeError:
        raise BadInput("A string holds half of a surrogate pair, which UTF-8 cannot.") from None
    except RecursionError:
        raise BadInput("The value is nested too deeply, or contains itself.") from None


def digest(value: Json) -> str:
    """Hex SHA-256 of the canonical bytes of ``value``."""
    return hashlib.sha256(canonical(value)).hexdigest()


def parse(data: bytes, where: str) -> Json:
    """Read one JSON value strictly; BadInput says what is wrong in ``where``, and at what line."""
    try:
        text = data.decode()
        # Without object_pairs_hook, json keeps the last of several equal keys in silence.
        value: Json = _DECODER.decode(text)
        if b"\\u" in data:
            _ENCODER.encode(value).encode()  # finds lone surrogates, which only escapes can write
    except UnicodeDecodeError as error:
        raise BadInput(f"Byte {error.start} is not UTF-8.", where=where) from None
    except UnicodeEncodeError:
        raise BadInput("A string holds half of a surrogate pair.", where=where) from None
    except json.JSONDecodeError as error:
        place = f"{where}, line {error.lineno} column {error.colno}"
        raise BadInput(f"This is not JSON: {error.msg}.", where=place) from None
    except RecursionError:
        raise BadInput("The value is nested too deeply.", where=where) from None
    except BadInput as error:
        error.where = where
        raise
    return value


def parse_canonical(data: bytes, where: str) -> Json:
    """Read one JSON value that must be in canonical form already; BadInput otherwise."""
    # Writing again what was read drops any second key and any escape that need not be, so equal
    # bytes prove the form, and the costlier reader is asked only for what is wrong.
    try:
        text = data.decode()
        value: Json = _FAST_DECODER.decode(text)
        same = _ENCODER.encode(value) == text if text.isascii() else canonical(value) == data
    except (ValueError, RecursionError, BadInput):
        same = False
    if not same:
        parse(data, where)
        raise BadInput("This is not in canonical JSON (RFC 8785).", where=where)
    return value


def _check(value: object) -> bool:
    """Refuse what cannot be signed; true when all keys are ASCII."""
    if value is None or isinstance(value, str | bool):
        return True
    if isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise BadInput(f"The integer {value} is beyond ±(2^53 - 1).", do=_DECIMALS)
        return True
    if isinstance(value, dict):
        return _check_members(value)
    if isinstance(value, list | tuple):
        return _check_items(value)
    if isinstance(value, float):
        raise BadInput(f"The number {value!r} is a float.", do=_DECIMALS)
    raise BadInput(f"A {type(value).__name__} has no JSON form.")


def _check_members(members: Mapping[object, object]) -> bool:
    plain = True
    for key, value in members.items():
        if not isinstance(key, str):
            raise BadInput(f"The key {key!r} is not a string.")
        plain &= key.isascii()
        if type(value) is not str:  # strings are most of what is signed; skip the call
            try:
                plain &= _check(value)
            except BadInput as error:
                error.where = f".{key}{error.where or ''}"
                raise
    return plain


def _check_items(items: Sequence[object]) -> bool:
    plain = True
    for index, value in enumerate(items):
        if type(value) is not str:
            try:
                plain &= _check(value)
            except BadInput as error:
                error.where = f"[{index}]{error.where or ''}"
                raise
    return plain


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise BadInput(f"The key {twice!r} stands twice in one object.")
    return members


def _integer(text: str) -> int:
    # Length first: Python refuses, and other readers round, integers of thousands of digits.
    if len(text) > 17 or not -MAX_INTEGER <= (value := int(text)) <= MAX_INTEGER:
        raise BadInput(f"The integer {text[:24]} is beyond ±(2^53 - 1).", do=_DECIMALS)
    return value


def _float(text: str) -> NoReturn:
    raise BadInput(f"The number {text[:24]} is a float.", do=_DECIMALS)


def _constant(text: str) -> NoReturn:
    raise BadInput(f"{text} is not JSON.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_int=_integer,
    parse_float=_float,
    parse_constant=_constant,
)
_FAST_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=_constant)
