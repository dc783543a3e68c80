"""Turn a tree into a Python function of the facts: the interpreter that the docket runs.

Each node becomes a closure over the closures of its parts. A closure takes the environment and
the slots of the enclosing macros' variables (the outermost macro has slot 0). Closures expect a
tree that passed `check` and values that match the declared types; see the package's docstring for
what they mean.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, assert_never, cast

from holdshort.rulebook.expression import places, values
from holdshort.rulebook.expression.places import Env, Run, Scope
from holdshort.rulebook.expression.tree import (
    Binary,
    Comprehension,
    Conditional,
    Has,
    Index,
    ListLiteral,
    Literal,
    Name,
    Node,
    Select,
    Size,
    Unary,
    children,
    divisor,
)
from holdshort.rulebook.expression.values import UNKNOWN, Unknown, Value

_STRICT: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": values.add,
    "-": values.subtract,
    "*": values.multiply,
}


def compile_closure(tree: Node) -> Callable[[Mapping[str, Value]], Value]:
    """Compile a checked tree to a function from the environment to the value.

    The function is pure, and raises nothing on an environment that matches the declared types.
    Raises ExpressionError if a divisor is not a literal, which `check` would have refused.
    """
    run = _compile(tree, {})
    slots = _macros(tree)

    def evaluate(env: Mapping[str, Value]) -> Value:
        return cast("Value", run(env, [None] * slots))

    return evaluate


def _macros(node: Node) -> int:
    """Count the macros: as many slots always suffice."""
    return isinstance(node, Comprehension) + sum(map(_macros, children(node)))


def _compile(node: Node, scope: Scope) -> Run:
    match node:
        case Literal(value=value):
            return lambda env, slots: value
        case Name(name=name):
            return _slot(node, scope) if name in scope else _fact(node, scope)
        case Select():
            return _select(node, scope)
        case Has():
            return _has(node, scope)
        case Index():
            return _index(node, scope)
        case Size(operand=operand):
            return _unary(len, _compile(operand, scope))
        case ListLiteral(elements=elements):
            parts = [_compile(element, scope) for element in elements]
            return lambda env, slots: [part(env, slots) for part in parts]
        case Unary(op=op, operand=operand):
            apply = operator.not_ if op == "!" else values.negate
            return _unary(apply, _compile(operand, scope))
        case Binary():
            return _binary(node, scope)
        case Conditional():
            return _conditional(node, scope)
        case Comprehension(fold="exists_one"):
            return _exists_one(node, scope)
        case Comprehension():
            return _fold(node, scope)
    assert_never(node)


# --- reading facts ------------------------------------------------------------------------------


def _fact(node: Name, scope: Scope) -> Run:
    name, missing = node.name, places.missing(node, scope, _compile)

    def run(env: Env, slots: list[Any]) -> Any:
        value = env.get(name, UNKNOWN)
        if value.__class__ is Unknown and not value.names:
            return missing(env, slots)
        return value

    return run


def _slot(node: Name, scope: Scope) -> Run:
    slot, missing = scope[node.name], places.missing(node, scope, _compile)

    def run(env: Env, slots: list[Any]) -> Any:
        value = slots[slot]
        if value.__class__ is Unknown and not value.names:
            return missing(env, slots)
        return value

    return run


def _select(node: Select, scope: Scope) -> Run:
    operand, field = _compile(node.operand, scope), node.field
    missing = places.missing(node, scope, _compile)

    def run(env: Env, slots: list[Any]) -> Any:
        record = operand(env, slots)
        if record.__class__ is Unknown:
            return record
        value = record.get(field, UNKNOWN)
        if value.__class__ is Unknown and not value.names:
            return missing(env, slots)
        return value

    return run


def _has(node: Has, scope: Scope) -> Run:
    operand, field = _compile(node.operand, scope), node.field
    missing = places.missing(Select(node.operand, field), scope, _compile)

    def run(env: Env, slots: list[Any]) -> Any:
        record = operand(env, slots)
        if record.__class__ is Unknown:
            return record
        if field not in record:
            return False
        value = record[field]
        if value.__class__ is Unknown:
            return value if value.names else missing(env, slots)
        return True

    return run


def _index(node: Index, scope: Scope) -> Run:
    operand, key_of = _compile(node.operand, scope), _compile(node.key, scope)
    missing = places.missing(node, scope, _compile)

    def run(env: Env, slots: list[Any]) -> Any:
        container, key = operand(env, slots), key_of(env, slots)
        if container.__class__ is Unknown or key.__class__ is Unknown:
            return _merged(container, key)
        value = container.get(key, UNKNOWN) if isinstance(key, str) else _element(container, key)
        if value.__class__ is Unknown and not value.names:
            return missing(env, slots)
        return value

    return run


def _element(items: Sequence[Any], number: values.Number) -> Any:
    """The element of a list; unknown unless ``number`` is whole and within the list."""
    at = int(number)
    return items[at] if at == number and 0 <= at < len(items) else UNKNOWN


def _merged(a: Any, b: Any) -> Any:
    """Merge the unknowns of two values of which at least one is unknown."""
    if a.__class__ is not Unknown:
        return b
    return a | b if b.__class__ is Unknown else a


# --- operators ----------------------------------------------------------------------------------


def _unary(apply: Callable[[Any], Any], operand: Run) -> Run:
    def run(env: Env, slots: list[Any]) -> Any:
        value = operand(env, slots)
        return value if value.__class__ is Unknown else apply(value)

    return run


def _binary(node: Binary, scope: Scope) -> Run:
    left = _compile(node.left, scope)
    match node.op:
        case "&&" | "||":
            return _absorbing(left, _compile(node.right, scope), stop=node.op == "||")
        case "/":
            by = divisor(node)
            return _unary(lambda value: values.divide(value, by), left)
        case "%":
            whole = cast("int", divisor(node))
            return _unary(lambda value: values.remainder(value, whole), left)
        case "in":
            return _membership(node, left, scope)
        case "==" | "!=":
            return _equality(node, left, scope)
    return _strict(_STRICT[node.op], left, node.right, scope)


def _absorbing(left: Run, right: Run, *, stop: bool) -> Run:
    """`||` (stop at true) and `&&` (stop at false), Kleene's: the stop absorbs the unknown."""

    def run(env: Env, slots: list[Any]) -> Any:
        a = left(env, slots)
        if a is stop:
            return stop
        b = right(env, slots)
        if b is stop or a.__class__ is not Unknown:
            return b
        return a | b if b.__class__ is Unknown else a

    return run


