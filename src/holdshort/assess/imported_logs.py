"""Reading logs from elsewhere: a line for each sample, and what each log says of itself."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from holdshort.assess.faults import Fault, Faulty
from holdshort.assess.log_reading import LogReader
from holdshort.assess.missing import missing_from
from holdshort.register.canonical import Json, canonical
from holdshort.register.merkle import Frontier, leaf_hash

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample

_ROUNDING = 1e-9
"""Inspect adds up floats."""


@dataclass(frozen=True)
class Reading:
    """What logs hold: how many samples, how many of them scored, and what is missing.

    ``told`` is what each log says of itself; ``root`` the RFC 6962 root over the sample lines;
    ``missing`` holds (what, why it matters).
    """

    told: tuple[Json, ...]
    missing: tuple[tuple[str, str], ...]
    root: str
    scored: int
    samples: int

    def to_fields(self) -> dict[str, Json]:
        """``imported.json``."""
        listed: list[Json] = [{"what": what, "why": why} for what, why in self.missing]
        return {"grade": "imported", "logs": list(self.told), "missing": listed}


def read_logs(logs: Iterable[tuple[str, Path]], out: IO[bytes]) -> Reading:
    """Read each log (name, file) once, writing its samples' lines to ``out``.

    Raises:
        Faulty: Inspect cannot read a log, or it contradicts itself.
    """
    from inspect_ai.log import EvalLog

    tree, told, headers = Frontier(), list[Json](), list[EvalLog]()
    scored = samples = edited = 0
    unlike: list[str] = []
    for name, path in logs:
        reader = LogReader(path, name)
        tally = Tally()
        for _, sample in reader.samples():
            line = canonical(_line(name, sample))
            out.write(line + b"\n")
            tree.append(leaf_hash(line))
            tally.take(sample)
        _check_totals(name, reader.header, tally)
        scored += tally.scored
        samples += tally.samples
        edited += tally.edited
        unlike += _unlike(name, reader.header, tally)
        headers.append(reader.header)
        told.append(_told(name, reader.header, tally))
    missing = tuple(missing_from(headers, edited, unlike))
    return Reading(tuple(told), missing, tree.root().hex(), scored, samples)


_PLAIN = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
"""Inspect's letters for correct, partial, incorrect and no answer."""


@dataclass
class Tally:
    """What the samples of one log come to."""

    samples: int = 0
    scored: int = 0
    errors: int = 0
    edited: int = 0
    points: dict[str, list[float]] = field(default_factory=dict)
    """Sum and number of the marks of each scorer whose marks are plain."""
    odd: set[str] = field(default_factory=set)
    """Scorers whose marks are not."""

    def take(self, sample: "EvalSample") -> None:
        """Count one sample."""
        self.samples += 1
        self.scored += bool(sample.scores)
        self.errors += sample.error is not None
        self.edited += any(score.history for score in (sample.scores or {}).values())
        for name, score in (sample.scores or {}).items():
            point = _PLAIN.get(score.value) if isinstance(score.value, str) else None
            if isinstance(score.value, bool | int | float):
                point = float(score.value)
            if point is None:
                self.odd.add(name)
            else:
                total = self.points.setdefault(name, [0.0, 0.0])
                total[0] += point
                total[1] += 1


def _line(name: str, sample: "EvalSample") -> dict[str, Json]:
    asked = sample.input if isinstance(sample.input, str) else [each.text for each in sample.input]
    scores: dict[str, Json] = {
        scorer: json.dumps(score.value, sort_keys=True)
        for scorer, score in (sample.scores or {}).items()
    }
    return {
        "log": name,
        "id": str(sample.id),
        "epoch": sample.epoch,
        "uuid": sample.uuid,
        "model": sample.output.model,
        "prompt_sha256": hashlib.sha256(canonical(asked)).hexdigest(),
        "completion_sha256": hashlib.sha256(sample.output.completion.encode()).hexdigest(),
        "scores": scores,
        "error": sample.error.message if sample.error else None,
        "started": sample.started_at,
        "completed": sample.completed_at,
    }


def _told(name: str, log: "EvalLog", tally: Tally) -> dict[str, Json]:
    results = log.results
    stated: dict[str, Json] = {
        f"{score.name}/{metric}": json.dumps(value.value)
        for score in (results.scores if results else ())
        for metric, value in score.metrics.items()
    }
    return {
        "log": name,
        "task": log.eval.task,
        "model": log.eval.model,
        "dataset": log.eval.dataset.name,
        "created": log.eval.created,
        "status": log.status,
        "inspect_version": log.eval.packages.get("inspect_ai"),
        "samples": tally.samples,
        "scored": tally.scored,
        "errors": tally.errors,
        "edited_scores": tally.edited,
        "stated": stated,
    }


def _check_totals(name: str, log: "EvalLog", tally: Tally) -> None:
    """A log that ended cleanly states how many samples it completed."""
    results = log.results
    if results is None or log.status != "success":
        return
    if results.completed_samples > tally.samples:
        raise Faulty(
            Fault.MISSING,
            f"the header says {results.completed_samples} samples; the log holds {tally.samples}.",
            where=name,
        )


def _unlike(name: str, log: "EvalLog", tally: Tally) -> Iterator[str]:
    """Where the accuracy that a log states is not that of its samples.

    Not refused: a scorer may have a metric of its own by that name.
    """
    if log.results is None or (log.eval.config.epochs or 1) > 1:
        return
    for score in log.results.scores:
        stated, plain = score.metrics.get("accuracy"), tally.points.get(score.name)
        if stated is None or plain is None or score.name in tally.odd:
            continue
        accuracy = plain[0] / plain[1]
        if abs(stated.value - accuracy) > _ROUNDING:
            yield (
                f"{name} states an accuracy of {stated.value} for {score.name}; its samples give"
                f" {accuracy:.6f}. It was changed, or has a metric of its own by that name."
            )
