"""The page Your model: where it starts, what an edit does to the link, what a bad one says, undo, a hostile link."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explainers.yours import editing
from explainers.yours.document import Document
from explainers.yours.link import packed, unpacked
from explainers.yours.templates import TEMPLATES
from tests.apptest import component_data, open_page


def opened(document: Document) -> AppTest:
    return open_page("your_model", m=packed(document))


def of_link(app: AppTest) -> Document:
    """What the page's address says now."""
    value = app.query_params["m"]
    return unpacked(value[0] if isinstance(value, list) else value)


def said(app: AppTest) -> str:
    parts = [*app.markdown, *app.error, *app.info, *app.caption]
    return "\n".join(part.value for part in parts).replace("\\", "")


def test_it_starts_with_an_input_or_a_template() -> None:
    app = open_page("your_model")
    assert not app.exception
    labels = [button.label for button in app.button]
    assert labels[0] == "An empty Input"
    assert labels[1:9] == list(TEMPLATES)
    app.button[2].click().run()
    assert of_link(app) == TEMPLATES["Sequence to sequence"]
    assert "3 layers and 3,319 parameters" in said(app)


def test_the_list_shows_live_shapes() -> None:
    rows = component_data(opened(TEMPLATES["CNN on images"]), "yours_list")["rows"]
    assert [row["title"] for row in rows][:3] == ["Input", "Conv2D", "MaxPooling2D"]
    assert [axis["size"] for axis in rows[1]["shape"]] == [None, 26, 26, 8]
    assert rows[1]["told"] == 'filters=8, kernel_size=3, activation="relu"'
    assert rows[-1]["chosen"]


def test_an_argument_is_edited_and_undone() -> None:
    app = opened(TEMPLATES["Autoencoder"])
    app.text_input(key="yours:rebuilt:units").set_value("33").run()
    assert of_link(app).layers[-1].layer.get("units") == 33
    assert "4,614" not in said(app)
    undo = next(button for button in app.button if button.label == "Undo")
    undo.click().run()
    assert of_link(app) == TEMPLATES["Autoencoder"]
    assert "4,614 parameters" in said(app)


@pytest.mark.parametrize("typed", ["os.system('x')", "(1, 2", "10000000000"])
def test_what_cannot_be_read_stays_in_its_field_with_the_reason(typed: str) -> None:
    app = opened(TEMPLATES["Autoencoder"])
    app.text_input(key="yours:rebuilt:units").set_value(typed).run()
    assert not app.exception
    assert app.text_input(key="yours:rebuilt:units").value == typed
    assert app.error
    assert of_link(app) == TEMPLATES["Autoencoder"]


def test_a_layer_is_added_behind_the_chosen_one_and_a_failure_offers_a_tried_change() -> None:
    app = opened(editing.removed(TEMPLATES["CNN + LSTM on video"], 1))
    assert "Keras stops at lstm" in said(app)
    assert "expected ndim=3, found ndim=5" in said(app)
    change = next(button for button in app.button if button.label == "Make this change")
    change.click().run()
    assert "parameters" in said(app)
    assert not app.error
    app.selectbox(key="yours_add").select("Dropout").run()
    assert of_link(app).layers[-1].layer.class_name == "Dropout"


def test_a_broken_link_says_so_and_offers_a_start() -> None:
    app = open_page("your_model", m=packed(TEMPLATES["U-Net"])[:-7])
    assert not app.exception
    assert "cut off or changed" in said(app)
    assert app.button[0].label == "An empty Input"


def test_what_costs_too_much_is_told_before_it_is_built() -> None:
    wide = editing.with_argument(editing.added(Document(), "Dense", 0), 0, "units", 900_000_000)
    wider = editing.with_argument(editing.added(wide, "Dense", 1), 1, "units", 700_000_000)
    app = opened(wider)
    assert not app.exception
    assert "weights" in said(app)


def test_a_text_without_a_model_stays_in_its_field_with_the_reason() -> None:
    app = open_page("your_model")
    app.text_area(key="yours_text").set_value("good morning")
    next(button for button in app.button if button.label == "Open it here").click().run()
    assert "No model was found in this text" in said(app)
    assert app.text_area(key="yours_text").value == "good morning"


def test_repeated_layers_are_drawn_once_and_any_layer_is_found() -> None:
    document = Document()
    for place in range(30):
        document = editing.added(document, "LayerNormalization", place)
    app = opened(document)
    assert [step["repeated"] for step in component_data(app, "flow:yours")["steps"]] == ["", "× 30"]
    app.selectbox(key="yours:find").select(document.names[-1]).run()
    assert [step["repeated"] for step in component_data(app, "flow:yours")["steps"]] == ["", "found"]


def grid_rows(app: AppTest, key: str) -> str:
    return str(component_data(app, key))


def test_it_is_compared_with_what_it_was_before_the_last_change() -> None:
    app = opened(TEMPLATES["Autoencoder"])
    app.text_input(key="yours:rebuilt:units").set_value("33").run()
    next(button for button in app.button if button.label.startswith("Pin it as it was")).click().run()
    assert not app.exception
    assert "1 setting differs: **rebuilt.units** 64 → 33." in said(app)
    shapes = grid_rows(app, "compare:yours")
    assert "(None, 33)" in shapes or "'size': 33" in shapes
    next(button for button in app.button if button.label == "Swap").click().run()
    assert of_link(app) == TEMPLATES["Autoencoder"]
    assert "**rebuilt.units** 33 → 64" in said(app)
    next(button for button in app.button if button.label == "Unpin").click().run()
    assert "pin" not in app.query_params


def test_it_is_compared_with_the_model_of_a_link_and_with_a_template() -> None:
    app = opened(TEMPLATES["Autoencoder"])
    field = app.text_input(key="yours_compare_link")
    field.set_value("https://example.org/?m=1.nothing").run()
    assert "No model was found in this link." in said(app)
    other = editing.with_argument(TEMPLATES["Autoencoder"], 1, "units", 11)
    app.text_input(key="yours_compare_link").set_value(f"https://example.org/your_model?m={packed(other)}").run()
    assert "**code.units** 11 → 6" in said(app)
    next(button for button in app.button if button.label == "Unpin").click().run()
    app.selectbox(key="yours_compare_template").set_value("Autoencoder").run()
    assert "Nothing differs yet" in said(app)
