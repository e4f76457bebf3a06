"""Functions on tensors: methods, torch.*, torch.nn.functional, jax.numpy. Each gets the tensor first."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from explainers.core.spec import Argument, LayerSpec, Sizes
from explainers.reading.ported.graph import Clash, Graph
from explainers.reading.ported.torch_layers import activated, adaptive, flatten, padded, pooled, resized, spread
from explainers.reading.ported.values import UNKNOWN, Batch, Data, Gap, State, Tensor, Unknown


@dataclass
class Given:
    """One call: its arguments by place and name, and its line."""

    graph: Graph
    places: list[object]
    named: dict[str, object]
    line: int

    def get(self, key: str, place: int, default: object = None) -> object:
        """An argument by name or place; the tensor has place 0."""
        return self.named.get(key, self.places[place] if place < len(self.places) else default)

    @property
    def tensor(self) -> Tensor:
        """What it is applied to."""
        if not self.places or not isinstance(self.places[0], Tensor):
            raise Gap("an operation on something that isn't a tensor of the model")
        return self.places[0]

    def axis(self, place: int = 1, key: str = "dim") -> int | None:
        """One axis, counted from the front; None where none is given."""
        given = self.named.get("axis", self.get(key, place))
        return given % len(self.tensor.shape) if isinstance(given, int) and not isinstance(given, bool) else None


Done = Callable[[Given], object]


def size(given: Given) -> object:
    """``x.size()``, ``x.size(0)``, ``x.shape``."""
    sizes = [Batch() if n is None else n for n in given.tensor.shape]
    axis = given.axis()
    return tuple(sizes) if axis is None else sizes[axis]


# -- another shape -----------------------------------------------------------------------------------------------


def reshape(given: Given) -> object:
    """view and reshape: the samples stay in front, or are folded with another axis."""
    wanted = given.places[1:]
    if len(wanted) == 1 and isinstance(wanted[0], tuple | list):
        wanted = list(wanted[0])
    wanted = wanted or list(spread(given.named.get("shape", given.named.get("newshape")), 1))
    return laid_out(given.graph, given.tensor, wanted, given.line)


def laid_out(graph: Graph, tensor: Tensor, wanted: list[object], line: int) -> Tensor:
    """A tensor in these sizes; -1 is worked out."""
    shown = tuple(n if isinstance(n, int) else None for n in wanted)
    if any(isinstance(n, Unknown) for n in wanted):
        raise Gap("a size of this reshape isn't worked out here")
    if any(isinstance(n, Batch) and n.times != 1 for n in wanted):
        raise Gap("this reshape folds another axis into the batch: in Keras, TimeDistributed reads each step alone")
    rest = [n for i, n in enumerate(tensor.shape) if i != tensor.batch]
    if any(n is None for n in rest) or tensor.shape[tensor.batch] is not None:
        raise Gap("a reshape of a tensor with more than one open axis")
    each = math.prod(n for n in rest if n is not None)
    first, tail = wanted[0], wanted[1:]
    in_front = isinstance(first, Batch) or first == -1
    known = math.prod(n for n in tail if isinstance(n, int) and n > 0)
    if in_front and all(isinstance(n, int) for n in tail):
        if tail.count(-1) == 1 and isinstance(first, Batch) and known and each % known == 0:
            sizes = [each // known if n == -1 else n for n in tail]
            return graph.reshaped(tensor, (None, *(n for n in sizes if isinstance(n, int))), line)
        if known == each and -1 not in tail:
            return graph.reshaped(tensor, (None, *(n for n in tail if isinstance(n, int))), line)
        if first == -1 and len(tail) == 1 and known:
            return _folded(graph, tensor, each, known, line)
        graph.clashes.append(Clash("view", line, None, known, each, tensor.shape, shown))
        raise Gap(f"{each:,} numbers of a sample can't be laid out as {shown[1:]}")
    raise Gap("this reshape moves the batch")


def _folded(graph: Graph, tensor: Tensor, each: int, row: int, line: int) -> Tensor:
    """view(-1, 544) where a sample has another count: the batch takes the rest, or nothing fits."""
    graph.clashes.append(Clash("folded", line, None, row, each, tensor.shape))
    flat = graph.flat(graph.plain(tensor, line), line)
    graph.flattened[flat.ref] = tensor.shape[1:]
    return flat


def flat(given: Given) -> object:
    """torch.flatten(x, 1)."""
    return flatten(given.graph, given.tensor, given.get("start_dim", 1, 0), given.get("end_dim", 2, -1), given.line)


def permuted(given: Given) -> Tensor:
    """permute(0, 2, 1): Keras keeps its own order, so nothing happens there."""
    axes = given.places[1:] or [given.named.get("dims", given.named.get("axes"))]
    order = spread(axes[0] if isinstance(axes[0], tuple | list) else tuple(axes), len(given.tensor.shape))
    tensor = given.tensor
    ways = [axis % len(order) for axis in order]
    if sorted(ways) != list(range(len(order))):
        raise Gap("the axes of this permute")
    return replace(
        tensor, shape=tuple(tensor.shape[a] for a in ways), order=tuple(tensor.order[a] for a in ways)
    )  # fmt: skip


def transposed(given: Given) -> Tensor:
    """transpose(1, 2): two axes change places."""
    tensor, one, other = given.tensor, given.axis(1, "dim0"), given.axis(2, "dim1")
    if len(given.places) > 3 or (len(given.places) == 2 and isinstance(given.places[1], tuple | list)):
        return permuted(given)  # as NumPy's transpose
    if one is None or other is None:
        raise Gap("the axes of this transpose")
    ways = list(range(len(tensor.shape)))
    ways[one], ways[other] = other, one
    return permuted(Given(given.graph, [tensor, *ways], {}, given.line))


def unsqueezed(given: Given) -> Tensor:
    """An axis of 1."""
    tensor = given.tensor
    place = given.named.get("axis", given.get("dim", 1))
    if not isinstance(place, int):
        raise Gap("the axis of this unsqueeze")
    place %= len(tensor.shape) + 1
    plain = given.graph.plain(tensor, given.line)
    if place <= plain.batch:
        raise Gap("it puts an axis in front of the batch")
    shape = (*plain.shape[:place], 1, *plain.shape[place:])
    return _reshaped_exactly(given.graph, plain, shape, given.line)


def _reshaped_exactly(graph: Graph, plain: Tensor, shape: Sizes, line: int) -> Tensor:
    """A Reshape, the samples wherever they are."""
    if plain.batch != 0:
        batch = plain.batch
        rest = [n for i, n in enumerate(shape) if i != batch]
        order = iter(range(1, len(shape)))
        new = tuple(0 if i == batch else next(order) for i in range(len(shape)))
        inside = replace(plain, shape=plain.in_keras, order=tuple(range(len(plain.shape))))
        made = graph.reshaped(inside, (None, *rest), line)
        return replace(made, shape=shape, order=new)
    return graph.reshaped(plain, shape, line)


def squeezed(given: Given) -> Tensor:
    """Without an axis of 1."""
    tensor, axis = given.tensor, given.axis()
    if axis is None:
        ones = [i for i, n in enumerate(tensor.shape) if n == 1 and i != tensor.batch]
    else:
        ones = [axis] if tensor.shape[axis] == 1 else []
    if not ones:
        return tensor
    plain = given.graph.plain(tensor, given.line)
    shape = tuple(n for i, n in enumerate(plain.shape) if i not in ones)
    if plain.batch != 0:
        raise Gap("a squeeze of a tensor whose samples aren't in front")
    return given.graph.reshaped(plain, shape, given.line)


# -- fewer numbers -----------------------------------------------------------------------------------------------


def reducing(name: str, pair: bool = False) -> Done:
    """mean, sum, max, … along some axes. pair: with an axis the result is (values, places)."""

    def done(given: Given) -> object:
        tensor = given.tensor
        wanted = given.named.get("axis", given.get("dim", 1))
        axes = [a for a in (wanted if isinstance(wanted, tuple | list) else [wanted]) if isinstance(a, int)]
        if not axes:
            return UNKNOWN  # a single number: a loss, most often
        kept = given.named.get("keepdim", given.named.get("keepdims", given.get("keepdim", 2, False))) is True
        places = sorted(a % len(tensor.shape) for a in axes)
        if tensor.batch in places:
            raise Gap(f"{name} over the batch")
        inside: Argument = tuple(sorted(tensor.order[a] for a in places))
        one = inside[0] if isinstance(inside, tuple) and len(inside) == 1 else inside
        arguments: tuple[tuple[str, Argument], ...] = (("axis", one), *((("keepdims", True),) if kept else ()))
        ref, shape = given.graph.call(LayerSpec(f"ops.{name}", name, arguments, given.line), (tensor,))
        if kept:
            made = given.graph.of_keras(ref, shape, tensor.order, tensor.integers)
        else:
            left = [tensor.order[a] for a in range(len(tensor.shape)) if a not in places]
            order = tuple(sorted(left).index(place) for place in left)
            made = given.graph.of_keras(ref, shape, order, tensor.integers)
        return (made, UNKNOWN) if pair else made

    return done


# -- several tensors ---------------------------------------------------------------------------------------------


def _together(given: Given) -> tuple[list[Tensor], int]:
    """The tensors of a cat or stack in one order, and the axis."""
    several = given.places[0] if given.places else given.named.get("tensors")
    if not isinstance(several, tuple | list) or not several:
        raise Gap("what is joined here")
    tensors = [one for one in several if isinstance(one, Tensor)]
    if len(tensors) != len(several):
        raise Gap("one of the tensors that are joined here")
    axis = given.named.get("axis", given.get("dim", 1, 0))
    if not isinstance(axis, int):
        raise Gap("the axis of this join")
    first = tensors[0]
    same = [given.graph.arranged(one, first.order, given.line) if len(one.shape) == len(first.shape) else one
            for one in tensors]  # fmt: skip
    return same, axis


def joined(given: Given) -> Tensor:
    """torch.cat."""
    tensors, axis = _together(given)
    first = tensors[0]
    place = axis % len(first.shape)
    for number, other in enumerate(tensors[1:], 1):
        if len(other.shape) != len(first.shape):
            given.graph.clashes.append(
                Clash("cat_rank", given.line, None, len(first.shape), len(other.shape), first.shape, other.shape)
            )
            raise Gap("the tensors that are joined have different ranks")
        apart = [i for i, (a, b) in enumerate(zip(first.shape, other.shape, strict=True)) if a != b and i != place]
        if apart:
            at = apart[0]
            made, came = first.shape[at] or 0, other.shape[at] or 0
            given.graph.clashes.append(Clash("cat", given.line, None, made, came, first.shape, other.shape, axis=place))
            if len(first.shape) != 4 or apart[0] < 2:
                raise Gap(f"tensor {number} of this cat has {came} where the first has {made}")
            tensors = [_as_wide(given, one, tensors) for one in tensors]
            first = tensors[0]
            break
    if place == first.batch:
        raise Gap("it joins along the batch")
    spec = LayerSpec("Concatenate", "concatenate", (("axis", _from_the_end(first, place)),), given.line)
    ref, shape = given.graph.call(spec, tuple(tensors))
    return given.graph.of_keras(ref, shape, first.order)


def _as_wide(given: Given, tensor: Tensor, others: list[Tensor]) -> Tensor:
    """The smaller of two images, with zeros at its border: what was meant goes on."""
    wide = [max(one.shape[axis] or 0 for one in others) for axis in (2, 3)]
    lacking = [n - (tensor.shape[axis] or 0) for axis, n in zip((2, 3), wide, strict=True)]
    return padded(given.graph, tensor, (0, lacking[1], 0, lacking[0]), given.line) if any(lacking) else tensor


def _from_the_end(tensor: Tensor, axis: int) -> int:
    place = tensor.order[axis]
    return -1 if place == len(tensor.shape) - 1 else place


def stacked(given: Given) -> Tensor:
    """torch.stack."""
    tensors, axis = _together(given)
    plain = [given.graph.plain(one, given.line) for one in tensors]
    place = axis % (len(plain[0].shape) + 1)
    if place <= plain[0].batch or plain[0].batch != 0:
        raise Gap("it stacks in front of the batch")
    ref, shape = given.graph.operation("stack", tuple(plain), given.line, axis=place)
    return given.graph.of_keras(ref, shape, tuple(range(len(shape))))


def two(name: str) -> Done:
    """Two tensors number by number, or one and a number."""

    def done(given: Given) -> object:
        one, other = (given.places[0], given.places[1]) if len(given.places) > 1 else (given.tensor, 0)
        if not isinstance(one, Tensor) and isinstance(other, Tensor):
            one, other = other, one
        if not isinstance(one, Tensor):
            return UNKNOWN
        if isinstance(other, Data) and other.trained and other.shape is not None:
            return _weighted(given, name, one, other.shape)
        if not isinstance(other, Tensor):
            if isinstance(other, Unknown | Data) or other is None:
                if name not in ("add", "multiply"):
                    raise Gap("one of two operands isn't worked out here")
                what = "added" if name == "add" else "multiplied"
                given.graph.note(f"line {given.line}: what is {what} isn't worked out here; the shape stays as it is")
            return one
        return _of_two(given, name, one, other)

    return done


def _weighted(given: Given, name: str, tensor: Tensor, weight: tuple[int, ...]) -> Tensor:
    """``x + self.position``, an nn.Parameter."""
    plain = given.graph.plain(tensor, given.line)
    shape = _broadcast(plain.shape, weight)
    if plain.batch or shape is None:
        raise Gap("a parameter that doesn't line up with what it meets")
    spec = LayerSpec(f"ops.{name}", "parameter", (("weight", weight),), given.line)
    ref, _ = given.graph.call(spec, (plain,), known=shape)
    given.graph.more += math.prod(weight)
    return replace(plain, ref=ref, shape=shape)


def _of_two(given: Given, name: str, one: Tensor, other: Tensor) -> Tensor:
    graph = given.graph
    if one.order != other.order:
        one, other = graph.plain(one, given.line), graph.plain(other, given.line)
        if len(one.shape) == len(other.shape) and one.order != other.order:
            other = graph.arranged(other, one.order, given.line)
    shape = _broadcast(one.shape, other.shape)
    if shape is None:
        apart = next(
            i for i in range(1, 1 + min(len(one.shape), len(other.shape))) if not _meets(one.shape[-i], other.shape[-i])
        )
        graph.clashes.append(
            Clash(
                "operands",
                given.line,
                None,
                one.shape[-apart] or 0,
                other.shape[-apart] or 0,
                one.shape,
                other.shape,
                axis=max(len(one.shape), len(other.shape)) - apart,
            )
        )
        raise Gap(f"{one.shape} and {other.shape} don't line up")
    layer = {"add": "Add", "multiply": "Multiply", "subtract": "Subtract"}.get(name)
    if layer is not None and one.shape == other.shape and one.ref != other.ref:
        ref, _ = graph.call(LayerSpec(layer, layer.lower(), (), given.line), (one, other))
    else:
        ref, _ = graph.operation(name, (one, other), given.line)
    wider = one if len(one.shape) >= len(other.shape) else other
    return Tensor(ref, shape, wider.order)


def _meets(one: int | None, other: int | None) -> bool:
    return one == other or 1 in (one, other)


def _broadcast(one: Sizes, other: Sizes) -> Sizes | None:
    longer, less = (one, other) if len(one) >= len(other) else (other, one)
    padded_out = (1,) * (len(longer) - len(less)) + tuple(less)
    if not all(map(_meets, longer, padded_out)):
        return None
    return tuple(b if a == 1 else a for a, b in zip(longer, padded_out, strict=True))


def product(given: Given) -> Tensor:
    """matmul, bmm, @."""
    one, other = given.places[0], given.places[1]
    if not isinstance(one, Tensor) or not isinstance(other, Tensor):
        raise Gap("one factor of this product isn't a tensor of the model")
    graph = given.graph
    one, other = graph.plain(one, given.line), graph.plain(other, given.line)
    if one.batch or other.batch or min(len(one.shape), len(other.shape)) < 3:
        raise Gap("this product")
    if one.shape[-1] != other.shape[-2] and None not in (one.shape[-1], other.shape[-2]):
        graph.clashes.append(Clash("product", given.line, None, one.shape[-1] or 0, other.shape[-2] or 0, one.shape,
                                   other.shape))  # fmt: skip
        raise Gap(f"the product of {one.shape} and {other.shape}")
    ref, shape = graph.operation("matmul", (one, other), given.line)
    return graph.of_keras(ref, shape, tuple(range(len(shape))))


def chunks(given: Given) -> object:
    """x.chunk(2, dim=1)."""
    tensor, count = given.tensor, given.get("chunks", 1)
    axis = given.axis(2)
    width = tensor.shape[axis] if axis is not None else None
    if not isinstance(count, int) or count < 1 or axis is None or width is None or width % count or count > 16:
        raise Gap("the pieces of this chunk")
    each = width // count
    return tuple(cut(given.graph, tensor, {axis: slice(i * each, (i + 1) * each)}, given.line) for i in range(count))


def cut(graph: Graph, tensor: Tensor, parts: dict[int, slice | int], line: int) -> Tensor:
    """``x[:, -1]``, ``x[:, 2:5]``: what is taken of each axis."""
    if isinstance(parts.get(tensor.batch), int) or tensor.batch in parts:
        raise Gap("it takes some of the samples")
    keys = [":"] * len(tensor.shape)
    shape: list[int | None] = list(tensor.shape)
    for axis, part in parts.items():
        width = tensor.shape[axis]
        keys[tensor.order[axis]] = _written(part)
        if isinstance(part, slice):
            if width is None:
                raise Gap("a slice of an open axis")
            shape[axis] = len(range(*part.indices(width)))
        elif width is not None and not -width <= part < width:
            graph.clashes.append(Clash("index", line, None, part, width, tensor.shape, axis=axis))
            raise Gap(f"place {part} of an axis of {width}")
    while keys[-1] == ":":
        keys.pop()
    gone = {axis for axis, part in parts.items() if isinstance(part, int)}
    ref, _ = graph.operation("get_item", (tensor,), line, key=", ".join(keys))
    left = [tensor.order[a] for a in range(len(shape)) if a not in gone]
    order = tuple(sorted(left).index(place) for place in left)
    made = Tensor(ref, tuple(n for a, n in enumerate(shape) if a not in gone), order, tensor.integers)
    graph.shapes[ref] = made.in_keras
    return made


def _written(part: slice | int) -> str:
    if isinstance(part, int):
        return str(part)
    first, last = ("" if n is None else str(n) for n in (part.start, part.stop))
    return f"{first}:{last}" + (f":{part.step}" if part.step is not None else "")


# -- one by one --------------------------------------------------------------------------------------------------


def each(name: str, key: str = "dim") -> Done:
    """A function of each number."""
    return lambda given: activated(given.graph, given.tensor, name, given.named.get("axis", given.get(key, 1)),
                                   given.line)  # fmt: skip


def numberwise(name: str) -> Done:
    """exp, sqrt, …: a function of keras.ops."""

    def done(given: Given) -> object:
        ref, _ = given.graph.operation(name, (given.tensor,), given.line, given.tensor.in_keras)
        return replace(given.tensor, ref=ref)

    return done


def same(given: Given) -> object:
    """What leaves the tensor as it is."""
    return given.places[0] if given.places else UNKNOWN


def dropped(given: Given) -> Tensor:
    """F.dropout."""
    rate = given.get("p", 1, 0.5)
    return given.graph.same("Dropout", given.tensor, None, given.line,
                            rate=rate if isinstance(rate, int | float) else 0.5)  # fmt: skip


def pooling(kind: str, rank: int) -> Done:
    """F.max_pool2d(x, 2)."""

    def done(given: Given) -> object:
        window = spread(given.get("kernel_size", 1), rank)
        stride = spread(given.get("stride", 2) or window, rank)
        pads = spread(given.get("padding", 3, 0), rank)
        return pooled(given.graph, given.tensor, kind, window, stride, pads, given.line)

    return done


def adapting(kind: str) -> Done:
    """F.adaptive_avg_pool2d(x, 1)."""
    return lambda given: adaptive(given.graph, given.tensor, kind, given.get("output_size", 1), given.line)


def resize(given: Given) -> object:
    """F.interpolate."""
    return resized(given.graph, given.tensor, given.get("size", 1), given.get("scale_factor", 2),
                   given.get("mode", 3), given.line)  # fmt: skip


def pad(given: Given) -> object:
    """F.pad."""
    sides = given.get("pad", 1)
    if not isinstance(sides, tuple | list):
        raise Gap("the sides of this pad")
    return padded(given.graph, given.tensor, spread(sides, len(sides)), given.line)


def like(given: Given) -> object:
    """randn_like, zeros_like: numbers of their own in the same shape."""
    given.graph.note("random numbers in forward are keras.random.normal in a custom layer; the live model has "
                     "zeros there")  # fmt: skip
    ref, _ = given.graph.operation("zeros_like", (given.tensor,), given.line, given.tensor.in_keras)
    return replace(given.tensor, ref=ref)


def whole_state(given: Given) -> object:
    """Something done with h_n as a whole: a squeeze of its only row is that row."""
    state = given.places[0]
    if isinstance(state, State) and len(state.parts) == 1:
        return state.parts[0]
    raise Gap("h_n as a whole: take its rows, h_n[-1]")
