"""From one sample of an Inspect log to one line of the ledger, and which samples count.

A sample counts when the model answered and the scorer judged the answer. A provider's error — a
refused connection, a time-out, a malformed reply — is not an answer: it says nothing of what the
model can do, and a test that took it for a failure would call an unreachable model harmless.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from holdshort.assess.elicitation.asking import request_digest
from holdshort.assess.ledger import Line, prompt_digest
from holdshort.errors import EvidenceError

if TYPE_CHECKING:
    from inspect_ai.log import EvalSample


def provider_error(sample: "EvalSample") -> str | None:
    """What went wrong instead of an answer, in the provider's words; None for an answer."""
    if sample.error is not None:
        return sample.error.message
    if sample.output.error is not None:
        return sample.output.error
    if not sample.output.choices:
        # Inspect swallows a provider's TimeoutError and marks the empty output as wrong.
        return "it timed out or sent an empty reply"
    if not sample.scores:
        return "the answer was not scored"
    return None


def line_of(sample: "EvalSample", eval_id: str) -> Line:
    """The ledger line of a sample that counts."""
    if not sample.scores:
        raise EvidenceError("the sample is not one of ours.", where=f"sample {sample.id}")
    (score,) = sample.scores.values()
    usage = sample.output.usage
    return Line(
        index=int(sample.id),
        family=str(sample.metadata["family"]),
        prompt_sha256=_asked(sample),
        completion=sample.output.completion,
        correct=score.value == "C",
        model=sample.output.model,
        started=_instant(sample.started_at),
        completed=_instant(sample.completed_at),
        input_tokens=usage.input_tokens if usage else 0,
        output_tokens=usage.output_tokens if usage else 0,
        stop_reason=sample.output.stop_reason,
        uuid=sample.uuid or "",
        eval_id=eval_id,
    )


def _asked(sample: "EvalSample") -> str:
    """The digest of what was asked: an item alone, or the request of an arm."""
    if isinstance(sample.input, str):
        return prompt_digest(sample.input)
    messages = [(message.role, message.text) for message in sample.input]
    stated = sample.metadata
    return request_digest(messages, str(stated["temperature"]), int(stated["seed"]))


def _instant(text: str | None) -> str:
    """RFC 3339, whole seconds, UTC."""
    moment = datetime.fromisoformat(text) if text else datetime.now(UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
