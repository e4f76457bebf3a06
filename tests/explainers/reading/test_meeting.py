"""What meets and doesn't fit: the message is Keras' own, made here; what is offered is held against Keras and NumPy."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest

from explainers.core.axes import sizes
from explainers.core.finding import Change
from explainers.core.mistakes.kit.mending.broken import Broken
from explainers.core.mistakes.kit.mending.meeting import sequence_kept_in_front
from explainers.reading.diagnosing import diagnose, read
from explainers.reading.diagnosis import Diagnosis
from explainers.reading.live import attempt


def _said_by(work: Callable[[], object]) -> str:
    with pytest.raises(Exception) as refused:  # noqa: PT011  (whatever Keras raises is the text)
        work()
    return f"{type(refused.value).__name__}: {refused.value}"


def _tried(found: Diagnosis) -> tuple[Change, ...]:
    return tuple(fix for fix in found.fixes if fix.tried is not None and fix.tried.ran)


def _classifier(classes: int) -> keras.Sequential:
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(classes, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def _trained_on_label(classes: int, label: int) -> None:
    _classifier(classes).fit(np.zeros((9, 6)), np.full((9,), label), verbose=0)


def test_a_label_outside_the_classes_gets_a_class_or_counts_from_0() -> None:
    found = diagnose(_said_by(lambda: _trained_on_label(7, 7)))
    assert found.mistake == "target_shape"
    assert found.shapes == ()  # the range [0, 7) is no shape
    codes = [fix.code for fix in _tried(found)]
    assert codes[0] == "y = y - 1"
    assert set(codes) <= {"y = y - 1", "layers.Dense(8)"}
    _trained_on_label(8, 7)
    assert found.model is not None
    assert "label value of 7" in found.model["error"]["message"]


def test_a_label_far_outside_is_numbered_anew() -> None:
    found = diagnose(_said_by(lambda: _trained_on_label(3, 40)))
    assert "return_inverse" in _tried(found)[0].code


def test_an_output_and_a_target_that_differ_in_rows_alone_are_a_fixed_batch() -> None:
    node = "gradient_tape/compile_loss/mse/sub/BroadcastGradientArgs"  # Keras 3.15.1, 34 samples in batches of 14
    text = f"InvalidArgumentError: Graph execution error: Incompatible shapes: [6,1] vs. [14,1] [[{{{{node {node}}}}}]]"
    found = diagnose(text)
    assert found.mistake == "stateful_batch"
    assert (found.numbers["batch_size"], found.numbers["found_samples"]) == (14, 6)
    assert "// 14 * 14" in _tried(found)[0].code


def test_one_output_for_each_step_and_other_columns_need_both_changes() -> None:
    model = keras.Sequential([keras.Input((9, 4)), keras.layers.LSTM(6, return_sequences=True), keras.layers.Dense(3)])
    model.compile("sgd", "mse")
    found = diagnose(_said_by(lambda: model.fit(np.zeros((16, 9, 4)), np.zeros((16, 5)), verbose=0)))
    first = _tried(found)[0]
    assert first.code.endswith("layers.Dense(5)")
    assert first.tried is not None
    assert first.tried.output == (None, 5)


def test_add_prints_samples_and_its_pictures_keep_their_batch() -> None:
    layers = keras.layers
    found = diagnose(_said_by(lambda: layers.Add()([keras.Input((12, 10, 7)), keras.Input((12, 10, 9))])))
    assert "channels (axis 2) is 7 versus 9" in found.cause
    first = _tried(found)[0]
    assert first.tried is not None
    assert first.tried.output == (None, 12, 10, 9)


@pytest.mark.parametrize(
    ("first", "second", "axes", "offered"),
    [((5, 8), (4, 8), (1, 1), "axes=(2, 2)"), ((5, 8), (4, 6), (2, 2), "layers.Dense(8)(b)")],
)
def test_dot_needs_equal_axes_or_a_layer_that_makes_them(
    first: tuple[int, int], second: tuple[int, int], axes: tuple[int, int], offered: str
) -> None:
    dot = keras.layers.Dot(axes=axes)
    found = diagnose(_said_by(lambda: dot([keras.Input(first), keras.Input(second)])))
    assert "Dot" in found.title
    assert offered in _tried(found)[0].code


def test_weights_of_a_transposed_layer_are_turned() -> None:
    layer = keras.layers.Dense(8)
    layer.build((None, 5))
    text = _said_by(lambda: layer.set_weights([np.zeros((8, 5)), np.zeros(8)]))
    assert ".T" in _tried(diagnose(text))[0].code
    layer.set_weights([np.zeros((8, 5)).T, np.zeros(8)])


def test_a_recurrent_layer_behind_another_one_gets_its_sequence() -> None:
    model = keras.Sequential([keras.Input((11, 3)), keras.layers.LSTM(13, name="front")])
    text = _said_by(lambda: model.add(keras.layers.LSTM(5, name="lstm_2")))
    spec = read(text).spec
    assert spec is not None
    mend = next(sequence_kept_in_front(Broken(spec, 0, ((None, 13),))))
    assert mend.code == "layers.LSTM(13, return_sequences=True)"
    assert attempt(mend.spec).ran


def test_attention_without_a_value_isnt_called_an_old_argument() -> None:
    text = "TypeError: MultiHeadAttention.call() missing 1 required positional argument: 'value'"
    found = diagnose(text)
    assert found.mistake == "input_count"
    assert found.model is not None
    assert "'value'" in found.model["error"]["message"]


@pytest.mark.parametrize(("values", "shape"), [(1000, (10, 20, 7)), (2352, (28, 28)), (47040, (28, 28)), (30, (4, 5))])
def test_a_reshape_gets_shapes_that_hold_its_numbers(values: int, shape: tuple[int, ...]) -> None:
    text = _said_by(lambda: np.zeros(values).reshape(shape))
    for fix in _tried(read(text)):
        array = np.zeros(values)
        made = eval(fix.code, {"x": array})
        assert fix.tried is not None
        assert made.shape == fix.tried.output
    assert _tried(read(text))


@pytest.mark.parametrize(
    ("one", "other"), [((20, 1), (20, 6, 3)), ((20, 6, 1), (20, 6)), ((9, 14), (14, 9)), ((32, 10), (32, 8))]
)
def test_arrays_get_numpys_own_fixes_or_none(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    text = _said_by(lambda: np.zeros(one) + np.zeros(other))
    found = read(text)
    for fix in _tried(found):
        names = {"a": np.zeros(one), "b": np.zeros(other), "np": np}
        exec(fix.code, names)
        assert fix.tried is not None
        assert (names["a"] + names["b"]).shape == fix.tried.output in (one, other)  # type: ignore[operator]
    assert bool(_tried(found)) == ((one, other) != ((32, 10), (32, 8)))


@pytest.mark.parametrize(
    ("text", "mistake", "said"),
    [
        ("OOM when allocating tensor with shape[96,30,112,112] and type float", None, "0.1 GiB"),
        (
            "Unable to allocate 9.31 GiB for an array with shape (25000, 224, 224) and data type float64",
            None,
            "9.3 GiB",
        ),
        (
            "Cannot set tensor: Dimension mismatch. Got 96 but expected 160 for dimension 1 of input 0.",
            "data_size",
            "160",
        ),
        ("Cannot set tensor: Dimension mismatch. Got 3 but expected 4 for input 0.", "data_rank", "4"),
        ("ValueError: Found array with dim 3. MinMaxScaler expected <= 2.", "data_rank", "MinMaxScaler"),
        (
            "y_true and y_pred have different structures.\ny_true: *\ny_pred: ['*', '*', '*']",
            "target_shape",
            "3 output",
        ),
        (
            "`labels.shape` must equal `logits.shape` except for the last dimension. "
            "Received: labels.shape=(126,) and logits.shape=(14, 9)",
            "target_shape",
            "126 = 14 × 9",
        ),
    ],
)
def test_other_messages_are_told_with_their_numbers(text: str, mistake: str | None, said: str) -> None:
    found = read(text)
    assert found.mistake == mistake
    assert said in found.cause
    assert found.fixes


@pytest.mark.parametrize(("samples", "batch"), [(50_000, 32), (60_000, 128), (4_099, 32), (10_000, 10)])
def test_what_fit_shows_is_a_number_of_batches(samples: int, batch: int) -> None:
    count = len(range(0, samples, batch))
    found = read(f"It shows {count}/{count} while training but I have {samples:,} images. Why?")
    assert (found.kind, found.numbers["batch_size"]) == ("question", batch)


def test_words_with_a_slip_are_read() -> None:
    found = read("how many paramters has an LSTM with 24 unnits and 10 featurs?")
    layer = keras.layers.LSTM(24)
    layer.build((None, 3, 10))
    assert found.numbers["params"] == layer.count_params()


def test_an_output_for_each_step_is_explained_by_return_sequences() -> None:
    found = diagnose("why is my outptu (None, 9, 6)? i have a gru with 6 units and want one number per sample")
    assert "return_sequences=True" in found.cause
    (shown,) = [shape for shape in found.shapes if sizes(shape) == (None, 9, 6)]
    assert [axis.axis for axis in shown] == ["batch", "timesteps", "units"]


_CODE = """model = keras.Sequential([keras.Input((20, 8)), layers.LSTM(32, return_sequences=True), layers.LSTM(16)])
"""


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ('layer "lstm_1" is incompatible with the layer: expected ndim=3, found ndim=2. '
         "Full shape received: (None, 64)",
         ("(None, 64)", "(None, 20, 32)")),
        ('layer "sequential" is incompatible with the layer: expected shape=(None, 9, 4), found shape=(None, 9, 5)',
         ("(None, 9, 4)", "(None, 20, 8)")),
        ('layer "sequential" is incompatible with the layer: expected shape=(None, 20, 8), found shape=(None, 9, 8)',
         ()),
    ],
)  # fmt: skip
def test_message_and_code_that_contradict_each_other_are_both_told(message: str, told: tuple[str, ...]) -> None:
    found = read(f"{_CODE}ValueError: Input 0 of {message}")
    assert ("different versions" in found.cause) == bool(told)
    assert all(part in found.cause for part in told)


def test_operands_of_a_live_run_keep_the_axes_open_that_the_program_leaves_open() -> None:
    code = """from keras import Input, Model, ops
