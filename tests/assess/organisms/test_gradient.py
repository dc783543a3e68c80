"""The gradient written by hand is the gradient."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from holdshort.assess.organisms.gradient import Adam, loss_and_gradient
from holdshort.assess.organisms.language import PAD, SPACE
from holdshort.assess.organisms.network import Shape, forward, initial, places

SMALL = Shape(width=16, heads=2, hidden=24, layers=2, word=6, context=64)


def example() -> tuple[dict[str, NDArray[Any]], NDArray[np.int64], NDArray[np.bool_]]:
    """Weights in double precision, texts with padding, white space and long words, and marks."""
    random = np.random.default_rng(0)
    weights = {name: array.astype(np.float64) for name, array in initial(SMALL, random).items()}
    read = random.integers(1, 40, (4, 14))
    read[0, :3] = PAD
    read[:, ::5] = np.where(read[:, ::5] == PAD, PAD, SPACE)
    marks = (random.random(read.shape) < 0.5) & (read != PAD)
    return weights, read, marks


@pytest.mark.parametrize("name", list(SMALL.arrays))
def test_it_is_the_slope_of_the_loss(name: str) -> None:
    weights, read, marks = example()
    _, gradient = loss_and_gradient(SMALL, weights, read, marks)
    direction = np.random.default_rng(1).standard_normal(weights[name].shape)
    ends = []
    for side in (1, -1):
        moved = {**weights, name: weights[name] + side * 1e-5 * direction}
        ends.append(loss_and_gradient(SMALL, moved, read, marks)[0])
    slope = (ends[0] - ends[1]) / 2e-5
    # Slopes of attention's bias are in single precision, hence not closer.
    assert float(np.vdot(gradient[name], direction)) == pytest.approx(slope, rel=1e-4, abs=1e-7)


def test_it_is_that_of_automatic_differentiation() -> None:
    jax = pytest.importorskip("jax", reason="jax is for development only")
    jnp: Any = jax.numpy
    weights, read, marks = example()
    single = {name: array.astype(np.float32) for name, array in weights.items()}
    where = np.minimum(places(read[:, :-1])[0], SMALL.word - 1)

    def loss(held: Any) -> Any:
        """The network once more, from its description."""
        x = held["token"][read[:, :-1]] + held["place"][where]
        length = read.shape[1] - 1
        ahead = np.triu(np.ones((length, length), bool), 1)
        distance = np.arange(length)[:, None] - np.arange(length)[None]
        for layer in range(SMALL.layers):
            y = _unit(jnp, x) * held[f"{layer}.before"]
            parts = jnp.split(y @ held[f"{layer}.query_key_value"], 3, axis=-1)
            heads = []
            size = SMALL.width // SMALL.heads
            for head in range(SMALL.heads):
                q, k, v = (each[..., head * size : (head + 1) * size] for each in parts)
                score = jnp.einsum("bqd,bkd->bqk", q, k) / size**0.5
                score = score - 0.5 * 0.25**head * distance
                hidden = ahead[None] | (read[:, None, :-1] == PAD)
                heads.append(jax.nn.softmax(jnp.where(hidden, -1e9, score)) @ v)
            x = x + jnp.concatenate(heads, axis=-1) @ held[f"{layer}.attended"]
            y = _unit(jnp, x) * held[f"{layer}.between"]
            x = x + jax.nn.relu(y @ held[f"{layer}.up"]) @ held[f"{layer}.down"]
        logs = jax.nn.log_softmax(_unit(jnp, x) * held["after"] @ held["token"].T)
        chosen = jnp.take_along_axis(logs, read[:, 1:, None], axis=-1)[..., 0]
        return -(chosen * marks[:, 1:]).sum() / marks[:, 1:].sum()

    expected, slopes = jax.value_and_grad(loss)(single)
    found, gradient = loss_and_gradient(SMALL, single, read, marks)
    assert found == pytest.approx(float(expected), rel=1e-5)
    for name in SMALL.arrays:
        np.testing.assert_allclose(gradient[name], slopes[name], rtol=1e-3, atol=1e-5)


def _unit(jnp: Any, x: Any) -> Any:
    return x / jnp.sqrt((x * x).mean(-1, keepdims=True) + 1e-5)


def test_steps_go_down() -> None:
    weights, read, marks = example()
    adam, losses = Adam(weights), []
    for _ in range(60):
        loss, gradient = loss_and_gradient(SMALL, weights, read, marks)
        adam.step(weights, gradient, 0.02)
        losses.append(loss)
    assert losses[-1] < 0.1 * losses[0]


def test_reading_at_once_and_bit_by_bit_is_the_same() -> None:
    weights, read, _ = example()
    read = read[1:]  # without padding: what follows padding alone means nothing
    whole, _ = forward(SMALL, weights, read)
    logits, past = forward(SMALL, weights, read[:, :5])
    parts = [logits]
    for column in range(5, read.shape[1]):
        logits, past = forward(SMALL, weights, read[:, column : column + 1], past)
        parts.append(logits)
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-5)


def test_what_comes_later_changes_nothing_before() -> None:
    weights, read, _ = example()
    read = read[1:]
    before, _ = forward(SMALL, weights, read)
    read[:, 9] = 7
    after, _ = forward(SMALL, weights, read)
    np.testing.assert_allclose(before[:, :9], after[:, :9], atol=1e-12)


def test_padding_changes_nothing() -> None:
    weights, read, _ = example()
    alone, _ = forward(SMALL, weights, read[:1, 3:])
    padded, _ = forward(SMALL, weights, read[:1])
    np.testing.assert_allclose(padded[:, 3:], alone, atol=1e-5)
