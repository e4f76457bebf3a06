"""The page for pasted text: what learners paste, what they read, and that nothing of it is kept for others."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from shell import diagnose
from tests.apptest import open_page, tables


def opened() -> AppTest:
    return open_page("diagnose")


def explained(text: str) -> AppTest:
    app = opened()
    app.text_area(key=diagnose.TEXT).set_value(text)
    return app.button(key="explain").click().run()


def said(app: AppTest) -> str:
    parts = [*app.header, *app.markdown, *app.error, *app.info, *app.caption]
    return "\n".join(part.value for part in parts).replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def test_the_flagship_lands_on_conv1d_with_its_dims():
    app = explained(diagnose.EXAMPLES["An error"])
    assert not app.exception
    assert "The kernel is longer than the steps that reach it" in said(app)
    flagship = app.session_state[diagnose.FOUND]
    assert flagship.url == "/conv1d?steps=1&channels=133906&filters=1&kernel_size=3"
    assert len([fix for fix in flagship.fixes if fix.dims]) == 3
    assert "zero or negative" in said(app)


@pytest.mark.parametrize("example", list(diagnose.EXAMPLES))
def test_every_example_has_a_live_model(example):
    app = explained(diagnose.EXAMPLES[example])
    assert not app.exception
    assert "The live model" in [header.value for header in app.header]


def test_what_was_typed_stays():
    assert explained("no keras here").text_area(key=diagnose.TEXT).value == "no keras here"


def test_nothing_recognised_asks_the_question_that_decides():
    app = explained("good morning")
    assert "Which is it: the text of an error, a printed model.summary(), or Keras code?" in said(app)


def test_an_empty_box_gets_a_sentence():
    assert "There is no text to read." in said(explained("   "))


def test_markup_in_pasted_code_stays_text():
    app = explained('model.add(LSTM(4, input_shape=(5, 3), name="![x](http://a.b/c.png)"))\nmodel.add(LSTM(2))')
    assert not app.exception
    shown = "\n".join(part.value for part in (*app.markdown, *app.error, *app.info, *app.caption))
    assert "![x](http" not in shown


def test_two_learners_do_not_see_each_others_text():
    explained("ValueError: secret_layer_name expected ndim=3, found ndim=2")
    assert "secret" not in said(opened())


def test_code_of_two_models_lets_the_learner_choose():
    app = explained(
        "_small_ = Sequential([LSTM(7, input_shape=(11, 3))])\n"
        "large = Sequential([Conv1D(5, 4, input_shape=(30, 6)), Flatten(), Dense(1)])\n"
    )
    assert "Which model do you mean? You see large (line 2); the code also makes _small_ (line 1)." in said(app)
    assert app.session_state[diagnose.FOUND].explainer == "conv1d"
    assert app.radio(key=diagnose.WHICH).options[0] == r"\_small\_, line 1"  # a name is text, never markup
    app.radio(key=diagnose.WHICH).set_value(1).run()
    assert not app.exception
    assert app.session_state[diagnose.FOUND].url == "/stacked_lstm?timesteps=11&features=3&units_1=7&levels=1"


def test_a_size_that_the_text_leaves_open_is_said_on_the_page():
    app = explained("Input 0 is incompatible with layer lstm_1: expected ndim=3, found ndim=2")
    assert app.number_input(key="pasted_ask:number:timesteps").value == 7
    app.number_input(key="pasted_ask:number:timesteps").set_value(26).run()
    assert not app.exception
    assert app.session_state[diagnose.FOUND].dims["timesteps"] == 26
    assert app.number_input(key="pasted_ask:number:timesteps").value == 26
    assert "timesteps = " not in said(app)  # no example any more


def test_a_reading_is_chosen_on_the_page_and_forgotten_with_the_text():
    table = "Layer (type)   Output Shape   Param #\ndense_1 (Dense)   multiple   12\n"
    app = explained(table)
    choice = app.radio(key="pasted_ask:choice:dense_1")
    assert choice.options[0] == "units 1, 11 features"
    choice.set_value("units 4, 2 features").run()
    assert app.session_state[diagnose.FOUND].dims["dense_1.units"] == 4
    app.button(key="explain").click().run()
    assert app.session_state[diagnose.FOUND].dims["dense_1.units"] == 1


def test_the_shape_of_data_is_said_on_the_page():
    app = explained("model = Sequential([LSTM(6, input_shape=(9, 4))])\nmodel.fit(x_train, y_train)\n")
    app.text_input(key="pasted_ask:shape:x_train.shape").set_value("(70, 9)").run()
    assert not app.exception
    assert "The model takes (None, 9, 4); the data are (70, 9)." in said(app)


CODE_AND_MESSAGE = (
    "here is my code\nmodel = Sequential()\nmodel.add(Input((23, 5)))\nmodel.add(GRU(12))\nmodel.add(GRU(7))\n"
    "and what I get:\nValueError: Input 0 of layer gru_1 is incompatible with the layer: expected ndim=3, found "
    "ndim=2. Full shape received: (None, 12)"
)


def test_a_fix_is_put_into_the_code_with_one_click():
    app = explained(CODE_AND_MESSAGE)
    assert app.header[0].value == "A layer got too few or too many axes"
    app.button(key="pasted:apply:0").click().run()
    assert not app.exception
    code = app.text_area(key=diagnose.TEXT).value
    assert code.startswith("model = Sequential()\n")  # without the words around it
    assert "GRU(12, return_sequences=True)" in code
    assert app.header[0].value == "No mistake found in the shapes of this code"
    app.text_area(key=diagnose.TEXT).set_value(code + "# mine").run()
    for text in (code, CODE_AND_MESSAGE):  # what was replaced comes back, one text after the other
        app.button(key="pasted:undo").click().run()
        assert app.text_area(key=diagnose.TEXT).value == text
    assert app.header[0].value == "A layer got too few or too many axes"
    assert "Undo" not in [button.label for button in app.button]


def test_an_example_is_called_one():
    app = explained("Input 0 is incompatible with layer lstm_1: expected ndim=3, found ndim=2")
    rows = {row["what"]: row["from"] for row in tables(app)[0]}
    assert rows["timesteps"] == "an example"
    assert rows["expected ndim"] == "read"
