"""Say what a short numeric program prints.

The generator runs the computation directly; the solver parses the printed program and interprets
its syntax tree, of which it knows only what these programs use.
"""

import ast

from holdshort.assess.suites.answers import same_number
from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family

Value = int | list[int]


class ProgramValue(Family):
    """Execute a program in the head."""

    name = "program-value"
    measures = "Exact simulation of a short program with branches and changing state."
    does_not_show = "It does not show writing programs, nor reasoning about long ones."
    difficulty = "more rounds, and a list that is updated in place"
    chance = "0.01"
    answer_form = "the printed number"

    def generate(self, draws: Draws) -> tuple[str, str]:
        """Draw constants for one of two program shapes and compute what it prints."""
        program, printed = _list_program(draws) if draws.below(2) else _scalar_program(draws)
        return f"What does this Python program print?\n{program}", str(printed)

    def solve(self, prompt: str) -> str:
        """Interpret the program between the question and the closing line."""
        source = prompt.split("program print?\n", 1)[1].split("\nEnd with", 1)[0]
        return str(_run(ast.parse(source).body, {}))

    def guess(self, prompt: str, draws: Draws) -> str:
        """Name a number of the usual size."""
        return str(draws.below(600))

    def correct(self, answer: str, target: str) -> bool:
        """Equal as numbers."""
        return same_number(answer, target)


def _scalar_program(draws: Draws) -> tuple[str, int]:
    x, y = draws.between(3, 60), draws.between(3, 60)
    rounds, d, r = draws.between(4, 8), draws.between(2, 4), draws.below(2)
    a, b, m = draws.between(2, 5), draws.between(3, 9), draws.between(101, 499)
    program = (
        f"x, y = {x}, {y}\nfor i in range(1, {rounds + 1}):\n"
        f"    if (x + i) % {d} == {r}:\n        x = (x * {a} + y) % {m}\n"
        f"    else:\n        y = y + x % {b} + i\nprint(x + y)"
    )
    for i in range(1, rounds + 1):
        if (x + i) % d == r:
            x = (x * a + y) % m
        else:
            y += x % b + i
    return program, x + y


def _list_program(draws: Draws) -> tuple[str, int]:
    cells = [draws.between(1, 30) for _ in range(5)]
    rounds, a, b = draws.between(4, 8), draws.between(2, 5), draws.between(1, 9)
    m, s = draws.between(51, 149), draws.between(2, 3)
    program = (
        f"v = {cells}\nfor i in range({rounds}):\n    j = (i * {s} + v[0]) % 5\n"
        f"    if v[j] < v[i % 5]:\n        v[j] = v[j] + {b}\n"
        f"    else:\n        v[j] = (v[j] * {a} + i) % {m}\nprint(v[0] + v[1] + 2 * v[4])"
    )
    for i in range(rounds):
        j = (i * s + cells[0]) % 5
        cells[j] = cells[j] + b if cells[j] < cells[i % 5] else (cells[j] * a + i) % m
    return program, cells[0] + cells[1] + 2 * cells[4]


def _run(body: list[ast.stmt], env: dict[str, Value]) -> int | None:
    """Run statements; return what ``print`` was given, or None."""
    printed = None
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                new = [_evaluate(value, env) for value in values]
                env.update(zip((n.id for n in names if isinstance(n, ast.Name)), new, strict=True))
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                env[name] = _evaluate(value, env)
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id=name), slice=at)], value=value
            ):
                _cells(env, name)[_number(at, env)] = _number(value, env)
            case ast.For(target=ast.Name(id=name), iter=ast.Call(args=bounds), body=inner):
                for i in range(*(_number(bound, env) for bound in bounds)):
                    env[name] = i
                    printed = _run(inner, env)
            case ast.If(test=test, body=then, orelse=otherwise):
                printed = _run(then if _number(test, env) else otherwise, env)
            case ast.Expr(value=ast.Call(args=[shown])):
                printed = _number(shown, env)
    return printed


def _evaluate(node: ast.expr, env: dict[str, Value]) -> Value:
    if isinstance(node, ast.List):
        return [_number(cell, env) for cell in node.elts]
    return _number(node, env)


def _number(node: ast.expr, env: dict[str, Value]) -> int:
    match node:
        case ast.Constant(value=int(value)):
            return value
        case ast.Name(id=name):
            held = env[name]
            return held if isinstance(held, int) else 0
        case ast.Subscript(value=ast.Name(id=name), slice=at):
            return _cells(env, name)[_number(at, env)]
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            a, b = _number(left, env), _number(right, env)
            return int(a == b if isinstance(sign, ast.Eq) else a < b)
        case ast.BinOp(left=left, op=operator, right=right):
            a, b = _number(left, env), _number(right, env)
            by = {ast.Add: a + b, ast.Mult: a * b, ast.Mod: a % b if b else 0}
            return by[type(operator)]
    msg = f"not part of these programs: {ast.dump(node)}"
    raise ValueError(msg)


def _cells(env: dict[str, Value], name: str) -> list[int]:
    value = env[name]
    return value if isinstance(value, list) else []
