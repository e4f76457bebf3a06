"""Short programs that double a value in each line: read up to where they cost too much; what stands before is shown."""

from __future__ import annotations

import resource

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.core.spec import LayerSpec
from explainers.reading.code.budget import TOO_DEEP, TOO_LARGE, TOO_MANY_CALLS, Budget, UsedUp
from explainers.reading.code.reader import read_code
from explainers.reading.diagnosing import diagnose, read
from tests.fuzz.strategies import fuzzed
from tests.speed import within

SECONDS = 1.5
MEGABYTES = 60
SOUND = "model = Sequential([Dense(7, input_shape=(5,)), Dense(3)])\n"

DOUBLING = {
    "a tuple": SOUND + "s = (2,)\n" + "s = (s, s)\n" * 30 + "Dense(4, input_shape=s)\n",
    "a list, three times": SOUND + "s = [11]\n" + "s = [s, s, s]\n" * 20 + "np.array(s)\n",
    "a sum of lists": SOUND + "s = [[13]]\n" + "s = [s + s]\n" * 40 + "np.zeros(s)\n",
    "a list times": SOUND + "s = [3]\n" + "s = [s] * 19\n" * 12 + "np.ones(s)\n",
    "a comprehension": SOUND + "s = (5,)\n" + "s = [s for _ in range(17)]\n" * 12 + "Dense(s)\n",
    "a dict": SOUND + "s = dict()\n" + "s = {'units': s, 'name': s}\n" * 30 + "Dense(**s)\n",
    "an argument": SOUND + "s = [2]\n" + "s = [s, s]\n" * 30 + "Conv1D(4, kernel_size=s)\n",
    "append": SOUND + "s = [2]\n" + "t = [s, s]\ns.append(t)\n" * 25 + "np.array(s)\n",
    "a function": SOUND + "def twice(a):\n    return (a, a)\ns = 3\n" + "s = twice(twice(s))\n" * 20 + "np.array(s)\n",
    "zip": SOUND + "s = [1, 2]\n" + "s = [zip(s, s), zip(s, s)]\n" * 25 + "np.array(s)\n",
    "a text": SOUND + "s = 'ab'\n" + "s = f'{s}{s}'\n" * 60 + "s = s + s\n" * 60 + "Dense(4, name=s)\n",
}


