"""What the column of dims is given."""

from __future__ import annotations

import json

from tests.views.sample_dims import PRESETS, Dims
from views import controls


def field(name: str, **values: object) -> dict[str, object]:
    drawn = controls.data(Dims.specs(), {**Dims().values(), **values}, PRESETS)  # type: ignore[dict-item]
    return next(each for each in drawn["fields"] if each["name"] == name)


def test_a_field_has_all_that_its_widget_needs() -> None:
    timesteps = field("timesteps", timesteps=None)
    assert timesteps["text"] == "None"
    assert timesteps["default"] == "20"
    assert (timesteps["min"], timesteps["max"], timesteps["nearest"]) == (1, 200_000, ["1", "200,000"])
    assert timesteps["allows_none"] is True
    assert timesteps["axis"] == "timesteps"
    assert timesteps["sets"] == ["sequence.shape[0]"]
    assert timesteps["expected"] == "a whole number from 1 to 200,000, or None"
    assert field("cell")["choices"] == ["SimpleRNN", "GRU", "LSTM"]
    assert field("stateful", stateful=True)["text"] == "True"
    assert field("dropout")["advanced"] is True


def test_fields_keep_the_order_of_the_file_and_hidden_ones_are_kept_aside() -> None:
    drawn = controls.data(Dims.specs(), Dims(second=9).values(), hidden={"second"})
    names = [each["name"] for each in drawn["fields"]]
    assert names == ["timesteps", "features", "units", "stateful", "cell", "dropout"]
    assert drawn["kept"] == {"second": "9"}  # so that a change elsewhere does not lose it


def test_the_preset_on_screen_is_marked() -> None:
    def active(dims: Dims) -> list[str]:
        drawn = controls.data(Dims.specs(), dims.values(), PRESETS)
        return [preset["name"] for preset in drawn["presets"] if preset["active"]]

    assert active(Dims()) == ["plain"]
    assert active(Dims(units=15, second=7)) == ["narrowing"]
    assert active(Dims(units=15, second=7, features=3)) == []


def test_a_problem_stands_at_its_field_and_an_unknown_name_above_all() -> None:
    problems = {"units": ("0", "units=0 was given; …"), "unit": ("3", "There is no dim called 'unit'. …")}
    drawn = controls.data(Dims.specs(), Dims().values(), problems=problems)
    units = next(each for each in drawn["fields"] if each["name"] == "units")
    assert (units["typed"], units["problem"], units["text"]) == ("0", "units=0 was given; …", "5")
    assert drawn["notices"] == ["There is no dim called 'unit'. …"]
    assert json.loads(json.dumps(drawn)) == drawn
