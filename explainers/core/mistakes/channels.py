"""The channels are where Keras reads something else."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explainers.core.editing import with_arguments
from explainers.core.finding import Change, Finding, Value
from explainers.core.layers import SHEETS
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.colors import COLORS_OF_WEIGHTS, DECODED, SMALLEST_PICTURE
from explainers.core.mistakes.kit.mending.broken import Broken, Mend
from explainers.core.mistakes.kit.mending.data import DATA
from explainers.core.mistakes.kit.mending.made_for import MADE_FOR
from explainers.core.mistakes.kit.scene import (
    Scene,
    entry,
    rank_of,
    shared,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said
from explainers.core.spec import Argument, LayerSpec, ModelSpec, chain


def made_for_others(scene: Scene) -> ModelSpec | None:
    """One convolution (or Dense), made for some channels, then called on others."""
    finding = scene.finding
    built, came = _two_widths(scene)
    kernel = finding.shape("kernel")
    facts = SHEETS.get(str(finding.class_name))
    class_name = str(finding.class_name) if facts is not None and facts.group in ("conv", "dense") else "Conv1D"
    rank = rank_of(class_name)
    middle = tuple(scene.example("steps") + i for i in range(rank - 2))
    given: dict[str, Argument] = {} if class_name == "Dense" else {"kernel_size": 1}
    if kernel is not None and len(kernel) == rank and facts is not None and facts.made == "filters":
        given = {"kernel_size": kernel[: rank - 2], "filters": kernel[-1]}
    layer = scene.layer(class_name, **given)
    inputs = (entry((None, *middle, built), "made_for"), entry((None, *middle, came), "called_on"))
    return shared(inputs, layer)


def _two_widths(scene: Scene) -> tuple[int, int]:
    """The channels that a kernel was made for, and those that came: messages print the input's first."""
    came, built = scene.finding.number("left"), scene.finding.number("right")
    if came is not None and built is not None:
        return built, came
    return scene.example("channels of the kernel"), scene.example("channels")


def _dividing(number: int, near: int) -> list[int]:
    """What divides a number, the nearest to another first."""
    return sorted((n for n in range(2, min(number, 512) + 1) if number % n == 0), key=lambda n: (abs(n - near), n))


