"""Changes that are made from the shapes that disagree: the right ones, and none where none can help. No Keras here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explainers.core.editing import with_layer_before, with_layer_behind
from explainers.core.mistakes.kit.mending import data, layers, merging, one_sample, sides, small, steps, targets, widths
from explainers.core.mistakes.kit.mending.broken import Broken, Mender
from explainers.core.spec import CallSpec, Check, InputSpec, LayerSpec, ModelSpec, Ref, Sizes, chain

DENSE = LayerSpec("Dense", "dense", (("units", 3),))
LSTM = LayerSpec("LSTM", "lstm", (("units", 4),))


def fed(takes: Sizes, came: Sizes) -> Broken:
    return Broken(chain(InputSpec("input", takes), (LSTM,), checks=(Check("predict", (came,)),)))


def trained(output: Sizes, target: Sizes, loss: str = "mse", *layers_: LayerSpec) -> Broken:
    check = Check("fit", ((8, 5),), (target,), loss)
    return Broken(chain(InputSpec("input", (None, 5)), layers_ or (DENSE,), checks=(check,)), outputs=(output,))


def joined(one: Sizes, other: Sizes, class_name: str = "Concatenate") -> Broken:
    inputs = (InputSpec("a", one), InputSpec("b", other))
    call = CallSpec(0, (Ref("input", 0), Ref("input", 1)))
    return Broken(ModelSpec(inputs, (LayerSpec(class_name, "joined"),), (call,), (Ref("call", 0),)), 0, (one, other))


def codes(mender: Mender, broken: Broken) -> list[str]:
    return [mend.code for mend in mender(broken)]


@pytest.mark.parametrize(
    ("mender", "takes", "came", "code"),
    [
        (one_sample.batch_in_front, (None, 21, 6), (21, 6), ["x = x[np.newaxis]"]),
        (one_sample.batch_in_front, (None, 21, 6), (6, 21), []),
        (one_sample.numbers_of_one_sample, (None, 1, 9), (9, 1), ["x = np.reshape(x, (1, 1, 9))"]),
        (one_sample.numbers_of_one_sample, (None, 9, 1), (9,), ["x = np.reshape(x, (1, 9, 1))"]),
        (one_sample.numbers_of_one_sample, (None, 3, 4), (4, 3), []),
        (one_sample.numbers_of_one_sample, (None, 1, 9), (18, 1), []),
        (data.axis_behind, (None, 18, 1), (70, 18), ["x = x[..., np.newaxis]"]),
        (data.axis_behind, (None, 18, 2), (70, 18), []),
        (data.axes_swapped, (None, 21, 6), (70, 6, 21), ["x = np.swapaxes(x, 1, 2)"]),
        (data.axes_swapped, (None, 21, 6), (70, 6, 20), []),
        (data.one_axis_less, (None, 21, 6), (70, 21, 1, 6), ["x = np.squeeze(x, axis=2)"]),
        (data.one_axis_less, (None, 21, 6), (70, 21, 2, 6), []),
        (data.reshaped, (None, 21, 6), (70, 126), ["x = x.reshape(-1, 21, 6)"]),
        (data.reshaped, (None, 21, 6), (70, 125), []),
        (data.reshaped, (None, None, 6), (70, 126), []),
        (data.declared, (None, 21, 6), (70, 21, 9), ["keras.Input(shape=(21, 9))"]),
    ],
)
def test_data_that_an_input_does_not_take(mender: Mender, takes: Sizes, came: Sizes, code: list[str]) -> None:
    assert codes(mender, fed(takes, came)) == code


def test_a_table_is_read_in_two_ways_and_each_says_how() -> None:
    found = list(data.rows_as_steps(fed((None, 7, 5), (70, 18))))
    assert [mend.spec.inputs[0].shape for mend in found] == [(None, 18, 1), (None, 1, 18)]
    assert [mend.spec.checks[0].shapes for mend in found] == [((70, 18, 1),), ((70, 1, 18),)]
    assert "18 timesteps of one feature" in found[0].means
    assert "one timestep of 18 features" in found[1].means


@pytest.mark.parametrize(
    ("mender", "output", "target", "loss", "code"),
    [
        (targets.labels_as_they_are, (None, 9), (8, 1), "categorical_crossentropy",
         ['loss="sparse_categorical_crossentropy"', "y = keras.utils.to_categorical(y, 9)"]),
        (targets.labels_as_they_are, (None, 1), (8, 1), "categorical_crossentropy", []),
        (targets.rows_need_the_plain_loss, (None, 9), (8, 9), "sparse_categorical_crossentropy",
         ['loss="categorical_crossentropy"', "y = y.argmax(axis=-1)"]),
        (widths.as_many_units_as_columns, (None, 3), (8, 7), "mse", ["layers.Dense(7)"]),
        (widths.as_many_units_as_columns, (None, 3), (8, 1), "categorical_crossentropy", []),
        (targets.one_number_for_each_step, (None, 12, 5), (8, 12), "mse",
         ["layers.Dense(1), then layers.Reshape((12,))"]),
        (targets.one_number_for_each_step, (None, 12, 5), (8, 9), "mse", []),
        (targets.one_vector_of_a_sequence, (None, 12, 5), (8, 5), "mse",
         ["layers.GlobalAveragePooling1D()", "layers.Flatten()"]),
        (sides.sides_cropped_or_padded, (None, 16, 20, 1), (8, 16, 17, 1), "mse",
         ["layers.Cropping2D(((0, 0), (1, 2)))"]),
        (sides.sides_cropped_or_padded, (None, 15, 20, 1), (8, 16, 17, 1), "mse", []),
    ],
)  # fmt: skip
def test_a_target_that_does_not_fit(mender: Mender, output: Sizes, target: Sizes, loss: str, code: list[str]) -> None:
    assert codes(mender, trained(output, target, loss)) == code


@pytest.mark.parametrize(
    ("mender", "shapes", "code"),
    [
        (merging.joined_where_they_differ, ((None, 7, 5), (None, 9, 5)), ["layers.Concatenate(axis=1)([a, b])"]),
        (merging.joined_where_they_differ, ((None, 7, 5, 3), (None, 9, 6, 3)), []),
        (merging.sides_made_equal, ((None, 7, 5, 3), (None, 9, 6, 4)),
         ["layers.ZeroPadding2D(((1, 1), (0, 1)))", "layers.Cropping2D(((1, 1), (0, 1)))"]),
        (merging.sides_made_equal, ((None, 7, 6, 3), (None, 9, 5, 4)), []),
        (merging.widths_made_equal, ((None, 8), (None, 6)), ["layers.Dense(8)(b)"]),
        (merging.widths_made_equal, ((None, 7, 5, 3), (None, 7, 5, 9)), ["layers.Conv2D(9, 1)(a)"]),
        (merging.widths_made_equal, ((None, 7, 5, 3), (None, 7, 6, 9)), []),
        (merging.ranks_made_equal, ((None, 8), (None, 7, 8)),
         ["layers.RepeatVector(7)", "layers.GlobalAveragePooling1D()"]),
    ],
)  # fmt: skip
def test_tensors_that_are_joined(mender: Mender, shapes: tuple[Sizes, Sizes], code: list[str]) -> None:
    assert codes(mender, joined(*shapes)) == code


def test_more_steps_of_the_target_are_written_by_a_decoder() -> None:
    check = Check("fit", ((8, 14, 5),), ((8, 3, 2),), "mse")
    spec = chain(InputSpec("input", (None, 14, 5)), (LSTM, DENSE), checks=(check,))
    (mend,) = targets.one_output_for_each_step(Broken(spec, made={0: (None, 4), 1: (None, 3)}, outputs=((None, 3),)))
    called = [mend.spec.layers[call.layer] for call in mend.spec.calls]
    assert [layer.class_name for layer in called] == ["LSTM", "RepeatVector", "LSTM", "Dense"]
    assert (called[1].get("n"), called[2].get("return_sequences"), called[3].get("units")) == (3, True, 2)


def test_numbers_of_categories_become_rows() -> None:
    (mend,) = steps.one_hot_rows(fed((None, 40, 9), (70, 40)))
    assert mend.code == "x = keras.utils.to_categorical(x, 9)"
    assert mend.spec.checks[0].shapes == ((70, 40, 9),)
    assert not list(steps.one_hot_rows(fed((None, 40, 9), (70, 31))))


@pytest.mark.parametrize(
    ("takes", "came", "code"),
    [
        ((None, 15, 6), (8, 4, 6), ["maxlen=15"]),
        ((None, 15, 6), (8, 40, 6), ["maxlen=15"]),
        ((None, 15, 6), (8, 4, 5), []),
        ((None, 15), (8, 4), []),
    ],
)
def test_samples_get_the_steps_of_the_model(takes: Sizes, came: Sizes, code: list[str]) -> None:
    """A table of 4 columns for a model of 15 is no sequence."""
    offered = codes(steps.padded_steps, fed(takes, came))
    assert len(offered) == len(code)
    assert all(part in line for part, line in zip(code, offered, strict=True))


def test_an_axis_of_one_is_dropped_in_front_of_a_layer() -> None:
    broken = Broken(chain(InputSpec("input", (None, 1, 60, 2)), (LSTM,)), 0, ((None, 1, 60, 2),))
    (mend,) = steps.axis_of_one_dropped(broken)
    assert "(60, 2)" in mend.label
    assert not list(steps.axis_of_one_dropped(replace(broken, reaching=((None, 3, 60, 2),))))


def test_the_layer_in_front_keeps_its_timesteps() -> None:
    front = LayerSpec("GRU", "front", (("units", 6),))
    broken = Broken(chain(InputSpec("input", (None, 9, 5)), (front, LSTM)), 1, ((None, 6),))
    (mend,) = steps.outputs_at_every_step(broken)
    assert mend.spec.layers[0].get("return_sequences") is True
    assert mend.spec.layers[1] == LSTM


def test_rows_are_cut_only_where_no_layer_stands_before() -> None:
    direct = Broken(chain(InputSpec("input", (None, 9)), (LSTM,)), 0, ((None, 9),))
    behind = Broken(chain(InputSpec("input", (None, 5)), (DENSE, LSTM)), 1, ((None, 3),))
    assert codes(layers.numbers_as_steps, direct) == ["layers.Reshape((9, 1))", "layers.Reshape((1, 9))"]
    assert codes(layers.numbers_as_steps, behind) == []


def test_a_vocabulary_is_as_large_as_its_largest_id() -> None:
    table = LayerSpec("Embedding", "table", (("input_dim", 30), ("output_dim", 6)))
    spec = chain(InputSpec("ids", (None, None), "int32"), (table,), checks=(Check("ids", number=41),))
    assert codes(small.larger_vocabulary, Broken(spec)) == ["layers.Embedding(42, 6)"]


def test_a_layer_put_between_two_calls_moves_those_behind_it() -> None:
    spec = chain(InputSpec("input", (None, 9, 5)), (LSTM, DENSE))
    longer = with_layer_before(spec, 1, LayerSpec("Dropout", "between"))
    named = [(longer.layers[call.layer].name, call.inputs[0]) for call in longer.calls]
    assert named == [("lstm", Ref("input", 0)), ("between", Ref("call", 0)), ("dense", Ref("call", 1))]
    assert longer.outputs == (Ref("call", 2),)
    assert spec.outputs == (Ref("call", 1),)


def test_a_layer_behind_the_output_is_the_output() -> None:
    longer = with_layer_behind(chain(InputSpec("input", (None, 9)), (DENSE,)), LayerSpec("Softmax", "behind"))
    assert longer.calls[-1].inputs == (Ref("call", 0),)
    assert longer.outputs == (Ref("call", 1),)


def test_one_size_with_its_digits_in_another_order_is_a_typo() -> None:
    means = {mend.means: mend.cost for mend in data.declared(fed((None, 1, 1876, 3), (30, 1, 1867, 3)))}
    assert means == {"1876 and 1867 have the same digits: most likely a typo.": 1}
    assert [mend.means for mend in data.declared(fed((None, 21, 6), (70, 12, 6)))] == [""], "too short to tell"


def test_sides_of_pictures_whose_channels_are_in_front() -> None:
    """(None, 1, 16, 20) for a target of (1, 13, 20): the height is cropped; the layer says where the channels are."""
    spec = ModelSpec(
        (InputSpec("input", (None, 1, 16, 20)),),
        (LayerSpec("Conv2D", "conv", (("filters", 1), ("kernel_size", 1), ("data_format", "channels_first"))),),
        (CallSpec(0, (Ref("input", 0),)),),
        (Ref("call", 0),),
        checks=(Check("fit", ((8, 1, 16, 20),), ((8, 1, 13, 20),), "mse"),),
    )
    broken = Broken(spec, outputs=((None, 1, 16, 20),))
    assert codes(sides.sides_cropped_or_padded, broken) == [
        'layers.Cropping2D(((1, 2), (0, 0)), data_format="channels_first")'
    ]
