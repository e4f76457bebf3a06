"""Each lesson is found by the question that it answers, and opens with the learner's dims. Read only, nothing built."""

from __future__ import annotations

import textwrap

import pytest

from explainers.reading.diagnosing import diagnose, read

HADAMARD = """
class Product(Layer):
    def build(self, input_shape):
        self.kernel = self.add_weight(name='kernel', shape={kernel}, initializer='uniform')
    def call(self, x):
        return x * self.kernel
x = Input(shape={sample})
model = Model(x, Product()(x))
"""
CELL = """
class Cell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = {states}
        self.output_size = {outputs}
    def call(self, inputs, states{more}):
        {first}
        return out, states
"""
FOUND: tuple[tuple[str, str, str], ...] = (
    (
        "one series, another length",
        "Error when checking : expected lstm_46_input to have shape (1, 600, 25) but got array with shape (1, 10, 25)",
        "/windowed_forecast?reading=whole_series&points=600&timesteps=10&features=25",
    ),
    (
        "one series, today's wording",
        'Input 0 of layer "sequential_3" is incompatible with the layer: expected shape=(None, 365, 7), '
        "found shape=(1, 12, 7)",
        "/windowed_forecast?reading=whole_series&points=365&timesteps=12&features=7",
    ),
    (
        "the whole series given to a model of windows",
        "Error when checking input: expected lstm_2_input to have shape (24, 3) but got array with shape (500, 3)",
        "/windowed_forecast?reading=windows&points=500&timesteps=24&features=3",
    ),
    (
        "whole series in code",
        """
        x, later = np.zeros((1, 300, 6)), np.zeros((1, 20, 6))
        model = Sequential([LSTM(9, input_shape=(300, 6), return_sequences=True), Dense(2)])
        model.compile(loss='mse')
        model.fit(x, np.zeros((1, 300, 2)))
        model.predict(later)
        """,
        "/windowed_forecast?reading=whole_series&points=300&timesteps=20&features=6&units=9&targets=2",
    ),
    (
        "TimeseriesGenerator",
        """
        data = np.zeros((500, 4))
        made = TimeseriesGenerator(data, data[:, 0], length=24, batch_size=16)
        model = Sequential([LSTM(50, input_shape=(24, 4)), Dense(3)])
        """,
        "/windowed_forecast?reading=windows&timesteps=24&features=4&units=50&horizon=3&points=500",
    ),
    (
        "timeseries_dataset_from_array",
        """
        data = keras.utils.timeseries_dataset_from_array(data=np.zeros((80, 2)), targets=None, sequence_length=30)
        model = keras.Sequential([keras.layers.GRU(20), keras.layers.Dense(1)])
        """,
        "/windowed_forecast?reading=windows&units=20&horizon=1&points=80&timesteps=30&features=2",
    ),
    (
        "windows cut in a loop",
        """
        def create_dataset(dataset, look_back=3):
            made = []
            for i in range(len(dataset) - look_back - 1):
                made.append(dataset[i:(i + look_back), 0])
            return np.array(made)
        series = np.zeros((144, 1))
        x = create_dataset(series, 5)
        model = Sequential()
        model.add(LSTM(4, input_shape=(5, 1)))
        model.add(Dense(1))
        """,
        "/windowed_forecast?reading=windows&timesteps=5&features=1&units=4&horizon=1&points=144",
    ),
    *[
        (f"a weight of shape {kernel}", HADAMARD.format(kernel=kernel, sample=sample), f"/hadamard?{dims}")
        for kernel, sample, dims in (
            ("(1,) + input_shape[1:]", "(10, 64)", "timesteps=10&features=64&kernel=element"),
            ("(1, 1, input_shape[-1])", "(11, 6)", "timesteps=11&features=6&kernel=column"),
            ("(1, input_shape[1], 1)", "(12, 7)", "timesteps=12&features=7&kernel=row"),
            ("input_shape", "(16,)", "features=16&kernel=input_shape"),
        )
    ],
    (
        "the kernel of the whole input, as an error",
        "ValueError: Shapes used to initialize variables must be fully-defined (no `None` dimensions). "
        "Received: shape=(None, 9, 16) for variable path='hadamard/kernel'",
        "/hadamard?timesteps=9&features=16&kernel=input_shape",
    ),
    (
        "a product inside a net",
        HADAMARD.split("x = Input")[0].format(kernel="(input_shape[-1],)")
        + """
x = keras.Input((12, 7))
h = Dense(9)(Dense(20)(x))
h = Activation("relu")(Product()(h))
model = keras.Model(x, Dense(1)(Dense(5)(h)))
""",
        "/hadamard?timesteps=12&features=7&net=True&units_1=20&units_2=9&units_3=5&kernel=last_axis",
    ),
    (
        "a pair of inputs",
        CELL.format(states="[units, units]", outputs="units", more="", first="x, dt = inputs")
        + "y = RNN(Cell(16), return_sequences=True)((Input((7, 23)), Input((7, 1))))",
        "/t_lstm?timesteps=7&features=23&units=16&return_sequences=True",
    ),
    (
        "the elapsed time packed in",
        CELL.replace("class Cell", "class TimeAwareCell").format(
            states="[units, units]", outputs="units", more="", first="h, c = states"
        )
        + "y = RNN(TimeAwareCell(8))(Input(batch_shape=(20, 7, 24)))",
        "/t_lstm?batch_size=20&timesteps=7&features=23&units=8&return_sequences=False",
    ),
    (
        "a T-LSTM by its name",
        "x, t = Input(batch_shape=(20, 7, 23)), Input(batch_shape=(20, 7, 1))\ny = TLSTM(16)([x, t])",
        "/t_lstm?batch_size=20&timesteps=7&features=23&units=16",
    ),
    (
        "two outputs and a latent",
        CELL.format(states="units", outputs="[units, 15]", more=", constants", first="z = constants[0]")
        + "y = RNN(Cell(10), return_sequences=True)(Input((3, 12)), constants=Input((8,)))",
        "/multi_output_cell?timesteps=3&features=12&latent=8&units=10&extra_units=15",
    ),
    (
        "two outputs, as an error",
        "ValueError: output_size must be an integer. Received: output_size=[10, 15] of type <class 'list'>",
        "/multi_output_cell?units=10&extra_units=15",
    ),
    (
        "sequences in place of the batch",
        """
        x = Input(batch_shape=(1, 16, 100, 1))
        h = GRU(4)(Lambda(lambda t: K.squeeze(t, 0))(x))
        h = Lambda(lambda t: K.mean(K.expand_dims(t, 0), axis=1))(h)
        model = Model(x, Dense(2)(Dense(32)(h)))
        """,
        "/sequence_set?sequences=16&timesteps=100&features=1&cell=GRU&units=4&form=squeeze&dense_units=32",
    ),
    (
        "time distributed",
        """
        x = keras.Input((32, 100, 1))
        h = layers.TimeDistributed(layers.GRU(16, reset_after=False))(x)
        model = keras.Model(x, layers.Dense(2)(layers.Dense(8)(layers.GlobalAveragePooling1D()(h))))
        """,
        "/sequence_set?sequences=32&timesteps=100&features=1&cell=GRU&units=16&reset_after=False"
        "&form=time_distributed&dense_units=8",
    ),
    (
        "four axes, as an error",
        'Input 0 of layer "gru" is incompatible with the layer: expected ndim=3, found ndim=4. '
        "Full shape received: (None, 16, 50, 3)",
        "/sequence_set?sequences=16&timesteps=50&features=3&cell=GRU&units=4&form=squeeze",
    ),
)


