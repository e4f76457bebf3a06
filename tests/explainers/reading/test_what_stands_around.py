"""Messages beside code, and messages that were raised by Keras itself: what is said of them, and fixes that run."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from explainers.reading.diagnosing import Diagnosis, diagnose, read


def raised(work: object) -> str:
    """What Keras says."""
    assert callable(work)
    with pytest.raises(Exception, match=r"[\s\S]") as caught:
        work()
    return f"{type(caught.value).__name__}: {caught.value}"


def tried(found: Diagnosis) -> list[str]:
    """The fixes that were built and run, in their order."""
    return [fix.code for fix in found.fixes if fix.tried is not None and fix.tried.ran]


def model(*layers: keras.layers.Layer) -> keras.Sequential:
    made = keras.Sequential(list(layers))
    made.compile("sgd", "mse")
    return made


@pytest.mark.parametrize(
    ("samples", "weights", "fix"),
    [(44, 51, "sample_weight = sample_weight[:44]"), (44, 40, "sample_weight = np.ones(44)  # your weights")],
)
def test_another_number_of_weights_than_of_samples(samples: int, weights: int, fix: str) -> None:
    made = model(keras.Input((6,)), keras.layers.Dense(1))
    x, y, w = np.zeros((samples, 6)), np.zeros((samples, 1)), np.ones(weights)
    found = diagnose(raised(lambda: made.fit(x, y, sample_weight=w, verbose=0)))
    assert f"sample_weight has {weights}" in found.cause
    assert tried(found)[0] == fix
    exec(fix, {"np": np}, scope := {"sample_weight": w})
    made.fit(x, y, sample_weight=scope["sample_weight"], verbose=0)


@pytest.mark.parametrize(("steps", "of_weights"), [(9, ()), (7, (7,))])
def test_weights_of_another_form_than_the_losses(steps: int, of_weights: tuple[int, ...]) -> None:
    layers = (keras.layers.Dense(1),) if of_weights == () else (keras.layers.Flatten(), keras.layers.Dense(2))
    made = model(keras.Input((steps, 4)), *layers)
    x, w = np.zeros((32, steps, 4)), np.ones((32, *of_weights))
    y = np.zeros((32, *made.output_shape[1:]))
    found = diagnose(raised(lambda: made.fit(x, y, sample_weight=w, verbose=0)))
    assert found.mistake == "target_shape"
    exec(tried(found)[0], {"np": np}, scope := {"sample_weight": w})
    made.fit(x, y, sample_weight=scope["sample_weight"], verbose=0)


CODE = """import keras
from keras import layers
model = keras.Sequential([
    keras.Input((None, 23)),
    layers.Conv1D(11, 4),
    layers.Flatten(),
    layers.Dense(3),
])
"""


def test_the_model_of_the_code_is_shown_where_it_fails_as_the_message_says() -> None:
    message = raised(lambda: exec(CODE, {}))
    found = diagnose(f"{CODE}\n{message}")
    assert found.spec is not None
    assert found.spec.inputs[0].shape == (None, None, 23)
    assert not found.assumed
    assert not any("features" in note for note in found.notes)
    assert any(fix.diff for fix in found.fixes)


def test_a_message_of_other_code_keeps_its_own_model() -> None:
    message = raised(lambda: exec(CODE, {}))
    found = diagnose(f"{CODE.replace('layers.Flatten()', 'layers.GlobalMaxPooling1D()')}\n{message}")
    assert found.mistake == "unknown_axis"
    assert not any(fix.diff for fix in found.fixes)


def test_weights_are_those_of_the_layer_that_holds_such_ones() -> None:
    code = (
        "a = keras.Sequential([keras.Input((31, 5)), keras.layers.GRU(12), keras.layers.Dense(2)])\n"
        "b = keras.Sequential([keras.Input((31, 8)), keras.layers.GRU(12), keras.layers.Dense(2)])\n"
    )
    exec(code, {"keras": keras}, scope := {})
    message = raised(lambda: scope["b"].set_weights(scope["a"].get_weights()))
    found = diagnose(f"import keras\n{code}{message}")
    assert found.class_name == "GRU"
    assert "reads 8 features" in found.cause
    assert tried(found)[0] == "keras.Input(shape=(31, 5))"
    assert not any("Embedding" in fix.code for fix in found.fixes)


def test_an_attention_mask_gets_an_axis_for_the_queries() -> None:
    query, mask = keras.Input((13, 24)), keras.Input((13,))
    attention = keras.layers.MultiHeadAttention(2, 6)
    made = keras.Model([query, mask], attention(query, query, attention_mask=mask))
    x, m = np.zeros((5, 13, 24)), np.ones((5, 13))
    found = diagnose(raised(lambda: made.predict([x, m], verbose=0)))
    assert found.mistake == "attention_shapes"
    assert "(5, 13, 13)" in found.cause
    assert "mask[:, None, :]" in found.fixes[0].code
    assert attention(x, x, attention_mask=m[:, None, :]).shape == (5, 13, 24)


def test_a_metric_of_yes_and_no_on_integer_labels() -> None:
    made = keras.Sequential([keras.Input((9,)), keras.layers.Dense(6, activation="softmax")])
    made.compile("sgd", "sparse_categorical_crossentropy", metrics=[keras.metrics.Recall()])
    x, y = np.zeros((32, 9)), np.zeros(32)
    found = diagnose(raised(lambda: made.fit(x, y, verbose=0)))
    assert found.title == "A metric got targets of a different shape"
    assert "6 outputs for each label" in found.cause
    made.compile("sgd", "sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy"])
    made.fit(x, y, verbose=0)


def test_names_in_a_dict_that_no_input_has() -> None:
    a, b = keras.Input((3,), name="price"), keras.Input((4,), name="words")
    made = keras.Model([a, b], keras.layers.Concatenate()([a, b]))
    made.compile("sgd", "mse")
    data = {"price": np.zeros((6, 3)), "text": np.zeros((6, 4))}
    found = diagnose(raised(lambda: made.fit(data, np.zeros((6, 7)), verbose=0)))
    assert "'text'" in found.cause
    assert '"words"' in found.fixes[0].label


def test_more_losses_than_outputs() -> None:
    inputs = keras.Input((3,))
    made = keras.Model(inputs, [keras.layers.Dense(2)(inputs), keras.layers.Dense(4)(inputs)])
    made.compile("sgd", ["mse", "mae", "mse"])
    x, y = np.zeros((5, 3)), [np.zeros((5, 2)), np.zeros((5, 4))]
    found = diagnose(raised(lambda: made.fit(x, y, verbose=0)))
    assert found.title == "The losses don't match the outputs"
    assert "Only 2" in found.cause


TRAIN_STEP = """Traceback (most recent call last):
  File "gan.py", line 31, in train_step
    images, labels, masks = data
