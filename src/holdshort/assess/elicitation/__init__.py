"""What a model can do beyond what it shows: elicitation gaps against a control, and sandbagging.

An *arm* is one way to ask: plain, prompted, with worked examples, best of k, scaffolded,
fine-tuned, in another guise, with another incentive, with candidate triggers. A *contrast* is an
arm against a reference arm on the same items. Elicitation may teach, and tries by chance: so each
contrast is measured on a *control* too, a model that is known to lack the ability, and what counts
is how far the gap of the model goes beyond that of the control. It is an effect with an interval,
never a yes or a no; a gap that is large, or that the items could not settle, keeps a finding from
being *acceptable*.
"""

from holdshort.assess.elicitation.arms import Arm, ArmScores, standard_contrasts
from holdshort.assess.elicitation.gap import Effect, Gap, measure
from holdshort.assess.elicitation.interval import mean_interval
from holdshort.assess.elicitation.reading import (
    Contrast,
    Draws,
    Plan,
    Reading,
    Sign,
    Suspicion,
    read,
    settled,
)

__all__ = [
    "Arm",
    "ArmScores",
    "Contrast",
    "Draws",
    "Effect",
    "Gap",
    "Plan",
    "Reading",
    "Sign",
    "Suspicion",
    "mean_interval",
    "measure",
    "read",
    "settled",
    "standard_contrasts",
]
