"""Find out whether an expression makes sense of the declared facts.

The checker gives every node a type or raises an ExpressionError that points at it. It accepts no
expression that could fail when it runs on values of the declared types (see `types.mismatch`),
and none whose comparison with an enumeration can never come true: that is a typing error in a law.
"""

from collections.abc import Iterable, Mapping
from typing import assert_never

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
    divisor,
)
from holdshort.rulebook.expression.types import (
    BOOL,
    NOTHING,
    NUMBER,
    STRING,
    ListOf,
    MapOf,
    OneOf,
    Record,
    Type,
    is_text,
    join,
)
from holdshort.rulebook.expression.unparse import unparse
from holdshort.rulebook.expression.values import as_set


def check(tree: Node, env: Mapping[str, Type]) -> Type:
    """Give the type of an expression over the names declared in ``env``.

    Raises ExpressionError for the first thing wrong, in reading order.
    """
    return _Checker(env).type_of(tree)


class _Checker:
    def __init__(self, env: Mapping[str, Type]) -> None:
        self.env = dict(env)
        # The types of what has been visited, by id, so that nothing is typed twice: a second
        # visit a level would make 2 ** depth of them.
        self.types: dict[int, Type] = {}
        # Lists, by id, of which nobody asks in which order their elements stand.
        self.loose: set[int] = set()

    def type_of(self, node: Node) -> Type:
        self.types[id(node)] = found = self.infer(node)
        return found

    def infer(self, node: Node) -> Type:
        match node:
            case Literal(value=value):
                if isinstance(value, bool):
                    return BOOL
                return STRING if isinstance(value, str) else NUMBER
            case Name():
                return self.name(node)
            case Select() | Has():
                return self.select(node)
            case Index():
                return self.index(node)
            case Size():
                return self.size(node)
            case ListLiteral():
                return self.list(node)
            case Unary(op="!", operand=operand):
                return self.need(operand, BOOL, "!")
            case Unary(operand=operand):
                return self.need(operand, NUMBER, "-")
            case Binary():
                return self.binary(node)
            case Conditional():
                return self.conditional(node)
            case Comprehension():
                return self.comprehension(node)
        assert_never(node)

    def need(self, node: Node, wanted: Type, what: str) -> Type:
        """Demand a type of an operand; ``what`` names who demands it."""
        return self.demand(node, self.type_of(node), wanted, what)

    def demand(self, node: Node, found: Type, wanted: Type, what: str) -> Type:
        """Demand a type of an operand that has been visited."""
        if found == wanted:
            return found
        do = None
        if isinstance(node, Binary) and wanted == NUMBER and node.op in ("<", "<=", ">", ">="):
            do = "Write a < b && b < c rather than a < b < c."
        raise node.error(f"{what} needs {wanted}, but {unparse(node)} is {found}", do)

    # --- reading facts --------------------------------------------------------------------------

    def name(self, node: Name) -> Type:
        if node.name not in self.env:
            raise node.error(f"{node.name} is not declared", suggest(node.name, self.env))
        return self.env[node.name]

    def select(self, node: Select | Has) -> Type:
        operand = self.type_of(node.operand)
        match operand:
            case Record(name=name, fields=fields):
                if node.field not in fields:
                    do = suggest(node.field, fields)
                    raise node.error(f"{name} has no field {node.field}", do)
                found = fields[node.field]
            case MapOf(of=of, key=key):
                self.check_key(node, node.field, key)
                found = of
            case _:
                what = f"{unparse(node.operand)} is {operand} and has no field {node.field}"
                raise node.error(what)
        return BOOL if isinstance(node, Has) else found

    def index(self, node: Index) -> Type:
        self.loose.add(id(node.operand))
        operand = self.type_of(node.operand)
        match operand:
            case ListOf(of=of):
                self.need(node.key, NUMBER, "the index of a list")
                return of
            case MapOf(of=of, key=key):
                found = self.type_of(node.key)
                if not is_text(found):
                    what = f"the key of a map needs text, but {unparse(node.key)} is {found}"
                    raise node.key.error(what)
                for leaf in _leaves(node.key):
                    if isinstance(leaf, Literal):
                        self.check_key(leaf, str(leaf.value), key)
                return of
            case Record():
                raise node.error(
                    "the fields of a record are read with a point", "Write record.field."
                )
        raise node.error(f"{unparse(node.operand)} is {operand} and cannot be indexed")

    def check_key(self, node: Node, key: str, declared: Type) -> None:
        if isinstance(declared, OneOf) and key not in declared.values:
            raise node.error(_not_one_of(key, declared.values), suggest(key, declared.values))

    def size(self, node: Size) -> Type:
        self.loose.add(id(node.operand))
        operand = self.type_of(node.operand)
        if not isinstance(operand, ListOf | MapOf) and not is_text(operand):
            what = f"size needs a list, a map or text, but {unparse(node.operand)} is {operand}"
            raise node.operand.error(what)
        return NUMBER

    # --- building values ------------------------------------------------------------------------

    def list(self, node: ListLiteral) -> Type:
        of: Type = NOTHING
        for element in node.elements:
            of = self.agree(element, of, self.type_of(element), "the elements of a list")
        if is_text(of) and len(node.elements) > 1 and id(node) not in self.loose:
            self.check_set(node)
        return ListOf(of)

    def check_set(self, node: ListLiteral) -> None:
        """Demand that a list of words is the one that stands for the set of them."""
        words = [str(each.value) for each in node.elements if isinstance(each, Literal)]
        if len(words) < len(node.elements):
            what = "a list of words is a set, and of those not written out none comes first"
            raise node.error(what, "Ask for each of them with `in`.")
        if words != as_set(words):
            right = ListLiteral(tuple(map(Literal, as_set(words))))
            what = "a list of words is a set: each stands in it once, by the alphabet"
            raise node.error(what, f"Write {unparse(right)}.")

    def conditional(self, node: Conditional) -> Type:
        self.need(node.condition, BOOL, "the condition before ?")
        then, otherwise = self.type_of(node.then), self.type_of(node.otherwise)
        return self.agree(node.otherwise, then, otherwise, "the two outcomes of ?:")

    def agree(self, node: Node, a: Type, b: Type, what: str) -> Type:
        joined = join(a, b)
        if joined is None:
            raise node.error(f"{what} are of one type, but here are {a} and {b}")
        return joined

    def comprehension(self, node: Comprehension) -> Type:
        self.loose.add(id(node.over))
        over = self.type_of(node.over)
        if not isinstance(over, ListOf | MapOf):
            what = f"{node.fold} goes through a list or a map, but {unparse(node.over)} is {over}"
            raise node.error(what)
        if over.of == NOTHING:
            raise node.over.error(f"there is nothing to go through in {unparse(node.over)}")
        if node.variable in self.env:
            what = f"{node.variable} already has a meaning and cannot be the variable here"
            raise node.error(what, "Choose another letter.")
        self.env[node.variable] = over.of if isinstance(over, ListOf) else over.key
        self.need(node.body, BOOL, f"the condition of {node.fold}")
        del self.env[node.variable]
        return BOOL

    # --- operators ------------------------------------------------------------------------------

    def binary(self, node: Binary) -> Type:
        match node.op:
            case "&&" | "||":
                self.need(node.left, BOOL, node.op)
                return self.need(node.right, BOOL, node.op)
            case "+" | "-" | "*" | "/" | "%":
                self.need(node.left, NUMBER, node.op)
                self.need(node.right, NUMBER, node.op)
                if node.op in ("/", "%"):
                    divisor(node)
                return NUMBER
            case "<" | "<=" | ">" | ">=":
                return self.ordering(node)
            case "==" | "!=":
                return self.equality(node)
            case "in":
                return self.membership(node)
        assert_never(node.op)

    def ordering(self, node: Binary) -> Type:
        left, right = self.type_of(node.left), self.type_of(node.right)
        if isinstance(left, OneOf) or isinstance(right, OneOf):
            what = f"{node.op} would order an enumeration by the alphabet"
            raise node.error(what, "Name the values that are meant, with `in [...]`.")
        if left != STRING:
            self.demand(node.left, left, NUMBER, node.op)
        self.demand(node.right, right, left, f"{node.op} beside {left}")
        return BOOL

    def equality(self, node: Binary) -> Type:
        left, right = self.type_of(node.left), self.type_of(node.right)
        joined = join(left, right)
        if joined is None:
            raise node.error(f"{left} is never equal to {right}: {unparse(node)}")
        if _holds_record(joined):
            raise node.error("records are not compared whole", "Compare the fields that matter.")
        self.check_words(node.left, node.right)
        return BOOL

    def membership(self, node: Binary) -> Type:
        self.loose.add(id(node.right))
        left, right = self.type_of(node.left), self.type_of(node.right)
        members = right.of if isinstance(right, ListOf) else STRING
        if not isinstance(right, ListOf | MapOf):
            raise node.right.error(
                f"in needs a list or a map, but {unparse(node.right)} is {right}"
            )
        joined = join(left, members)
        if joined is None:
            raise node.error(f"{left} is never in {right}: {unparse(node)}")
        if _holds_record(joined):
            raise node.error("records are not compared whole", "Use exists and a field.")
        if isinstance(node.right, ListLiteral):
            for element in node.right.elements:
                self.check_words(node.left, element)
        else:
            known = right.of if isinstance(right, ListOf) else right.key
            if isinstance(known, OneOf):
                for leaf in _leaves(node.left):
                    self.check_leaf(leaf, known.values)
        return BOOL

    def check_words(self, left: Node, right: Node) -> None:
        """Refuse a comparison of an enumeration with words that it does not have."""
        for one, other in ((left, right), (right, left)):
            possible = self.words(one)
            if possible is None or all(isinstance(leaf, Literal) for leaf in _leaves(one)):
                continue
            for leaf in _leaves(other):
                self.check_leaf(leaf, possible)

    def check_leaf(self, leaf: Node, possible: tuple[str, ...]) -> None:
        found = self.words(leaf)
        if found is not None and not set(found) & set(possible):
            raise leaf.error(_not_one_of(found[0], possible), suggest(found[0], possible))

    def words(self, node: Node) -> tuple[str, ...] | None:
        """List the only strings that a visited node can be, if they are limited."""
        found: list[str] = []
        for leaf in _leaves(node):
            type_ = self.types[id(leaf)]
            if isinstance(leaf, Literal) and isinstance(leaf.value, str):
                found.append(leaf.value)
            elif isinstance(type_, OneOf):
                found.extend(type_.values)
            else:
                return None
        return tuple(dict.fromkeys(found))


def _leaves(node: Node) -> Iterable[Node]:
    """The expressions whose value a node can take: both outcomes of a conditional."""
    if isinstance(node, Conditional):
        return (*_leaves(node.then), *_leaves(node.otherwise))
    return (node,)


def _holds_record(type_: Type) -> bool:
    match type_:
        case ListOf(of=of) | MapOf(of=of):
            return _holds_record(of)
    return isinstance(type_, Record)


def _not_one_of(word: str, values: Iterable[str]) -> str:
    return f"'{word}' is not one of {', '.join(values)}"


def suggest(word: str, known: Iterable[str]) -> str:
    """Name the closest known word, or list them all if none is close."""
    import difflib  # here, since only an error needs it and the gate must start fast

    by_fold = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_fold, n=1)
    if close:
        return f"Did you mean {by_fold[close[0]]}?"
    return f"Known are: {', '.join(sorted(by_fold.values())) or 'none'}."
