"""Find the two wrong lines of a training script whose intent is stated.

Each fault is within one line, and the intent is precise enough that only that line departs from
it. The generator writes from a table of slots; the solver checks each line against the intent,
by number where there is a number.
"""

import re
from math import cos, isclose, pi

from holdshort.assess.suites.answers import same_numbers
from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family

_NUMBERED = re.compile(r"^([0-9]+)  (.+)$", re.MULTILINE)

# (sound line, faulty forms of it); {v} held-out rows, {w} warm-up, {t} steps, {p} peak rate,
# {a} batches a step, {b} decay, {s} batch size. A line without faulty forms is always sound.
_SLOTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("n = len(x) - {v}", ("n = {v}",)),
    ("tx, ty = x[:n], y[:n]", ("tx, ty = x, y", "tx, ty = x[:n], y[-n:]")),
    ("vx, vy = x[n:], y[n:]", ("vx, vy = x[:{v}], y[:{v}]", "vx, vy = x[n:], y[:{v}]")),
    ("mu, sd = tx.mean(axis=0), tx.std(axis=0)", ("mu, sd = tx.mean(axis=1), tx.std(axis=1)",)),
    ("tx = (tx - mu) / sd", ("tx = (tx + mu) / sd", "tx = (tx - mu) * sd")),
    ("vx = (vx - mu) / sd", ("vx = (vx - vx.mean(axis=0)) / vx.std(axis=0)", "vx = vx / sd")),
    ("for t in range({t}):", ()),
    (
        "  up, down = (t + 1) / {w}, (1 + cos(pi * (t - {w}) / {d})) / 2",
        (
            "  up, down = {w} / (t + 1), (1 + cos(pi * (t - {w}) / {d})) / 2",
            "  up, down = (t + 1) / {w}, (1 - cos(pi * (t - {w}) / {d})) / 2",
        ),
    ),
    (
        "  opt.lr = {p} * (up if t < {w} else down)",
        ("  opt.lr = {p} * (up if t > {w} else down)",),
    ),
    ("  for k in range({a}):", ()),
    ("    i = randint(0, n, size={s})", ("    i = randint(0, {s}, size=n)",)),
    (
        "    loss = cross_entropy(net(tx[i]), ty[i]) / {a}",
        (
            "    loss = cross_entropy(net(tx[i]), ty[i]) * {a}",
            "    loss = cross_entropy(net(tx[i]), ty[k]) / {a}",
        ),
    ),
    ("    loss.backward()", ()),
    ("  opt.step(); opt.zero_grad()", ("  opt.step()", "  opt.zero_grad(); opt.step()")),
    ("  ema = {b} * ema + (1 - {b}) * net.w", ("  ema = (1 - {b}) * ema + {b} * net.w",)),
    ("guess = net.using(ema)(vx).argmax(axis=1)", ("guess = net.using(ema)(vx).argmax(axis=0)",)),
    ("accuracy = (guess == vy).mean()", ("accuracy = (guess == ty).mean()",)),
)
_MAY_FAIL = tuple(number for number, (_, faulty) in enumerate(_SLOTS, start=1) if faulty)


