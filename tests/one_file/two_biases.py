"""A `GRU` has three gates. In today's Keras each of them has two biases, so old formulas count too few parameters.

parameters = 3 × (features × units + units × units + 2 × units)      reset_after=True, the default
parameters = 3 × (features × units + units × units + 1 × units)      reset_after=False, as in the paper
"""

from __future__ import annotations

from dataclasses import dataclass

from explainers.core.asked import count_of
from explainers.core.dims import DimsBase, dim, switch
from explainers.core.explainer import Asked, Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.results import Fix, Inspection
from explainers.core.signs import Level, Recognised, Seen, levels, sequence, units_of
from explainers.core.trial import Tried, trial
from explainers.core.trying import built, named, try_feed, waves
from explainers.core.words import tag

INPUTS = {"sequence": "batch timesteps features"}


@dataclass(frozen=True)
class Dims(DimsBase):
    timesteps: int | None = dim(
        6,
        high=512,
        allows_none=True,
        axis="timesteps",
        sets=("sequence.shape[0]",),
        help="How many readings one sequence has. None leaves it open.",
    )
    features: int = dim(
        3, high=512, axis="features", sets=("sequence.shape[1]",), help="How many numbers one reading has."
    )
    units: int = dim(4, high=512, axis="units", sets=("gru.units",), help="How many numbers the layer remembers.")
    reset_after: bool = switch(
        True, sets=("gru.reset_after",), help="True: two biases for each gate. False: one, as in the paper."
    )


PRESETS = (
    Preset("as-in-the-paper", "as in the paper", {"reset_after": False}, "One bias for each gate: the old formula."),
)


def build(dims: Dims) -> keras.Model:
    """Input -> GRU, as one would write it in a notebook."""
    sequence = keras.Input((dims.timesteps, dims.features), name="sequence")  # (batch, timesteps, features)
    output = layers.GRU(dims.units, reset_after=dims.reset_after, name="gru")(sequence)  # (batch, units)
    return keras.Model(sequence, output, name="two_biases")


def sentence(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    if found.error is not None:
        return f"This model can't be built: {found.error.cause}"
    bias = next(weight for weight in found.layers[1].weights if weight.name == "bias")
    each = "two biases" if len(bias.shape) == 2 else "one bias"
    return (
        f"With reset_after={dims.reset_after} each of the three gates has {each} for every one of its "
        f"{tag(dims.units, 'units')} units: {bias.count:,} of the **{found.total_params:,}** parameters."
    )


@trial("Feed one feature too many", "loud", says="expected shape=(None, 6, 3), found shape=(5, 6, 4)")
def wrong_features(dims: Dims) -> Tried:
    """The kernel has a row for each feature, and no more."""
    model = built(lambda: build(dims), INPUTS)
    x = waves((5, dims.timesteps or 7, dims.features + 1))
    _, error = try_feed(model, x, ())
    return Tried(
        f"model.predict(np.zeros({x.shape}))",
        f"The kernel has a row for each of {dims.features} features; the data have {dims.features + 1}.",
        (named("x", x, "batch timesteps features"),),
        error=error,
        fixes=(Fix(f"features={dims.features + 1}", {"features": dims.features + 1}),),
    )


def alone(seen: Seen) -> Recognised | None:
    """One GRU, and no other recurrent layer."""
    main, spec = seen.main(), seen.finding.spec
    if main is None or spec is None or main[0].class_name != "GRU" or len(levels(spec)) != 1:
        return None
    return {name: n for name, n in sequence(main[1]).items() if name != "batch_size"} | units_of(main[0], "units")


EXPLAINER = Explainer(
    name="two_biases",
    title="GRU",
    question="Why does my GRU have more parameters than the formula says?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    sentence=sentence,
    journey=Journey(change="units"),
    trials=(wrong_features,),
    signs={Level.STRUCTURE: alone},
    asked=(Asked("How are the parameters of a GRU counted?", {}, "parameters", count_of("gru")),),
    about="A GRU has three gates, and today each of them has a second bias.",
    label="Two biases per gate",
    order=90,
    always_builds=True,
)
