"""A very small transformer in NumPy: what an organism computes.

Before each half-layer the stream is scaled to unit mean square (Zhang & Sennrich 2019); heads of
attention prefer what is near, each by its own slope (ALiBi, Press et al. 2022); the feed-forward
half is ReLU; the matrix of embeddings also reads out. A token's place is counted from the last
white space, so that a word means the same wherever it stands, and what comes before can still be
seen.

Shapes: B texts, T tokens each, P tokens before them (kept keys and values), D width, H heads.
Everything is float32. Texts of a batch end together: shorter ones have `PAD` before them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from holdshort.assess.organisms.language import PAD, SPACE, VOCABULARY

Floats = NDArray[np.floating[Any]]
Tokens = NDArray[np.int64]
Weights = Mapping[str, Floats]

_EPSILON = 1e-5
_HIDDEN_FROM = -1e9
"""What is added to the score of a token that must not be seen."""


@dataclass(frozen=True)
class Shape:
    """Sizes of a network. Places are told apart up to ``word``; ``context`` is the longest text."""

    width: int = 64
    heads: int = 4
    hidden: int = 256
    layers: int = 2
    word: int = 24
    context: int = 384

    @property
    def arrays(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every array of the weights."""
        d, h = self.width, self.hidden
        found: dict[str, tuple[int, ...]] = {"token": (VOCABULARY, d), "place": (self.word, d)}
        for layer in range(self.layers):
            found |= {
                f"{layer}.before": (d,),
                f"{layer}.query_key_value": (d, 3 * d),
                f"{layer}.attended": (d, d),
                f"{layer}.between": (d,),
                f"{layer}.up": (d, h),
                f"{layer}.down": (h, d),
            }
        return found | {"after": (d,)}

    @property
    def parameters(self) -> int:
        """Numbers in the weights."""
        return sum(int(np.prod(shape)) for shape in self.arrays.values())


@dataclass
class Past:
    """Keys and values of what was read: per layer (B, H, P, D/H); ``seen`` (B, P) is not padding.

    ``place`` (B,) is the place of the last token in its word, −1 after white space.
    """

    keys: list[Floats]
    values: list[Floats]
    seen: NDArray[np.bool_]
    place: Tokens


@dataclass
class Tape:
    """What the forward pass keeps for the backward pass, by name."""

    kept: dict[str, Any] = field(default_factory=dict)


def initial(shape: Shape, random: np.random.Generator) -> dict[str, Floats]:
    """Weights before training."""
    weights: dict[str, Floats] = {}
    for name, size in shape.arrays.items():
        if len(size) == 1:
            weights[name] = np.ones(size, np.float32)
            continue
        scale = 0.3 if name in {"token", "place"} else size[0] ** -0.5
        if name.endswith((".attended", ".down")):
            scale /= (2 * shape.layers) ** 0.5  # so that the stream does not grow with depth
        weights[name] = (scale * random.standard_normal(size)).astype(np.float32)
    return weights


def places(read: Tokens, start: Tokens | None = None) -> tuple[Tokens, Tokens]:
    """Each token's place in its word (B, T), going on from ``start`` (B,); and where to go on."""
    found = np.empty_like(read)
    place = np.full(read.shape[0], -1, np.int64) if start is None else start
    for column in range(read.shape[1]):
        found[:, column] = place = place + 1
        place = np.where(read[:, column] <= SPACE, -1, place)
    return found, place


def forward(
    shape: Shape,
    weights: Weights,
    read: Tokens,
    past: Past | None = None,
    tape: Tape | None = None,
) -> tuple[Floats, Past]:
    """Logits (B, T, vocabulary) after each token read, and what the next call goes on from."""
    where, place = places(read, past.place if past else None)
    where = np.minimum(where, shape.word - 1)
    seen = read != PAD if past is None else np.concatenate([past.seen, read != PAD], axis=1)
    bias = attention_bias(shape, seen, read.shape[1])
    x: Floats = weights["token"][read] + weights["place"][where]
    following = Past([], [], seen, place)
    for layer in range(shape.layers):
        x = _attend(shape, weights, layer, x, bias, past, following, tape)
        normal, scale = normalised(x)
        scaled = normal * weights[f"{layer}.between"]
        raised = np.maximum(scaled @ weights[f"{layer}.up"], 0)
        x = x + raised @ weights[f"{layer}.down"]
        if tape is not None:
            tape.kept[f"{layer}.feed"] = (normal, scale, scaled, raised)
    normal, scale = normalised(x)
    out = normal * weights["after"]
    if tape is not None:
        tape.kept["out"] = (normal, scale, out)
        tape.kept["where"] = where
    return out @ weights["token"].T, following


def _attend(
    shape: Shape,
    weights: Weights,
    layer: int,
    x: Floats,
    bias: Floats,
    past: Past | None,
    following: Past,
    tape: Tape | None,
) -> Floats:
    """The attention half of a layer, added to the stream."""
    normal, scale = normalised(x)
    scaled = normal * weights[f"{layer}.before"]
    query, key, value = split(shape, scaled @ weights[f"{layer}.query_key_value"])
    if past is not None:
        key = np.concatenate([past.keys[layer], key], axis=2)
        value = np.concatenate([past.values[layer], value], axis=2)
    following.keys.append(key)
    following.values.append(value)
    scores = query @ key.swapaxes(2, 3)
    scores *= np.float32((shape.width // shape.heads) ** -0.5)
    scores += bias
    scores -= scores.max(axis=-1, keepdims=True)
    share = np.exp(scores, out=scores)
    share /= share.sum(axis=-1, keepdims=True)
    mixed = merged(share @ value)
    if tape is not None:
        tape.kept[f"{layer}.attention"] = (normal, scale, scaled, query, key, value, share, mixed)
    out: Floats = x + mixed @ weights[f"{layer}.attended"]
    return out


def normalised(x: Floats) -> tuple[Floats, Floats]:
    """The stream at unit mean square, and the factor that made it so (…, 1)."""
    squares = np.einsum("btd,btd->bt", x, x)[..., None] / x.shape[-1]
    scale = 1 / np.sqrt(squares + np.asarray(_EPSILON, x.dtype))
    return x * scale, scale


def attention_bias(shape: Shape, seen: NDArray[np.bool_], last: int) -> Floats:
    """What is added to scores (B, H, last, P+T): nearness by slope, nothing ahead, no padding."""
    total = seen.shape[1]
    distance = np.arange(total - last, total)[:, None] - np.arange(total)[None, :]
    slopes = np.float32(0.5) * np.float32(0.25) ** np.arange(shape.heads, dtype=np.float32)
    near = -slopes[:, None, None] * distance.astype(np.float32)
    hidden = (distance < 0)[None, None] | ~seen[:, None, None, :]
    bias: Floats = np.where(hidden, np.float32(_HIDDEN_FROM), near[None])
    return bias


def split(shape: Shape, joined: Floats) -> tuple[Floats, Floats, Floats]:
    """Queries, keys and values by head (B, H, T, D/H) from (B, T, 3D)."""
    batch, length = joined.shape[:2]
    parts = joined.reshape(batch, length, 3, shape.heads, -1).transpose(2, 0, 3, 1, 4)
    return parts[0], parts[1], parts[2]


def merged(heads: Floats) -> Floats:
    """Heads (B, H, T, D/H) side by side (B, T, D)."""
    batch, _, length, _ = heads.shape
    return heads.transpose(0, 2, 1, 3).reshape(batch, length, -1)
