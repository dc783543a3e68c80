"""One area of a running campaign: its ledger, its test, its Inspect task."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from holdshort.assess.finding import AreaResult
from holdshort.assess.ledger import LEDGER, Ledger, Line, area_folder
from holdshort.assess.protocol import AreaPlan, Protocol
from holdshort.assess.recovery import Spool, recover
from holdshort.assess.samples import line_of, provider_error
from holdshort.assess.statistics import Decision
from holdshort.assess.stopping import OrderedTest, SequentialStopping
from holdshort.errors import BadInput, HoldshortError

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample
    from inspect_ai.model import Model

_RETRIES = 3
"""Of one request. Inspect's default is to retry for ever: an assessment must end."""

_TIMEOUT = 600
"""Seconds for one answer, retries included."""


@dataclass(frozen=True)
class Progress:
    """Where an area's test stands; the figures of a finding, so far."""

    area: str
    done: int
    max_items: int
    successes: int
    e_below: Decimal
    e_above: Decimal
    interval: tuple[Decimal, Decimal]
    decision: Decision | None


class AreaRun:
    """One area of a running campaign."""

    def __init__(
        self,
        protocol: Protocol,
        plan: AreaPlan,
        seed: bytes,
        folder: Path,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._protocol = protocol
        self._plan = plan
        self._seed = seed
        self._progress = progress
        self._folder = area_folder(folder, plan.area)
        self._logs = self._folder / "logs"
        self._logs.mkdir(parents=True, exist_ok=True)
        self.ledger = Ledger(self._folder / LEDGER)
        recover(self._folder, self._logs, self.ledger)
        self.test = counted(plan, self.ledger.lines.values())

    def run(self, model: "Model", max_connections: int) -> None:
        """Ask the items that are not on record, in order, until the test decides."""
        spool = Spool(self._folder)

        def record(sample: "EvalSample", eval_id: str) -> None:
            if (problem := provider_error(sample)) is not None:
                raise self._no_answer(sample, problem)
            spool.append(sample, eval_id)
            line = line_of(sample, eval_id)
            self.ledger.append(line)
            if self.test.add(line.index, line.correct):
                self._report()

        # Inspect leaves the client open; its connections belong to this run's event loop.
        stopping = SequentialStopping(
            self.test, self.ledger.lines.__contains__, record, end=model.api.aclose
        )
        self._report()
        clean = False
        try:
            log = self._evaluate(model, stopping, max_connections)
            self._check(log, stopping)
            clean = True
        finally:
            stopping.close()
            spool.close(clean=clean)

    def result(self) -> AreaResult:
        """The result, once the test has decided."""
        return area_result(self._plan.area, self.test)

    def _evaluate(
        self, model: "Model", stopping: SequentialStopping, max_connections: int
    ) -> "EvalLog":
        import inspect_ai

        from holdshort.assess.suites.tasks import area_task

        # Items before the first one missing are all on record; later gaps are skipped one by one.
        start = next(i for i in range(self._plan.max_items) if i not in self.ledger.lines)
        task = area_task(
            self._plan.area, self._seed, start, self._plan.max_items, early_stopping=stopping
        )
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

    def _check(self, log: "EvalLog", stopping: SequentialStopping) -> None:
        """Turn an unclean end of the task into the error that it was."""
        if stopping.refusal is not None:
            raise stopping.refusal
        if log.status == "cancelled":
            raise KeyboardInterrupt
        if (failed := stopping.failed) is not None:
            raise self._no_answer(failed, provider_error(failed) or "unknown error")
        if log.status != "success" or self.test.decision is None:
            message = log.error.message if log.error else f"the task ended as {log.status}"
            raise HoldshortError(f"the test engine failed: {message}.", where=self._where)

    def _no_answer(self, sample: "EvalSample", problem: str) -> HoldshortError:
        return HoldshortError(
            f"the model {self._protocol.model} gave no answer to item {sample.id}:"
            f" {_brief(problem)}.",
            where=self._where,
            do="Nothing completed is lost: see to the model and run the same command again.",
        )

    @property
    def _where(self) -> str:
        return f"area {self._plan.area}"

    def _report(self) -> None:
        if self._progress is None:
            return
        test = self.test.test
        self._progress(
            Progress(
                area=self._plan.area,
                done=test.n,
                max_items=self._plan.max_items,
                successes=test.successes,
                e_below=test.e_below,
                e_above=test.e_above,
                interval=test.interval(),
                decision=test.decision,
            )
        )


def resolve_model(
    protocol: Protocol, model_args: Mapping[str, Any], max_connections: int
) -> "Model":
    """The model under test, with the protocol's generation settings."""
    from inspect_ai.model import GenerateConfig, get_model

    generation = protocol.generation
    config = GenerateConfig(
        temperature=float(generation.temperature),
        max_tokens=generation.max_tokens,
        seed=generation.seed,
        max_connections=max_connections,
        max_retries=_RETRIES,
        timeout=_TIMEOUT,
    )
    try:
        return get_model(protocol.model, config=config, memoize=False, **model_args)
    except HoldshortError:
        raise
    except Exception as error:  # providers raise whatever they like on a name they cannot use
        raise BadInput(
            f"the model {protocol.model!r} cannot be used: {_brief(str(error))}.",
            where="protocol.model",
            do="Give an Inspect model name, such as gguf/<path> or openai-api/<service>/<model>.",
        ) from error


def _brief(message: str) -> str:
    """A provider's message on one line, without its final stop."""
    from rich.text import Text

    flat = " ".join(Text.from_markup(message).plain.split()).rstrip(".")
    return flat if len(flat) <= 300 else f"{flat[:299]}…"


def counted(plan: AreaPlan, lines: Iterable[Line]) -> OrderedTest:
    """The test, fed with what is on record."""
    test = OrderedTest(plan.rate_plan)
    for line in lines:
        test.add(line.index, line.correct)
    return test


def area_result(area: str, ordered: OrderedTest) -> AreaResult:
    """Where a test ended; :class:`BadInput` when it has not."""
    test = ordered.test
    if test.decision is None:
        raise BadInput(
            f"the test is not finished: {test.n} of at most {test.plan.max_items} items.",
            where=f"area {area}",
            do="Run the campaign again; it goes on where it was.",
        )
    return AreaResult(
        area=area,
        items=test.n,
        successes=test.successes,
        decision=test.decision,
        interval=test.interval(),
        e_below=test.e_below,
        e_above=test.e_above,
    )
