"""Summaries that today's Keras and tf_keras really print are rebuilt to the last parameter."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from explainers.reading.diagnosing import diagnose, read


def stack(k: Any) -> Any:
    names = k.layers
    return k.Sequential(
        [k.Input((20, 7)), names.LSTM(9, return_sequences=True), names.GRU(8), names.Dropout(0.2), names.Dense(3)]
    )


def convolutions(k: Any) -> Any:
    names = k.layers
    blocks = [
        names.Conv1D(11, 5),
        names.BatchNormalization(),
        names.MaxPooling1D(3),
        names.Conv1D(4, 3, padding="same"),
    ]
    return k.Sequential([k.Input((50, 30)), *blocks, names.Flatten(), names.Dense(2)])


def words(k: Any) -> Any:
    names = k.layers
    both = names.Bidirectional(names.LSTM(12, return_sequences=True))
    return k.Sequential([k.Input((30,)), names.Embedding(500, 16), both, names.TimeDistributed(names.Dense(5))])


def pictures(k: Any) -> Any:
    names = k.layers
    blocks = [names.Conv2D(8, 5), names.MaxPooling2D(), names.Conv2D(6, 3, strides=2, padding="same"), names.Flatten()]
    return k.Sequential([k.Input((28, 30, 3)), *blocks, names.Dense(10)])


def branches(k: Any) -> Any:
    names = k.layers
    a, b = k.Input((10,)), k.Input((12, 4))
    both = names.Add()([names.Dense(6)(a), names.SimpleRNN(6)(b)])
    return k.Model([a, b], names.Dense(1)(names.Concatenate()([both, a])))


def translator(k: Any) -> Any:
    names = k.layers
    source, target = k.Input((None, 5)), k.Input((None, 4))
    _, h, c = names.LSTM(7, return_state=True)(source)
    return k.Model([source, target], names.Dense(3)(names.LSTM(7, return_sequences=True)(target, initial_state=[h, c])))


def films(k: Any) -> Any:
    names = k.layers
    wrapped = [names.Conv2D(5, 3), names.MaxPooling2D(2), names.Flatten()]
    rows = [names.TimeDistributed(inner) for inner in wrapped]
    return k.Sequential([k.Input((8, 20, 22, 3)), *rows, names.LSTM(13), names.Dense(6)])


def attention(k: Any) -> Any:
    names = k.layers
    source = k.Input((15, 8))
    read = names.LSTM(12, return_sequences=True)(source)
    weights = names.Flatten()(names.Dense(1, activation="tanh")(read))
    weights = names.Permute((2, 1))(names.RepeatVector(12)(weights))
    return k.Model(source, names.Dense(3)(names.Flatten()(names.Multiply()([read, weights]))))


def residual(k: Any) -> Any:
    names = k.layers
    source = k.Input((20, 6))
    sums = names.LayerNormalization()(names.Add()([names.Conv1D(6, 3, padding="same")(source), source]))
    return k.Model(source, names.GlobalMaxPooling1D()(sums))


def separable(k: Any) -> Any:
    names = k.layers
    blocks = [names.SeparableConv1D(12, 5), names.GRU(7, reset_after=False), names.Dense(9, use_bias=False)]
    return k.Sequential([k.Input((60, 4)), *blocks])


BUILDERS: tuple[Callable[[Any], Any], ...] = (stack, convolutions, words, pictures, branches, translator)
MORE: tuple[Callable[[Any], Any], ...] = (films, attention, residual, separable)


def printed(model: Any, width: int | None = None) -> str:
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line), line_length=width)
    return "\n".join(lines)


@pytest.mark.parametrize("build", [*BUILDERS, *MORE], ids=lambda build: build.__name__)
def test_a_narrow_table_that_cuts_words_and_numbers_says_the_same(build: Callable[[Any], Any]) -> None:
    """tf_keras cuts a cell anywhere: "(None, None, 4" above "0)", a count of 1008 as "100" above "8"."""
    model = build(import_module("tf_keras"))
    wide, narrow = read(printed(model)), read(printed(model, 60))
    assert wide.spec is not None
    assert narrow.spec is not None
    assert (wide.unread, narrow.unread) == ((), ())
    assert narrow.spec.layers == wide.spec.layers
    assert narrow.spec.inputs == wide.spec.inputs


@pytest.mark.parametrize("made", [9, 99, 999])
@pytest.mark.parametrize("build", [branches, translator], ids=lambda build: build.__name__)
def test_links_that_a_narrow_column_cut_off_are_found_by_what_fits(build: Callable[[Any], Any], made: int) -> None:
    """``input_layer_130[…``, ``input_layer_10…``: the more layers a session has made, the longer are their names."""
    keras = import_module("keras")
    keras.backend.clear_session(free_memory=False)
    for prefix in ("input_layer", "lstm", "dense", "simple_rnn", "concatenate") * made:
        keras.backend.get_uid(prefix)
    model = build(keras)
    found = read(printed(model))
    assert found.unread == ()
    assert found.spec is not None
    rows = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    read_by = {found.spec.layers[call.layer].name: len(call.inputs) + len(call.states) for call in found.spec.calls}
    assert read_by == {layer.name: len(layer._inbound_nodes[0].input_tensors) for layer in rows}


@pytest.mark.parametrize("package", ["keras", "tf_keras"])
@pytest.mark.parametrize("build", MORE, ids=lambda build: build.__name__)
def test_the_counts_of_a_table_give_each_layer_back(package: str, build: Callable[[Any], Any]) -> None:
    """Read only: no row is left out, and none is said to be impossible."""
    model = build(import_module(package))
    found = read(printed(model))
    assert found.unread == ()
    assert found.spec is not None
    classes = [type(layer).__name__ for layer in model.layers if type(layer).__name__ != "InputLayer"]
    assert [layer.class_name for layer in found.spec.layers] == classes
    assert "can't be right" not in found.cause


@pytest.mark.parametrize("package", ["keras", "tf_keras"])
@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
def test_a_printed_summary_is_rebuilt(package: str, build: Callable[[Any], Any]) -> None:
    model = build(import_module(package))
    found = diagnose(printed(model))
    assert found.kind == "summary"
    assert found.unread == ()
    assert found.model is not None
    assert found.model["error"] is None
    assert found.model["total_params"] == model.count_params()


def test_layers_that_have_only_a_sheet_are_rebuilt_too() -> None:
    """No way of their own to take their counts apart: made with likely arguments, and held against the sheet."""
    keras = import_module("keras")
    names = keras.layers
    picture, query = keras.Input((12, 10, 6)), keras.Input((11, 6))
    blocks = [names.Resizing(8, 9), names.GroupNormalization(3), names.RMSNormalization(), names.RandomContrast(0.3)]
    made = picture
    for block in (*blocks, names.AdaptiveAveragePooling2D((4, 5)), names.Reshape((20, 6)), names.Identity()):
        made = block(made)
    model = keras.Model([picture, query], names.AdditiveAttention()([query, made]))
    found = diagnose(printed(model))
    assert found.unread == ()
    assert found.model is not None
    assert found.model["error"] is None
    assert found.model["total_params"] == model.count_params()
    rebuilt = [layer["class"] for layer in found.model["layers"]]
    assert sorted(rebuilt) == sorted(type(layer).__name__ for layer in model.layers)


def test_a_count_that_a_narrow_window_cut_off_is_said_to_be_missing_not_to_be_zero() -> None:
    keras = import_module("keras")
    text = printed(keras.Sequential([keras.Input((9, 6)), keras.layers.GroupNormalization(3, name="groups")]), 79)
    cut = "\n".join(line[:62] for line in text.split("\n") if "params" not in line)
    assert read(cut).unread == ("groups: neither its count nor what it reads is printed",)


KERAS_2 = """
_________________________________________________________________
Layer (type)                 Output Shape              Param #
=================================================================
gru_9 (GRU)                  (None, 64, 16)            {count}
_________________________________________________________________
dense_1 (Dense)              (None, 64, 8)             136
=================================================================
"""


def test_an_old_table_has_the_old_gru() -> None:
    found = read(KERAS_2.format(count=1536))
    assert found.dims["gru_9.units"] == 16
    assert found.dims["gru_9.features"] == 15
    assert found.spec is not None
    assert found.spec.layers[0].get("reset_after") is False


def test_what_stays_ambiguous_is_asked() -> None:
    assert read(KERAS_2.format(count=1536)).questions == (
        "gru_9: units 16, reset_after False, return_sequences True, 15 features or "
        "units 16, return_sequences True, 14 features?",
    )


def test_a_row_that_cannot_be_right_is_named_with_the_reason() -> None:
    wrong = KERAS_2.format(count=1536).replace("136", "152")
    assert (
        "dense_1 can't be right: with (None, 64, 16) before it and (None, 64, 8) after it, no Dense has 152"
        in read(wrong).cause
    )
    assert "the count fits 18 features, not 16" in read(wrong).cause


def test_a_column_that_cuts_a_shape_leaves_its_last_size_open() -> None:
    table = (
        "Layer (type)                    Output Shape         Param #     Connected to\n"
        "==================================================================================================\n"
        "input_1 (InputLayer)            (None, 8, 16, 240)   0\n"
        "reshape_25 (Reshape)            (None, 8, 1, 240, 24 0           input_1[0][0]\n"
    )
    assert [tuple(axis.size for axis in shape) for shape in read(table).shapes][:2] == [
        (None, 8, 16, 240),
        (None, 8, 1, 240, None),
    ]


MULTIPLE = """Model: "{name}"
Layer (type)                 Output Shape              Param #
=================================================================
{rows}
=================================================================
"""


def multiple(*rows: tuple[str, str, int]) -> str:
    """The table of a subclassed model, which prints no shapes: name, class and count of each row."""
    lines = "\n".join(f"{f'{name} ({cls})':29}multiple                  {count}" for name, cls, count in rows)
    return MULTIPLE.format(name="net", rows=lines)


TEXT = multiple(("embedding_4", "Embedding", 23552), ("gru_4", "GRU", 107400), ("dense_4", "Dense", 9292))


def test_counts_without_shapes_are_solved_together() -> None:
    """23,552 and 9,292 alone have dozens of readings; with the 107,400 between them there is one."""
    found = read(TEXT)
    assert found.spec is not None
    assert [dict(layer.arguments) for layer in found.spec.layers] == [
        {"input_dim": 92, "output_dim": 256},
        {"units": 100},
        {"units": 92},
    ]
    assert found.dims["gru_4.features"] == 256
    assert found.spec.assumed == ()


def test_what_the_counts_leave_open_is_a_choice() -> None:
    found = read(TEXT)
    assert [(ask.key, ask.options, ask.value) for ask in found.asks] == [
        ("gru_4.return_sequences", ("False", "True"), "False")
    ]
    chosen = read(TEXT, entries={"gru_4.return_sequences": "True"})
    assert chosen.spec is not None
    assert chosen.spec.layers[1].get("return_sequences") is True
    assert chosen.questions == ()
    assert chosen.asks[0].answered


def test_one_count_has_several_readings_and_the_learner_chooses() -> None:
    found = read(multiple(("dense_12", "Dense", 12)))
    assert found.asks[0].options == (
        "units 1, 11 features",
        "units 2, 5 features",
        "units 3, 3 features",
        "units 4, 2 features",
        "units 6, 1 feature",
    )
    assert found.dims["dense_12.units"] == 1
    chosen = diagnose(multiple(("dense_12", "Dense", 12)), entries={"dense_12": "units 4, 2 features"})
    assert chosen.dims["dense_12.units"] == 4
    assert chosen.model is not None
    assert chosen.model["total_params"] == 12


def test_a_choice_narrows_what_the_other_counts_can_be() -> None:
    """(features + 1) × units = 20 and 24: what the first gives is what the second reads."""
    rows = multiple(("first", "Dense", 20), ("last", "Dense", 24))
    options = {ask.key: ask.options for ask in read(rows).asks}
    assert {"units 1, 19 features", "units 2, 9 features"} < set(options["first"])
    chosen = read(rows, entries={"first": "units 5, 3 features"})
    assert chosen.dims["last.units"] == 4
    assert "last" not in {ask.key for ask in chosen.asks}


@pytest.mark.parametrize("build", [stack, words], ids=lambda build: build.__name__)
def test_a_subclassed_model_is_rebuilt_from_its_counts(build: Callable[[Any], Any]) -> None:
    """Every shape of a printed table is blotted out; the counts lead back to the same layers."""
    layers = [layer for layer in build(import_module("tf_keras")).layers if type(layer).__name__ != "InputLayer"]
    found = read(multiple(*[(layer.name, type(layer).__name__, layer.count_params()) for layer in layers]))
    assert found.spec is not None
    assert [layer.class_name for layer in found.spec.layers] == [type(layer).__name__ for layer in layers]
    counted = diagnose(found.text)
    assert counted.model is not None
    assert counted.model["total_params"] == sum(layer.count_params() for layer in layers)


def test_rows_in_another_order_than_their_calls_are_told_apart() -> None:
    found = read(multiple(("dense_2", "Dense", 6), ("lstm_2", "LSTM", 1624)))
    assert found.spec is not None
    assert len(found.spec.inputs) == 2  # no Dense of 1, 2 or 3 units stands in front of an LSTM with so many weights


def test_a_model_that_was_not_built_takes_the_sizes_that_are_said() -> None:
    table = (
        "┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃\n"
        "│ lstm_6 (LSTM)                   │ ?                      │   0 (unbuilt) │\n"
        "│ dense_12 (Dense)                │ ?                      │   0 (unbuilt) │\n"
    )
    asked = {ask.key: int(ask.value) for ask in read(table).asks}
    assert set(asked) == {"lstm_6.units", "dense_12.units", "timesteps", "features"}
    assert len(set(asked.values())) == len(asked)  # no example can be taken for another
    found = diagnose(table, entries={"lstm_6.units": "11", "features": "3"})
    assert found.model is not None
    assert found.model["total_params"] == 4 * 11 * (3 + 11 + 1) + (11 + 1) * asked["dense_12.units"]


def test_a_table_written_with_bars_and_no_rules_has_all_its_rows() -> None:
    found = read(
        "| Layer (type)       |         Output Shape       |       Param #   \n"
        "|--------------------|----------------------------|-----------------|\n"
        "| embedding (Embedding) |    (None, 32, 64)       |     768000    |\n"
        "| gru (GRU)             |(None, 32, 48)           |  16416     |\n"
        "| dense (Dense)         |  (None, 32, 7)          |   343      |\n"
    )
    assert found.spec is not None
    assert [layer.class_name for layer in found.spec.layers] == ["Embedding", "GRU", "Dense"]


def test_a_wrapper_around_something_unknown_is_not_called_impossible() -> None:
    """TimeDistributed(MaxoutDense(16, nb_feature=3)) of Keras 1 had 3 × 16 × (5 + 1) = 288."""
    found = read(
        "Layer (type)                 Output Shape              Param #\n"
        "input_1 (InputLayer)         (None, 27, 5)             0\n"
        "time_distributed_1 (TimeDist (None, 27, 16)            288\n"
    )
    assert "can't be right" not in found.cause
    assert "no layer that this app looks for inside a TimeDistributed has 288 parameters" in found.cause


def test_a_merge_whose_inputs_are_cut_off_is_not_called_impossible() -> None:
    found = read(
        "Layer (type)                    Output Shape         Param #     Connected to\n"
        "==================================================================================================\n"
        "features (InputLayer)           [(None, 16, 18)]     0\n"
        "lstm (LSTM)                     (None, 20)           3120        features[0][0]\n"
        "score (Dot)                     (None, 24)           0           lstm[0][0]\n"
    )
    assert "can't be right" not in found.cause
    assert found.unread == ("score: the table doesn't show all rows that it joins",)


def test_the_input_of_a_foreign_table_is_an_input() -> None:
    found = read(
        "Layer (type)                    Output Shape            Param #     Previous Layer\n"
        "==========================================================================\n"
        "data(null)                      30                      0\n"
    )
    assert found.spec is not None
    assert [tensor.shape for tensor in found.spec.inputs] == [(None, 30)]
    assert "this table isn't Keras' own: it has a column \"Previous Layer\" and no batch axis" in found.unread


@pytest.mark.parametrize(
    ("text", "shape", "count"),
    [
        ("hidden_2 (Dense)    (None, 12)    468", (None, 38), 468),
        ("│ conv (Conv2D)  │ (None, 26, 22, 9)  │  468 │", (None, 28, 24, 5), 414),
        ("Why does my summary say hidden_2 (Dense) (None, 12) 468?", (None, 38), 468),
        ("gru_1 (GRU) (None, 15, 7) has 420 params, why?", (None, 15, 11), 420),
    ],
)
def test_a_single_row_is_a_summary(text: str, shape: tuple[int | None, ...], count: int) -> None:
    found = read(text.replace("468 │", f"{count} │"))
    assert found.kind == "summary"
    assert found.spec is not None
    assert found.spec.inputs[0].shape == shape
    assert next(value for name, value in found.numbers.items() if name.endswith(".params")) == count


def test_a_row_with_a_kind_that_is_no_layer_is_no_summary() -> None:
    assert read("results (Table) (None, 12) 468").kind != "summary"