ValueError: not enough values to unpack (expected 3, got 2)
"""


def test_what_fit_hands_to_a_train_step() -> None:
    found = diagnose(TRAIN_STEP)
    assert "passes it 2" in found.cause
    assert found.spec is None
    assert "unpack_x_y_sample_weight" in found.fixes[0].code


def test_nothing_of_a_layer_is_said_where_the_text_speaks_of_none() -> None:
    found = diagnose("ValueError: too many values to unpack (expected 2)\n    for name, value in rows:")
    assert found.spec is None
    assert "layer" not in found.cause


LOOP = """  File "loop.py", line 12, in step
    loss = tf.reduce_mean(tf.abs(y - net(x, training=True)))
InvalidArgumentError: Incompatible shapes: [16,2] vs. [16,7] [Op:Sub]
"""


def test_a_loss_by_hand_knows_its_target() -> None:
    found = diagnose(LOOP)
    assert found.mistake == "target_shape"
    assert "outputs (16, 7) with targets (16, 2)" in found.cause
    assert tried(found)[0] == "layers.Dense(2)"


LOADED = """I trained on 20 classes and want to fine-tune on 6 classes: model.load_weights("base.weights.h5")
ValueError: The shape of the target variable and the shape of the target value in `variable.assign(value)` must match. \
variable.shape=(48, 6), Received: value.shape=(48, 20).
"""


def test_weights_of_other_classes_are_left_out() -> None:
    assert "skip_mismatch=True" in diagnose(LOADED).fixes[0].code


@pytest.mark.parametrize("steps", [15, 40])
def test_a_squeezed_output_had_one_number_for_each_step(steps: int) -> None:
    made = model(keras.Input((steps, 3)), keras.layers.LSTM(5, return_sequences=True), keras.layers.Dense(1))
    x, y = np.zeros((32, steps, 3)), np.zeros((32, 4))
    found = diagnose("LSTM forecast\n" + raised(lambda: made.fit(x, y, verbose=0)))
    assert f"(32, {steps}, 1)" in found.cause
    assert "Dense(4)" in tried(found)[0]


def test_what_the_loss_itself_squeezes_is_no_operation_of_the_asker() -> None:
    found = diagnose(
        "Dimensions must be equal, but are 21 and 6 for '{{node mean_squared_error/SquaredDifference}} = "
        "SquaredDifference[T=DT_FLOAT](mean_squared_error/remove_squeezable_dimensions/Squeeze, IteratorGetNext:1)' "
        "with input shapes: [19,21], [19,6]."
    )
    assert "compares outputs (19, 21) with targets (19, 6)" in found.cause
    assert "your model does itself" not in found.cause


def test_a_window_without_a_place_is_no_shape() -> None:
    code = (
        "import keras\nfrom keras import layers\nmodel = keras.Sequential([\n    keras.Input((6, 5)),\n"
        "    layers.Conv1D(7, 4),\n    layers.Conv1D(8, 5),\n])\n"
    )
    found = diagnose(f"{code}\n{raised(lambda: exec(code, {}))}")
    sizes = [axis.size for shape in found.shapes for axis in shape]
    assert all(size is None or size > 0 for size in sizes)


def test_flax_code_may_ask_for_keras() -> None:
    found = diagnose(
        "from flax import linen as nn\nclass Net(nn.Module):\n  @nn.compact\n  def __call__(self, x):\n"
        "    x = nn.Dense(31)(x)\n    return nn.Dense(4)(x)\nNet().init(key, jnp.ones((1, 18)))\n"
        "How many parameters is that in keras?\n"
    )
    assert found.elsewhere == "JAX/flax"
    assert found.model is not None
    assert found.model["total_params"] == (18 + 1) * 31 + (31 + 1) * 4


def test_shapes_that_are_joined_may_differ_along_the_axis_of_joining() -> None:
    a, b = keras.Input((14, 9, 3)), keras.Input((13, 9, 5))
    found = diagnose(raised(lambda: keras.layers.Concatenate()([a, b])))
    assert "height (axis 1) is 14 versus 13" in found.cause
    assert "channels" not in found.cause


@pytest.mark.parametrize("channels", [10, 21])
def test_groups_that_divide_the_channels(channels: int) -> None:
    found = diagnose(raised(lambda: keras.layers.Conv2D(8, 3, groups=4)(keras.Input((12, 11, channels)))))
    assert found.mistake == "channels"
    assert f"{channels} isn't a multiple of 4" in found.cause
    groups = int(found.fixes[0].code.removeprefix("groups="))
    made = keras.layers.Conv2D(2 * groups, 3, groups=groups)(keras.Input((12, 11, channels)))
    assert made.shape[-1] == 2 * groups


def test_permute_names_the_axes_that_there_are() -> None:
    found = diagnose(raised(lambda: keras.layers.Permute((1, 3, 2))(keras.Input((17, 6)))))
    assert found.fixes[0].code == "layers.Permute((2, 1))"
    assert keras.layers.Permute((2, 1))(keras.Input((17, 6))).shape == (None, 6, 17)


def test_a_state_of_other_units_is_a_state() -> None:
    sequence, state = keras.Input((8, 3)), keras.Input((30,))
    made = keras.Model([sequence, state], keras.layers.GRU(21)(sequence, initial_state=state))
    found = diagnose(raised(lambda: made.predict([np.zeros((2, 8, 3)), np.zeros((2, 30))], verbose=0)))
    assert found.mistake == "initial_state"
    assert "has 21 units" in found.cause
    assert "GRU(30" in found.fixes[0].code


def test_one_picture_of_which_rows_were_taken_for_samples() -> None:
    made = keras.Sequential([keras.Input((96, 80, 3)), keras.layers.GlobalMaxPooling2D()])
    picture = np.zeros((96, 80, 3))
    found = diagnose(raised(lambda: made.predict(picture, verbose=0)))
    assert tried(found)[0] == "x = x[np.newaxis]"
    assert made.predict(picture[np.newaxis], verbose=0).shape == (1, 3)


def test_a_vector_in_front_of_pictures_is_laid_out() -> None:
    layers = (keras.layers.Dense(8 * 8 * 32), keras.layers.Conv2DTranspose(5, 3))
    found = diagnose(raised(lambda: model(keras.Input((60,)), *layers)))
    assert "layers.Reshape((8, 8, 32))" in tried(found)


def test_a_pooling_after_a_recurrent_layer_needs_its_steps() -> None:
    layers = (keras.layers.GRU(19), keras.layers.MaxPooling1D(2))
    found = diagnose(raised(lambda: model(keras.Input((12, 3)), *layers)))
    assert "return_sequences=True" in tried(found)[0]


def test_a_factor_for_each_channel() -> None:
    code = (
        "import keras\nfrom keras import layers\nx = keras.Input((9, 7, 14))\n"
        "s = layers.GlobalAveragePooling2D()(x)\ns = layers.Dense(5)(s)\ny = layers.Multiply()([x, s])\n"
    )
    found = diagnose(f"{code}\n{raised(lambda: exec(code, {}))}")
    assert tried(found)[0] == "layers.Dense(14)"


def test_labels_of_each_pixel_have_its_axes() -> None:
    made = keras.Sequential([keras.Input((22, 18, 3)), keras.layers.Conv2D(6, 1)])
    made.compile("sgd", "categorical_crossentropy")
    found = diagnose(raised(lambda: made.fit(np.zeros((4, 22, 18, 3)), np.zeros((4, 22, 18)), verbose=0)))
    assert [axis.axis for axis in found.shapes[0]] == ["batch", "height", "width"]


_STACK = (
    "from tensorflow.keras.layers import GRU",
    "model = Sequential()",
    "model.add(GRU(44, input_shape=(23, 5)))",
    "model.add(GRU(18))",
)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{place:>3}  {line}" for place, line in enumerate(_STACK, 7)),
        "\n".join(f" {place} | {line}" for place, line in enumerate(_STACK, 1)),
        "In [5]: " + "\n   ...: ".join(_STACK),
        "My code: " + " ".join(_STACK),
    ],
    ids=["numbers", "bars", "ipython", "one line"],
)
def test_what_a_page_does_to_lines_of_code(text: str) -> None:
    spec = read(text).spec
    assert spec is not None
    assert [layer.get("units") for layer in spec.layers] == [44, 18]


def test_letters_that_a_scan_confuses() -> None:
    told = "VaIueError: lnput O of layer Istm_2 is incompatible with the Iayer: expected ndim=3, found ndim=2. "
    found = read(f"{told}FuIl shape received: (None, 3O)")
    assert (found.mistake, found.layer) == ("layer_rank", "lstm_2")
    assert [axis.size for axis in found.shapes[0]] == [None, 30]
    assert read("x = layers.Dense(10)(l1)\nO1 = layers.Dense(8)(x)").text.count("O1") == 1


def test_the_message_after_a_change_comes_first() -> None:
    found = read(
        "With categorical_crossentropy I get\nValueError: Shapes (None, 1) and (None, 9) are incompatible\n"
        "When I switch to the sparse one I get\nInvalidArgumentError: Received a label value of 9 which is outside the "
        "valid range of [0, 9).  Label values: 9 4 1"
    )
    assert found.title == "A label outside the classes of the output"
    assert found.asks[0].options[0].startswith("ValueError: Shapes (None, 1)")


def test_an_attempt_that_did_not_help_leaves_the_first_message_the_question() -> None:
    found = read(
        "ValueError: When using `stateful=True` in a RNN, the batch size must be static. Found dynamic batch size: "
        "sequence.shape=(None, 12, 3)\nbut when I set it to (8, 12, 3) I get\nValueError: Input 0 of layer lstm_2 is "
        "incompatible with the layer: expected ndim=3, found ndim=4. Full shape received: (None, 8, 12, 3)"
    )
    assert found.mistake == "stateful_batch"
    assert found.asks[0].options[1].startswith("ValueError: Input 0")


def test_behind_a_gap_no_example_of_ours_is_told() -> None:
    program = (
        "import keras\nfrom keras import layers\nx = keras.Input((30, 8))\nh = layers.Dense(16)(x)\n"
        "y = mylib.Fancy(4)(h)\nz = layers.LSTM(5)(y)\nm = keras.Model(x, z)"
    )
    found = read(program)
    assert found.verdict == "No mistake found before line 6"
    assert found.spec is not None
    assert [layer.class_name for layer in found.spec.layers] == ["Dense"]
    assert (found.assumed, found.questions) == ((), ())
    found = read(program.replace("(h)", "(x)").replace("h = layers.Dense(16)(x)\n", ""))
    assert [[axis.size for axis in shape] for shape in found.shapes] == [[None, 30, 8]]