@pytest.mark.parametrize("text", DOUBLING.values(), ids=DOUBLING)
def test_a_value_that_doubles_is_given_up_and_the_model_before_it_is_shown(text: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = within(SECONDS, lambda: read(text))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEGABYTES * 1024
    assert found.spec is not None
    assert [layer.get("units") for layer in found.spec.layers][:2] == [7, 3]


GROWING = {
    "a functional model": "i = Input((5,))\nm = Model(i, Dense(5)(i))\n" + "y = m(m(m(i)))\nm = Model(i, y)\n" * 9,
    "a Sequential": "m = Sequential([Dense(5, input_shape=(5,))])\n" + "m = Sequential([m, m, m])\n" * 9,
    "without an input": "m = Dense(5)\n" + "m = Sequential([m, m])\n" * 18,
    "add": "m = Sequential([Dense(5, input_shape=(5,))])\n" + "n = Sequential()\nn.add(m)\nn.add(m)\nm = n\n" * 15,
    "a class": "class Twice(Layer):\n    def __init__(self, inner):\n        self.inner = inner\n"
    "    def call(self, x):\n        return self.inner(self.inner(x))\nd = Dense(5)\n" + "d = Twice(d)\n" * 12
    + "y = d(Input((5,)))\n",
    "loops": "x = Input((5,))\nfor i in range(30):\n  for j in range(30):\n    for k in range(30):\n"
    "      x = Dense(5)(x)\n",
    "wrappers": "a = LSTM(3)\n" + "a = Bidirectional(a)\n" * 90 + "m = Sequential([a])\n",
    "inputs of one call": "i = x = Input((5,))\n" + "x = Add()([x] * 500)\n" * 40 + "m = Model(i, x)\n",
    "calls of one class": "class Pair(Layer):\n    def __init__(self):\n        self.d = Dense(5)\n"
    "    def call(self, x):\n        return self.d(self.d(x))\na = Pair()\nx = Input((5,))\n" + "x = a(x)\n" * 9000,
}  # fmt: skip


@pytest.mark.parametrize("text", GROWING.values(), ids=GROWING)
def test_a_model_that_doubles_ends_with_a_sentence(text: str) -> None:
    found = within(SECONDS, lambda: read(text))
    assert found.unread
    assert "everything above this line was read" in found.unread[-1] or "couldn't be read" in found.unread[-1]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a functional model", "a Sequential"])
def test_the_live_model_of_a_doubling_program_is_bounded_too(name: str) -> None:
    found = within(30, lambda: diagnose(GROWING[name]))
    assert found.model is not None or found.notes


def test_the_sentence_names_the_line() -> None:
    found = read(SOUND + "\n\ns = (9, 9)\n" + "s = (s, s)\n" * 14)
    assert found.unread == (f"line 15: {TOO_LARGE}",)


def test_a_text_of_which_nothing_else_is_known_gets_the_sentence_as_its_answer() -> None:
    found = read("s = (4,)\n" + "s = (s, s)\n" * 16)
    assert found.cause == f"Line 12: {TOO_LARGE}."


def test_values_are_counted_as_they_are_read() -> None:
    """2^n parts in n steps: the count follows what is read, not what Python holds."""
    value: tuple[object, ...] = (1,)
    for _ in range(10):
        value = (value, value)
    Budget().hold(value)
    with pytest.raises(UsedUp, match="more than 5,000 parts"):
        Budget().hold(((value, value), (value, value), 1))


def test_a_value_that_holds_itself_is_too_deep_or_too_large() -> None:
    loop: list[object] = [1]
    loop.append(loop)
    with pytest.raises(UsedUp):
        Budget().hold(loop)


def test_layers_in_layers_are_counted() -> None:
    spec = LayerSpec("LSTM", "lstm")
    for _ in range(50):
        spec = LayerSpec("Bidirectional", "", (("layer", spec),))
    with pytest.raises(UsedUp, match="nests too deeply"):
        Budget().hold(spec)


def test_long_honest_code_is_read_to_its_end() -> None:
    stack = "".join(f"x = Dense({n % 90 + 3}, name='d{n}')(x)\n" for n in range(400))
    reader, _ = read_code("x = i = Input((17,))\n" + stack + "m = Model(i, x)\nshape = " + str(list(range(900))))
    assert not reader.unread
    assert len(reader.graph.calls) == 400


STEPS = (
    "{a} = ({b}, {b})", "{a} = [{b}, {a}, {b}]", "{a} = {b} + {b}", "{a} = [{b}] * 9", "{a} = {{'p': {b}, 'q': {a}}}",
    "{a} = [{b} for _ in range(7)]", "{a}.append({b})", "{a} = f'{{{b}}}{{{b}}}'", "{a} = Sequential([{b}, {b}])",
    "{a} = Model({b}, {a}({a}({b})))", "{a} = {a}({a}({b}))", "{a} = Dense({b}, name={a})", "{a} = Input({b})",
    "{a} = Bidirectional({b})", "{a} = concatenate([{b}, {a}, {b}])", "{a}.add({b})", "{a} = np.array({b})",
    "{a} = Dense(3)({b})", "{a} = lambda x: {b}({b}(x))", "{a} = list(zip({b}, {b}))", "{a} = Dense(**{b})",
    "{a} = {b} + ({b},)", "{a} = np.zeros({b})", "{a} = Reshape({b})({a})", "{a} = Add()([{b}, {b}])",
)  # fmt: skip
NAMES = ("u", "v", "w")
STARTS = "u = (2,)\nv = Dense(2)\nw = Input((2,))\n"


@fuzzed
@given(
    st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1, max_size=4),
    st.integers(5, 40),
)
def test_programs_that_double_what_they_hold(steps: list[tuple[str, str, str]], turns: int) -> None:
    text = STARTS + "\n".join(step.format(a=a, b=b) for step, a, b in steps * turns)
    found = within(SECONDS, lambda: read(text))
    assert found.kind in ("error", "summary", "code", "question", "unknown")


def test_each_limit_has_a_sentence_of_its_own() -> None:
    assert len({TOO_DEEP, TOO_LARGE, TOO_MANY_CALLS}) == 3