@pytest.mark.parametrize(("text", "url"), [(text, url) for _, text, url in FOUND], ids=[name for name, _, _ in FOUND])
def test_a_text_lands_on_its_lesson_with_its_dims(text: str, url: str) -> None:
    assert read(textwrap.dedent(text)).url == url


def test_a_size_that_the_lesson_cannot_show_stays_out_of_the_link_and_is_told() -> None:
    found = read(
        "expected lstm_1_input to have shape (1, 700, 99) but got array with shape (1, 10, 99)"
    )  # 99 features are too many for the lesson
    assert found.url == "/windowed_forecast?reading=whole_series&points=700&timesteps=10"
    assert found.dims["features"] == 99
    assert "The lesson can't show features = 99, so the link opens it with its own features." in found.notes


def test_a_cell_of_the_text_has_the_live_model_of_its_lesson() -> None:
    text = next(text for name, text, _ in FOUND if name == "two outputs and a latent")
    found = diagnose(textwrap.dedent(text))
    assert found.model is not None
    assert found.model["explainer"] == "multi_output_cell"
    assert found.model["dims"]["extra_units"] == 15
    assert found.model["error"] is None
    assert "The live model is that of the lesson multi_output_cell, with the sizes from your text." in found.notes


def test_a_kernel_with_the_batch_axis_fails_live_as_in_the_text() -> None:
    text = next(text for name, text, _ in FOUND if name == "the kernel of the whole input, as an error")
    found = diagnose(text)
    assert found.model is not None
    assert "Received: shape=(None, 9, 16)" in found.model["error"]["message"]


SEVERAL = """
inputs = Input((None, 71))
encoder = LSTM(6, return_state=True)
_, h, c = encoder(inputs)
targets = Input((None, 93))
decoder = LSTM(6, return_sequences=True)
model = Model([inputs, targets], Dense(93)(decoder(targets, initial_state=[h, c])))
encoder_model = Model(inputs, [h, c])
states = [Input((6,)), Input((6,))]
decoder_model = Model([targets] + states, decoder(targets, initial_state=states))
"""


