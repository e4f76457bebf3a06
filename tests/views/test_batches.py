"""The batches of a fit, as data and as text."""

from __future__ import annotations

from typing import Any

from views import batches as view
from views.own import Drawing, Prose

FIT: dict[str, Any] = {
    "samples": 9, "features": 2, "batch_size": 4, "planned": 2, "epochs": [[(4, 0.5), (3, 0.25)], [(4, 0.2), (3, 0.1)]],
    "trained": 7, "asked_epochs": 2, "refused": "",
}  # fmt: skip


def test_every_step_of_every_epoch_is_drawn() -> None:
    drawn = view.data({"fit": FIT})
    assert [[step["samples"] for step in epoch] for epoch in drawn["epochs"]] == [[4, 3], [4, 3]]
    assert drawn["kept"] == 2


def test_too_many_steps_are_told_and_a_refusal_has_no_section() -> None:
    section = view.section({"fit": {**FIT, "epochs": [], "planned": 5000}})
    assert section is not None
    (part,) = section.parts
    assert isinstance(part, Prose)
    assert "5,000 steps per epoch" in part.text
    assert view.section({"fit": {**FIT, "refused": "No."}}) is None
    whole = view.section({"fit": FIT})
    assert whole is not None
    assert [part.name for part in whole.parts if isinstance(part, Drawing)] == ["batches"]


def test_text_tells_the_figure() -> None:
    assert view.text({"fit": FIT}) == (
        "9 samples, 2 epochs of 2 steps each. The batches of an epoch have 4, 3 samples. 2 samples are kept for "
        "validation."
    )
