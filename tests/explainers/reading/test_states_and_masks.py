"""Recurrent layers taken apart, batches of states, masks along time, tables of positions: each kind, run live."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest

from explainers.reading.diagnosing import diagnose
from explainers.reading.diagnosis import Diagnosis
from explainers.reading.patching.patch import applied

UNITS, STEPS, FEATURES = 11, 7, 5


def found(text: str) -> Diagnosis:
    return diagnose(text)


def runs(text: str, diff: str) -> dict[str, object]:
    """The mended program, run by Python itself."""
    names: dict[str, object] = {}
    exec(applied(text, diff), names)
    return names


# -- names on the left of a call ------------------------------------------------------------------------------------

LAYERS = {
    "LSTM": ("layers.LSTM({u}, return_state=True)", 3),
    "GRU": ("layers.GRU({u}, return_state=True)", 2),
    "SimpleRNN": ("layers.SimpleRNN({u}, return_state=True)", 2),
    "Bidirectional LSTM": ("layers.Bidirectional(layers.LSTM({u}, return_state=True))", 5),
    "Bidirectional GRU": ("layers.Bidirectional(layers.GRU({u}, return_state=True))", 3),
}


def unpacked(layer: str, names: list[str], read: str) -> str:
    return (
        "import keras\nfrom keras import layers\n"
        f"x = keras.Input(({STEPS}, {FEATURES}))\n"
        f"{', '.join(names)} = {layer.format(u=UNITS)}(x)\n"
        f"model = keras.Model(x, layers.Dense(3)({read}))\n"
    )


@pytest.mark.parametrize(("kind", "count"), list(itertools.product(LAYERS, (2, 3, 4, 5))))
def test_as_many_names_as_a_layer_returns(kind: str, count: int) -> None:
    """The cause counts what the layer returns; what is offered first runs as a program."""
    layer, returned = LAYERS[kind]
    names = ["out", "a", "b", "c", "d"][:count]
    text = unpacked(layer, names, "out")
    seen = found(text)
    if count == returned:
        assert seen.mistake is None, seen.cause
        return
    assert seen.mistake == "output_count"
    assert f"returns {returned} tensors: its output" in seen.cause
    assert f"There are {count} names on the left." in seen.cause
    assert seen.fixes[0].tried is not None
    assert seen.fixes[0].tried.ran
    model = runs(text, seen.fixes[0].diff)["model"]
    assert isinstance(model, keras.Model)
    assert model.output_shape == (None, 3)


def test_a_message_beside_the_code_is_told_with_the_layers_own_count() -> None:
    """ "too many values to unpack" says one number; the layer in the code says the other."""
    text = unpacked(LAYERS["Bidirectional LSTM"][0], ["out", "h", "c"], "h")
    seen = found(f"{text}\nValueError: too many values to unpack (expected 3)")
    assert seen.cause == (
        "bidirectional (Bidirectional) returns 5 tensors: its output, then h and c of its forward layer, then h and c "
        "of its backward layer. There are 3 names on the left."
    )
    assert seen.fixes[0].label == "Unpack the states of both directions, and join each pair."
    model = runs(f"{text}\n", seen.fixes[0].diff)["model"]
    assert isinstance(model, keras.Model)


def test_states_of_a_gru_that_are_both_used_need_an_lstm() -> None:
    text = (
        "import keras\nfrom keras import layers\n"
        f"x = keras.Input(({STEPS}, {FEATURES}))\n"
        f"out, h, c = layers.GRU({UNITS}, return_state=True)(x)\n"
        "x2 = keras.Input((9, 4))\n"
        f"y = layers.LSTM({UNITS})(x2, initial_state=[h, c])\n"
        "model = keras.Model([x, x2], y)\n"
    )
    seen = found(text)
    assert seen.fixes[0].label == "Make gru an LSTM: it returns two states, h and c."
    model = runs(text, seen.fixes[0].diff)["model"]
    assert isinstance(model, keras.Model)
    assert model.predict([np.zeros((2, STEPS, FEATURES)), np.zeros((2, 9, 4))], verbose=0).shape == (2, UNITS)


READERS = {
    "layers.Dense(3)(h)": (None, STEPS, 3),
    "layers.Flatten()(h)": (None, STEPS * UNITS),
    "layers.GRU(4)(h)": (None, 4),
    "layers.TimeDistributed(layers.Dense(3))(h)": (None, STEPS, 3),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_one_name_for_all_that_a_layer_returns(reader: str, kind: str) -> None:
    """A layer of one tensor refuses the list: each change gives it the output alone."""
    text = (
        "import keras\nfrom keras import layers\n"
        f"x = keras.Input(({STEPS}, {FEATURES}))\n"
        f"h = layers.{kind}({UNITS}, return_sequences=True, return_state=True)(x)\n"
        f"model = keras.Model(x, {reader})\n"
    )
    seen = found(text)
    assert seen.mistake == "output_count"
    assert "a single name holds all of them" in seen.cause
    assert len(seen.fixes) > 1
    for fix in seen.fixes[:2]:
        model = runs(text, fix.diff)["model"]
        assert isinstance(model, keras.Model)
        assert model.output_shape == READERS[reader]


@pytest.mark.parametrize(
    "lines",
    [
        "y = layers.Dense(3)(h[0])",
        "y = layers.Concatenate()(h[1:])",
        "y = layers.Add()([h[-1], h[-2]])",
        "y, *states = h\ny = layers.LSTM(9)(y, initial_state=states)",
        "y = layers.LSTM(9)(x, initial_state=h[1:])",
    ],
)
def test_a_part_of_what_a_layer_returns_is_read_as_python_does(lines: str) -> None:
    text = (
        "import keras\nfrom keras import layers\n"
        f"x = keras.Input(({STEPS}, {FEATURES}))\n"
        "h = layers.LSTM(9, return_sequences=True, return_state=True)(x)\n"
        f"{lines}\nmodel = keras.Model(x, y)\n"
    )
    names: dict[str, object] = {}
    exec(text, names)
    model = names["model"]
    assert isinstance(model, keras.Model)
    seen = found(text)
    assert seen.mistake is None, seen.cause
    assert seen.model is not None
    assert seen.numbers["total_params"] == model.count_params()


@pytest.mark.parametrize("name", ["Attention()([x, x]", "MultiHeadAttention(2, 3)(x, x"])
def test_attention_returns_its_scores_where_it_is_asked_for_them(name: str) -> None:
    text = (
        "import keras\nfrom keras import layers\n"
        f"x = keras.Input(({STEPS}, {FEATURES}))\n"
        f"y, scores = layers.{name})\nmodel = keras.Model(x, layers.Dense(3)(y))\n"
    )
    seen = found(text)
    assert seen.mistake == "output_count"
    assert "returns 1 tensor: its output; with return_attention_scores=True" in seen.cause
    for fix in seen.fixes[:2]:
        assert isinstance(runs(text, fix.diff)["model"], keras.Model)
    sound = found(text.replace(f"{name})", f"{name}, return_attention_scores=True)"))
    assert sound.mistake is None, sound.cause


# -- a batch that the code fixes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("batch", "samples"), [(32, 1257), (6, 41), (10, 99)])
def test_the_old_message_of_stateful_batches_is_told_with_the_codes_batch(batch: int, samples: int) -> None:
    text = (
        "model = Sequential()\n"
        f"model.add(LSTM(13, batch_input_shape=({batch}, 10, 4), stateful=True))\n"
        "model.add(Dense(1))\n"
        "ValueError: In a stateful network, you should only pass inputs with a number of samples that can be divided "
        f"by the batch size. Found: {samples} samples"
    )
    seen = found(text)
    rest = samples % batch
    assert seen.mistake == "stateful_batch"
    assert seen.cause.startswith(f"{samples} samples can't be cut into batches of {batch}: {rest} ")
    assert any(f"a multiple of {batch} samples" in fix.label for fix in seen.fixes)


# -- masks of TimeDistributed ---------------------------------------------------------------------------------------

REFUSED = (
    "ValueError: Exception encountered when calling TimeDistributed.call().\n"
    "`TimeDistributed` Layer should be passed a `mask` of shape {wanted}, received: mask.shape={mask}\n"
)


def test_a_mask_of_other_steps_in_time_distributed() -> None:
    seen = found(REFUSED.format(wanted="(4, 5, ...)", mask="(4, 6)"))
    assert seen.mistake == "mask"
    assert seen.cause == (
        "The mask has 6 timesteps, the sequence has 5: a mask has one entry for each timestep, (batch, timesteps)."
    )
    assert "(4, 5)" in seen.fixes[0].label


def test_a_right_mask_that_early_versions_refuse_is_not_called_wrong() -> None:
    seen = found(REFUSED.format(wanted="(None, None, ...)", mask="(None, 8)") + "model.add(TimeDistributed(Dense(1)))")
    assert "The mask (None, 8) is right" in seen.cause
    assert "without TimeDistributed" in seen.fixes[0].label


# -- attention between layers, tables of positions ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Attention", "AdditiveAttention"])
def test_a_query_of_another_width_than_the_key_is_made_as_wide(name: str) -> None:
    text = (
        "import keras\nfrom keras import layers\n"
        "a, b = keras.Input((9,)), keras.Input((6,))\n"
        "enc = layers.LSTM(12, return_sequences=True)(layers.Embedding(50, 8)(a))\n"
        "dec = layers.LSTM(20, return_sequences=True)(layers.Embedding(70, 8)(b))\n"
        f"att = layers.{name}()([dec, enc])\n"
        "model = keras.Model([a, b], layers.Concatenate()([dec, att]))\n"
    )
    seen = found(text)
    assert seen.mistake == "attention_shapes"
    assert seen.fixes[0].label == "Make the query 12 wide, like the key."
    model = runs(text, seen.fixes[0].diff)["model"]
    assert isinstance(model, keras.Model)
    assert model.predict([np.zeros((2, 9)), np.zeros((2, 6))], verbose=0).shape == (2, 6, 32)


@pytest.mark.parametrize(
    ("sequence", "table", "label"),
    [
        ((64, 132, 128), (1, 100, 128), "Make the table 132 rows long, one for each step of the sequence."),
        ((64, 40, 128), (1, 100, 128), "Take as many rows of the table as the sequence has steps: 40 of 100."),
        ((64, 40, 512), (1, 100, 256), "Make the table of positions 512 wide, like the sequence."),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_table_of_positions(sequence: tuple[int, ...], table: tuple[int, ...], label: str, turned: bool) -> None:
    one, other = (table, sequence) if turned else (sequence, table)
    seen = found(f"InvalidArgumentError: Incompatible shapes: {[*one]} vs. {[*other]} [Op:AddV2]")
    assert seen.fixes[0].label == label


def test_a_mask_of_words_is_multiplied_in_a_layer_and_not_in_the_loss() -> None:
    """An operation inside of a layer with a name: what the code makes next to it is no output that meets a target."""
    seen = found(
        "ValueError: Dimensions must be equal, but are 15 and 40 for 'attention_network_2/mul' (op: 'Mul') with input "
        "shapes: [?,15], [?,15,40].\n\nEmbedding(90, 40, input_length=15, mask_zero=True)"
    )
    assert seen.mistake == "operand_sizes"
    assert seen.fixes[0].label == "Add an axis of size 1 to a, the first operand: at the end."
    assert "loss" not in seen.cause


# -- vectors where attention compares steps --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["MultiHeadAttention(2, 4)", "Attention()", "AdditiveAttention()"])
@pytest.mark.parametrize("inner", ["layers.LSTM(6)", "layers.GRU(6)", "layers.Bidirectional(layers.LSTM(3))"])
def test_the_last_output_attends_to_nothing(name: str, inner: str) -> None:
    given = "(h, h)" if name.startswith("Multi") else "([h, h])"
    text = (
        "import keras\nfrom keras import layers\nx = keras.Input((20, 8))\n"
        f"h = {inner}(x)\n"
        f"model = keras.Model(x, layers.Dense(3)(layers.{name}{given}))\n"
    )
    seen = found(text)
    assert seen.mistake == "layer_rank"
    assert "return its output at every timestep" in seen.fixes[0].label
    model = runs(text, seen.fixes[0].diff)["model"]
    assert isinstance(model, keras.Model)
    assert model.predict(np.zeros((2, 20, 8)), verbose=0).shape == (2, 20, 3)


# -- states ----------------------------------------------------------------------------------------------------------

ENCODERS = {
    "layers.LSTM(12, return_sequences=True)": ("layers.LSTM", 12),
    "layers.GRU(12, return_sequences=True)": ("layers.GRU", 12),
    "layers.Bidirectional(layers.LSTM(6, return_sequences=True))": ("layers.LSTM", 12),
    "layers.Bidirectional(layers.GRU(6))": ("layers.GRU", 9),
}


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("given", ["enc", "[enc]"])
def test_the_outputs_of_an_encoder_are_no_states(encoder: str, given: str) -> None:
    decoder, units = ENCODERS[encoder]
    text = (
        "import keras\nfrom keras import layers\n"
        "a, b = keras.Input((7, 5)), keras.Input((9, 4))\n"
        f"enc = {encoder}(a)\n"
        f"dec = {decoder}({units}, return_sequences=True)(b, initial_state={given})\n"
        "model = keras.Model([a, b], layers.Dense(3)(dec))\n"
    )
    seen = found(text)
    assert seen.mistake == "initial_state"
    assert seen.fixes[0].label.startswith("Pass the states of ")
    model = runs(text, seen.fixes[0].diff)["model"]
    assert isinstance(model, keras.Model)
    assert model.predict([np.zeros((2, 7, 5)), np.zeros((2, 9, 4))], verbose=0).shape == (2, 9, 3)


@pytest.mark.parametrize(("padding", "state", "frame"), [
    ("same", (6, 8, 3), (6, 8, 5)), ("valid", (6, 8, 5), (4, 6, 5)), ("same", (6, 8, 5), None),
])  # fmt: skip
def test_a_state_of_conv_lstm_is_a_frame_of_its_output(
    padding: str, state: tuple[int, ...], frame: tuple[int, ...] | None
) -> None:
    text = (
        "import keras\nfrom keras import layers\n"
        f"x, s = keras.Input((4, 6, 8, 3)), keras.Input({state})\n"
        f"y = layers.ConvLSTM2D(5, 3, padding='{padding}', return_sequences=True)(x, initial_state=[s, s])\n"
        "model = keras.Model([x, s], y)\n"
    )
    seen = found(text)
    if frame is None:
        assert seen.mistake is None
        return
    assert seen.mistake == "initial_state"
    assert f"a frame of its output, {(None, *frame)}; {(None, *state)} was given" in seen.cause
    model = runs(text, seen.fixes[0].diff)["model"]
    assert isinstance(model, keras.Model)
    assert model.predict([np.zeros((2, 4, 6, 8, 3)), np.zeros((2, *frame))], verbose=0).shape == (2, 4, *frame)


CELLS = "however `cell.state_size` is {wanted}"


@pytest.mark.parametrize(("wanted", "states"), [("[128]", 1), ("[128, 128]", 2), ("(128, 128)", 2)])
def test_as_many_states_are_offered_as_the_message_asks_for(wanted: str, states: int) -> None:
    seen = found(
        "ValueError: An `initial_state` was passed that is not compatible with `cell.state_size`. Received "
        "`state_spec`=ListWrapper([InputSpec(shape=(None, 9, 128), ndim=3), InputSpec(shape=(None, 128), ndim=2)]); "
        + CELLS.format(wanted=wanted)
    )
    assert seen.mistake == "initial_state"
    told = [fix.label for fix in seen.fixes if fix.tried is not None]
    assert any(f"{states} state{'s' * (states > 1)} of 128 units" in label for label in told), told


def test_whole_layers_among_the_cells_of_a_stack() -> None:
    seen = found(
        "ValueError: ('All cells must have a `state_size` attribute. received cells:', "
        "[<tensorflow.python.keras.layers.cudnn_recurrent.CuDNNLSTM object at 0x13aa1c940>])"
    )
    assert seen.cause == ("A stack is made of cells, each of which handles one timestep; CuDNNLSTM is a whole layer.")
    assert seen.fixes[0].label == "Stack cells instead of layers: LSTMCell instead of CuDNNLSTM."
    layer = keras.layers.RNN([keras.layers.LSTMCell(4) for _ in range(2)])
    assert layer(keras.Input((7, 5))).shape == (None, 4)


def test_masks_that_are_joined_are_no_reason_to_refuse_a_program() -> None:
    """Keras joins two masks by an operation that it would give the name of the layer."""
    seen = found(
        "a, b = Input((5,)), Input((9,))\n"
        "x = Concatenate(axis=1)([Embedding(8, 4, mask_zero=True)(a), Embedding(20, 4, mask_zero=True)(b)])\n"
        "model = Model([a, b], Dense(1)(LSTM(6)(x)))\n"
    )
    assert seen.mistake is None
    assert seen.title == "" or "refuses" not in seen.title
    assert seen.model is not None


def test_an_embedding_is_declared_with_one_id_for_each_step() -> None:
    text = (
        "import keras\nfrom keras import layers\n"
        "x = keras.Input((12, 700))\n"
        "model = keras.Model(x, layers.LSTM(6)(layers.Embedding(700, 5)(x)))\n"
    )
    seen = found(text)
    assert seen.fixes[0].label == "Declare one id for each step: (12,) without the 700."
    model = runs(text, seen.fixes[0].diff)["model"]
    assert isinstance(model, keras.Model)
    assert model.output_shape == (None, 6)


def test_a_row_of_numbers_that_attends_to_itself() -> None:
    text = (
        "import keras\nfrom keras import layers\n"
        "x = keras.Input((18,))\n"
        "model = keras.Model(x, layers.MultiHeadAttention(2, 3)(x, x))\n"
    )
    seen = found(text)
    assert seen.fixes[0].label == "Declare each of the 18 numbers as one step: (18, 1)."
    model = runs(text, seen.fixes[0].diff)["model"]
    assert isinstance(model, keras.Model)
    assert model.output_shape == (None, 18, 1)


def test_a_product_of_a_sequence_and_a_vector() -> None:
    seen = found(
        "ValueError: Shape must be rank 2 but is rank 3 for 'attention_score/MatMul' (op: 'MatMul') with input shapes: "
        "[?,20,32], [?,32]"
    )
    assert seen.mistake == "layer_rank"
    assert seen.fixes[0].label == "Give the second one an axis of size 1 at the end: (None, 32, 1)."
    a, b = np.ones((2, 20, 32)), np.ones((2, 32))
    assert keras.ops.matmul(a, keras.ops.expand_dims(b, -1))[..., 0].shape == (2, 20)
    assert keras.ops.sum(a * b[:, None, :], axis=-1).shape == (2, 20)


def test_windows_that_come_one_by_one_are_batched_where_they_are_made() -> None:
    seen = found(
        "ds = keras.utils.timeseries_dataset_from_array(data, targets, sequence_length=24, batch_size=None)\n"
        "model = Sequential([LSTM(32, input_shape=(24, 7)), Dense(1)])\n"
        "model.compile(loss='mse')\nmodel.fit(ds)\n\n"
        'ValueError: Input 0 of layer "sequential" is incompatible with the layer: expected shape=(None, 24, 7), '
        "found shape=(24, 7)"
    )
    assert seen.fixes[0].label == "Let the data set yield batches of windows instead of single windows."
    assert "batch_size=32" in seen.fixes[0].diff
    assert not any("ds[" in fix.diff for fix in seen.fixes)


# -- how far a mask comes --------------------------------------------------------------------------------------------

BETWEEN = ["Conv1D(5, 3)", "MaxPooling1D(2)", "Reshape((6, 8))", "Permute((2, 1))", "ZeroPadding1D(1)",
           "RMSNormalization()", "Dense(5)", "Dropout(0.1)", "LayerNormalization()", "LSTM(5, return_sequences=True)",
           "Bidirectional(GRU(5, return_sequences=True))", "UpSampling1D(2)", "Cropping1D(1)"]  # fmt: skip


@pytest.mark.filterwarnings("ignore:Layer '")  # it says that the mask is lost
@pytest.mark.parametrize("between", BETWEEN)
def test_a_mask_that_is_lost_on_its_way(between: str) -> None:
    """Held against what Keras itself passes on."""
    names: dict[str, object] = {name: getattr(keras.layers, name) for name in dir(keras.layers) if name[:1].isupper()}
    code = f"Sequential([Input((12, 4)), Masking(0.0), {between}, LSTM(7), Dense(3)])"
    layer = eval(between, dict(names))
    kept = getattr(layer(keras.layers.Masking(0.0)(keras.Input((12, 4)))), "_keras_mask", None) is not None
    if "LSTM" in between or "GRU" in between:
        kept = True  # the layer passes it on when it runs
    seen = found(f"model = {code}\n")
    assert seen.mistake is None
    told = [note for note in seen.notes if "doesn't pass masks on" in note]
    assert bool(told) != kept
    if told:
        assert "So lstm (LSTM) reads all " in told[0]
        assert "steps, padding included." in told[0]
    asked = found(f"model = {code}\n\nDoes the LSTM still get the mask?")
    assert asked.title.startswith("The mask reaches " if kept else "The mask ends at ")