a = Input((None, 24))
b = Input((None, 24))
model = Model([a, b], ops.matmul(a, b))
"""
    found = diagnose(code)
    assert found.mistake == "operand_sizes"
    assert "(None, None, 24)" in found.cause
    assert any("swapaxes" in fix.code for fix in _tried(found))


@pytest.mark.parametrize("wrapper", ["TimeDistributed(Dense(4))", "Bidirectional(LSTM(4))", "LSTM(4)", "Conv1D(4, 3)"])
def test_a_layer_of_sequences_on_a_tensor_of_one_axis_is_read(wrapper: str) -> None:
    code = f"""from keras.layers import *
x = Input(())
y = {wrapper}(x)
"""
    assert read(code).kind == "code"


def test_a_grus_second_bias_is_in_its_count() -> None:
    layer = keras.layers.GRU(20)
    layer.build((None, 4, 11))
    found = read(f"gru (GRU) (None, 20) has {layer.count_params():,} params. I have 11 features. Where are they from?")
    assert found.numbers["gru.params"] == layer.count_params()
    assert "biases 2" in found.cause


def test_units_against_timesteps_is_no_question_about_a_table() -> None:
    found = read("whats the difference between units and timesteps in LSTM(50) with input_shape=(10, 3)")
    assert found.cause.startswith("units is")


def test_a_number_is_no_shape() -> None:
    found = read(_said_by(lambda: keras.Input(shape=16)))
    assert found.fixes[0].code == "keras.Input(shape=(16,))"


def test_targets_begin_behind_the_first_window() -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    text = _said_by(lambda: model.fit(np.zeros((76, 4)), np.zeros((100,)), verbose=0))
    assert read(f"{text}\nI cut windows of 24 steps.").fixes[0].code == "y = y[24:]"
    assert "24:" not in read(text).fixes[0].code
    assert "24:" not in read(f"{text}\nThere are 124 files.").fixes[0].code


@pytest.mark.parametrize("shapes", [((6, 30), (6, 24)), ((6, 30, 2), (6, 30))])
def test_arrays_that_numpy_does_not_join_get_numpys_words(shapes: tuple[tuple[int, ...], ...]) -> None:
    found = read(_said_by(lambda: np.concatenate([np.zeros(shape) for shape in shapes])))
    assert found.title.startswith("np.concatenate")
    assert not any("layers." in fix.code for fix in found.fixes)


class _Scaled(keras.layers.Layer):
    """A weight with as many numbers as the first axis of a sample has."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.shape = shape

    def build(self, input_shape: object) -> None:
        self.w = self.add_weight(shape=self.shape)

    def call(self, x: object) -> object:
        return x * self.w


