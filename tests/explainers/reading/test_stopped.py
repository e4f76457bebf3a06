"""Messages that stop before their numbers, as people paste them into a title or a chat."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import read
from explainers.reading.stopped import QUESTION


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("ValueError: A `Concatenate` layer requires inputs with matching shapes except for the concat axis.",
         "merge_shapes"),
        ("why? Exception: Error when checking target: expected dense_9 to have", "target_shape"),
        ("ValueError: Computed output size would be negative", "kernel_exceeds_steps"),
        ('ValueError: You called `set_weights(weights)` on layer "dense_4" with a weight list of length',
         "weights_shape"),
    ],
)  # fmt: skip
def test_its_first_words_say_which_mistake_it_is(text: str, mistake: str) -> None:
    found = read(text)
    assert found.kind == "error"
    assert found.mistake == mistake
    assert found.cause == "The message stops before its numbers, so this is what its first words say."
    assert QUESTION in found.questions


def test_a_layer_that_it_names_is_told() -> None:
    found = read('ValueError: You called `set_weights(weights)` on layer "dense_4" with a weight list of length')
    assert found.layer == "dense_4"


def test_where_numbers_follow_in_another_form_it_does_not_stop() -> None:
    found = read("InvalidArgumentError: ConcatOp : Dimensions of inputs should match: first [7 by 12], then [9, 12]")
    assert "stops before" not in found.cause


def test_somebodys_own_error_is_no_message_that_stops() -> None:
    found = read("ValueError: the layers of my model must be built with the same number of heads")
    assert found.mistake is None
    assert "stops before" not in found.cause