def _other_groups(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Groups that divide them, or as many filters as the groups divide."""
    groups, channels, filters = (finding.number(name) for name in ("groups", "left", "filters"))
    number = channels or filters
    if groups is None or number is None or groups < 1:
        return ()
    fitting = _dividing(number, groups)[:1]
    fixes = [Change(f"Use groups={n}, which divides {number}.", code=f"groups={n}",
                    means="filters must be a multiple of it, too.") for n in fitting]  # fmt: skip
    if filters is not None:
        more = -(-filters // groups) * groups
        fixes.append(Change(f"Or use {more} filters: a multiple of {groups}.", code=f"filters={more}"))
    if finding.class_name == _GROUPED:
        return tuple(replace(fix, means="Each group of channels is normalized by itself.") for fix in fixes)
    return (
        *fixes,
        Change("Or omit groups: each filter then reads all channels.", code="layers.Conv2D(filters, kernel_size)"),
    )


_GROUPED = "GroupNormalization"


def _of_a_normalization(finding: Finding, said: Said) -> Finding:
    """``Number of groups (…)`` are the words of the normalization, which doesn't name itself."""
    named = said.match.group().lower().startswith("number of groups")
    return replace(finding, class_name=_GROUPED) if named else finding


def other_groups(broken: Broken) -> Iterator[Mend]:
    """As many groups as divide the channels that reach the layer."""
    if broken.call is None or not broken.reaching or broken.reaching[0][-1] is None:
        return
    groups, channels = broken.layer.get("groups"), broken.reaching[0][-1]
    groups = groups if isinstance(groups, int) else _DEFAULT_GROUPS if broken.layer.class_name == _GROUPED else None
    if groups is None:
        return
    for fitting in sorted(_dividing(channels, groups), key=lambda n: n == channels)[:2]:
        spec = with_arguments(broken.spec, broken.spec.calls[broken.call].layer, groups=fitting)
        yield Mend(
            f"Use groups={fitting}, which divides {channels}.",
            f"groups={fitting}",
            spec,
            f"{channels // fitting} channel{'s' * (channels != fitting)} in each group.",
            1,
        )


_DEFAULT_GROUPS = 32


def _grouped(scene: Scene) -> ModelSpec | None:
    """The convolution with these groups, on these channels."""
    groups, found = scene.finding.number("groups"), scene.finding.shape("found")
    channels = scene.finding.number("left")
    if scene.finding.class_name == _GROUPED and channels is not None and groups is not None:
        shape = (None, scene.example("rows"), scene.example("columns"), channels)
        return chain(entry(shape), (LayerSpec(_GROUPED, "group_normalization", (("groups", groups),)),))
    if groups is None or groups < 1 or found is None or not 3 <= len(found) <= 5 or None in found[-1:]:
        return None
    filters = groups * scene.example("filters")
    given = (("filters", filters), ("kernel_size", 1), ("groups", groups))
    return chain(entry(found), (LayerSpec(f"Conv{len(found) - 2}D", "conv", given),), assumed=("kernel_size = 1",))


MISTAKE = Mistake(
    name="channels",
    title="The channels are where Keras reads something else",
    searched=(
        "number of input channels does not match corresponding dimension of filter",
        "channels_first",
    ),
    misconception="channels-may-stand-first",
    order=50,
    families=(
        COLORS_OF_WEIGHTS,
        SMALLEST_PICTURE,
        DECODED,
        Family(
            sees=("number of groups",),
            says=(
                "The number of input channels must be evenly divisible by the number of groups. Received groups={groups}, but the input has {left} channels (full input shape is {found:shape})",
                "The number of filters must be evenly divisible by the number of groups. Received: groups={groups}, filters={filters}",
                "Number of groups ({groups}) <cannot be more than|must be a multiple of> the number of channels ({left})",
            ),
            causes=(
                "groups={groups} cuts the {left} channels of the input into equal parts, but {left} isn't a multiple of {groups}.",
                "groups={groups} cuts the {filters} filters into equal parts, and {filters} isn't a multiple of {groups}.",
            ),
            weight=3,
            completes=(_of_a_normalization,),
            advice=_other_groups,
            live=_grouped,
            title="The channels can't be divided into that many groups",
        ),
        Family(
            sees=(
                "input channels",
                "stack size",
                "same depth",
                "evenly divisible",
                "number of filters",
                "is not a multiple of input depth",
                "number of groups",
                "must be a multiple of the number of channels",
                "multiple of the number",
            ),
            says=(
                "number of input channels does not match corresponding dimension of filter, {left} != {right}",
                "input and filter must have the same depth: {left} vs {right}",
                "input depth must be evenly divisible by filter depth: {left} vs<.>? {right}",
                "Depth of input ({left}) is not a multiple of input depth of filter ({right}) for ...(op: {op}) with input shapes: {found:shape}, {kernel:shape}",
                "Depth of input ({left}) is not a multiple of input depth of filter ({right})",
                "The number of input channels must be evenly divisible by kernel's in-channels. Received input channels {left} and kernel in-channels {right} (kernel shape {kernel:shape}",
                "The number of input channels must be evenly divisible by kernel's in-channels. Received input channels {left} and kernel in-channels {right}",
                "number of input channels must be evenly divisible by ...in-channels...Received ...input channels {left} and ...in-channels {right}",
                "the number of input channels must be evenly divisible by the number of groups",
                "number of filters must be evenly divisible by the number of groups. Received: groups={right}, filters={left}",
                "images and kernel must have the same stack size",
            ),
            causes=(
                "{layer}: its kernel was made for {right} channels; the input has {left}.",
                "The kernel was made for {right} channels; the input has {left}.",
                "The kernel was made for a different number of channels.",
            ),
            has_node=True,
        ),
    ),
    live=made_for_others,
    fixes=just(
        ("Build the model for the channels that the data have.", "keras.Input(shape=(steps, channels))"),
        ("Or give the data the channels that the model was built for.", "x = x[..., :channels]"),
    ),
    mends=(other_groups, *MADE_FOR, *DATA),
)