def test_several_models_are_named_and_the_others_asked_for() -> None:
    found = read(SEVERAL)
    assert [(m.number, m.name, m.line, m.shown) for m in found.models] == [
        (1, "model", 7, True),
        (2, "encoder_model", 8, False),
        (3, "decoder_model", 10, False),
    ]
    assert found.questions == (
        "Which model do you mean? You see model (line 7); the code also makes decoder_model (line 10).",
    )
    assert found.to_json()["models"][2] == {"number": 3, "name": "decoder_model", "line": 10, "shown": False}


@pytest.mark.parametrize(("which", "shapes"), [(2, [(None, None, 71)]), (3, [(None, None, 93), (None, 6), (None, 6)])])
def test_another_model_can_be_chosen(which: int, shapes: list[tuple[int | None, ...]]) -> None:
    found = read(SEVERAL, which)
    assert found.spec is not None
    assert [tensor.shape for tensor in found.spec.inputs] == shapes
    assert [m.number for m in found.models if m.shown] == [which]
    assert found.questions == ()  # it has been answered


def test_one_model_needs_no_choice() -> None:
    assert read("model = Sequential([LSTM(4, input_shape=(5, 3))])").models == ()


FIXES: tuple[tuple[str, list[dict[str, object]]], ...] = (
    (
        "expected lstm_46_input to have shape (1, 600, 25) but got array with shape (1, 10, 25)",
        [{"reading": "windows"}, {"any_length": True}],
    ),
    ("Received: shape=(None, 9, 16) for variable path='hadamard/kernel'", [{"kernel": "element"}]),
    ("model = Sequential([LSTM(9, input_shape=(10, 3)), LSTM(8), Dense(1)])", [{"return_sequences_1": True}]),
)


@pytest.mark.parametrize(("text", "dims"), FIXES)
def test_a_lesson_that_opens_with_the_mistake_has_fixes_that_are_its_dims(
    text: str, dims: list[dict[str, object]]
) -> None:
    message = "Shapes used to initialize variables must be fully-defined (no `None` dimensions). " * (
        "Received" in text
    )
    assert [fix.dims for fix in read(message + text).fixes[: len(dims)]] == dims


@pytest.mark.parametrize(
    ("code", "url"),
    [
        (
            "Sequential([LSTM(9, input_shape=(10, 3)), GRU(8), Dense(1)])",
            "/stacked_lstm?timesteps=10&features=3&units_1=9&units_2=8&layer_2=GRU&return_sequences_1=False",
        ),
        (
            "Sequential([GRU(9, reset_after=False, input_shape=(10, 3))])",
            "/stacked_lstm?timesteps=10&features=3&units_1=9&layer_1=GRU&levels=1&reset_after=False",
        ),
        (
            "Sequential([Input((10, 3)), Bidirectional(LSTM(9, return_sequences=True)), Bidirectional(LSTM(8))])",
            "/stacked_lstm?timesteps=10&features=3&units_1=9&units_2=8&bidirectional=True",
        ),
        ("Sequential([SimpleRNN(9, input_shape=(10, 3))])", "/simple_rnn?timesteps=10&features=3&units=9"),
    ],
)
def test_a_stack_opens_with_its_classes_and_where_it_fails(code: str, url: str) -> None:
    found = read(f"model = {code}")
    assert found.url == url
    assert not [note for note in found.notes if "lesson" in note]


def test_todays_code_says_where_nothing_is_left() -> None:
    found = read("model = Sequential([Conv1D(6, 9, input_shape=(5, 3)), Flatten()])")
    assert "layers.Conv1D(filters=6, kernel_size=9),  # fails here: nothing is left of an axis" in found.today


def test_channels_first_are_the_channels_of_the_lesson() -> None:
    found = read('m = Sequential([Conv1D(7, 3, data_format="channels_first", input_shape=(4, 50))])')
    assert found.url == "/conv1d?steps=50&channels=4&filters=7&kernel_size=3"
    named = [[(axis.axis, axis.size) for axis in shape] for shape in found.shapes]
    assert [("batch", None), ("channels", 4), ("steps", 50)] in named
    assert [("batch", None), ("filters", 7), ("steps", 48)] in named


def test_an_error_below_a_summary_keeps_the_numbers_of_both() -> None:
    found = read(
        "lstm_3 (LSTM)                (None, 12, 30)            4560\n"
        "dense_3 (Dense)              (None, 12, 5)             155\n"
        "ValueError: Error when checking target: expected dense_3 to have 3 dimensions, "
        "but got array with shape (800, 5)\n"
    )
    assert (found.kind, found.mistake) == ("error", "target_shape")
    assert {4560, 155, 30, 12, 800} <= {*found.dims.values(), *(a.size for shape in found.shapes for a in shape)}