def _strict(apply: Callable[[Any, Any], Any], left: Run, second: Node, scope: Scope) -> Run:
    """Apply an operator that is unknown as soon as one side is."""
    if isinstance(second, Literal):
        constant = second.value
        return _unary(lambda value: apply(value, constant), left)
    right = _compile(second, scope)

    def run(env: Env, slots: list[Any]) -> Any:
        a, b = left(env, slots), right(env, slots)
        if a.__class__ is Unknown or b.__class__ is Unknown:
            return _merged(a, b)
        return apply(a, b)

    return run


def _equality(node: Binary, left: Run, scope: Scope) -> Run:
    wanted = node.op == "=="
    if isinstance(node.right, Literal):
        return _strict(operator.eq if wanted else operator.ne, left, node.right, scope)
    right = _compile(node.right, scope)
    paths = places.path_of(node.left, scope, _compile), places.path_of(node.right, scope, _compile)

    def run(env: Env, slots: list[Any]) -> Any:
        a, b = left(env, slots), right(env, slots)
        same = values.equal(a, b)
        if same.__class__ is not Unknown:
            return same is wanted
        a = places.named(a, lambda: paths[0](env, slots))
        return values.equal(a, places.named(b, lambda: paths[1](env, slots)))

    return run


def _membership(node: Binary, left: Run, scope: Scope) -> Run:
    match node.right:
        case ListLiteral(elements=[_, *_] as elements) if all(
            isinstance(element, Literal) for element in elements
        ):
            known = frozenset(element.value for element in elements if isinstance(element, Literal))
            return _unary(known.__contains__, left)
    right = _compile(node.right, scope)
    paths = places.path_of(node.left, scope, _compile), places.path_of(node.right, scope, _compile)

    def run(env: Env, slots: list[Any]) -> Any:
        element, container = left(env, slots), right(env, slots)
        if container.__class__ is Unknown:
            return _merged(element, container)
        found = values.contains(element, container)
        if found.__class__ is not Unknown:
            return found
        element = places.named(element, lambda: paths[0](env, slots))
        container = places.named(container, lambda: paths[1](env, slots))
        return values.contains(element, container)

    return run


def _conditional(node: Conditional, scope: Scope) -> Run:
    condition = _compile(node.condition, scope)
    then, otherwise = _compile(node.then, scope), _compile(node.otherwise, scope)

    def run(env: Env, slots: list[Any]) -> Any:
        truth = condition(env, slots)
        if truth.__class__ is Unknown:
            return truth
        return then(env, slots) if truth else otherwise(env, slots)

    return run


# --- macros -------------------------------------------------------------------------------------


def _fold(node: Comprehension, scope: Scope) -> Run:
    """`exists` (stop at true) and `all` (stop at false), Kleene's."""
    stop, slot = node.fold == "exists", len(scope)
    over, path = _compile(node.over, scope), places.path_of(node.over, scope, _compile)
    body = _compile(node.body, {**scope, node.variable: slot})

    def run(env: Env, slots: list[Any]) -> Any:
        items = over(env, slots)
        if items.__class__ is Unknown:
            return items
        unknown: Unknown | None = None
        for at, slots[slot] in enumerate(items):
            truth = body(env, slots)
            if truth is stop:
                return stop
            if truth.__class__ is Unknown:
                here = places.unmarked(truth, slot, lambda: path(env, slots), at)
                unknown = here if unknown is None else unknown | here
        return not stop if unknown is None else unknown

    return run


def _exists_one(node: Comprehension, scope: Scope) -> Run:
    """`exists_one`: false as soon as two are true, whatever is unknown."""
    slot = len(scope)
    over, path = _compile(node.over, scope), places.path_of(node.over, scope, _compile)
    body = _compile(node.body, {**scope, node.variable: slot})

    def run(env: Env, slots: list[Any]) -> Any:
        items = over(env, slots)
        if items.__class__ is Unknown:
            return items
        unknown: Unknown | None = None
        found = 0
        for at, slots[slot] in enumerate(items):
            truth = body(env, slots)
            if truth is True:
                found += 1
                if found > 1:
                    return False
            elif truth is not False:
                here = places.unmarked(truth, slot, lambda: path(env, slots), at)
                unknown = here if unknown is None else unknown | here
        return found == 1 if unknown is None else unknown

    return run
