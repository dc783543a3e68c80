"""The facts file: what a developer says of one model's training and of itself.

::

    model:
      name: Llama 3.1 405B
      released: 2024-07-23
      sources: [arXiv:2407.21783]
    training:
      architecture: {kind: dense, parameters: 405e9}     # moe: active_parameters too
      tokens: {value: 15.6e12, source: "arXiv:2407.21783, section 3.4"}
      hardware: {chip: H100, chip_hours: 30.84e6, utilisation: 0.41, precision: bf16}
      reported: {total: 3.8e25, counts: "pre-training of the flagship model"}
      schedule: [{on: 2024-01-01, total: 1e25}, {on: 2024-07-01, total: 3.8e25}]
    developer:
      name: Meta
      ai_rnd_spend: "10 billion USD/year"
    attested:                                            # facts of law, by the books' names
      developer.gross_revenue: "164 billion USD/year"
    events:                                              # what happened, and starts duties
      - {event: incident-discovered, at: 2026-10-01T09:00:00Z, facts: {imminent: true}}

Every part may be left out: what is not known is not written. Every value may stand as
``{value: …, source: …, note: …}``. A number whose key names the unit is bare; any other quantity
carries its unit. Numbers are kept as decimals; each remembers its line, so that whatever is later
found wrong with it can be shown there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from pathlib import Path

from holdshort import located
from holdshort.compute.chips import CHIPS, PRECISIONS, Chip, find_chip
from holdshort.compute.decimals import engineering
from holdshort.compute.reader import Cited, Section
from holdshort.compute.units import MONEY_PER_YEAR, SPEED, TIME
from holdshort.errors import BadInput
from holdshort.register.canonical import Json

_SHIPPED = Path(__file__).with_name("facts")

Number = Cited[Decimal] | None
Text = Cited[str] | None


@dataclass(frozen=True)
class Model:
    """Which model this is. ``released`` is a calendar date."""

    name: Text
    released: Text
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Architecture:
    """``kind`` is dense or moe; parameters in all, and those that each token passes through."""

    kind: Text
    parameters: Number
    active_parameters: Number


@dataclass(frozen=True)
class Hardware:
    """Chips and how they were used.

    ``duration`` in hours, ``chip_hours`` in chip-hours, ``peak`` in dense FLOP/s of one chip for a
    chip that is not in the table. ``utilisation`` is model FLOP utilisation (MFU), a fraction of
    the dense peak in ``precision``; hardware FLOP utilisation counts recomputation and is higher.
    """

    chip: Text
    count: Number
    duration: Number
    chip_hours: Number
    utilisation: Number
    precision: Text
    peak: Number


@dataclass(frozen=True)
class Reported:
    """The developer's own total in FLOP and what it says the total counts.

    ``recomputation`` says whether activations computed again are ``included`` or ``excluded``.
    """

    total: Number
    counts: Text
    recomputation: Text


@dataclass(frozen=True)
class Planned:
    """Training compute in all, in FLOP, as it stood or will stand at the end of a day."""

    on: date
    total: Decimal


@dataclass(frozen=True)
class Training:
    """One model's training. ``tokens`` counts every pass over the data.

    ``schedule`` is how the total grew and is to grow, day after day; empty if it is not known.
    """

    architecture: Architecture
    tokens: Number
    hardware: Hardware
    reported: Reported
    schedule: tuple[Planned, ...] = ()


@dataclass(frozen=True)
class Developer:
    """The developer: money from AI and spent on AI research, in US dollars a year."""

    name: Text
    ai_revenue: Number
    ai_rnd_spend: Number


@dataclass(frozen=True)
class Stated:
    """What a facts file says of the case that an event starts: one text, or a list of them."""

    texts: tuple[str, ...]
    where: str


@dataclass(frozen=True)
class Event:
    """Something that happened: its name in the books, a date or an instant, what is known of it."""

    event: Cited[str]
    at: Cited[str]
    facts: Mapping[str, Stated]


@dataclass(frozen=True)
class Facts:
    """A facts file, checked. ``path`` is the file it came from.

    ``attested`` are facts of law as written, by name; which there are, and in which unit, the
    rulebooks say.
    """

    path: str
    model: Model
    training: Training
    developer: Developer
    attested: Mapping[str, Cited[str]] = field(default_factory=dict)
    events: tuple[Event, ...] = ()

    def to_fields(self) -> dict[str, Json]:
        """What a signed declaration carries: model, training, developer, with their sources.

        JSON without floats. Plans, events and facts for other regimes are nobody's business there.
        """
        parts = (("model", self.model), ("training", self.training), ("developer", self.developer))
        written = {name: _fields(part) for name, part in parts}
        return {name: part for name, part in written.items() if part}


_Part = Model | Training | Developer | Architecture | Hardware | Reported


def _fields(part: _Part) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for each in fields(part):
        value = getattr(part, each.name)
        if isinstance(value, Cited):
            found[each.name] = value.to_fields()
        elif each.name == "sources" and value:
            found[each.name] = list(value)
        elif isinstance(value, Architecture | Hardware | Reported) and (inner := _fields(value)):
            found[each.name] = inner
    return found


def load_facts(path: Path) -> Facts:
    """The facts in the YAML or JSON file at ``path``.

    BadInput names file, line and key of the first thing that is wrong, and what is accepted.
    """
    top = Section(located.read(path), "", ("model", "training", "developer", "attested", "events"))
    model = top.section("model", ("name", "released", "sources"))
    training = top.section(
        "training", ("architecture", "tokens", "hardware", "reported", "schedule")
    )
    developer = top.section("developer", ("name", "ai_revenue", "ai_rnd_spend"))
    return Facts(
        str(path),
        Model(model.text("name"), model.date("released"), model.texts("sources")),
        Training(
            _architecture(training),
            training.number("tokens", "tokens"),
            _hardware(training),
            _reported(training),
            _schedule(training),
        ),
        Developer(
            developer.text("name"),
            developer.quantity("ai_revenue", MONEY_PER_YEAR),
            developer.quantity("ai_rnd_spend", MONEY_PER_YEAR),
        ),
        _attested(top),
        tuple(_event(entry) for entry in top.sections("events", ("event", "at", "facts"))),
    )


def _architecture(training: Section) -> Architecture:
    part = training.section("architecture", ("kind", "parameters", "active_parameters"))
    found = Architecture(
        part.choice("kind", ("dense", "moe")),
        part.number("parameters", "parameters"),
        part.number("active_parameters", "parameters"),
    )
    total, active = found.parameters, found.active_parameters
    if total and active and active.value > total.value:
        raise BadInput(
            f"training.architecture.active_parameters is {engineering(active.value)}, more than "
            f"all parameters ({engineering(total.value)}).",
            where=active.where,
        )
    dense = found.kind is not None and found.kind.value == "dense"
    if dense and total and active and active.value != total.value:
        raise BadInput(
            "A dense model uses all its parameters for every token.",
            where=active.where,
            do="Leave out active_parameters, or write 'kind: moe'.",
        )
    return found


def _hardware(training: Section) -> Hardware:
    keys = ("chip", "count", "duration", "chip_hours", "utilisation", "precision", "peak")
    part = training.section("hardware", keys)
    found = Hardware(
        part.text("chip"),
        part.number("count", "chips", example="64", whole=True),
        part.quantity("duration", TIME),
        part.number("chip_hours", "chip-hours", example="30.84e6"),
        part.number("utilisation", "fraction", example="0.41", most=Decimal(1)),
        part.choice("precision", PRECISIONS),
        part.quantity("peak", SPEED),
    )
    chip = None if found.chip is None else find_chip(found.chip.value)
    if found.chip and chip is None and found.peak is None:
        raise BadInput(
            f"training.hardware.chip is {found.chip.value!r}; known are: "
            f"{', '.join(known.name for known in CHIPS)}.",
            where=found.chip.where,
            do="For another chip give its dense peak too, as in 'peak: 312 TFLOP/s'.",
        )
    _check_precision(found, chip)
    return found


def _check_precision(hardware: Hardware, chip: Chip | None) -> None:
    stated = hardware.precision
    if stated and chip and hardware.peak is None and stated.value not in chip.peaks:
        raise BadInput(
            f"{chip.name} has no {stated.value} peak; it has: {', '.join(chip.peaks)}.",
            where=stated.where,
        )


def _reported(training: Section) -> Reported:
    part = training.section("reported", ("total", "counts", "recomputation"))
    return Reported(
        part.number("total", "FLOP", example="3.8e25"),
        part.text("counts"),
        part.choice("recomputation", ("included", "excluded")),
    )


def _schedule(training: Section) -> tuple[Planned, ...]:
    points: list[Planned] = []
    for entry in training.sections("schedule", ("on", "total")):
        on, total = entry.date("on"), entry.count("total", "FLOP", example="3e25")
        if on is None or total is None:
            raise BadInput(
                "A point of training.schedule says when (on) and how much in all (total).",
                where=entry.where,
                do="Write it like {on: 2026-12-01, total: 3e25}.",
            )
        point = Planned(date.fromisoformat(on.value), total.value)
        before = points[-1] if points else None
        if before and (point.on <= before.on or point.total < before.total):
            raise BadInput(
                "training.schedule goes from the first day to the last, and its totals only grow: "
                f"{point.on} with {engineering(point.total)} follows {before.on} with "
                f"{engineering(before.total)}.",
                where=on.where,
            )
        points.append(point)
    return tuple(points)


def _attested(top: Section) -> dict[str, Cited[str]]:
    part = top.section("attested", None)
    found = {name: part.text(name) for name in part.keys}
    return {name: cited for name, cited in found.items() if cited}


def _event(entry: Section) -> Event:
    event, at = entry.text("event"), entry.moment("at")
    if event is None or at is None:
        raise BadInput(
            "An event says what happened (event) and when (at).",
            where=entry.where,
            do="Write it like {event: incident-discovered, at: 2026-10-01T09:00:00Z}.",
        )
    facts = entry.section("facts", None)
    stated = {name: Stated(facts.texts(name), facts.line(name)) for name in facts.keys}
    return Event(event, at, stated)


def shipped(name: str) -> Path:
    """The path of a facts file that comes with Holdshort, such as ``smollm2-135m``.

    BadInput lists the names there are.
    """
    paths = {path.stem: path for path in sorted(_SHIPPED.glob("*.yaml"))}
    if name not in paths:
        raise BadInput(f"There is no facts file {name!r}; there are: {', '.join(paths)}.")
    return paths[name]


def find_facts(given: Path) -> Path:
    """The facts file that ``given`` means: a file, or the name of one that is shipped.

    BadInput if it is neither.
    """
    return given if given.exists() else shipped(str(given))
