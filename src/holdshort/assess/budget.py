"""What a campaign may spend: tokens, money and time, over all its areas together.

A budget stops a run; it never decides a test. What was asked stays on record, and with a larger
budget the same campaign goes on. Samples in flight when a cap is reached still finish: the
overshoot is at most what runs at once.
"""

import time
from dataclasses import dataclass
from decimal import Decimal

from holdshort.errors import BadInput, HoldshortError

_MILLION = 1_000_000


class BudgetSpent(HoldshortError):
    """A cap was reached before every area had decided; nothing is lost."""

    exit_code = 1


@dataclass(frozen=True)
class Budget:
    """Caps; None is no cap.

    ``tokens`` in and out, over everything on record, earlier runs too; ``money`` likewise, in the
    currency of ``price`` (per million tokens); ``seconds`` of this run alone.
    """

    tokens: int | None = None
    money: Decimal | None = None
    price: Decimal | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        for name in ("tokens", "money", "price", "seconds"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise BadInput(f"must be more than 0, not {value}.", where=name)
        if self.money is not None and self.price is None:
            raise BadInput("a cap in money needs the price of a million tokens.", where="price")

    def cost(self, tokens: int) -> Decimal | None:
        """What so many tokens cost; None without a price."""
        return None if self.price is None else self.price * tokens / _MILLION

    def meter(self) -> "Meter":
        """Start the clock."""
        return Meter(self, time.monotonic())


@dataclass(frozen=True)
class Meter:
    """A budget being spent since ``began`` (seconds of the monotonic clock)."""

    budget: Budget
    began: float

    def spent(self, tokens: int) -> str | None:
        """Which cap is reached with so many tokens on record; None while none is."""
        budget = self.budget
        if budget.tokens is not None and tokens >= budget.tokens:
            return f"the budget of {budget.tokens:,} tokens is spent ({tokens:,})"
        cost = budget.cost(tokens)
        if budget.money is not None and cost is not None and cost >= budget.money:
            return f"the budget of {budget.money} is spent ({cost:.2f})"
        if budget.seconds is not None and time.monotonic() - self.began >= budget.seconds:
            return f"the {budget.seconds:.0f} seconds of this run are over"
        return None
