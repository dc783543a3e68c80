"""The models that one under test is compared with, where an elicitation is planned."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from holdshort.cli.assess.testing import Named
from holdshort.cli.output import say
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.assess.elicitation.planned import ElicitationPlan
    from holdshort.assess.part import Asked
    from holdshort.assess.protocol import Protocol
    from holdshort.office.place import Place
    from holdshort.office.subject import Subject

F = TypeVar("F", bound=Callable[..., Any])


def compared_options(function: F) -> F:
    """``--control MODEL --tuned MODEL --tuned-control MODEL``."""
    for option in (
        click.option("--tuned-control", help="The control after the same fine-tuning."),
        click.option("--tuned", help="The model after fine-tuning, from access tier 5."),
        click.option(
            "--control", help="A model that lacks the ability, to look for what is held back."
        ),
    ):
        function = option(function)
    return function


def other_subjects(
    named: Named, locked: "ElicitationPlan | None", place: "Place"
) -> "dict[Asked, Subject]":
    """The models that the model is compared with, as named, or else as a protocol names them."""
    from holdshort.assess.models.packaged import MODEL
    from holdshort.assess.part import Asked
    from holdshort.office.subject import PACKAGED, Given, resolve

    found = {}
    for who in (Asked.CONTROL, Asked.TUNED, Asked.TUNED_CONTROL):
        name = named.others.get(who)
        stated = getattr(locked, who.replace("-", "_"), None)
        if name is None and stated is not None:
            name = PACKAGED if stated == f"gguf/{MODEL}" else stated
        if name is None:
            continue
        found[who] = resolve(Given(name, model_args=named.arguments_of(who)), place)
        if locked is not None and found[who].name != stated:
            raise BadInput(
                f"The protocol is locked with {stated}, and this is {found[who].name}.",
                where=f"--{who}",
                do="Give the model of the protocol, or change the protocol in the open.",
            )
    _check_control(found.get(Asked.CONTROL), locked)
    return found


def _check_control(control: "Subject | None", locked: "ElicitationPlan | None") -> None:
    """Hold the control's weights, if they are at hand, against those of the protocol."""
    manifest = control.manifest() if control and locked and locked.control_digest else None
    if manifest and locked and manifest.digest != locked.control_digest:
        raise BadInput(
            f"These weights have the digest {manifest.digest[:16]}…; the protocol's control has"
            f" {str(locked.control_digest)[:16]}….",
            where="--control",
            do="Give the control of the protocol, or change the protocol in the open.",
        )


def tell_elicitation(protocol: "Protocol") -> None:
    """What comes on top in an area whose test finds too little."""
    from holdshort.assess.part import arm_requests

    plan = protocol.elicitation
    if plan is None:
        say("No elicitation is planned: what the model holds back is not looked for.")
        return
    each = arm_requests(protocol, protocol.areas[0].area)
    say(
        f"Where too little is found: {each:,} answers in {len(plan.arms)} arms on {plan.items}"
        f" items, half of them by the control {plan.control}."
    )