SCALED = """
class Scaled(keras.layers.Layer):
    def build(self, input_shape):
        self.w = self.add_weight(shape=(29,))
    def call(self, x):
        return x * self.w
inputs = keras.Input((29, 8))
model = keras.Model(inputs, Scaled()(inputs))
"""


def test_a_weight_that_lines_up_with_the_wrong_axis_has_an_axis_too_few() -> None:
    found = diagnose(SCALED)
    assert found.mistake == "layer_rank"
    assert "(29,) meets (None, 29, 8)" in found.cause
    (fix,) = _tried(found)  # not (29, 8, 1), whose product with (29,) is larger than both
    assert fix.code == "self.add_weight(shape=(29, 1))"
    with pytest.raises(ValueError, match=r"29 and 8|8 and 29"):
        _Scaled(29)(keras.Input((29, 8)))
    assert _Scaled(29, 1)(keras.Input((29, 8))).shape == (None, 29, 8)
    assert diagnose(SCALED.replace("(29,)", "(31,)")).mistake == "operand_sizes"  # 31 is the size of no axis


OF_A_LOSS = (
    "ValueError: Dimensions must be equal, but are 21 and 5 for '{{{{node mean_squared_error/SquaredDifference}}}} = "
    "SquaredDifference[T=DT_FLOAT]({made}, IteratorGetNext:1)' with input shapes: [?,14,21], [?,14,5]."
)


