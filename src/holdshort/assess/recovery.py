"""Losing no completed sample, whatever kills the process.

Inspect writes its log in batches; a process killed between two batches takes the last samples
with it. So each completed sample goes to a **spool** (Inspect's own JSON, one line a sample,
forced to disk) before it goes to the ledger, and a run that ends cleanly throws its spool away.
A spool that is still there marks an attempt that did not; before the next one starts,

1. its log is completed from the spool, so that every sample on the ledger stands in a log;
2. samples that counted but did not reach the ledger are put on it. None is asked again: a second
   draw of an item, kept or dropped at will, is how a result could be steered.

Our own spool rather than Inspect's realtime buffer: it lies in the campaign's folder, so that a
campaign can be carried to another machine, and it costs a tenth of the buffer's time.
"""

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from holdshort.assess.ledger import Ledger, append_durably
from holdshort.assess.samples import line_of, provider_error

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample

_SPOOLED = ".spool.jsonl"


class Spool:
    """The crash journal of one attempt, named by Inspect's eval id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._file: BinaryIO | None = None

    def append(self, sample: "EvalSample", eval_id: str) -> None:
        """Keep a sample safe until Inspect's log is whole."""
        if self._file is None or self._path is None:
            self._path = self._folder / f"{eval_id}{_SPOOLED}"
            self._file = self._path.open("ab")
        data = sample.model_dump_json(exclude_none=True).encode() + b"\n"
        append_durably(self._file, data, self._path)

    def close(self, *, clean: bool) -> None:
        """Let go of the file; ``clean`` says that Inspect's log holds everything."""
        if self._file is not None:
            self._file.close()
            if clean and self._path is not None:
                self._path.unlink()


def unfinished(folder: Path) -> bool:
    """Whether an attempt in this area's folder ended uncleanly and was not recovered."""
    return any(folder.glob(f"*{_SPOOLED}"))


def recover(folder: Path, logs: Path, ledger: Ledger) -> int:
    """Repair what unclean attempts left; how many samples that put on the ledger."""
    adopted = 0
    for path in sorted(folder.glob(f"*{_SPOOLED}")):
        eval_id = path.name.removesuffix(_SPOOLED)
        samples = _complete_log(logs, eval_id, _spooled(path))
        for sample in sorted(samples, key=lambda each: each.completed_at or ""):
            if provider_error(sample) is None and int(sample.id) not in ledger.lines:
                ledger.append(line_of(sample, eval_id))
                adopted += 1
        path.unlink()
    return adopted


def _spooled(path: Path) -> list["EvalSample"]:
    from inspect_ai.log import EvalSample

    whole = path.read_bytes().rpartition(b"\n")[0]
    return [EvalSample.model_validate_json(line) for line in whole.split(b"\n") if line]


def _complete_log(logs: Path, eval_id: str, spooled: list["EvalSample"]) -> list["EvalSample"]:
    """Write the spooled samples into the attempt's log; every sample of it."""
    from inspect_ai.log import read_eval_log, write_eval_log

    for path in sorted(logs.glob("*.eval")):
        if read_eval_log(str(path), header_only=True).eval.eval_id != eval_id:
            continue
        log = read_eval_log(str(path))
        samples = {sample.uuid: sample for sample in [*spooled, *(log.samples or [])]}
        if len(samples) > len(log.samples or []):
            log.samples = sorted(samples.values(), key=lambda each: str(each.id))
            _say_interrupted(log)
            whole = path.with_suffix(".partial")
            write_eval_log(log, str(whole), format="eval")
            whole.replace(path)
        return list(samples.values())
    return []


def _say_interrupted(log: "EvalLog") -> None:
    if log.status == "started":
        log.status = "cancelled"
