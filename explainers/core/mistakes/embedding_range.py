"""An id is outside the Embedding's table."""

from __future__ import annotations

from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.mending.small import larger_vocabulary
from explainers.core.mistakes.kit.scene import (
    Scene,
    entry,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake
from explainers.core.spec import Check, ModelSpec, chain


def _live(scene: Scene) -> ModelSpec | None:
    """The Embedding, and the id that is outside of it."""
    words, index = scene.finding.number("input_dim"), scene.finding.number("index")
    if words is None or index is None or words < 1 or index > 2**31 - 1:
        return None
    layer = scene.layer("Embedding", input_dim=words)
    return chain(
        entry((None, None), dtype="int32", origin="ids"),
        (layer,),
        sequential=False,
        checks=(Check("ids", number=index),),
    )


def _live_unless_gathered(scene: Scene) -> ModelSpec | None:
    """An Embedding only where the text speaks of one: any tensor can be gathered from."""
    return _live(scene) if "embed" in scene.text.lower() else None


def _gathered(finding: Finding) -> dict[str, str]:
    return {} if "embed" in finding.around.lower() else {"plain": "The tensor that is gathered from"}


def _advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Indices within the axis."""
    size = finding.number("input_dim")
    if "embed" in finding.around.lower() or size is None:
        return ()
    return (
        Change(
            f"Check where the index comes from: it must be below {size}.", code="print(indices.min(), indices.max())"
        ),
        Change("Or gather along another axis, if that one is longer.", code="ops.take(x, indices, axis=…)"),
    )


def _fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Ids from 0 on: a table that is large enough, or ids that are none below 0."""
    index, size = finding.number("index"), finding.number("input_dim")
    if index is not None and index < 0 and size is not None:
        rows = "1 more row" if index == -1 else f"{-index} more rows"
        return (
            Change(
                f"Ids start at 0: shift them by {-index}, and give the Embedding {rows}.",
                code=f"x = x + {-index}\nlayers.Embedding(input_dim={size - index}, output_dim=…)",
                means=f"{index} then becomes 0; a negative id often marks a missing or unknown value.",
            ),
            Change("Check where the negative ids come from.", code="print(x.min(), x.max())"),
        )
    return (
        Change("input_dim is the largest id + 1.", code="layers.Embedding(input_dim=x.max() + 1, output_dim=…)"),
        Change("Or limit the vocabulary when you create the ids.", code="Tokenizer(num_words=…)"),
    )


def _of_an_array(finding: Finding) -> dict[str, str]:
    """NumPy says the same of any array."""
    return {} if "embed" in finding.around.lower() or finding.number("axis") is None else {"plain": "The array"}


MISTAKE = Mistake(
    name="embedding_range",
    title="An id is outside the Embedding's table",
    searched=(
        "indices[0,0] = 10 is not in [0, 10)",
        "InvalidArgumentError",
        "vocabulary too small",
    ),
    misconception="embedding-takes-vectors",
    order=140,
    group="embedding",
    families=(
        Family(
            sees=("op:gatherv2",),
            says=("indices[{n}] = {index} is not in [{low}, {input_dim}) [Op:GatherV2]",),
            causes=(
                "{plain} has {input_dim} entries along that axis, 0 to {last_id}; the index {index} is out of range.",
                "The id {index} is outside the vocabulary: input_dim={input_dim} allows ids from 0 to {last_id}.",
            ),
            weight=3,
            words=_gathered,
            advice=_advice,
            live=_live_unless_gathered,
            title="An index beyond the end of its axis",
        ),
        Family(
            sees=("is not in [", "out of bounds"),
            says=(
                "indices<**|[>?[{position:rest} = {index} is not in [{low}, {input_dim})",
                "= {index} is not in [{low}, {input_dim})",
                "index {index} is out of bounds for <axis {axis} with >?size {input_dim}",
            ),
            causes=(
                "{plain} has {input_dim} entries along axis {axis}, 0 to {last_id}; {index} is beyond the end. As "
                "an id for an Embedding it needs input_dim={index} + 1 or more.",
                "The id {index} is outside the vocabulary: input_dim={input_dim} allows ids from 0 to {last_id}.",
            ),
            words=_of_an_array,
            has_node=True,
        ),
    ),
    live=_live,
    fixes=_fixes,
    mends=(larger_vocabulary,),
)
