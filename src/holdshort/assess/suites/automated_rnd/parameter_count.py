"""Count the parameters of a decoder-only transformer from its configuration."""

import re

from holdshort.assess.suites.answers import same_number
from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family

_VALUE = r"{}: ([0-9]+)"


class ParameterCount(Family):
    """Count parameters exactly."""

    name = "parameter-count"
    measures = "Knowing the shapes of a transformer's tensors and adding them up exactly."
    does_not_show = "It does not show designing or training one."
    difficulty = "plain heads; then grouped heads; then gated feed-forward and biases"
    chance = "0.001"
    answer_form = "one whole number"

    def generate(self, draws: Draws) -> tuple[str, str]:
        """Draw a configuration and sum the closed formula."""
        rung = draws.below(3)
        head, heads = draws.pick((16, 32, 64, 128)), draws.pick((4, 6, 8, 12, 16))
        kv = heads if rung == 0 else draws.pick([n for n in (1, 2, 3, 4) if heads % n == 0])
        layers, context = draws.between(2, 36), draws.between(2, 40) * 64
        vocabulary, inner = draws.between(100, 999) * 100, draws.between(8, 120) * 32
        gated = rung == 2
        bias, tied, positions, shift = (draws.below(2) == 1 for _ in range(4))
        d, kv_width = head * heads, head * kv
        attention = 2 * d * d + 2 * d * kv_width + (2 * d + 2 * kv_width) * bias
        feed = (2 + gated) * d * inner + ((1 + gated) * inner + d) * bias
        norm = d * (1 + shift)
        total = layers * (attention + feed + 2 * norm) + norm
        total += vocabulary * d * (1 if tied else 2) + context * d * positions
        gate = "three matrices (gate, up, down)" if gated else "two matrices (up, down)"
        body = (
            "A decoder-only transformer. "
            f"Vocabulary: {vocabulary}; context: {context}; layers: {layers}; query heads: "
            f"{heads}; key-value heads: {kv}; head size: {head}; feed-forward width: {inner}.\n"
            "Width = query heads × head size. Each layer: query, key, value and output "
            f"projections; a feed-forward of {gate}; two normalisations. One more normalisation "
            f"after the last layer. Each normalisation has a scale{' and a shift' if shift else ''}"
            " per channel. The projections and feed-forward matrices have "
            f"{'a bias each' if bias else 'no bias'}. "
            f"Positions: {'a learned vector for each' if positions else 'rotary, no parameters'}. "
            "Output layer, without bias: "
            f"{'shares the token embedding' if tied else 'a matrix of its own'}.\n"
            "How many parameters are there in all, token embedding included?"
        )
        return body, str(total)

    def solve(self, prompt: str) -> str:
        """List every tensor's shape and add up the sizes."""
        vocabulary, context, layers, heads, kv, head, inner = (
            int(re.findall(_VALUE.format(name), prompt)[0])
            for name in (
                "Vocabulary",
                "context",
                "layers",
                "query heads",
                "key-value heads",
                "head size",
                "feed-forward width",
            )
        )
        width = heads * head
        linear = [(width, width), (width, kv * head), (width, kv * head), (width, width)]
        linear += [(width, inner)] * (2 if "gate, up, down" in prompt else 1) + [(inner, width)]
        scales = 2 if "a scale and a shift" in prompt else 1
        sizes = [vocabulary * width]
        for _ in range(layers):
            sizes += [rows * columns for rows, columns in linear]
            sizes += [columns for _, columns in linear if "a bias each" in prompt]
            sizes += [width] * scales * 2
        sizes += [width] * scales
        if "a learned vector" in prompt:
            sizes.append(context * width)
        if "a matrix of its own" in prompt:
            sizes.append(width * vocabulary)
        return str(sum(sizes))

    def guess(self, prompt: str, draws: Draws) -> str:
        """Name a number of the usual size."""
        return str(draws.between(10**6, 10**8))

    def correct(self, answer: str, target: str) -> bool:
        """Equal as numbers; separators of thousands do not matter."""
        return same_number(answer, target)
