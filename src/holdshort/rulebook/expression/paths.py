"""Which facts an expression reads.

A path is itself an expression: ``case.finding``, ``case.finding.cybersecurity``,
``labels["a b"]``. It begins at a declared name and goes as deep as the expression says without
looking at a value.
"""

from holdshort.rulebook.expression.tree import (
    Comprehension,
    Has,
    Index,
    Literal,
    Name,
    Node,
    Select,
    children,
)
from holdshort.rulebook.expression.unparse import key_suffix


def names(tree: Node) -> frozenset[str]:
    """List the paths that an expression may read.

    An index whose key is not a literal cuts the path: ``case.finding[a]`` reads ``case.finding``
    (and ``a``, unless a macro binds it). Variables of macros are not facts and are left out.
    """
    found: set[str] = set()

    def visit(node: Node, bound: frozenset[str]) -> None:
        path = _path(node, bound)
        if path is not None:
            found.add(path)
        elif isinstance(node, Comprehension):
            visit(node.over, bound)
            visit(node.body, bound | {node.variable})
        else:
            for child in children(node):
                visit(child, bound)

    visit(tree, frozenset())
    return frozenset(found)


def _path(node: Node, bound: frozenset[str]) -> str | None:
    match node:
        case Name(name=name) if name not in bound:
            return name
        case Select(operand=operand, field=key) | Has(operand=operand, field=key):
            base = _path(operand, bound)
        case Index(operand=operand, key=Literal(value=str() | int() as key)):
            base = _path(operand, bound)
        case _:
            return None
    return None if base is None else base + key_suffix(key)
