"""What is told of Keras' words: nothing of the machine that ran it. The errors are Keras' own, made here."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

from explainers.core.words import agreeing, spoken_by_keras


def test_a_kernel_that_tensorflow_refuses_names_no_processor_of_this_machine() -> None:
    signal = keras.Input((None, 4), name="signal")
    model = keras.Model(signal, layers.Conv1D(3, 16, name="conv")(signal), name="m")
    try:
        model(np.zeros((2, 9, 4)))
    except Exception as error:
        told, raw = spoken_by_keras(error), str(error)
    assert "localhost" in raw
    assert told.startswith("Computed output size would be negative: -6")
    assert "device" not in told


def test_a_noun_agrees_with_the_number_before_it() -> None:
    told = agreeing("1 step(s) of 3 channel(s), 1,200 sample(s), 0 label(s); input(s) stay")
    assert told == "1 step of 3 channels, 1,200 samples, 0 labels; input(s) stay"
