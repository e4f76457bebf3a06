"""Graph code of TensorFlow 1: read as the layers that Keras has for it, and said to be old."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import diagnose, read

PLACED = "import tensorflow as tf\nx = tf.placeholder(tf.float32, [None, 21, 6])\n"
GRAPH = "graph code of TensorFlow 1"


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ("cell = tf.contrib.rnn.BasicLSTMCell(11)\nout, s = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)", 792),
        ("cell = tf.nn.rnn_cell.GRUCell(num_units=11)\nout, s = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)", 594),
        (
            "cells = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.BasicRNNCell(n) for n in (5, 4)])\n"
            "out, states = tf.nn.dynamic_rnn(cells, x, dtype=tf.float32)\ny = tf.layers.dense(states[-1], 3)",
            60 + 40 + 15,
        ),
        ("w = tf.Variable(tf.random_normal([126, 9]))\ny = tf.matmul(tf.reshape(x, [-1, 126]), w)", 1134),
        (
            "w = tf.get_variable('w', [3, 2, 6, 8])\nimage = tf.reshape(x, [-1, 7, 3, 6])\n"
            "y = tf.nn.max_pool(tf.nn.conv2d(image, w, strides=[1, 1, 1, 1], padding='SAME'),\n"
            "                   ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='SAME')",
            3 * 2 * 6 * 8,
        ),
    ],
    ids=["lstm", "gru", "stacked", "matrix", "convolution"],
)
def test_its_layers_have_the_weights_that_they_had_there(lines: str, count: int) -> None:
    told = diagnose(PLACED + lines)
    assert told.mistake is None
    assert told.model is not None
    assert told.model["total_params"] == count
    assert GRAPH in told.renamed[0]


def test_what_a_loss_compares_is_the_model() -> None:
    """What is made of its output and the labels for a metric is no part of it."""
    told = read(
        f"{PLACED}y = tf.placeholder(tf.int32, [None])\nlogits = tf.layers.dense(tf.layers.flatten(x), 4)\n"
        "loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)\n"
        "right = tf.equal(tf.argmax(logits, 1), tf.argmax(y, 0))\n"
    )
    assert told.spec is not None
    assert [layer.class_name for layer in told.spec.layers] == ["Flatten", "Dense"]


def test_no_single_function_of_it_is_replaced() -> None:
    told = diagnose(f"{PLACED}y = tf.layers.dense(tf.reduce_mean(x, 1), 4)")
    assert not any("keras.ops" in change.diff for change in told.fixes)


def test_what_is_not_followed_is_told_as_a_gap() -> None:
    told = read(f"{PLACED}out, s = tf.nn.dynamic_rnn(make_cell(), x, dtype=tf.float32)")
    assert told.kind == "code"
    assert any("isn't read here" in words for words in told.unread)
