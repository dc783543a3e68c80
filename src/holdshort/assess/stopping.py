"""Stopping an Inspect task as soon as the evidence decides.

**Results enter the test in item order, and only as an unbroken run from item 0.** Samples complete
in any order, and how long a model thinks may depend on whether it is right; a test fed in order
of completion would see the quick answers first and could stop on them. So an early completion
waits until every item before it is in. When the test decides after item ``n``, samples of later
items may be in flight: they finish, are recorded, and are not counted.

`RecordedStopping` implements Inspect's ``EarlyStopping`` protocol. The protocol's
``complete_sample`` receives scores alone; the sample itself comes from Inspect's
``on_sample_end`` hook, which Inspect calls just before it.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from holdshort.assess.statistics import Decision, RatePlan, SequentialRateTest
from holdshort.errors import HoldshortError

if TYPE_CHECKING:
    from inspect_ai.dataset import Sample
    from inspect_ai.log import EvalSample, EvalSpec
    from inspect_ai.scorer import SampleScore
    from inspect_ai.util import EarlyStop
    from pydantic import JsonValue

_watched: dict[str, "RecordedStopping"] = {}
"""The running tasks, by Inspect's eval id: where the hook delivers samples."""

_hook_registered = False


class OrderedTest:
    """A sequential test that takes outcomes in any order and counts them in item order."""

    def __init__(self, plan: RatePlan) -> None:
        self.test = SequentialRateTest(plan)
        self._waiting: dict[int, bool] = {}

    def add(self, index: int, correct: bool) -> int:
        """Take in item ``index``; how many items that let into the test."""
        before = self.test.n
        self._waiting[index] = correct
        while self.decision is None and self.test.n in self._waiting:
            self.test.update(self._waiting.pop(self.test.n))
        return self.test.n - before

    @property
    def decision(self) -> Decision | None:
        """The decision, once there is one."""
        return self.test.decision


class RecordedStopping:
    """Inspect's early stopping: put each sample on record, and stop when there is a reason to.

    ``halt`` gives the reason to ask no more, once there is one; ``skip`` says which items are on
    record already; ``record`` returns once the sample is safe and has been offered to the test;
    ``summary`` is what stands in Inspect's log; ``end`` runs last, on Inspect's event loop.
    """

    def __init__(
        self,
        halt: Callable[[], str | None],
        skip: Callable[[int], bool],
        record: Callable[["EvalSample", str], None],
        summary: "Callable[[], dict[str, JsonValue]]",
        end: Callable[[], Awaitable[None]],
    ) -> None:
        self._halt = halt
        self._skip = skip
        self._record = record
        self._summary = summary
        self.end = end
        self._eval_id = ""
        self._ended: dict[str | int, EvalSample] = {}
        self.failed: EvalSample | None = None
        """The first sample that ended in a provider's error."""
        self.refusal: HoldshortError | None = None
        """What stopped the campaign itself, such as a full disk."""

    async def start_task(self, task: "EvalSpec", samples: list["Sample"], epochs: int) -> str:
        """Inspect begins the task."""
        _register_hook()
        self._eval_id = task.eval_id
        _watched[self._eval_id] = self
        return "holdshort/e-process-mixture"

    async def schedule_sample(self, id: str | int, epoch: int) -> "EarlyStop | None":  # noqa: A002 - Inspect's parameter name
        """Inspect asks whether to run a sample."""
        from inspect_ai.util import EarlyStop

        if self._skip(int(id)):
            return EarlyStop(id=id, epoch=epoch, reason="on record already")
        if (reason := self._halt()) is not None:
            return EarlyStop(id=id, epoch=epoch, reason=reason)
        return None

    def sample_ended(self, sample: "EvalSample") -> None:
        """The hook delivers a sample, scored or in error."""
        if sample.error is not None:
            self.failed = self.failed or sample
        else:
            self._ended[sample.id] = sample

    async def complete_sample(
        self,
        id: str | int,  # noqa: A002 - Inspect's parameter name
        epoch: int,
        scores: dict[str, "SampleScore"],
    ) -> None:
        """Inspect has logged a sample; an error raised here ends the task."""
        try:
            self._record(self._ended.pop(id), self._eval_id)
        except HoldshortError as error:
            self.refusal = self.refusal or error
            raise

    async def complete_task(self) -> dict[str, "JsonValue"]:
        """Inspect ends the task; what is returned stands in its log."""
        return self._summary()

    def close(self) -> None:
        """Take no more samples."""
        _watched.pop(self._eval_id, None)


def _register_hook() -> None:
    """Register the hook once, from within a run.

    Inspect prints a banner on standard output for hooks that it finds before its first run, which
    would spoil the output of ``--json``.
    """
    global _hook_registered
    if _hook_registered:
        return
    from inspect_ai.hooks import Hooks, RunEnd, SampleEnd, hooks

    class Evidence(Hooks):
        def enabled(self) -> bool:
            return bool(_watched)

        async def on_sample_end(self, data: SampleEnd) -> None:
            if stopping := _watched.get(data.eval_id):
                stopping.sample_ended(data.sample)

        async def on_run_end(self, data: RunEnd) -> None:
            for stopping in list(_watched.values()):
                await stopping.end()

    register: Any = hooks(name="holdshort_evidence", description="Records samples as evidence.")
    register(Evidence)
    _hook_registered = True
