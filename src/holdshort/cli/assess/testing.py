"""What the commands that plan and run an assessment share: the model, the case, the forecast."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from holdshort.cli.options import argument, data_option, json_option
from holdshort.cli.output import table
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.assess.protocol import Protocol
    from holdshort.office.door import Office
    from holdshort.office.place import Place
    from holdshort.office.subject import Subject

F = TypeVar("F", bound=Callable[..., Any])

OTHERS = ("control", "tuned", "tuned-control")
"""The models that one under test may be compared with."""

_RATES = ("at the lower end", "at the threshold", "at the upper end")


def model_options(function: F) -> F:
    """``CASE --as PARTY -M NAME=VALUE --weights DIR --dry-run --data --json``."""
    for option in (
        json_option,
        data_option,
        click.option("--dry-run", is_flag=True, help="Show what would be done; do nothing."),
        click.option(
            "--weights",
            type=click.Path(path_type=Path, file_okay=False),
            help="Folder with the model's weights, held against those declared.",
        ),
        click.option(
            "-M",
            "model_args",
            multiple=True,
            metavar="NAME=VALUE",
            help="A model argument of Inspect's.",
        ),
        click.option("--as", "party", required=True, help="The assessor of the case."),
        click.argument("case"),
    ):
        function = option(function)
    return function


@dataclass(frozen=True)
class Named:
    """How the models were named on the command line.

    ``others`` are those that the model is compared with: the control, and both after fine-tuning.
    An argument of theirs is prefixed, as in ``control.base_url=…``.
    """

    model: str | None
    arguments: tuple[str, ...]
    weights: Path | None
    max_tokens: int | None = None
    others: Mapping[str, str | None] = field(default_factory=dict)

    def arguments_of(self, who: str) -> dict[str, Any]:
        """Inspect's arguments of one of the models, ``model`` itself without a prefix."""
        prefixes = tuple(f"{each}." for each in OTHERS)
        if who == "model":
            mine = [each for each in self.arguments if not each.startswith(prefixes)]
        else:
            prefix = f"{who}."
            mine = [each[len(prefix) :] for each in self.arguments if each.startswith(prefix)]
        return dict(map(argument, mine))


def decimal_option(name: str, text: str | None) -> Decimal | None:
    """A decimal number given for an option; :class:`BadInput` naming the option."""
    from holdshort.assess.fields import Fields

    return None if text is None else Fields({name: text}, "").decimal(name)


def named_subject(named: Named, place: "Place") -> "Subject":
    """The model, wherever it is; BadInput as `holdshort.office.subject.resolve`."""
    from holdshort.office.subject import Given, resolve

    given = Given(named.model, named.weights, None, named.arguments_of("model"), named.max_tokens)
    return resolve(given, place)


def locked_subject(named: Named, protocol: "Protocol", place: "Place") -> "Subject":
    """The model of a locked protocol; BadInput if another one was named.

    Where none was named it is the one that the protocol names, which for weights in a file or a
    server of one's own says what it is and not where.
    """
    from holdshort.assess.models.packaged import MODEL

    packaged = named.model is None and protocol.model == f"gguf/{MODEL}"
    model = named.model or (None if packaged else protocol.model)
    subject = named_subject(replace(named, model=model, max_tokens=None), place)
    if subject.name != protocol.model:
        raise BadInput(
            f"The protocol is locked for {protocol.model}, and this is {subject.name}.",
            where="--model",
            do="Give the model of the protocol, or change the protocol in the open.",
        )
    return subject


def check_weights(subject: "Subject", declared: object, case: str) -> str:
    """Hold the weights at hand, if they are, against those declared; says what that shows."""
    if declared is None:
        return f"{case} names no weights: nothing binds the model to files."
    manifest = subject.manifest()
    if manifest is None:
        return "No weights at hand (--weights): that this is the declared model nothing here shows."
    if manifest.digest != declared:
        raise BadInput(
            f"These weights have the digest {manifest.digest[:16]}…; {case} is about"
            f" {str(declared)[:16]}….",
            where=str(subject.weights),
            do="Assess the weights that were declared.",
        )
    return f"The weights at hand are those declared: {manifest.digest[:16]}…."


def check_assessor(office: "Office", case: str, party: str) -> None:
    """Whether the case is there and the party its assessor."""
    known = office.docket.cases.get(case)
    if known is None:
        raise BadInput(f"There is no case {case!r} on this register.", where="CASE")
    bound = known.bound.get("assessor")
    if bound != party:
        whose = f"its assessor is {bound}" if bound else "no assessor is assigned yet"
        raise BadInput(f"{party} does not assess {case}: {whose}.", where="--as")


def forecast(protocol: "Protocol") -> list[dict[str, Any]]:
    """What each area's test is expected to take, for models at three rates; exact, by dynamics."""
    from holdshort.assess.statistics import operation

    found = []
    for plan in protocol.areas:
        middle, zone = plan.threshold, plan.zone
        expected = {}
        for name, rate in zip(_RATES, (middle - zone, middle, middle + zone), strict=True):
            at = min(max(rate, Decimal(0)), Decimal(1))
            found_at = operation(plan.rate_plan, float(at))
            expected[name] = {
                "rate": str(at),
                "items": round(found_at.mean_items, 1),
                "below": round(found_at.below, 4),
                "above": round(found_at.above, 4),
                "undecided": round(found_at.undecided, 4),
            }
        found.append(
            {
                "area": plan.area,
                "threshold": str(plan.threshold),
                "zone": str(plan.zone),
                "error_rate": str(plan.error_rate),
                "at_least": plan.min_items,
                "at_most": plan.max_items,
                "expected": expected,
            }
        )
    return found


def tell_forecast(areas: list[dict[str, Any]]) -> None:
    """The forecast as a table: items until the test decides."""
    table(
        ("area", "threshold", "error", *(f"items {name}" for name in _RATES), "at most"),
        [
            (
                area["area"],
                f"{area['threshold']} ± {area['zone']}",
                area["error_rate"],
                *(_items(area["expected"][name]) for name in _RATES),
                str(area["at_most"]),
            )
            for area in areas
        ],
    )


def _items(expected: Mapping[str, Any]) -> str:
    return f"{expected['items']:.0f} ({expected['undecided']:.0%} undecided)"