HEAD = "from keras import *\nfrom keras.layers import *\nimport numpy as np\n"
JOINED = {
    "with itself": "i = x = Input((5,))\n" + "x = concatenate([x, x])\n" * 60 + "m = Model(i, x)\n",
    "two with one another": "i = Input((5,))\nx = Dense(3)(i)\ny = Dense(2)(i)\n"
    + "x = concatenate([x, y])\ny = concatenate([y, x])\n" * 40 + "m = Model(i, x)\n",
    "an outer product": "i = x = Input((3,))\n"
    + "x = Reshape((1, -1))(x)\nx = Dot(axes=1)([x, x])\nx = Flatten()(x)\n" * 40 + "m = Model(i, x)\n",
}  # fmt: skip


@pytest.mark.parametrize("text", JOINED.values(), ids=JOINED)
def test_sizes_and_names_that_double_are_given_up(text: str) -> None:
    """Axes have parts, names and sizes: each of these doubled with each line, until nothing was left of the machine."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = within(SECONDS, lambda: read(HEAD + text))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEGABYTES * 1024
    assert found.kind == "code"


def test_classes_that_hold_each_other_twice_end_with_a_sentence() -> None:
    pair = (
        "class B{0}(Layer):\n def __init__(self):\n  super().__init__()\n  self.a = B{1}()\n  self.b = B{1}()\n"
        " def call(self, x):\n  return self.a(self.b(x))\n"
    )
    one = "class B0(Layer):\n def __init__(self):\n  super().__init__()\n  self.d = Dense(3)\n def call(self, x):\n"
    text = HEAD + one + "  return self.d(x)\n" + "".join(pair.format(k, k - 1) for k in range(1, 30))
    for end in ("i = Input((3,))\nm = Model(i, B29()(i))\n", "b = B29()\n", ""):
        found = within(SECONDS, lambda end=end: read(text + end))
        assert found.unread or found.cause or found.notes


TRAINED = "m = Sequential([Input((5,)), Dense(3)])\nm.compile('adam', 'mse')\n"


def test_what_is_done_again_and_again_with_the_model_is_run_once() -> None:
    found = read(HEAD + TRAINED + "m.fit(np.ones((7, 5)), np.ones((7, 3)))\n" * 500)
    assert found.spec is not None
    assert len(found.spec.checks) == 1
    assert "were run" not in "".join(found.unread)


def test_of_many_different_calls_the_first_are_run_and_it_is_said() -> None:
    fits = "".join(f"m.fit(np.ones(({n}, 5)), np.ones(({n}, 3)))\n" for n in range(2, 90))
    found = read(HEAD + TRAINED + fits)
    assert found.spec is not None
    assert [check.shapes[0][0] for check in found.spec.checks] == list(range(2, 18))
    assert "Of 88 different calls on data, only the first 16 were run." in found.unread


def test_one_label_for_each_sample_fits_one_output_of_a_model_that_is_too_dear_to_run() -> None:
    """Its data are tried by their shapes: Keras gives labels of one axis a second one, and refuses five classes."""
    text = (
        "from keras import Input, Sequential, layers\nfrom keras.datasets import imdb\n"
        "from keras.utils import pad_sequences\n(x, y), _ = imdb.load_data(num_words=20000)\n"
        "m = Sequential([Input((400,)), layers.Embedding(20000, 60), layers.GlobalMaxPooling1D()])\n"
        "m.add(layers.Dense({units}))\n"
        "m.compile('adam', 'binary_crossentropy')\nm.fit(pad_sequences(x, maxlen=400), y)\n"
    )
    assert diagnose(text.replace("{units}", "1")).mistake is None
    assert diagnose(text.replace("{units}", "5")).mistake == "target_shape"


@pytest.mark.parametrize("layer", ["LSTM(4, stateful=True)", "Bidirectional(keras.layers.GRU(3, stateful=True))"])
def test_the_states_of_a_batch_that_nobody_could_hold_are_not_made(layer: str) -> None:
    found = diagnose(f"model = keras.Sequential([keras.Input(batch_shape=(96836083, 7, 5)), keras.layers.{layer}])")
    assert found.mistake is None
    assert any(note.startswith("The states of ") and "can be built here" in note for note in found.notes)


def test_a_batch_of_all_samples_is_not_offered_as_a_fix() -> None:
    found = diagnose(
        "In a stateful network, you should only pass inputs with a number of samples that can be divided by the batch "
        "size. Found: 96836083 samples. Batch size: 32."
    )
    assert found.mistake == "stateful_batch"
    assert not any("96836083" in fix.code for fix in found.fixes)
