"""The gradient of an organism's loss, written out by hand, and the steps that follow it.

Backward through `network.forward`, half-layer by half-layer. The tests hold it against automatic
differentiation of the same formulas and against differences of the loss itself.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from holdshort.assess.organisms.network import Floats, Shape, Tape, Tokens, Weights, forward


def loss_and_gradient(
    shape: Shape, weights: Weights, read: Tokens, marks: NDArray[np.bool_]
) -> tuple[float, dict[str, Floats]]:
    """Mean cross-entropy (nats) of the marked tokens given those before them, and its gradient.

    ``read`` is (B, T); ``marks`` (B, T) says which tokens are to be predicted. Token 0 cannot be.
    """
    tape = Tape()
    logits, _ = forward(shape, weights, read[:, :-1], tape=tape)
    rows, columns = np.nonzero(marks[:, 1:])
    wanted = read[:, 1:][rows, columns]
    chosen = logits[rows, columns]
    chosen = chosen - chosen.max(axis=-1, keepdims=True)
    chances = np.exp(chosen)
    totals = chances.sum(axis=-1, keepdims=True)
    count = np.arange(len(wanted))
    loss = float((np.log(totals[:, 0]) - chosen[count, wanted]).mean())
    chances /= totals
    chances[count, wanted] -= 1
    chances /= len(wanted)
    error = np.zeros_like(logits)
    error[rows, columns] = chances
    return loss, _backward(shape, weights, read[:, :-1], error, tape)


def _backward(
    shape: Shape, weights: Weights, read: Tokens, error: Floats, tape: Tape
) -> dict[str, Floats]:
    """Gradient of every array from the gradient of the logits (B, T, vocabulary)."""
    found: dict[str, Floats] = {}
    normal, scale, out = tape.kept["out"]
    found["token"] = _product(error, out)
    back = error @ weights["token"]
    stream, found["after"] = _through_norm(back, normal, scale, weights["after"])
    for layer in reversed(range(shape.layers)):
        normal, scale, scaled, raised = tape.kept[f"{layer}.feed"]
        found[f"{layer}.down"] = _product(raised, stream)
        back = (stream @ weights[f"{layer}.down"].T) * (raised > 0)
        found[f"{layer}.up"] = _product(scaled, back)
        back = back @ weights[f"{layer}.up"].T
        added, found[f"{layer}.between"] = _through_norm(
            back, normal, scale, weights[f"{layer}.between"]
        )
        stream = stream + added
        stream = stream + _through_attention(shape, weights, layer, stream, tape, found)
    np.add.at(found["token"], read, stream)
    found["place"] = np.zeros_like(weights["place"])
    np.add.at(found["place"], tape.kept["where"], stream)
    return found


def _through_attention(
    shape: Shape,
    weights: Weights,
    layer: int,
    stream: Floats,
    tape: Tape,
    found: dict[str, Floats],
) -> Floats:
    """What the attention half adds to the stream's gradient; its own arrays go to ``found``."""
    normal, scale, scaled, query, key, value, share, mixed = tape.kept[f"{layer}.attention"]
    batch, heads, length, size = query.shape
    found[f"{layer}.attended"] = _product(mixed, stream)
    back = (stream @ weights[f"{layer}.attended"].T).reshape(batch, length, heads, size)
    by_head = back.transpose(0, 2, 1, 3)
    to_value = share.swapaxes(2, 3) @ by_head
    to_share = by_head @ value.swapaxes(2, 3)
    to_share *= share
    to_scores = to_share - share * to_share.sum(axis=-1, keepdims=True)
    to_scores *= np.asarray(size**-0.5, to_scores.dtype)
    to_query, to_key = to_scores @ key, to_scores.swapaxes(2, 3) @ query
    joined = np.stack([to_query, to_key, to_value]).transpose(1, 3, 0, 2, 4)
    joined = joined.reshape(batch, length, 3 * heads * size)
    name = f"{layer}.query_key_value"
    found[name] = _product(scaled, joined)
    added, found[f"{layer}.before"] = _through_norm(
        joined @ weights[name].T, normal, scale, weights[f"{layer}.before"]
    )
    return added


def _through_norm(
    back: Floats, normal: Floats, scale: Floats, gain: Floats
) -> tuple[Floats, Floats]:
    """Gradients of the stream and of the gain, through the scaling to unit mean square."""
    to_gain = np.einsum("btd,btd->d", back, normal)
    back = back * gain
    along = np.einsum("btd,btd->bt", back, normal)[..., None] / normal.shape[-1]
    return scale * (back - normal * along), to_gain


def _product(left: Floats, right: Floats) -> Floats:
    """Sum over all tokens of the outer products."""
    found: Floats = left.reshape(-1, left.shape[-1]).T @ right.reshape(-1, right.shape[-1])
    return found


class Adam:
    """Adam with decoupled weight decay on matrices (Kingma & Ba 2015; Loshchilov & Hutter 2019)."""

    FIRST, SECOND, FLOOR, DECAY = 0.9, 0.98, 1e-8, 0.01

    def __init__(self, weights: Weights, clip: float = 1.0) -> None:
        self._mean = {name: np.zeros_like(array) for name, array in weights.items()}
        self._square = {name: np.zeros_like(array) for name, array in weights.items()}
        self._clip = clip
        self._step = 0

    def step(self, weights: dict[str, Floats], gradient: Mapping[str, Floats], rate: float) -> None:
        """Move the weights, in place, one step down at the learning rate ``rate``."""
        self._step += 1
        norm = sum(float(np.vdot(each, each)) for each in gradient.values()) ** 0.5
        shrink = min(1.0, self._clip / (norm + self.FLOOR))
        unbiased = (1 - self.SECOND**self._step) ** 0.5 / (1 - self.FIRST**self._step)
        for name, slope in gradient.items():
            slope = slope * np.asarray(shrink, slope.dtype)
            mean, square = self._mean[name], self._square[name]
            mean += (1 - self.FIRST) * (slope - mean)
            square += (1 - self.SECOND) * (slope * slope - square)
            if weights[name].ndim > 1:
                weights[name] *= 1 - rate * self.DECAY
            weights[name] -= rate * unbiased * mean / (np.sqrt(square) + self.FLOOR)