class TrainingLoopBug(Family):
    """Review a training script."""

    name = "training-loop-bug"
    measures = "Spotting silent mistakes in a training script against its stated intent."
    does_not_show = "It does not show debugging by experiment, nor finding what nobody stated."
    difficulty = "the kind of mistake: leaks, axes, schedule, accumulation, averaging"
    chance = "0.02"
    answer_form = "the two line numbers in rising order"

    def generate(self, draws: Draws) -> tuple[str, str]:
        """Draw the numbers of the script and two faulty lines."""
        warm = draws.between(20, 400)
        steps = warm + draws.between(500, 9000)
        values = {
            "v": draws.between(100, 999),
            "w": warm,
            "t": steps,
            "d": steps - warm,
            "p": f"0.00{draws.between(11, 99)}",
            "a": draws.between(2, 9),
            "b": f"0.99{draws.between(1, 9)}",
            "s": draws.pick((16, 32, 64, 128)),
        }
        wrong = sorted(draws.sample(_MAY_FAIL, 2))
        lines = [
            (draws.pick(faulty) if number in wrong else sound).format(**values)
            for number, (sound, faulty) in enumerate(_SLOTS, start=1)
        ]
        listing = "\n".join(f"{number}  {line}" for number, line in enumerate(lines, start=1))
        body = (
            "A classifier (net gives [batch, classes]) is trained on rows x with labels y; net, "
            "opt and ema = net.w exist already. "
            f"Intent: the last {values['v']} rows are held out; features are standardised with the "
            f"training rows' statistics; the rate rises linearly to {values['p']} over {warm} "
            f"steps, then falls to 0 by a half cosine; each step uses the mean gradient of "
            f"{values['a']} batches of {values['s']} training rows; ema keeps {values['b']} of "
            "itself a step; accuracy is on held-out rows. Two lines are wrong:\n"
            f"{listing}\nWhich?"
        )
        return body, " ".join(str(number) for number in wrong)

    def solve(self, prompt: str) -> str:
        """Check each line against the intent as it is stated."""
        intent, script = prompt.split("Two lines are wrong:\n", 1)
        wanted = _intent(intent)
        wrong = [n for n, line in _NUMBERED.findall(script) if not _sound(line.strip(), wanted)]
        return " ".join(wrong)

    def guess(self, prompt: str, draws: Draws) -> str:
        """Name two of the lines that can be wrong."""
        return " ".join(str(number) for number in sorted(draws.sample(_MAY_FAIL, 2)))

    def correct(self, answer: str, target: str) -> bool:
        """The same two numbers in rising order."""
        return same_numbers(answer, target)


def _intent(text: str) -> dict[str, str]:
    held = re.findall(r"last ([0-9]+) rows", text)[0]
    rate, warm = re.findall(r"linearly to ([0-9.]+) over ([0-9]+) steps", text)[0]
    batches, size = re.findall(r"of ([0-9]+) batches of ([0-9]+)", text)[0]
    decay = re.findall(r"keeps ([0-9.]+) of", text)[0]
    return {
        "held": held,
        "rate": rate,
        "warm": warm,
        "batches": batches,
        "size": size,
        "decay": decay,
    }


def _sound(line: str, wanted: dict[str, str]) -> bool:
    """Tell whether a line does what the intent says."""
    left, _, right = line.partition(" = ")
    if left == "up, down":
        return _schedule_is_sound(right, int(wanted["warm"]))
    rows = {"tx, ty": "[:n]", "vx, vy": "[n:]"}
    if left in rows:
        return right.split(", ") == [f"x{rows[left]}", f"y{rows[left]}"]
    required = {
        "n": f"len(x) - {wanted['held']}",
        "mu, sd": "tx.mean(axis=0), tx.std(axis=0)",
        "tx": "(tx - mu) / sd",
        "vx": "(vx - mu) / sd",
        "opt.lr": f"{wanted['rate']} * (up if t < {wanted['warm']} else down)",
        "i": f"randint(0, n, size={wanted['size']})",
        "loss": f"cross_entropy(net(tx[i]), ty[i]) / {wanted['batches']}",
        "ema": f"{wanted['decay']} * ema + (1 - {wanted['decay']}) * net.w",
        "guess": "net.using(ema)(vx).argmax(axis=1)",
        "accuracy": "(guess == vy).mean()",
    }
    if left in required:
        return right == required[left]
    if "opt." in line:  # a step must come before the gradients are cleared, and they must be
        return "opt.zero_grad()" in line and line.index("step") < line.index("zero_grad")
    return True


def _schedule_is_sound(right: str, warm: int) -> bool:
    """Compare both parts with a rise from 1/warm to 1 and a fall from 1 to 0, at three steps."""
    over = re.search(r"\(t \+ 1\) / ([0-9]+), ", right)
    down = re.search(r"\(1 ([+-]) cos\(pi \* \(t - ([0-9]+)\) / ([0-9]+)\)\) / 2", right)
    if over is None or down is None or int(over[1]) != warm:
        return False
    sign, start, length = (1 if down[1] == "+" else -1), int(down[2]), int(down[3])
    levels = [(1 + sign * cos(pi * (t - start) / length)) / 2 for t in (warm, warm + length)]
    return isclose(levels[0], 1) and isclose(levels[1], 0, abs_tol=1e-9)
