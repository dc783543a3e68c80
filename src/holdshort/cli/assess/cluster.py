"""A campaign on a Kubernetes cluster: waves laid out as Jobs, for ``assess run`` and ``resume``."""

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.output import emit, next_step, say, write
from holdshort.errors import BadInput, Busy, HoldshortError

if TYPE_CHECKING:
    from holdshort.assess.campaign import LaidOut
    from holdshort.assess.kubernetes import Cluster
    from holdshort.assess.part_run import Hearing
    from holdshort.cli.assess.campaigns import Order
    from holdshort.office.assessment import Assessment, Running

WAVE = 5

ONLY = ("image", "claim", "secret", "wave", "seed_secret")
"""What no other engine has a use for."""


@dataclass(frozen=True)
class Placing:
    """What was said of the cluster."""

    image: str | None
    claim: str | None
    secret: str | None
    wave: int | None
    seed_secret: bool

    def cluster(self, workers: int | None) -> "Cluster":
        """Where the Job's pods find what they need; :class:`BadInput` naming what cannot be."""
        from holdshort.assess.kubernetes import Cluster

        claim, _, path = (self.claim or "").partition("/")
        return Cluster(self.image or "", claim, path.strip("/"), self.secret, workers)

    def check(self, engine: str) -> None:
        """Refuse what another engine has no use for, and what is missing for this one."""
        if engine != "kubernetes":
            for name in ONLY:
                if getattr(self, name):
                    raise BadInput(
                        "Only Kubernetes has a use for it.",
                        where=f"--{name.replace('_', '-')}",
                        do="Add --engine kubernetes.",
                    )
        elif self.image and self.claim:
            self.cluster(None)
        elif not self.seed_secret:
            raise BadInput(
                "A Job needs an image with Holdshort and a claim with the campaign's folder.",
                where="--image, --claim",
                do="Name both.",
            )

    def typed(self, workers: int | None) -> str:
        """The options that say the same again."""
        said = {
            "image": self.image,
            "claim": self.claim,
            "secret": self.secret,
            "wave": self.wave,
            "workers": workers,
        }
        options = [f" --{name} {shlex.quote(str(value))}" for name, value in said.items() if value]
        return " --engine kubernetes" + "".join(options)


def cluster_options(function: Any) -> Any:
    """What only ``--engine kubernetes`` needs."""
    for option in (
        click.option(
            "--seed-secret",
            is_flag=True,
            help="With kubernetes: print the Secret with the item seed, and do nothing else.",
        ),
        click.option(
            "--wave",
            type=click.IntRange(min=1, max=1000),
            help=f"With kubernetes: units of each part in one Job; {WAVE}.",
        ),
        click.option(
            "--secret", help="With kubernetes: a Secret that is the model's environment (API key)."
        ),
        click.option(
            "--claim",
            metavar="NAME[/PATH]",
            help="With kubernetes: the volume claim that holds the campaign's folder, and where.",
        ),
        click.option("--image", help="With kubernetes: a container image with this Holdshort."),
    ):
        function = option(function)
    return function


def print_seed_secret(assessment: "Assessment") -> None:
    """The one document that holds the seed, for a pipe to kubectl."""
    from holdshort.assess.kubernetes import seed_secret

    emit(seed_secret(assessment.protocol, assessment.item_seed()))


def lay_out(
    order: "Order", assessment: "Assessment", hear: "Hearing", running: "Running"
) -> "LaidOut | None":
    """Take in what came back and lay out the next wave; None when every part is finished."""
    from holdshort.assess.kubernetes import check_protocol

    check_protocol(assessment.protocol)
    try:
        return assessment.lay_out(hear, running, order.placing.wave or WAVE)
    except Busy as error:
        raise Busy(error.what, where=error.where, do=f"{error.do} {_waiting()}") from None
    except HoldshortError as error:
        if type(error) is not HoldshortError:
            raise
        do = "What the others brought is taken in: see to it and lay out the next Job."
        raise HoldshortError(error.what, where=error.where, do=do) from None


def tell_wave(order: "Order", assessment: "Assessment", laid: "LaidOut") -> None:
    """Write the Job of a wave beside it, and say what is to be done with it."""
    import yaml

    from holdshort.assess.kubernetes import job, job_name

    placing, wave = order.placing, laid.wave
    owner = assessment.folder.stat().st_uid
    made = job(wave, placing.cluster(order.engine.workers), owner, order.budget.seconds)
    place = (assessment.folder / wave.path).with_suffix(".yaml")
    text = yaml.safe_dump(made, sort_keys=False)
    write(place, text)
    if order.as_json:
        emit(
            {
                "case": order.case,
                "protocol": wave.protocol,
                "wave": wave.number,
                "units": list(wave.units),
                "unfinished": laid.unfinished,
                "manifest": str(place),
                "job": made,
            }
        )
        return
    if laid.unfinished:
        say(f"{laid.unfinished} units of the Job before did not end; what they asked is on record.")
    say(text)
    say(f"{len(wave.units)} units of work wait for the Job {job_name(wave)}: {place}")
    again = order.again("run", " --engine kubernetes --seed-secret")
    if wave.number == 1:
        next_step(f"{again} | kubectl apply -f -", "once: the item seed, for the pods")
    next_step(f"kubectl apply -f {shlex.quote(str(place))}", "to run it")
    next_step(order.again("resume", placing.typed(order.engine.workers)), "when it has ended")


def _waiting() -> str:
    label = "app.kubernetes.io/name=holdshort"
    return f"See them: kubectl get jobs,pods -l {label}."
