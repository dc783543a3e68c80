"""Read the text of a condition into its tree.

The grammar is the CEL specification's (`doc/langdef.md`, "Syntax"), binding from loose to tight::

    Expression = Or ["?" Or ":" Expression]
    Or         = And {"||" And}
    And        = Relation {"&&" Relation}
    Relation   = Sum {("<" | "<=" | ">" | ">=" | "==" | "!=" | "in") Sum}
    Sum        = Product {("+" | "-") Product}
    Product    = Unary {("*" | "/" | "%") Unary}
    Unary      = Member | "!" {"!"} Member | "-" {"-"} Member
    Member     = Primary {"." field | "." fold "(" variable "," Expression ")" | "[" Expression "]"}
    Primary    = literal | name | "(" Expression ")" | "[" [Expression {","}] "]"
               | "has" "(" Member "." field ")" | "size" "(" Expression ")"

Nesting and depth are bounded, so that no text can exhaust the stack of whoever walks its tree.
"""

from typing import Final, NoReturn, cast

from holdshort.rulebook.expression.tokens import KEYWORDS, RESERVED, Token, tokens
from holdshort.rulebook.expression.tree import (
    Binary,
    BinaryOp,
    Comprehension,
    Conditional,
    ExpressionError,
    Fold,
    Has,
    Index,
    ListLiteral,
    Literal,
    Name,
    Node,
    Select,
    Size,
    Unary,
    UnaryOp,
    children,
)

LEVELS: Final[dict[str, int]] = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in"), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%"), 5),
}
FOLDS: Final = ("exists", "all", "exists_one")
# langdef.md, "Syntax", asks for at least 12 nested rules and 32 repeated terms.
MAX_NESTING: Final = 32
MAX_DEPTH: Final = 128

_SPELLINGS: Final = {
    "and": "&&",
    "or": "||",
    "not": "!",
    "is": "==",
    "True": "true",
    "False": "false",
}


