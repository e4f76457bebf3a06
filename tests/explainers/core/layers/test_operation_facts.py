"""The functions of keras.ops as a file holds them: those of the installed Keras, called as Keras takes them."""

from __future__ import annotations

import keras
import pytest

from explainers.core.layers.operations import (
    FILE,
    MOST_HELD,
    applied,
    arranged,
    is_known,
    ones,
    operations,
    read_index,
    written,
    written_index,
)


def test_the_facts_are_those_of_the_installed_keras() -> None:
    assert FILE.read_text(encoding="utf-8") == written(), "run python -m explainers.core.layers.operations"


def test_every_function_is_one_that_keras_shows_and_takes_no_function() -> None:
    for name in operations():
        found = keras
        for part in name.split("."):
            found = getattr(found, part)
        assert callable(found)
    for name in ("map", "scan", "while_loop", "cond", "fori_loop", "vectorized_map", "custom_gradient", "load"):
        assert not is_known(f"ops.{name}")


def test_tensors_stand_where_keras_has_them_and_other_arguments_have_their_names() -> None:
    assert arranged("ops.mean", ["x"], {"axis": 1}) == (["x"], {"axis": 1})
    assert arranged("ops.subtract", ["x"], {"x1": 1.0}) == ([1.0, "x"], {})
    assert arranged("ops.concatenate", ["x", "y"], {"axis": -1}) == ([["x", "y"]], {"axis": -1})
    assert arranged("ops.einsum", ["x", "y"], {"subscripts": "ab,bc->ac"}) == (["ab,bc->ac", "x", "y"], {})
    assert arranged("ops.where", ["x"], {"x1": 1, "x2": 0}) == (["x", 1, 0], {})


@pytest.mark.parametrize("text", [":, -1", "0", "..., None, :", "1:, ::2, -3:-1", "None, ..., 2:5:2"])
def test_an_index_is_read_as_python_reads_it_and_written_the_same(text: str) -> None:
    class Keeps:
        def __getitem__(self, index: object) -> object:
            return index

    assert read_index(text) == eval(f"x[{text}]", {"x": Keeps()})  # our own five texts
    assert read_index(written_index(read_index(text))) == read_index(text)


@pytest.mark.parametrize("text", ["", "x", "__import__('os')", "1]; y[0", "[0, 1]", "1.5", ":" * 9, "(" * 500, "'a'"])
def test_what_is_no_index_is_refused_and_not_run(text: str) -> None:
    with pytest.raises(ValueError, match="index"):
        read_index(text)


def test_an_array_is_made_of_ones_and_never_a_large_one() -> None:
    assert keras.ops.convert_to_numpy(ones((3, 4))).tolist() == [[1.0] * 4] * 3
    for shape in ((MOST_HELD + 1,), (10**6, 10**6), (-1, 4), ("a",), 5, ((1,),)):
        with pytest.raises(ValueError, match=r"ops\.ones"):
            ones(shape)


def test_a_call_runs_nothing_but_its_own_function() -> None:
    x = keras.KerasTensor((None, 7, 5))
    assert applied("ops.get_item", [x], {"key": ":, -1"}).shape == (None, 5)
    assert applied("ops.mean", [x], {"axis": 2, "keepdims": True}).shape == (None, 7, 1)
    with pytest.raises(KeyError):
        applied("ops.__init__", [x], {})
