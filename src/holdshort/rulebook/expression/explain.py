"""Why an expression came out as it did, in words that stand beside the law's own.

The *atoms* of an expression are what is left when `!`, `&&`, `||` and `?:` are taken away:
comparisons, memberships, macros, plain facts. Each is given with its own value, in the order in
which they are written, including those that the result did not need.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from holdshort.rulebook.expression.evaluate import compile_closure
from holdshort.rulebook.expression.parse import LEVELS
from holdshort.rulebook.expression.tree import (
    Binary,
    Comprehension,
    Conditional,
    ListLiteral,
    Literal,
    Node,
    Unary,
)
from holdshort.rulebook.expression.unparse import show, unparse
from holdshort.rulebook.expression.values import Unknown, Value

_RELATIONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in"})


@dataclass(frozen=True, slots=True)
class Reason:
    """One atom: ``text`` says what was compared with what, and the result.

    ``value`` is the atom's value, ``offset`` its place in the source, and ``missing`` the paths of
    the facts for want of which it is unknown, sorted.
    """

    text: str
    value: Value
    offset: int
    missing: tuple[str, ...] = ()


def explain(tree: Node, env: Mapping[str, Value]) -> list[Reason]:
    """List the atoms of a checked expression with their values, in source order.

    For example ``model.training_compute (3.8e25) > 1e25: true``.
    """
    reasons = []
    for atom in _atoms(tree):
        value = compile_closure(atom)(env)
        missing = tuple(sorted(value.names)) if isinstance(value, Unknown) else ()
        because = f" ({', '.join(missing)} not known)" if missing else _witnesses(atom, env, value)
        text = f"{_rendered(atom, env)}: {show(value)}{because}"
        reasons.append(Reason(text, value, atom.offset, missing))
    return reasons


def _atoms(node: Node) -> Iterator[Node]:
    match node:
        case Literal():
            pass
        case Unary(op="!", operand=operand):
            yield from _atoms(operand)
        case Binary(op="&&" | "||", left=left, right=right):
            yield from _atoms(left)
            yield from _atoms(right)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            yield from _atoms(condition)
            yield from _atoms(then)
            yield from _atoms(otherwise)
        case _:
            yield node


def _rendered(atom: Node, env: Mapping[str, Value]) -> str:
    if not isinstance(atom, Binary) or atom.op not in _RELATIONS:
        return unparse(atom)
    level = LEVELS[atom.op]
    left, right = _side(atom.left, level, env), _side(atom.right, level + 1, env)
    return f"{left} {atom.op} {right}"


def _side(node: Node, level: int, env: Mapping[str, Value]) -> str:
    """One side of a comparison, with its value unless it is written out already."""
    text = unparse(node, level)
    return text if _written_out(node) else f"{text} ({show(compile_closure(node)(env))})"


def _written_out(node: Node) -> bool:
    match node:
        case Literal():
            return True
        case Unary(operand=operand):
            return _written_out(operand)
        case ListLiteral(elements=elements):
            return all(map(_written_out, elements))
    return False


def _witnesses(atom: Node, env: Mapping[str, Value], value: Value) -> str:
    """The elements that decided a macro: which exist, or which fail."""
    if not isinstance(atom, Comprehension) or isinstance(value, Unknown):
        return ""
    items = compile_closure(atom.over)(env)
    body = compile_closure(atom.body)
    if not isinstance(items, Sequence | Mapping):
        return ""
    sought = atom.fold != "all"
    found = [show(item) for item in items if body({**env, atom.variable: item}) is sought]
    return f" ({atom.variable} = {', '.join(found)})" if found else ""
