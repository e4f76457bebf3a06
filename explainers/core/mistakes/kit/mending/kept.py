"""What was lost on the way is kept: the borders of a picture in front of a sum, the steps that have labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from explainers.core.editing import with_arguments
from explainers.core.layers import names_of, sheet
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, of_call
from explainers.core.mistakes.kit.mending.left_out import without
from explainers.core.spec import LayerSpec, ModelSpec, Ref

_CONVOLUTIONS = names_of("conv")


def borders_kept_before_a_sum(broken: Broken) -> Iterator[Mend]:
    """A residual block whose convolutions cut the borders off: with padding="same" both sides of the sum stay equal."""
    found = _with_same(broken, _cuts, larger=False)
    if found is not None and broken.reaching[0][-1] == broken.reaching[1][-1]:
        yield Mend(
            'Give the convolution padding="same": it keeps the sides.',
            f'layers.{found[0]}(…, padding="same")',
            found[1],
            "What is added has to have the same sides.",
            0,
        )


def upsampled_without_borders(broken: Broken) -> Iterator[Mend]:
    """A transposed convolution in front of a skip connection: without padding="same" it returns a few pixels more."""
    found = _with_same(broken, _grows, larger=True)
    if found is not None:
        yield Mend(
            'Give the transposed convolution padding="same": it then multiplies the sides by its strides alone.',
            f'layers.{found[0]}(…, padding="same")',
            found[1],
            "Without it the output is longer by what the kernel reaches beyond the strides.",
            0,
        )


def _with_same(broken: Broken, meant: Callable[[LayerSpec], bool], larger: bool) -> tuple[str, ModelSpec] | None:
    """The class of the layers that made the smaller (or larger) of two tensors, and the program with "same" there."""
    if broken.call is None or len(broken.reaching) != 2 or len(broken.reaching[0]) != len(broken.reaching[1]):
        return None
    one, other = broken.reaching
    sides = [pair for pair in zip(one[1:-1], other[1:-1], strict=True) if None not in pair and pair[0] != pair[1]]
    inputs = broken.spec.calls[broken.call].inputs
    if not sides or len(inputs) != 2:
        return None
    which = int(((sides[0][0] or 0) < (sides[0][1] or 0)) == larger)
    between = _up_to(broken.spec, inputs[which], _all_before(broken.spec, inputs[1 - which]))
    lines = {of_call(broken.spec, call).line for call in between if meant(of_call(broken.spec, call))}
    places = [i for i, layer in enumerate(broken.spec.layers) if layer.line in lines and meant(layer)]
    spec = broken.spec
    for place in places:
        spec = with_arguments(spec, place, padding="same")
    return (spec.layers[places[0]].class_name, spec) if places else None


def _grows(layer: LayerSpec) -> bool:
    transposed = layer.class_name in _CONVOLUTIONS and "Transpose" in layer.class_name
    return transposed and layer.get("padding", "valid") == "valid"


def _cuts(layer: LayerSpec) -> bool:
    """Whether it is a convolution that takes its borders away and no more."""
    return layer.class_name in _CONVOLUTIONS and "Transpose" not in layer.class_name and (
        layer.get("padding", "valid") == "valid" and layer.get("strides", 1) in (1, (1, 1), (1,), (1, 1, 1))
    )  # fmt: skip


def _all_before(spec: ModelSpec, ref: Ref) -> set[Ref]:
    """A tensor and all that it was made of."""
    found, waiting = set[Ref](), [ref]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += spec.calls[here.index].inputs if here.source == "call" else ()
    return found


def _up_to(spec: ModelSpec, ref: Ref, ends: set[Ref]) -> list[int]:
    """The calls from a tensor back to where another one comes from."""
    calls = []
    while ref.source == "call" and ref not in ends:
        calls.append(ref.index)
        ref = spec.calls[ref.index].inputs[0]
    return calls


def steps_kept_for_labels(broken: Broken) -> Iterator[Mend]:
    """A label for each step, and a model that pools the steps away."""
    for _, check in broken.fed():
        target = check.targets[0] if len(check.targets) == 1 else ()
        steps = target[1] if len(target) > 1 else None
        per_step = check.loss.startswith("sparse") and len(target) == 2
        if not per_step or steps is None or steps < 2:
            continue
        for call in broken.before():
            layer, before = of_call(broken.spec, call), broken.spec.calls[call].inputs[0]
            facts = sheet(layer.class_name)
            came = (broken.made or {}).get(before.index, ()) if before.source == "call" else ()
            pools = facts is not None and (facts.group == "global_pool" or layer.class_name == "Flatten")
            if pools and len(came) == 3 and came[1] == steps:
                yield Mend(
                    f"Leave out {layer.name}: each of the {steps} steps has its own label.",
                    f"layers.{layer.class_name}()  # not in front of the last layer",
                    without(broken.spec, call),
                    "The last Dense then returns an output for each step.",
                    0,
                )
                return
