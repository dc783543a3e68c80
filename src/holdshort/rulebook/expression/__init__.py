"""The language in which a rulebook states its conditions: a strict subset of CEL.

One parser makes one tree (`parse`); the tree is checked against the declared facts (`check`) and
then run (`compile_closure`), listed (`names`), written back (`unparse`), explained (`explain`) or
handed to another interpreter, such as the prover.

The rules of the language, after the Common Expression Language, https://github.com/google/cel-spec
(`doc/langdef.md`):

* **Subset.** Every expression accepted here is CEL and means here what it means there, wherever
  CEL gives it a value. In: `true false`, decimal numbers, strings, lists, `.field`, `["key"]`,
  `in`, `== != < <= > >=`, `+ - * / %`, `! && ||`, `?:`, `has(a.b)`, `size(x)`, the macros
  `exists`, `all` and `exists_one`, comments. Out: null, maps, bytes, unsigned and hexadecimal
  numbers, raw and triple-quoted strings, functions, `map` and `filter`.
* **Numbers are exact.** There is one type, *number*: an int, a Decimal or a Fraction, never a
  float. Nothing overflows and nothing is rounded, and int and decimal mix in arithmetic (CEL
  compares them but does not add them).
* **Nothing fails when it runs.** A divisor is a non-zero literal: `/` takes one with a point or an
  exponent (`x / 2.0`), and is exact; `x / 2` is refused, since CEL truncates it when x happens to
  be an int. `%` takes an integer literal and has the sign of the dividend. Whatever else CEL
  reports when it runs (a missing key, an index out of range) is *unknown* here.
* **Three values.** A fact that nobody has attested is `Unknown`, and says which fact. `&&`, `||`,
  `exists` and `all` are Kleene's: false && unknown = false, true || unknown = true. A
  comparison, a sum or a selection of something unknown is unknown. A definite result is
  therefore final: no later attestation of an unknown fact can change it.
* **Missing.** A name missing from the environment, a field missing from a record, a key missing
  from a map and an index outside a list all read as Unknown with the path that was read.
  Whether a key is *there* is itself a known fact of a known map: `has(m.k)`, `"k" in m`,
  `size(m)` and iteration answer from the keys that are present; `has` of a key that is present
  with the value Unknown is unknown.
* **Types are checked first.** An undeclared name, an undeclared field, a misspelt enumeration
  value or a wrong operand is an `ExpressionError` with its place. Stricter than CEL: operands of
  `==`, the elements of a list and the branches of `?:` agree in type; only numbers and plain
  strings are ordered, and enumerations, whose alphabetical order means nothing, are not; records
  are not compared whole; a macro's variable may not hide another name.
* **Lists of words are sets.** CEL has no sets, so whoever gives a clause a list of texts gives it
  without duplicates and by the alphabet (`as_set`): of each set there is one list, and `==` keeps
  its meaning in CEL. A list of two texts or more that is written out as a value (compared, set, an
  outcome of `?:`, inside another list) is written so too, else it is refused: it could never be
  equal to what an act states. What follows `in`, and what a macro or `size` goes through, has no
  such need.
"""

from holdshort.rulebook.expression.check import check
from holdshort.rulebook.expression.evaluate import compile_closure
from holdshort.rulebook.expression.explain import Reason, explain
from holdshort.rulebook.expression.parse import parse
from holdshort.rulebook.expression.paths import names
from holdshort.rulebook.expression.tree import (
    Binary,
    Comprehension,
    Conditional,
    ExpressionError,
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
)
from holdshort.rulebook.expression.types import (
    BOOL,
    NUMBER,
    STRING,
    ListOf,
    MapOf,
    OneOf,
    Record,
    Type,
    TypeEnv,
    mismatch,
)
from holdshort.rulebook.expression.unparse import show, unparse
from holdshort.rulebook.expression.values import UNKNOWN, Unknown, Value, as_set, remembered

__all__ = [
    "BOOL",
    "NUMBER",
    "STRING",
    "UNKNOWN",
    "Binary",
    "Comprehension",
    "Conditional",
    "ExpressionError",
    "Has",
    "Index",
    "ListLiteral",
    "ListOf",
    "Literal",
    "MapOf",
    "Name",
    "Node",
    "OneOf",
    "Reason",
    "Record",
    "Select",
    "Size",
    "Type",
    "TypeEnv",
    "Unary",
    "Unknown",
    "Value",
    "as_set",
    "check",
    "children",
    "compile_closure",
    "explain",
    "mismatch",
    "names",
    "parse",
    "remembered",
    "show",
    "unparse",
]
