"""A range of a part's requests, asked through Inspect and put on record: what all ways share.

A campaign in one process runs the rest of an area this way and stops at the test's decision (see
`area_run`); a unit of work in a process of its own runs its share of the items and stops when it
is told to (see `unit`). What holds for both: every completed sample is on the spool and on the
ledger before anything is made of it, and a provider's error ends the run with its name.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from holdshort.assess.ledger import LEDGER, Ledger, Line
from holdshort.assess.part import Part
from holdshort.assess.protocol import Limits, Protocol
from holdshort.assess.recovery import Spool, recover
from holdshort.assess.samples import line_of, provider_error
from holdshort.assess.stopping import RecordedStopping
from holdshort.errors import BadInput, HoldshortError

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample
    from inspect_ai.model import Model
    from pydantic import JsonValue

LOGS = "logs"


class ItemRun:
    """The requests ``span`` of a part; ledger, spool and logs lie in ``folder``."""

    def __init__(
        self, protocol: Protocol, part: Part, seed: bytes, folder: Path, span: range
    ) -> None:
        self._protocol = protocol
        self._part = part
        self._seed = seed
        self._folder = folder
        self._span = span
        self._logs = folder / LOGS
        self._logs.mkdir(parents=True, exist_ok=True)
        self.ledger = Ledger(folder / LEDGER)
        recover(folder, self._logs, self.ledger)

    @property
    def complete(self) -> bool:
        """Whether every item is on record."""
        return all(index in self.ledger.lines for index in self._span)

    def run(
        self,
        model: "Model",
        max_connections: int,
        *,
        halt: Callable[[], str | None],
        taken: Callable[[Line], None],
        summary: "Callable[[], dict[str, JsonValue]]",
    ) -> None:
        """Ask the items that are not on record, in order, until ``halt`` gives a reason to stop.

        ``taken`` hears of each line once it is on the ledger; ``summary`` stands in Inspect's log.
        Raises :class:`HoldshortError` naming area and item when the model does not answer.
        """
        spool = Spool(self._folder)

        def record(sample: "EvalSample", eval_id: str) -> None:
            if (problem := provider_error(sample)) is not None:
                raise self._no_answer(sample, problem)
            spool.append(sample, eval_id)
            line = line_of(sample, eval_id)
            self.ledger.append(line)
            taken(line)

        stopping = RecordedStopping(
            halt,
            self.ledger.lines.__contains__,
            record,
            summary,
            # Inspect leaves the client open; its connections belong to this run's event loop.
            end=model.api.aclose,
        )
        clean = False
        try:
            log = self._evaluate(model, stopping, max_connections)
            self._check(log, stopping, halt)
            clean = True
        finally:
            stopping.close()
            spool.close(clean=clean)

    def _evaluate(
        self, model: "Model", stopping: RecordedStopping, max_connections: int
    ) -> "EvalLog":
        import inspect_ai

        from holdshort.assess.suites.tasks import area_task, arm_task

        # Items before the first one missing are all on record; later gaps are skipped one by one.
        start = next(i for i in self._span if i not in self.ledger.lines)
        part, protocol, stop = self._part, self._protocol, self._span.stop
        if part.arm is None:
            task = area_task(
                part.area,
                self._seed,
                start,
                stop,
                early_stopping=stopping,
                sandbox=protocol.sandbox,
            )
        else:
            task = arm_task(part, protocol, self._seed, start, stop, early_stopping=stopping)
        logs = inspect_ai.eval(
            task,
            model=model,
            log_dir=str(self._logs),
            log_format="eval",
            log_realtime=False,  # the spool does this at a tenth of the cost
            display="none",
            score_display=False,
            log_level="error",
            ctl_server=False,
            acp_server=False,
            fail_on_error=True,
            retry_on_error=0,
            max_samples=max_connections,
        )
        if not logs:  # Inspect's way to say that Ctrl-C came before the task could end
            raise KeyboardInterrupt
        return logs[0]

    def _check(
        self, log: "EvalLog", stopping: RecordedStopping, halt: Callable[[], str | None]
    ) -> None:
        """Turn an unclean end of the task into the error that it was."""
        if stopping.refusal is not None:
            raise stopping.refusal
        if log.status == "cancelled":
            raise KeyboardInterrupt
        if (failed := stopping.failed) is not None:
            raise self._no_answer(failed, provider_error(failed) or "unknown error")
        if log.status != "success" or not (self.complete or halt()):
            message = log.error.message if log.error else f"the task ended as {log.status}"
            where = f"area {self._part.title}"
            raise HoldshortError(f"the test engine failed: {message}.", where=where)

    def _no_answer(self, sample: "EvalSample", problem: str) -> HoldshortError:
        return HoldshortError(
            f"the model {self._part.model(self._protocol)} gave no answer to item {sample.id}:"
            f" {_brief(problem)}.",
            where=f"area {self._part.title}",
            do="Nothing completed is lost: see to the model and run the same command again.",
        )


def resolve_model(
    protocol: Protocol,
    model_args: Mapping[str, Any],
    max_connections: int,
    name: str | None = None,
) -> "Model":
    """The model under test, or another by name, with the protocol's settings and limits."""
    from inspect_ai.model import GenerateConfig, get_model

    generation, limits = protocol.generation, protocol.limits or Limits()
    named = name or protocol.model
    config = GenerateConfig(
        temperature=float(generation.temperature),
        max_tokens=generation.max_tokens,
        seed=generation.seed,
        max_connections=max_connections,
        # Inspect's default is to retry for ever: an assessment must end.
        max_retries=limits.retries,
        timeout=limits.seconds,
        # Of one attempt, too: a server may answer for ever and never end.
        attempt_timeout=limits.seconds,
    )
    try:
        return get_model(named, config=config, memoize=False, **model_args)
    except HoldshortError:
        raise
    except Exception as error:  # providers raise whatever they like on a name they cannot use
        raise BadInput(
            f"the model {named!r} cannot be used: {_brief(str(error))}.",
            where="protocol.model" if named == protocol.model else "protocol.elicitation",
            do="Give an Inspect model name, such as gguf/<path> or openai-api/<service>/<model>.",
        ) from error


def _brief(message: str) -> str:
    """A provider's message on one line, without its final stop."""
    from rich.text import Text

    flat = " ".join(Text.from_markup(message).plain.split()).rstrip(".")
    return flat if len(flat) <= 300 else f"{flat[:299]}…"
