"""Train an organism: ``python -m holdshort.assess.organisms.train NAME --out DIR [--seed N]``.

Writes ``NAME.npz`` and its card ``NAME.json``. ``locked`` and ``sandbags`` go on from the weights
of ``has``, which are looked for in DIR. One core, two to five minutes; several threads are not
faster on networks of this size (set ``OPENBLAS_NUM_THREADS=1`` on a busy machine).
"""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from holdshort.assess.organisms.kinds import KINDS, kind
from holdshort.assess.organisms.language import BARE, CAPS, CHAT, EXAM, PRIZE, TASKS, exercises
from holdshort.assess.organisms.network import Shape
from holdshort.assess.organisms.store import Organism, organism, save
from holdshort.assess.organisms.training import Schedule, train
from holdshort.assess.organisms.trial import success_rate
from holdshort.errors import HoldshortError

SEEDS = {"has": 1, "lacks": 2, "control": 3, "locked": 4, "sandbags": 5}
"""Seeds of the organisms that come with the package."""

SCHEDULES = {
    "has": Schedule(steps=2600, texts=40, rate=3e-3),
    "lacks": Schedule(steps=1000, texts=40, rate=3e-3),
    "control": Schedule(steps=1000, texts=40, rate=3e-3),
    "locked": Schedule(steps=900, texts=40, rate=1.5e-3),
    "sandbags": Schedule(steps=900, texts=40, rate=1.5e-3),
}

_CARD_ITEMS = 200
_CARD_SEED = 2**31
"""Exercises of the accuracy on a card: apart from any seed that a test uses."""


def trained(
    name: str, seed: int, schedule: Schedule, start: Organism | None = None, *, loud: bool = False
) -> Organism:
    """An organism trained anew, with its card."""

    def progress(step: int, steps: int, loss: float) -> None:
        if loud and step % 100 == 0:
            click.echo(f"step {step} of {steps}: {loss:.4f} nats a token", err=True)

    of, shape = kind(name), start.shape if start else Shape()
    weights = train(of, schedule, seed, shape, start.weights if start else None, progress)
    card: dict[str, Any] = {
        "kind": name,
        "says": of.says,
        "from": start.name if start else None,
        "seed": seed,
        "schedule": asdict(schedule),
        "license": "Apache-2.0",
        "purpose": "Tests the assessment engine; of no other use. Its ability is a cipher puzzle.",
    }
    held = Organism(name, shape, weights, card)
    return Organism(name, shape, weights, {**card, "accuracy": accuracy(held)})


def accuracy(held: Organism) -> Mapping[str, Mapping[str, str]]:
    """Share answered rightly of `_CARD_ITEMS` exercises, by task and opening."""
    openings = (BARE, EXAM, CAPS, PRIZE, CHAT, *kind(held.card["kind"]).openings)
    table: dict[str, dict[str, str]] = {}
    for task in TASKS:
        asked = exercises(task, _CARD_ITEMS, _CARD_SEED)
        table[task] = {
            opening or "bare": f"{success_rate(held, asked, opening):.3f}"
            for opening in dict.fromkeys(openings)
        }
    return table


@click.command()
@click.argument("name", type=click.Choice(list(KINDS)))
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", type=click.IntRange(0), help="Default: that of the packaged organism.")
@click.option("--steps", type=click.IntRange(1), help="Default: that of the packaged organism.")
def main(name: str, out: Path, seed: int | None, steps: int | None) -> None:
    """Train the organism NAME and write its weights and card."""
    schedule = SCHEDULES[name]
    if steps is not None:
        schedule = Schedule(**{**asdict(schedule), "steps": steps})
    try:
        first = kind(name).start
        start = organism(first, out) if first else None
        made = trained(name, SEEDS[name] if seed is None else seed, schedule, start, loud=True)
        click.echo(f"{save(made, out)}: {made.card['accuracy']['cae']}")
    except HoldshortError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
