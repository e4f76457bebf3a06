"""The runs as a table and in sentences, from hand-made results."""

from __future__ import annotations

from explainers.core.axes import Axis, Shape
from explainers.core.results import BuildError, Concrete, ConcreteRun, StepShapes
from explainers.core.words import untagged
from views import concrete as view


def shape(**axes: int | None) -> Shape:
    return tuple(Axis(name, size, "somewhere", (f"x.{name}",)) for name, size in axes.items())


def run(batch: int, steps: int, error: BuildError | None = None, mark: str = "abcd1234") -> ConcreteRun:
    given = (
        StepShapes("x", "InputLayer", (shape(batch=batch, timesteps=steps, features=9),)),
        StepShapes("rnn", "GRU", (shape(batch=batch, units=5),)),
    )
    return ConcreteRun(batch, {"timesteps": steps}, (), () if error else given, 0 if error else steps + 1, mark, error)


def shown(*runs: ConcreteRun, **changes: object) -> Concrete:
    declared = (
        StepShapes("x", "InputLayer", (shape(batch=None, timesteps=None, features=9),)),
        StepShapes("rnn", "GRU", (shape(batch=None, units=5),)),
    )
    usual = {
        "batch_axis": "batch",
        "declared_batch": None,
        "stateful": (),
        "open_axes": ("timesteps",),
        "fixed_axes": {},
        "declared": declared,
        "weights": 1234,
        "fingerprint": "abcd1234",
        "runs": runs,
    }
    return Concrete(**{**usual, **changes})  # type: ignore[arg-type]


REFUSAL = BuildError("ValueError", "the batch size must be the same", None, None, "")


def test_what_moves_is_marked_and_said():
    table = view.data(shown(run(1, 8), run(7, 8), run(2, 3)))["tables"][0]
    assert [c["head"] for c in table["columns"]] == ["the model says", "batch 1", "batch 7", "batch 2"]
    first, second = table["rows"][:2]
    assert [axis["moved"] for axis in first["cells"][3]["shapes"][0]] == [True, True, False]
    assert first["why"] == "batch and timesteps follow the data; features 9 stays."
    assert second["why"] == "batch follows the data; units 5 stays."


def test_counts_say_whether_they_stay():
    rows = {row["head"]: row for row in view.data(shown(run(1, 8), run(2, 3)))["tables"][0]["rows"]}
    assert [(c["text"], c["state"]) for c in rows["cell calls"]["cells"]] == [
        ("", ""),
        ("9", "changed"),
        ("4", "changed"),
    ]
    assert [(c["text"], c["state"]) for c in rows["weights"]["cells"]] == [("1,234", "same")] * 3
    assert {c["state"] for c in rows["fingerprint"]["cells"]} == {"same"}


def test_the_sentence():
    assert untagged(view.text(shown(run(1, 8), run(7, 8), run(2, 3)))) == (
        "One model, built once, has just run on batch 1, 7 and 2 and timesteps 3 and 8. Its **1,234** weights are the "
        "same numbers before the first run and after each: their fingerprint is `abcd1234` every time."
    )


def test_weights_that_changed_are_not_called_the_same():
    told = view.text(shown(run(1, 8), run(2, 8, mark="ffff0000")))
    assert "The weights changed while it ran" in told
    assert "same numbers" not in told


def test_a_declared_batch_that_nothing_needs():
    told = untagged(view.text(shown(run(1, 8), run(6, 8), declared_batch=6)))
    assert "batch_size=6 was declared, and other sizes also ran" in told


def test_a_refusal_is_a_cell_a_sentence_and_keras_words():
    found = shown(run(1, 8, REFUSAL), run(2, 8, REFUSAL), run(6, 8), declared_batch=6, stateful=("rnn",))
    assert "rnn keeps a state for each of the 6: batch 1 and 2 are refused." in untagged(view.text(found))
    assert view.refusals(found) == [("batch 1 and 2", REFUSAL)]
    assert [c["text"] for c in view.data(found)["tables"][0]["rows"][1]["cells"]] == ["", "refused", "refused", ""]


def test_a_fixed_length_is_said():
    told = untagged(view.text(shown(run(1, 8), open_axes=(), fixed_axes={"timesteps": 8})))
    assert "In this model timesteps is 8 in every run: an axis with a number keeps it." in told
