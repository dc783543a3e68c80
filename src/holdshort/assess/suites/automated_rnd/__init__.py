"""Abilities of machine-learning research and engineering, in small exact puzzles.

All numbers are random and every architecture is a textbook one.
"""

from typing import Final

from holdshort.assess.suites.automated_rnd.network_gradient import NetworkGradient
from holdshort.assess.suites.automated_rnd.parameter_count import ParameterCount
from holdshort.assess.suites.automated_rnd.program_value import ProgramValue
from holdshort.assess.suites.automated_rnd.scaling_extrapolation import ScalingExtrapolation
from holdshort.assess.suites.automated_rnd.training_loop_bug import TrainingLoopBug
from holdshort.assess.suites.family import Family

VERSION: Final = "1.0"
THRESHOLD: Final = "0.50"
ZONE: Final = "0.10"
FAMILIES: Final[tuple[Family, ...]] = (
    NetworkGradient(),
    ParameterCount(),
    ProgramValue(),
    ScalingExtrapolation(),
    TrainingLoopBug(),
)
