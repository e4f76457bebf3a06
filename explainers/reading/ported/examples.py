"""Which axes a layer reads, and shapes that it could read where the text gives no data."""

from __future__ import annotations

import re

from explainers.core.spec import Sizes
from explainers.reading.ported.recurrent import RECURRENT_THERE, batch_first
from explainers.reading.ported.values import Data, Gap, Leaf

STEPS, SIDE = 7, 32
OF_STATES = ("MultiheadAttention", "TransformerEncoderLayer", "TransformerEncoder")
_BY_NAME = (  # for arguments of a class that the text never makes
    ("vocab", 1000), ("num_embeddings", 1000), ("n_token", 1000), ("class", 10), ("embed", 32), ("hid", 64),
    ("channel", 3), ("in_ch", 3), ("input", 8), ("in_", 8), ("feat", 8), ("layers", 2), ("depth", 2), ("head", 4),
    ("latent", 16), ("dim", 32), ("out", 5), ("kernel", 3), ("size", 16),
)  # fmt: skip


def example_by_name(name: str) -> int | None:
    """A size for an argument that nobody gives."""
    return next((example for word, example in _BY_NAME if word in name.lower()), None)


def wanted_rank(leaf: Leaf) -> int | None:
    """How many axes a layer reads; None where any number will do."""
    found = re.search(r"(?:Conv|Pool|ConvTranspose|BatchNorm|InstanceNorm)([123])d$", leaf.kind)
    if found is not None and leaf.kind != "BatchNorm1d":
        return int(found[1]) + 2
    return 3 if leaf.kind in RECURRENT_THERE else None


def reads_batch_at(leaf: Leaf) -> int:
    """Which axis of its input holds the samples."""
    if leaf.kind in (*RECURRENT_THERE, "MultiheadAttention", "TransformerEncoderLayer"):
        return 0 if batch_first(leaf) else 1
    inner = leaf.get("encoder_layer", 0) if leaf.kind == "TransformerEncoder" else None
    return reads_batch_at(inner) if isinstance(inner, Leaf) else 0


def axis_names(leaf: Leaf | None, rank: int, batch: int, torch: bool) -> tuple[str, ...]:
    """What the axes of data are called, by the first layer that reads them."""
    kind = leaf.kind if leaf is not None else ""
    spatial = {3: ("timesteps",), 4: ("height", "width"), 5: ("depth", "height", "width")}.get(rank, ())
    if spatial and (re.search(r"\dd$", kind) or kind == "Conv"):
        return ("batch", "channels", *spatial) if torch else ("batch", *spatial, "channels")
    if torch and rank > 3:
        return ("batch", "channels", *spatial)
    rest = {2: ("features",), 3: ("timesteps", "features")}.get(rank, tuple(f"axis {i}" for i in range(1, rank)))
    if kind in ("Embedding", "Embed"):
        rest = ("timesteps",) if rank == 2 else rest
    return (*rest[:batch], "batch", *rest[batch:])


def example_for(leaf: Leaf, torch: bool) -> Sizes:
    """A shape that a layer can read, with its batch."""
    width = leaf.whole("in_features", 0) or leaf.whole("input_size", 0) or leaf.whole("in_channels", 0)
    width = width or leaf.whole("num_features", 0) or leaf.whole("embed_dim", 0) or leaf.whole("d_model", 0)
    rank = wanted_rank(leaf)
    if leaf.kind in ("Embedding", "Embed"):
        return (2, STEPS)
    if rank is not None and leaf.kind not in RECURRENT_THERE:
        sides = (SIDE,) * (rank - 2)
        return (2, width or 3, *sides) if torch else (2, *sides, width or 3)
    if leaf.kind in RECURRENT_THERE or leaf.kind in OF_STATES:
        return (2, STEPS, width or 5) if not torch or reads_batch_at(leaf) == 0 else (STEPS, 2, width or 5)
    if not torch and leaf.kind == "Conv":
        kernel = leaf.get("kernel_size", 1)
        return (2, *(SIDE,) * (len(kernel) if isinstance(kernel, tuple | list) else 1), 3)
    return (2, width or 5)


def for_function(name: str, places: list[object]) -> Sizes:
    """A shape for x.view(-1, 784)."""
    sizes = [n for n in places[1:] if isinstance(n, int)]
    if name in ("view", "reshape") and len(sizes) > 1 and sizes[0] == -1 and all(n > 0 for n in sizes[1:]):
        return (2, *sizes[1:])
    raise Gap("the text doesn't give the shape of the data")


def changed(data: Data, name: str, places: list[object]) -> Data | None:
    """The same array in another shape."""
    shape = list(data.shape or ())
    given = list(places[0]) if len(places) == 1 and isinstance(places[0], tuple | list) else places
    whole = [n for n in given if isinstance(n, int)]
    if len(whole) != len(given):
        return None
    if name == "unsqueeze" and whole:
        shape.insert(whole[0] % (len(shape) + 1), 1)
    elif name == "squeeze":
        shape = [n for i, n in enumerate(shape) if n != 1 or (whole and i != whole[0] % len(shape))]
    elif name == "permute" and sorted(n % len(shape) for n in whole) == list(range(len(shape))):
        shape = [shape[n] for n in whole]
    elif name == "transpose" and len(whole) == 2:
        one, other = whole[0] % len(shape), whole[1] % len(shape)
        shape[one], shape[other] = shape[other], shape[one]
    elif name in ("view", "reshape"):
        count, known = 1, 1
        for n in shape:
            count *= n
        for n in whole:
            known *= n if n > 0 else 1
        if known == 0 or count % known:
            return None
        shape = [count // known if n == -1 else n for n in whole]
    else:
        return None
    return Data(tuple(shape), data.name, data.line, data.integers, data.zeros)


def as_reached(example: Sizes, leaf: Leaf, reached: tuple[int, int, int] | None) -> Sizes:
    """An example with the features that a message says; whole images where so many rows of them make a sample."""
    if reached is None or leaf.kind != "Linear" or reached[0] != example[-1]:
        return example
    declared, came, _ = reached
    rows = declared // came if came and came < declared and declared % came == 0 else 1
    return (*example[:-1], rows, came) if rows > 1 and rows & (rows - 1) else (*example[:-1], came)


def part_of(data: Data, keys: list[object]) -> Data | None:
    """``x[:1]``, ``x[0]``, ``x[None]`` of an array; None for what isn't worked out here."""
    sizes, made = list(data.shape or ()), list[int]()
    for key in keys:
        if key is None:
            made.append(1)
        elif isinstance(key, slice) and sizes:
            made.append(len(range(*key.indices(sizes.pop(0)))))
        elif isinstance(key, int) and not isinstance(key, bool) and sizes:
            sizes.pop(0)
        else:
            return None
    shape = (*made, *sizes)
    return Data(shape, data.name, data.line, data.integers, data.zeros) if shape and 0 not in shape else None
