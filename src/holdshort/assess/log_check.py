"""Holding a ledger against Inspect's own logs.

Every line must be, field by field, what its sample in a log gives; every sample of a log that
counts must have its line, or someone has dropped an answer. What a log says of itself must be so
too: that it asked the protocol's model with the protocol's settings, its totals, and the summaries
that viewers show.
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING

from holdshort.assess.faults import Fault, Faulty
from holdshort.assess.ledger import Line
from holdshort.assess.log_reading import LogReader
from holdshort.assess.ordered import Positions
from holdshort.assess.part import Part
from holdshort.assess.protocol import Protocol
from holdshort.assess.samples import line_of, provider_error
from holdshort.errors import EvidenceError

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample, EvalSampleSummary


@dataclass
class Tally:
    """What the samples of one log come to; ``unit`` is the unit of work that the log names."""

    logged: int = 0
    answered: int = 0
    correct: int = 0
    unit: str | None = None


class LogCheck:
    """The check of one part's logs, one after the other, against its ledger."""

    def __init__(
        self, part: Part, protocol: Protocol, ledger: IO[bytes], positions: Positions
    ) -> None:
        self._part = part
        self._protocol = protocol
        self._ledger = ledger
        self._positions = positions
        self._seen = bytearray(len(positions))

    def take(self, name: str, path: Path) -> Tally:
        """Check one log (name in the bundle, file); what its samples come to."""
        reader = LogReader(path, name)
        self._check_settings(name, reader.header)
        tally = Tally(unit=_unit(reader.header))
        for summary, sample in reader.samples():
            where = f"area {self._part.title}, sample {sample.id}"
            _check_summary(summary, sample, where)
            tally.logged += 1
            if provider_error(sample) is not None:
                continue
            line = _line(sample, reader.header.eval.eval_id, where)
            tally.answered += 1
            tally.correct += line.correct
            self._match(line, where)
        _check_totals(name, reader.header, tally)
        return tally

    def end(self) -> int:
        """Every line was seen in a log; how many there are."""
        unseen = self._seen.find(0)
        if unseen >= 0:
            raise Faulty(
                Fault.EXTRA,
                "the sample stands in none of Inspect's logs.",
                where=f"area {self._part.title}, sample {self._positions.item(unseen):05d}",
            )
        return len(self._seen)

    def _match(self, logged: Line, where: str) -> None:
        place = self._positions.place(logged.index)
        if place is None:
            raise Faulty(Fault.MISSING, "a scored sample is missing from the ledger.", where=where)
        line = self._positions.read(self._ledger, place, where)
        if self._seen[place]:
            raise Faulty(Fault.MISSING, "the logs hold two answers to the item.", where=where)
        self._seen[place] = 1
        for field in Line.__dataclass_fields__:
            if getattr(line, field) != getattr(logged, field):
                raise Faulty(
                    Fault.SAMPLE, f"{field} differs between ledger and Inspect's log.", where=where
                )

    def _check_settings(self, name: str, log: "EvalLog") -> None:
        asked = log.eval.model_generate_config
        temperature = Decimal(str(asked.temperature)) if asked.temperature is not None else None
        generation = self._protocol.generation
        plan = self._protocol.plan(self._part.area)
        stated = log.eval.metadata or {}
        for what, found, locked in (
            ("task", log.eval.task, self._part.task),
            ("model", log.eval.model, self._part.model(self._protocol)),
            ("temperature", temperature, generation.temperature),
            ("max_tokens", asked.max_tokens, generation.max_tokens),
            ("seed", asked.seed, generation.seed),
            ("suite_version", stated.get("suite_version"), plan.suite_version),
            ("suite_digest", stated.get("suite_digest"), plan.suite_digest),
        ):
            if found != locked:
                raise Faulty(
                    Fault.HEADER,
                    f"the log was made with {what} {found}, the protocol says {locked}.",
                    where=name,
                )


def _line(sample: "EvalSample", eval_id: str, where: str) -> Line:
    try:
        return line_of(sample, eval_id)
    except (EvidenceError, KeyError, TypeError, ValueError) as error:
        raise Faulty(Fault.SAMPLE, "the sample is not one of ours.", where=where) from error


def _unit(log: "EvalLog") -> str | None:
    stopped = log.results.early_stopping if log.results else None
    unit = stopped.metadata.get("unit") if stopped else None
    return unit if isinstance(unit, str) else None


def _check_summary(summary: "EvalSampleSummary", sample: "EvalSample", where: str) -> None:
    """What viewers show of a sample is what it says."""
    listed = {name: score.value for name, score in (summary.scores or {}).items()}
    marked = {name: score.value for name, score in (sample.scores or {}).items()}
    said = [message.text for message in sample.messages if message.role == "assistant"]
    for what, found, given in (
        ("score", listed, marked),
        ("uuid", summary.uuid, sample.uuid),
        # A message may be one of several; the answer that is marked is the last.
        ("message", said[-1:], [sample.output.completion] if said else []),
    ):
        if found != given:
            raise Faulty(
                Fault.SAMPLE, f"the {what} that the log shows is not the sample's.", where=where
            )


def _check_totals(name: str, log: "EvalLog", tally: Tally) -> None:
    """A log that ended cleanly states how many samples it has, and their accuracy."""
    results = log.results
    if results is None or log.status != "success":
        return
    if results.completed_samples != tally.logged:
        raise _total(name, "completed samples", results.completed_samples, tally.logged)
    for score in results.scores:
        stated = score.metrics.get("accuracy")
        accuracy = tally.correct / tally.answered if tally.answered else 0.0
        if stated is not None and abs(stated.value - accuracy) > _ROUNDING:
            raise _total(name, "accuracy", stated.value, f"{accuracy:.6f}")


_ROUNDING = 1e-9
"""Inspect adds up floats."""


def _total(name: str, what: str, said: object, found: object) -> Faulty:
    return Faulty(
        Fault.HEADER, f"the header says {what} {said}; the samples give {found}.", where=name
    )
