"""Data against what a model was declared for: flat lengths, columns, loaders, rows and batches; skips of any rank."""

from __future__ import annotations

import keras
import pytest
from keras import layers

from explainers.reading.diagnosing import diagnose, read


def flat(wanted: int, found: int, around: str = "") -> str:
    """A Dense behind a Flatten that gets another length."""
    return (
        f'Input 0 of layer "dense_7" is incompatible with the layer: expected axis -1 of input shape to have value '
        f"{wanted}, but received input with shape (None, {found}){around}"
    )


def test_two_flat_lengths_tell_how_much_larger_the_images_are() -> None:
    net = [layers.Conv2D(6, 3, padding="same"), layers.MaxPooling2D(2), layers.Flatten()]
    shapes = [keras.Sequential([keras.Input((side, side, 3)), *net]).output_shape[1] for side in (28, 70)]
    found = read(flat(*shapes))
    assert "each is 5/2 times as long there: the images are larger" in found.cause
    assert found.fixes[0].code == "keras.Input(shape=x.shape[1:])"
    used = read(flat(*shapes, "\nI load the saved model for 28x28 pictures and predict"))
    assert used.fixes[0].code == "x = keras.ops.image.resize(x, (28, 28))"


def test_what_was_fed_is_declared_where_no_side_fits() -> None:
    fed = "\n\nArguments received by Sequential.call():\n  • inputs=tf.Tensor(shape=(None, 51, 34, 3), dtype=float32)"
    found = read(flat(1530, 2074, fed))
    assert "height and width count" in found.cause
    assert found.fixes[0].code == "keras.Input(shape=(51, 34, 3))"


@pytest.mark.parametrize(
    ("around", "code"),
    [
        ("\nboth with TfidfVectorizer().fit_transform", "vectorizer.transform("),
        ("\nnew = pd.get_dummies(table)", "reindex(columns="),
    ],
)
def test_columns_come_from_the_training_rows(around: str, code: str) -> None:
    assert code in read(flat(913, 871, around)).fixes[0].code


def test_loaders_are_told_the_size_and_colors_of_the_model() -> None:
    found = diagnose(
        "train = gen.flow_from_directory('a', target_size=(60, 44), class_mode='binary')\n"
        "test = gen.flow_from_directory('b', target_size=(60, 44), class_mode='binary')\n"
        "model = Sequential([Conv2D(4, 3, input_shape=(52, 40, 1)), Flatten(), Dense(1)])\n"
        "model.compile('adam', 'binary_crossentropy')\nmodel.fit(train, validation_data=test)\n"
    )
    told = "target_size=(52, 40), class_mode='binary', color_mode=\"grayscale\")"
    assert found.fixes[0].diff.count(told) == 2
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.ran


def test_steps_that_are_the_rows_of_the_printed_table_are_told_as_rows() -> None:
    message = "expected shape=(None, 813, 9), found shape=(32, 9)"
    found = diagnose(f'x.shape: (813, 9)\nInput 0 of layer "sequential" is incompatible with the layer: {message}')
    assert found.mistake == "data_rank"
    assert "813 timesteps look like the number of rows" in found.cause
    assert found.fixes[0].code.endswith("keras.Input(shape=(1, 9))")
    assert "rows of the table" not in read(f"input_shape=(813, 9)\nValueError: {message}").cause


def test_samples_in_a_batch_of_one_are_taken_out() -> None:
    message = (
        "Input 0 of layer gru is incompatible with the layer: expected ndim=3, found ndim=4. Full shape received: "
    )
    found = diagnose(f"x.shape (1, 11, 5, 7)\nValueError: {message}(None, 11, 5, 7)")
    assert found.fixes[0].code == "x = x[0]\nkeras.Input(shape=(5, 7))"
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.ran


@pytest.mark.parametrize(("rank", "side"), [(1, 30), (3, 6)])
def test_skips_of_any_rank_get_an_input_that_can_be_halved(rank: int, side: int) -> None:
    sides = (side, *(8, 4)[: rank - 1])
    wanted = (side + (-side) % 4, *(8, 4)[: rank - 1])
    found = diagnose(
        f"i = Input({(*sides, 2)})\na = MaxPooling{rank}D(2)(i)\nb = MaxPooling{rank}D(2)(a)\n"
        f"u = UpSampling{rank}D(2)(b)\nu = concatenate([u, a])\nmodel = Model(i, u)\n"
    )
    assert any(f"+i = Input({(*wanted, 2)})" in fix.diff and fix.tried for fix in found.fixes)
    assert not [fix for fix in found.fixes if "concatenate(" in fix.diff and "concatenate([" not in fix.diff]


def test_borders_that_convolutions_took_off_a_branch_are_kept() -> None:
    message = "Inputs have incompatible shapes. Received shapes (57, 6) and (61, 6)"
    assert 'padding="causal"' in read(f"causal conv block\nValueError: {message}").fixes[0].code
    assert 'padding="same"' in read(f"residual block\nValueError: {message}").fixes[0].code
    assert "padding=" not in read(f"ValueError: {message}").fixes[0].code


def test_a_dot_is_told_which_two_axes_must_be_equal() -> None:
    found = read(
        "ValueError: Dimensions must be equal, but are 9 and 11 for '{{node m/dot_2/MatMul}} = BatchMatMulV2"
        "[T=DT_FLOAT](a, b)' with input shapes: [?,4,9], [?,11,4]."
    )
    assert "the last axis of the first" in found.cause
    assert "these are 9 and 11" in found.cause


def test_rows_that_became_one_sample_are_samples_again() -> None:
    found = diagnose(
        "x = table.reshape(1, 37, 4)\nmodel.add(LSTM(6, input_shape=(37, 4)))\nmodel.add(Dense(1))\n"
        "model.compile('adam', 'mse')\nmodel.fit(x, y)  # y.shape = (37,)\n"
    )
    assert "1 sample, the targets 37" in found.cause
    assert "+model.add(LSTM(6, input_shape=(1, 4)))" in found.fixes[0].diff
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.ran


def test_one_row_is_predicted_from_the_rows_before_it() -> None:
    message = "ValueError: expected shape=(None, 14, 3), found shape=(None, 3)"
    assert (
        read(f"model.predict(table.iloc[-1:].values)\n{message}").fixes[0].code == "model.predict(x[-14:][np.newaxis])"
    )
    assert "x[-14:]" not in read(message).fixes[0].code