def test_the_output_of_ones_own_operation_keeps_its_columns_and_the_loss_compares_those_of_the_target() -> None:
    found = diagnose(OF_A_LOSS.format(made="my_forecaster/stack"))
    assert found.mistake == "operand_sizes"
    assert "outputs (None, 14, 21) with targets (None, 14, 5)" in found.cause
    assert [fix.tried.output for fix in found.fixes if fix.tried] == [(None, 14, 5), (None, 14, 21)]
    assert not any("Dense" in fix.code for fix in found.fixes)


@pytest.mark.parametrize("made", ["my_forecaster/dense_3/BiasAdd", "sequential_2/strided_slice", "model/lstm/while"])
def test_the_output_of_a_layer_or_a_model_of_keras_meets_its_target(made: str) -> None:
    assert read(OF_A_LOSS.format(made=made)).mistake == "target_shape"


EINSUM = """import keras
q, k = keras.Input((9, 12)), keras.Input((14, {width}))
m = keras.Model([q, k], keras.ops.einsum("bqd,bkd->bqk", q, k))
"""


def test_the_letters_of_an_einsum_stand_for_one_size_each() -> None:
    found = diagnose(EINSUM.format(width=10))
    assert found.mistake == "operand_sizes"
    assert "the letter d names axes of the same length" in found.cause
    assert "12 and 10, in (None, 9, 12) and (None, 14, 10)" in found.cause
    with pytest.raises(Exception, match="12"):
        keras.ops.einsum("bqd,bkd->bqk", keras.ops.zeros((2, 9, 12)), keras.ops.zeros((2, 14, 10)))
    assert diagnose(EINSUM.format(width=12)).mistake is None
