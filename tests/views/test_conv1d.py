"""The sliding kernel as data and as text."""

from __future__ import annotations

from typing import Any

from views import conv1d as view

CONV = {
    "layer": "conv_1", "class_name": "Conv1D", "steps": 3, "shown": (0, 1, 2), "size_name": "kernel_size", "size": 3,
    "reach": 3, "strides": 2, "padding": "same", "dilation_rate": 1, "taps": (0, 1, 2),
    "places": ((-1, 0, 1), (1, 2, 3), (3, 4, -1)), "zeros_before": 1, "unread": 0, "formula": "⌈5 / 2⌉ = 3",
    "agrees": True,
}  # fmt: skip
SIGNAL = {
    "layer": "signal", "class_name": "Input", "steps": 5, "shown": (0, 1, 2, 3, 4), "size_name": "", "size": 0,
    "reach": 0, "strides": 1, "padding": "", "dilation_rate": 1, "taps": (), "places": (), "zeros_before": 0,
    "unread": None, "formula": "", "agrees": True,
}  # fmt: skip


def row(**changes: Any) -> dict[str, Any]:
    return {**CONV, **changes}


EXTRA = {"rows": [SIGNAL, row()], "stuck": None, "open": False}
STUCK = {
    "layer": "conv_1", "class_name": "Conv1D", "size_name": "kernel_size", "size": 3, "reach": 5, "dilation_rate": 2,
    "steps": 1,
}  # fmt: skip


def test_taps_and_zeros() -> None:
    cells = view.data(EXTRA)["rows"][1]["cells"]
    assert [cell["taps"] for cell in cells] == [[0, 1], [1, 2, 3], [3, 4]]
    assert [cell["zeros"] for cell in cells] == [[-1], [], [5]]
    assert [cell["padded"] for cell in cells] == [1, 0, 1]


def test_an_output_stands_under_the_middle_of_its_kernel_causal_under_its_end() -> None:
    assert view.data(EXTRA)["rows"][1]["offset"] == 0.0  # 1 zero before, so the middle tap of step 0 is step 0
    valid = row(padding="valid", zeros_before=0)
    causal = row(padding="causal", zeros_before=2)
    offsets = [view.data({**EXTRA, "rows": [SIGNAL, each]})["rows"][1]["offset"] for each in (valid, causal)]
    assert offsets == [1.0, 0.0]


def test_title_and_notes() -> None:
    assert view.title(row()) == "conv_1: kernel_size 3, strides 2, padding same"
    assert view.title(row(strides=1, dilation_rate=4, reach=9, padding="valid")) == (
        "conv_1: kernel_size 3, dilation_rate 4, so it spans 9 steps"
    )
    assert view.notes(row(unread=1)) == ["⌈5 / 2⌉ = 3 steps", "1 step above is never used"]
    assert view.notes(row(unread=2))[1] == "2 steps above are never used"
    assert view.notes(row(agrees=False))[-1] == "the formula and the live layer disagree about its position"


def test_a_row_with_a_gap() -> None:
    long = row(steps=900, shown=(0, 1, 899))
    drawn = view.data({**EXTRA, "rows": [SIGNAL, long]})
    assert drawn["whole"] is False
    assert drawn["rows"][1]["left_out"] == 897
    assert "Only the two ends of long rows are shown." in view.source({**EXTRA, "rows": [SIGNAL, long]})


def test_text_tells_the_figure() -> None:
    assert view.text(EXTRA) == (
        "The signal has 5 steps. conv_1: kernel_size 3, strides 2, padding same, makes 3 steps: step 0 reads steps 0 "
        "and 1 "
        "and 1 zero of padding; step 2 reads steps 3 and 4 and 1 zero of padding."
    )
    assert view.text({**EXTRA, "rows": [SIGNAL], "stuck": STUCK}).endswith(
        "conv_1 can't be built: its kernel_size 3 spans 5 steps, but only 1 step is there."
    )
    assert view.text({"rows": [], "stuck": None, "open": False}) == "Nothing was built, so there is no figure."


def test_what_is_read_in_words() -> None:
    assert view.read([4]) == "step 4"
    assert view.read([-1, -1]) == "2 zeros of padding"
    assert view.read(list(range(8))) == "steps 0, 1 … 7"


def test_the_source_of_the_picture() -> None:
    assert "says the same" in view.source(EXTRA)
    assert "please report it" in view.source({**EXTRA, "rows": [SIGNAL, row(agrees=False)]})
    assert "steps is None: 5 are drawn here" in view.source({**EXTRA, "open": True})
    assert view.source({"rows": [SIGNAL], "stuck": STUCK, "open": False}) == ""


def test_formulas() -> None:
    assert view.formulas(EXTRA) == [("conv_1", "⌈5 / 2⌉ = 3", 3)]
