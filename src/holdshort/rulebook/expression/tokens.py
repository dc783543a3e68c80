"""Cut the text of an expression into tokens.

Follows the lexis of the CEL specification (`doc/langdef.md`, "Syntax") for the part of it that
rulebooks use, and names the parts that they do not. Numbers keep to the range CEL gives them:
an int is below 2**63, a decimal number within the range of a double.
"""

import re
from decimal import Decimal
from typing import Final, NamedTuple, NoReturn

from holdshort.rulebook.expression.tree import ExpressionError

# langdef.md, RESERVED: not usable as names, though usable as fields.
RESERVED: Final = frozenset(
    re.findall(
        r"\w+",
        """as break const continue else for function if import let loop package namespace return
        var void while""",
    )
)
KEYWORDS: Final = frozenset({"true", "false", "null", "in"})
IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

MAX_LENGTH: Final = 20_000  # characters; a clause that is longer than a statute is a mistake
_MAX_INT: Final = 2**63 - 1
_MAX_EXPONENT: Final = 307  # the largest double is 1.8e308

_TOKEN: Final = re.compile(
    r"""(?P<space>(?:[\ \t\n\f\r]|//[^\n]*)+)
      | (?P<decimal>[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
      | (?P<int>[0-9]+)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<string>"(?:[^"\\\n\r]|\\[^\n\r])*"|'(?:[^'\\\n\r]|\\[^\n\r])*')
      | (?P<op>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]])""",
    re.VERBOSE,
)
_ESCAPE: Final = re.compile(
    r"\\(?:([abfnrtv\\?\"'`])|[xX]([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})"
    r"|([0-3][0-7]{2})|(.))"
)
_CONTROL: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ADVICE: Final = {
    '"': 'Close it with ".',
    "'": "Close it with '.",
    "=": "Write == to compare.",
    "&": "Write && for and.",
    "|": "Write || for or.",
    "{": "Maps cannot be written in a condition; use a list.",
    "“": "Quote text with \" or '.",
    "”": "Quote text with \" or '.",
    "‘": "Quote text with \" or '.",
    "’": "Quote text with \" or '.",
    "≤": "Write <=.",
    "≥": "Write >=.",
    "≠": "Write !=.",
    "\u00a0": "This is a no-break space; write an ordinary one.",
}


class Token(NamedTuple):
    """``kind`` is one of number, string, name, op and end; ``value`` is a literal's value."""

    kind: str
    text: str
    offset: int
    value: int | Decimal | str


def tokens(source: str) -> list[Token]:
    """Cut ``source`` into tokens, the last of kind "end". Raises ExpressionError."""
    if len(source) > MAX_LENGTH:
        what = f"the expression is longer than {MAX_LENGTH} characters"
        raise ExpressionError(what, expression=source, offset=MAX_LENGTH)
    found: list[Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            _refuse(source, at)
        kind, text = str(match.lastgroup), match[0]
        match kind:
            case "int" | "decimal":
                found.append(Token("number", text, at, _number(source, at, match)))
            case "string":
                found.append(Token(kind, text, at, _string(source, at, text, found)))
            case "name" | "op":
                found.append(Token(kind, text, at, text))
        at = match.end()
    found.append(Token("end", "", at, ""))
    return found


def _refuse(source: str, at: int) -> NoReturn:
    char = source[at]
    if char in "\"'":
        what = "this text is not closed on the same line"
    elif char.isprintable():
        what = f"{char} has no meaning here"
    else:
        what = f"the character U+{ord(char):04X} has no meaning here"
    raise ExpressionError(what, expression=source, offset=at, do=_ADVICE.get(char))


def _number(source: str, at: int, match: re.Match[str]) -> int | Decimal:
    text = match[0]

    def error(what: str, do: str | None = None) -> ExpressionError:
        return ExpressionError(what, expression=source, offset=at, do=do)

    if IDENTIFIER.match(source, match.end()):
        raise error(
            "a number runs straight into a letter", "Numbers are decimal, like 12, 0.5 or 1e25."
        )
    if len(text) > 1 and text[0] == "0" and text[1].isdigit():
        raise error("a number does not begin with 0", f"Write {text.lstrip('0') or '0'}.")
    if match.lastgroup == "int":
        # Checked before int(), which refuses very long digit strings in its own way.
        if len(text) > len(str(_MAX_INT)) or int(text) > _MAX_INT:
            raise error(f"a whole number goes up to {_MAX_INT}", "Write a larger one like 3.8e25.")
        return int(text)
    mantissa, _, exponent = text.lower().partition("e")
    if len(exponent) > 5 or not -_MAX_EXPONENT <= _adjusted(mantissa, exponent) <= _MAX_EXPONENT:
        raise error(f"a number is at least 1e-{_MAX_EXPONENT} and below 1e{_MAX_EXPONENT + 1}")
    return Decimal(text)


def _adjusted(mantissa: str, exponent: str) -> int:
    """The exponent of the number when written with one digit before its point."""
    return Decimal(mantissa).adjusted() + int(exponent or 0)


def _string(source: str, at: int, text: str, before: list[Token]) -> str:
    def error(what: str, offset: int, do: str | None = None) -> ExpressionError:
        return ExpressionError(what, expression=source, offset=offset, do=do)

    if before and before[-1].offset + len(before[-1].text) == at:
        if before[-1].kind == "name":
            raise error(f"text has no prefix {before[-1].text}", before[-1].offset)
        if before[-1].kind == "string":
            raise error("two texts stand side by side", at, "Triple quotes are not used here.")

    def replace(match: re.Match[str]) -> str:
        simple, *codes, octal, other = match.groups()
        if simple:
            return _CONTROL.get(simple, simple)
        digits = next((code for code in codes if code), "")
        code = int(octal, 8) if octal else int(digits, 16) if digits else -1
        if other or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            what = f"{match[0]} is not a character that can be written with a backslash"
            raise error(what, at + 1 + match.start(), "Write \\\\ for a backslash.")
        return chr(code)

    return _ESCAPE.sub(replace, text[1:-1])
