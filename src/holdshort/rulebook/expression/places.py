"""The path of what a node reads, written when it turns out to be unknown.

Unknown answers are common and must say which fact is missing. A path has its keys evaluated
(``case.finding.bio`` for ``case.finding[a]``). Within a macro, a path that begins at the macro's
variable is written with a mark in the variable's place, and the macro, which knows which element
it was looking at, puts that element's path there.

A run takes the environment and the slots of the enclosing macros' variables (the outermost macro
has slot 0); a scope gives each variable's slot.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

from holdshort.rulebook.expression.tree import Index, Literal, Name, Node, Select
from holdshort.rulebook.expression.unparse import MEMBER, key_suffix, unparse
from holdshort.rulebook.expression.values import Unknown

Env: TypeAlias = Mapping[str, Any]
Run: TypeAlias = Callable[[Env, list[Any]], Any]
Scope: TypeAlias = Mapping[str, int]
Compile: TypeAlias = Callable[[Node, Scope], Run]
Path: TypeAlias = Callable[[Env, list[Any]], str]


def missing(node: Node, scope: Scope, compile_: Compile) -> Callable[[Env, list[Any]], Unknown]:
    """Make the Unknown that names the place which ``node`` reads."""
    path = path_of(node, scope, compile_)
    if not _fixed(node):
        return lambda env, slots: Unknown(frozenset({path(env, slots)}))
    unknown = Unknown(frozenset({path({}, [])}))
    return lambda env, slots: unknown


def path_of(node: Node, scope: Scope, compile_: Compile) -> Path:
    """Write the place which ``node`` reads, with its keys, which must be known, evaluated.

    Compiled when first wanted: at once, each key would be compiled twice, for its value and for
    its path, and keys within keys 2 ** depth times.
    """
    made = cache(lambda: _path(node, scope, compile_))
    return lambda env, slots: made()(env, slots)


def _path(node: Node, scope: Scope, compile_: Compile) -> Path:
    match node:
        case Name(name=name) if name in scope:
            text = _mark(scope[name])
        case Select(operand=operand, field=field):
            base, step = _path(operand, scope, compile_), key_suffix(field)
            return lambda env, slots: base(env, slots) + step
        case Index(operand=operand, key=key):
            base, key_of = _path(operand, scope, compile_), compile_(key, scope)
            return lambda env, slots: base(env, slots) + key_suffix(key_of(env, slots))
        case _:
            text = unparse(node, MEMBER)
    return lambda env, slots: text


def _fixed(node: Node) -> bool:
    """Tell whether a path is the same for every environment."""
    match node:
        case Select(operand=operand) | Index(operand=operand, key=Literal()):
            return _fixed(operand)
    return not isinstance(node, Index)


def named(value: Any, path: Callable[[], str]) -> Any:
    """Give the unknown parts within a list or a map, found at ``path``, their own paths."""
    compound = isinstance(value, Mapping | Sequence) and not isinstance(value, str)
    return _named(value, path()) if compound else value


def _named(value: Any, path: str) -> Any:
    if value.__class__ is Unknown:
        return value if value.names else Unknown(frozenset({path}))
    if isinstance(value, Mapping):
        return {key: _named(part, path + key_suffix(key)) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_named(part, path + key_suffix(at)) for at, part in enumerate(value)]
    return value


def _mark(slot: int) -> str:
    return f"\0{slot}\0"


def unmarked(unknown: Unknown, slot: int, path: Callable[[], str], at: int) -> Unknown:
    """Put the path of the element ``at`` in the place of the macro's variable."""
    mark = _mark(slot)
    if not any(name.startswith(mark) for name in unknown.names):
        return unknown
    place = path() + key_suffix(at)
    return Unknown(
        frozenset(
            place + name.removeprefix(mark) if name.startswith(mark) else name
            for name in unknown.names
        )
    )
