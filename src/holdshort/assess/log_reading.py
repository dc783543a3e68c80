"""Reading a log of Inspect's sample by sample, by its public functions, and all that is in it.

A log's list of samples is not believed: what Inspect lists must be what lies in the file, or a
sample could be hidden from every reader that goes by the list.
"""

import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.assess.faults import Fault, Faulty

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample, EvalSampleSummary

_AT_ONCE = 64
"""Samples in memory; reading them one by one costs four times as much."""

_ZIPPED = ".eval"

_FOLDER = "samples/"
"""Where they lie in a log (a ZIP archive whose directory needs no decompression)."""


class LogReader:
    """One log (a file, and its name for messages). What Inspect cannot read is :class:`Faulty`."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._path = path
        self.header = self._read_header()
        """Everything but the samples."""

    def summaries(self) -> "list[EvalSampleSummary]":
        """What the log says of its samples; what viewers show. As many as there are samples."""
        from inspect_ai.log import read_eval_log_sample_summaries

        try:
            listed = read_eval_log_sample_summaries(str(self._path))
            if self._path.suffix != _ZIPPED:
                return listed  # JSON has no list beside the samples
            with zipfile.ZipFile(self._path) as archive:
                names = [each for each in archive.namelist() if each.startswith(_FOLDER)]
        except Exception as error:  # a damaged log fails wherever zip, zstd or pydantic notices
            raise self._unreadable(error) from error
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise Faulty(Fault.LOG, f"{twice[0]} is there twice.", where=self.name)
        keys = {(str(each.id), each.epoch) for each in listed}
        if not len(listed) == len(keys) == len(names):
            raise Faulty(
                Fault.LOG,
                f"the log lists {len(listed)} samples and holds {len(names)}.",
                where=self.name,
            )
        return listed

    def samples(self) -> "Iterator[tuple[EvalSampleSummary, EvalSample]]":
        """Every sample with what the log says of it, some at a time; of a JSON log all at once."""
        from inspect_ai.log import read_eval_log, read_eval_log_samples_by_id

        listed = self.summaries()
        if self._path.suffix != _ZIPPED:
            whole = read_eval_log(str(self._path)).samples or []
            yield from zip(listed, whole, strict=True)
            return
        for start in range(0, len(listed), _AT_ONCE):
            some = listed[start : start + _AT_ONCE]
            try:
                found = read_eval_log_samples_by_id(
                    str(self._path), [(each.id, each.epoch) for each in some]
                )
            except Exception as error:  # as above
                raise self._unreadable(error) from error
            yield from zip(some, found, strict=True)

    def _read_header(self) -> "EvalLog":
        from inspect_ai.log import read_eval_log

        try:
            return read_eval_log(str(self._path), header_only=True)
        except Exception as error:  # as above
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> Faulty:
        said = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        brief = said if len(said) <= 300 else f"{said[:299]}…"
        return Faulty(Fault.LOG, f"Inspect cannot read the log: {brief}.", where=self.name)
