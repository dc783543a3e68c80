"""A condition of the law: its source, its tree, and the closure that decides it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from holdshort.errors import RulebookError
from holdshort.rulebook.document import Place
from holdshort.rulebook.expression import (
    ExpressionError,
    Node,
    Type,
    Value,
    check,
    compile_closure,
    parse,
)


@dataclass(frozen=True)
class Condition:
    """An expression that has been parsed, type-checked and compiled."""

    source: str
    tree: Node
    type: Type
    where: str
    decide: Callable[[Mapping[str, object]], Value] = field(compare=False, repr=False)


def read_condition(place: Place, names: Mapping[str, Type], expected: Type | None) -> Condition:
    """The expression at ``place``, checked against the names that it may read.

    Raises:
        RulebookError: it does not parse, reads an unknown name, or has another type than
            ``expected``; the error names file, line and clause, and the place in the expression.
    """
    source = place.text()
    try:
        tree = parse(source)
        found = check(tree, names)
    except ExpressionError as error:
        where = f"{place.where}, {error.where}"
        do = error.do or f"Correct the expression:\n{error.excerpt()}"
        raise RulebookError(error.what, where=where, do=do) from None
    if expected is not None and found != expected:
        raise place.error(
            f"{source!r} is {found}, where {expected} is expected.",
            "Compare it with the value that is meant.",
        )
    # A checked tree meets whatever it is given without error, so facts need no narrower type here.
    decide = cast("Callable[[Mapping[str, object]], Value]", compile_closure(tree))
    return Condition(source, tree, found, place.where, decide)
