"""How much compute a model's training took: three methods, one total, and what contradicts what.

Methods (EU guidelines C(2025) 7719, Annex A.2; the same three stand behind Epoch AI's tables):

- *operation counting*: C = 6·N·D. Each parameter that a token passes through costs two operations
  forward and four backward (Kaplan et al. 2020, arXiv:2001.08361, section 2.1). N counts active
  parameters, D all tokens over all epochs. Attention's own term is left out; it is small while N is
  far above context × layers × width.
- *hardware*: C = chips × time × dense peak in the format used × model FLOP utilisation.
- *reported*: the developer's own total.

Uncertainty is log-normal with a σ (of ln C) for each method:

====================  =====  ==================================================================
operation counting    0.15   Against the 12 published runs with an independently reported total:
                             12 within 30 %, 8 within 10 %, root mean square of ln ratio 0.15;
                             the 90 % interval ×/÷ 1.28 is the EU's 30 % margin.
hardware, MFU stated  0.35   Stated MFU times chip-hours departs from the published total by up
                             to 1.5× (PaLM 1.52, Llama 3.1 405B 1.17): hours are cumulative,
                             peaks and conventions differ.
hardware, MFU not     0.7    Implied utilisation of 92 language models: median 0.33, log10
stated                       standard deviation 0.30. The median 0.35 is used.
reported              0.15   Published totals rest on the same counts and on what their author
                             chose to include; two totals for one model differ by up to 1.37×.
====================  =====  ==================================================================

The total is the mean of ln C weighted by 1/σ²: a geometric mean, which is also Epoch AI's remedy
where methods differ, in which a poor method moves the total little. Its σ² is that of the best
method plus the weighted mean square disagreement. It is *not* reduced for agreement, as independent
measurements would allow: methods share the token count, and many reported totals are 6·N·D.
Intervals are 90 % (±1.645 σ).

Contradictions are sentences for a person to follow up; none of them changes the total.
"""

from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist

from holdshort.compute.contradictions import find_contradictions
from holdshort.compute.decimals import decimal_text, exact, significant
from holdshort.compute.facts import Facts
from holdshort.compute.methods import Z90, MethodEstimate, apply_methods
from holdshort.compute.rules import CountingRules
from holdshort.errors import BadInput
from holdshort.register.canonical import Json


@dataclass(frozen=True)
class Estimate:
    """Training compute in FLOP: the total with its 90 % interval, and each method's figure.

    ``counted`` names the regime whose counting rules were applied, None if no regime's were;
    ``left_out`` says which method could not be used and why; ``contradictions`` what does not fit.
    """

    methods: tuple[MethodEstimate, ...]
    total: Decimal
    low: Decimal
    high: Decimal
    sigma: Decimal
    contradictions: tuple[str, ...]
    left_out: tuple[str, ...]
    counted: str | None

    @exact
    def probability_over(self, threshold: Decimal) -> Decimal:
        """Probability that the training took more than ``threshold`` FLOP, to three decimals."""
        deviations = (self.total.ln() - threshold.ln()) / self.sigma
        return Decimal(str(NormalDist().cdf(float(deviations)))).quantize(Decimal("0.001"))

    def to_fields(self) -> dict[str, Json]:
        """The estimate as JSON without floats: four significant digits, intervals three."""
        return {
            "unit": "FLOP",
            "total": decimal_text(significant(self.total, 4)),
            "low": decimal_text(significant(self.low, 3)),
            "high": decimal_text(significant(self.high, 3)),
            "interval": "90 %",
            "counted": self.counted,
            "methods": [method.to_fields() for method in self.methods],
            "left_out": list(self.left_out),
            "contradictions": list(self.contradictions),
        }


@exact
def estimate(facts: Facts, rules: CountingRules | None = None) -> Estimate:
    """The training compute of ``facts``, counted as ``rules`` say (None: as the methods give it).

    BadInput if the facts allow none of the three methods.
    """
    methods, left_out = apply_methods(facts, rules)
    if not methods:
        raise BadInput(
            f"There is nothing to estimate training compute from: {'; '.join(left_out)}.",
            where=facts.path,
            do="Give parameters and tokens, or chips and time, or a reported total.",
        )
    centre, sigma = _combine(methods)
    return Estimate(
        methods,
        centre.exp(),
        (centre - Z90 * sigma).exp(),
        (centre + Z90 * sigma).exp(),
        sigma,
        find_contradictions(facts, methods),
        left_out,
        f"{rules.regime} ({rules.cite})" if rules else None,
    )


def _combine(methods: tuple[MethodEstimate, ...]) -> tuple[Decimal, Decimal]:
    """Weighted mean of ln C and its σ, as the module's docstring derives them."""
    weights = [1 / method.sigma**2 for method in methods]
    logs = [method.flop.ln() for method in methods]
    whole = sum(weights, Decimal(0))
    centre = sum((w * x for w, x in zip(weights, logs, strict=True)), Decimal(0)) / whole
    spread = sum((w * (x - centre) ** 2 for w, x in zip(weights, logs, strict=True)), Decimal(0))
    best = min(method.sigma for method in methods)
    return centre, (best**2 + spread / whole).sqrt()