def parse(source: str) -> Node:
    """Read one expression. Raises ExpressionError, placed, if it is not one."""
    return _Parser(source).whole()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.at = 0
        self.nesting = 0

    # --- the stream of tokens -------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def advance(self) -> Token:
        token = self.token
        self.at += 1
        return token

    def accept(self, text: str) -> Token | None:
        """Take the next token if it is this operator."""
        return self.advance() if self.token.kind == "op" and self.token.text == text else None

    def expect(self, text: str, why: str) -> Token:
        return self.accept(text) or self.fail(f"expected {text} {why}")

    def error(self, what: str, token: Token, do: str | None = None) -> ExpressionError:
        return ExpressionError(what, expression=self.source, offset=token.offset, do=do)

    def fail(self, expected: str) -> NoReturn:
        """Raise: what was expected and what stands here instead."""
        token = self.token
        found = f"found {token.text}" if token.kind != "end" else "the expression ends"
        do = None
        if token.text in _SPELLINGS:
            do = f"Write {_SPELLINGS[token.text]} instead of {token.text}."
        raise self.error(f"{expected}, but {found}", token, do)

    # --- the grammar ----------------------------------------------------------------------------

    def whole(self) -> Node:
        if self.token.kind == "end":
            raise self.error("the expression is empty", self.token)
        node = self.expression()
        if self.token.kind != "end":
            self.fail("expected an operator or the end")
        self.bound_depth(node)
        return node

    def bound_depth(self, root: Node) -> None:
        pending = [(root, 1)]
        while pending:
            node, depth = pending.pop()
            if depth > MAX_DEPTH:
                raise node.error(
                    f"the expression is more than {MAX_DEPTH} operators deep",
                    "Split it into several clauses, or use a list and `in`.",
                )
            pending.extend((child, depth + 1) for child in children(node))

    def expression(self) -> Node:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self.error(f"more than {MAX_NESTING} brackets are nested", self.token)
        node = self.binary(1)
        if token := self.accept("?"):
            then = self.binary(1)
            self.expect(":", "and the value for the case that the condition is false")
            otherwise = self.expression()
            node = Conditional(node, then, otherwise, offset=token.offset, source=self.source)
        self.nesting -= 1
        return node

    def binary(self, loosest: int) -> Node:
        """Operators that bind at least as tightly as ``loosest``; all associate to the left."""
        left = self.unary()
        while (level := self.level()) >= loosest:
            token = self.advance()
            right = self.binary(level + 1)
            op = cast("BinaryOp", token.text)
            left = Binary(op, left, right, offset=token.offset, source=self.source)
        return left

    def level(self) -> int:
        token = self.token
        operator = token.kind == "op" or (token.kind == "name" and token.text == "in")
        return LEVELS.get(token.text, 0) if operator else 0

    def unary(self) -> Node:
        signs: list[Token] = []
        while self.token.text in ("!", "-") and self.token.kind == "op":
            if signs and signs[0].text != self.token.text:
                break  # the grammar has no mixture such as !-x
            signs.append(self.advance())
        node = self.member()
        for token in reversed(signs):
            op = cast("UnaryOp", token.text)
            node = Unary(op, node, offset=token.offset, source=self.source)
        return node

    def member(self) -> Node:
        node = self.primary()
        while True:
            if bracket := self.accept("["):
                key = self.expression()
                self.expect("]", "after the key")
                node = Index(node, key, offset=bracket.offset, source=self.source)
            elif self.accept("."):
                token = self.token
                if token.kind != "name" or token.text in KEYWORDS:
                    self.fail("expected the name of a field")
                self.advance()
                if self.accept("("):
                    node = self.fold(node, token)
                else:
                    node = Select(node, token.text, offset=token.offset, source=self.source)
            else:
                return node

    def fold(self, over: Node, name: Token) -> Node:
        if name.text not in FOLDS:
            do = "Write size(x)." if name.text == "size" else f"There are {', '.join(FOLDS)}."
            raise self.error(f".{name.text}( ) is not a macro of this language", name, do)
        variable = self.token
        if variable.kind != "name":
            self.fail(f"{name.text} needs a variable first, as in {name.text}(x, …)")
        self.check_name(variable)
        self.advance()
        self.expect(",", f"after the variable of {name.text}")
        body = self.expression()
        self.expect(")", f"after the condition of {name.text}")
        fold = cast("Fold", name.text)
        return Comprehension(
            fold, over, variable.text, body, offset=name.offset, source=self.source
        )

    def primary(self) -> Node:
        token = self.token
        match token.kind:
            case "number" | "string":
                self.advance()
                return Literal(token.value, offset=token.offset, source=self.source)
            case "name" if token.text in ("true", "false"):
                self.advance()
                return Literal(token.text == "true", offset=token.offset, source=self.source)
            case "name":
                self.check_name(token)
                self.advance()
                if self.accept("("):
                    return self.call(token)
                return Name(token.text, offset=token.offset, source=self.source)
        if self.accept("("):
            node = self.expression()
            self.expect(")", "to close the bracket")
            return node
        if self.accept("["):
            elements = self.elements()
            return ListLiteral(elements, offset=token.offset, source=self.source)
        return self.fail("expected a value")

    def elements(self) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self.accept("]"):
            found.append(self.expression())
            if not self.accept(","):
                self.expect("]", "or , in the list")
                break
        return tuple(found)

    def call(self, name: Token) -> Node:
        if name.text not in ("has", "size"):
            do = "There are has(a.b) and size(x)."
            raise self.error(f"{name.text}( ) is not a function of this language", name, do)
        first = self.token
        argument = self.expression()
        self.expect(")", f"after the argument of {name.text}")
        if name.text == "size":
            return Size(argument, offset=name.offset, source=self.source)
        if not isinstance(argument, Select):
            do = 'For a key that is text, write "key" in map.'
            raise self.error("has( ) needs a field, as in has(a.b)", first, do)
        return Has(argument.operand, argument.field, offset=name.offset, source=self.source)

    def check_name(self, token: Token) -> None:
        if token.text in RESERVED:
            raise self.error(f"{token.text} is a reserved word of CEL, not a name", token)
        if token.text == "null":
            raise self.error("there is no null: a fact that nobody attested is unknown", token)
        if token.text in KEYWORDS:
            self.fail("expected a value")
