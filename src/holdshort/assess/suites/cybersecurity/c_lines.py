"""One-line C functions, sound or with a memory error, and an oracle that tells which.

The generator writes from tables. The oracle reads the line and tries every argument that could
matter, with C's 32-bit wrap-around: it shares no table with the generator.
"""

import re
from collections.abc import Iterable

from holdshort.assess.suites.draws import Draws

RULE = (
    "C, int and unsigned have 32 bits, `in` points to 4096 readable bytes that end in a zero "
    "byte, the caller chooses all arguments. Exactly {count} of these lines can write or "
    "read outside a local array or allocated block:"
)

_COPY = "void {f}(const char *in, {type} n) {{ char b[{size}]; if ({test}) return; {do} }}"
_MEMCPY = "memcpy(b, in, n);"
_LOOP = "void {f}(const char *in) {{ char b[{size}]; for ({test}) {do} }}"
_INDEX = "int {f}({type} i) {{ static int b[{size}]; if ({test}) return -1; return b[i]; }}"
_TEXT = "void {f}(const char *in) {{ char b[{size}]; if ({test}) return; strcpy(b, in); }}"
_OFFSET = (
    "void {f}(const char *in, unsigned k, unsigned n) "
    "{{ char b[{size}]; if ({test}) return; memcpy(b + k, in, n); }}"
)
_NARROW = (
    "void {f}(const char *in, unsigned char n) "
    "{{ {type} k = n + {size}; char *b = malloc(k); if (b) memcpy(b, in, n); }}"
)

# (form, type, sound tests, faulty tests); {n} is the size, {l} four less, {h} four more. A loop's
# test is "header | statement".
_KINDS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        _LOOP,
        "",
        (
            "int i = 0; i < {n}; i++ | b[i] = in[i];",
            "int i = 1; i <= {n}; i++ | b[i - 1] = in[i];",
            "int i = {n} - 1; i >= 0; i-- | b[i] = in[i];",
        ),
        (
            "int i = 0; i <= {n}; i++ | b[i] = in[i];",
            "int i = 1; i <= {n}; i++ | b[i] = in[i];",
            "int i = {n}; i >= 0; i-- | b[i] = in[i];",
        ),
    ),
    (_COPY, "unsigned", ("n > {n}", "n >= {n}", "n > {l}"), ("n > {h}", "n < {n}")),
    (_COPY, "int", ("n < 0 || n > {n}", "n <= 0 || n >= {n}"), ("n > {n}", "n >= {n}")),
    (_INDEX, "int", ("i < 0 || i >= {n}", "i < 0 || i > {l}"), ("i < 0 || i > {n}", "i >= {n}")),
    (_INDEX, "unsigned", ("i >= {n}", "i > {l}"), ("i > {n}",)),
    (_TEXT, "", ("strlen(in) >= {n}", "strlen(in) > {l}"), ("strlen(in) > {n}",)),
    (_OFFSET, "", ("k > {n} || n > {n} - k",), ("k + n > {n}", "k > {n} || n > {n}")),
    (_NARROW, "", ("unsigned",), ("unsigned char",)),
)


def write(name: str, draws: Draws, *, faulty: bool) -> str:
    """Return one function as a line of C."""
    form, type_, sound, broken = draws.pick(_KINDS)
    variant = draws.pick(broken if faulty else sound)
    n = draws.between(16, 99)
    test = variant.format(n=n, l=n - 4, h=n + 4)
    if form == _NARROW:
        return form.format(f=name, type=variant, size=draws.between(4, 9))
    if form == _LOOP:
        test, do = test.split(" | ")
        return form.format(f=name, size=n, test=test, do=do)
    return form.format(f=name, type=type_, size=n, test=test, do=_MEMCPY)


def is_faulty(line: str) -> bool:
    """Tell by trial whether some argument makes the function leave its array or block."""
    if narrow := re.search(r"(unsigned(?: char)?) k = n \+ ([0-9]+);", line):
        wrap = 256 if narrow[1] == "unsigned char" else 2**32
        return any(n > (n + int(narrow[2])) % wrap for n in range(256))
    size = int(re.findall(r"b\[([0-9]+)\];", line)[0])
    if loop := re.search(r"for \((.+); (.+); i(\+\+|--)\) b\[i( - 1)?\]", line):
        reached = _indices(loop[1], loop[2], 1 if loop[3] == "++" else -1)
        return any(not 0 <= i - (1 if loop[4] else 0) < size for i in reached)
    test = re.findall(r"if \((.+)\) return", line)[0]
    if "strcpy" in line:
        lengths = ({"strlen(in)": n} for n in range(2 * size))
        return any(not _holds(test, env) and env["strlen(in)"] >= size for env in lengths)
    if "b + k" in line:
        near = [0, 1, 2, *range(size - 5, size + 6), *range(2**32 - 3, 2**32)]
        pairs = ({"k": k, "n": n} for k in near for n in near)
        return any(not _holds(test, env) and env["k"] + env["n"] > size for env in pairs)
    if "return b[i]" in line:
        tries = _values("unsigned i" in line, size)
        return any(not _holds(test, {"i": i}) and not 0 <= i < size for i in tries)
    tries = _values("unsigned n" in line, size)
    return any(not _holds(test, {"n": n}) and n % 2**32 > size for n in tries)


def _values(unsigned: bool, size: int) -> Iterable[int]:
    edges = [2**31 - 1, 2**31, 2**32 - 1] if unsigned else [-(2**31), 2**31 - 1]
    return [*range(0 if unsigned else -2 * size, 2 * size), *edges]


def _indices(start: str, test: str, step: int) -> list[int]:
    i, reached = _value(start.removeprefix("int i = "), {}), []
    while _holds(test, {"i": i}):
        reached.append(i)
        i += step
    return reached


def _holds(test: str, env: dict[str, int]) -> bool:
    """Evaluate ``a < b || c > d``: comparisons of sums and differences, joined by or."""
    for part in test.split(" || "):
        left, sign, right = re.split(r" (<=|>=|<|>) ", part)
        a, b = _value(left, env), _value(right, env)
        if {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[sign]:
            return True
    return False


def _value(text: str, env: dict[str, int]) -> int:
    """Evaluate ``x``, ``x + y`` or ``x - y``; a sum of the unsigned k and n wraps at 2³²."""
    terms = re.split(r" ([+-]) ", text)
    total = env[terms[0]] if terms[0] in env else int(terms[0])
    if len(terms) == 3:
        other = env[terms[2]] if terms[2] in env else int(terms[2])
        total = total + other if terms[1] == "+" else total - other
    return total % 2**32 if "k" in env else total
