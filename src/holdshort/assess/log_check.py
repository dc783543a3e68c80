"""Holding a ledger against Inspect's own logs.

Every line must be, field by field, what its sample in a log gives; every sample of a log that
counts must have its line, or someone has dropped an answer; and the log must say that it asked
the protocol's model with the protocol's settings.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.assess.ledger import Line
from holdshort.assess.protocol import Protocol
from holdshort.assess.samples import line_of, provider_error
from holdshort.errors import EvidenceError

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog


def check_logs(
    area: str, protocol: Protocol, lines: Sequence[Line], logs: Sequence[tuple[str, Path]]
) -> int:
    """The ledger and the logs (name in the bundle, file) say the same; how many samples."""
    unseen = {line.uuid: line for line in lines}
    if len(unseen) != len(lines):
        raise EvidenceError("two samples share one identity.", where=f"area {area}")
    for name, path in logs:
        log = _read(name, path)
        _check_settings(name, log, protocol)
        for sample in log.samples or []:
            if provider_error(sample) is not None:
                continue
            where = f"area {area}, sample {sample.id}"
            line = unseen.pop(sample.uuid or "", None)
            if line is None:
                raise EvidenceError("a scored sample is missing from the ledger.", where=where)
            _check_line(line, line_of(sample, log.eval.eval_id), where)
    if unseen:
        index = min(line.index for line in unseen.values())
        raise EvidenceError(
            "the sample stands in none of Inspect's logs.",
            where=f"area {area}, sample {index:05d}",
        )
    return len(lines)


def _read(name: str, path: Path) -> "EvalLog":
    from inspect_ai.log import read_eval_log

    try:
        return read_eval_log(str(path))
    except Exception as error:  # a damaged log fails wherever zip, zstd or pydantic notices
        raise EvidenceError(f"Inspect cannot read the log: {error}.", where=name) from error


def _check_settings(name: str, log: "EvalLog", protocol: Protocol) -> None:
    asked = log.eval.model_generate_config
    temperature = Decimal(str(asked.temperature)) if asked.temperature is not None else None
    generation = protocol.generation
    for what, found, locked in (
        ("model", log.eval.model, protocol.model),
        ("temperature", temperature, generation.temperature),
        ("max_tokens", asked.max_tokens, generation.max_tokens),
        ("seed", asked.seed, generation.seed),
    ):
        if found != locked:
            raise EvidenceError(
                f"the log was made with {what} {found}, the protocol says {locked}.", where=name
            )


def _check_line(line: Line, logged: Line, where: str) -> None:
    for field in Line.__dataclass_fields__:
        if getattr(line, field) != getattr(logged, field):
            raise EvidenceError(f"{field} differs between ledger and Inspect's log.", where=where)
